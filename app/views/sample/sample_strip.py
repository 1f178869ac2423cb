"""All samples of the probe, small."""

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygon,
    QResizeEvent,
)
from PyQt6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from app.analysis.probabilities import percent
from app.analysis.samples_view import UNKNOWN, SamplesView
from app.palette import active
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.samples_difference import Beside
from app.widgets.picture_view import paint_vector, to_image
from app.widgets.plain_text import plain_tooltip

SIDE_PX = 56
"""A thumbnail is no wider or higher than this."""

_FRAME, _MARK, _GAP = 3, 3, 4
_CORNER_PX = 13
_MOST_KEPT = 2000
_NOTHING = SamplesView(None, None, None)


class SampleStrip(QAbstractScrollArea):
    """Thumbnails in rows, each with a green line where the prediction is right and a red one where it is wrong.

    Of two networks the left half of the line is of A and the right one of B, and a corner marks what they take for
    different classes.

    Signals:
        sample_requested(int): the user chose this sample.
    """

    sample_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = ProbePictures(None)
        self._view = _NOTHING
        self._beside: Beside | None = None
        self._changed: frozenset[int] = frozenset()
        self._order = np.zeros(0, np.int64)
        self._sample = 0
        self._thumbnails: dict[int, QImage] = {}
        self._side = QSize(SIDE_PX, SIDE_PX)
        self._has_all_rows = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Samples of the probe")

    def show_all_rows(self, has_all_rows: bool) -> None:
        """Be as high as all samples need, in what scrolls the strip together with other things; or scroll them."""
        if has_all_rows != self._has_all_rows:
            self._has_all_rows = has_all_rows
            self._fit()

    @property
    def row_px(self) -> int:
        """Height at which a row of samples is seen."""
        return self._cell().height() + 2

    @property
    def order(self) -> np.ndarray:
        """Numbers of the samples from the first place to the last, int ``[N]``."""
        return self._order

    @property
    def sample(self) -> int:
        """Number of the framed sample."""
        return self._sample

    def show_pictures(self, pictures: ProbePictures) -> None:
        """Show the samples of another probe, in its order, with no prediction."""
        self._pictures = pictures
        self._thumbnails.clear()
        self.show_view(_NOTHING)
        first = self._thumbnail(0) if len(pictures) else None
        self._side = QSize(SIDE_PX, SIDE_PX) if first is None else first.size()
        self.show_order(np.arange(len(pictures)))

    def show_order(self, order: np.ndarray) -> None:
        """Put the samples in this order, int ``[N]``."""
        self._order = order
        self._fit()

    def show_view(self, view: SamplesView, beside: Beside | None = None) -> None:
        """Mark what the network makes of the samples at another pass, and what B makes of them."""
        self._view, self._beside = view, beside
        self._changed = frozenset(() if beside is None else beside.difference.changed.tolist())
        self._redraw()

    def show_sample(self, sample: int) -> None:
        """Frame a sample, and bring it into sight if it is another than before."""
        if sample != self._sample:
            self._sample = sample
            self.bring_into_sight()
        self._redraw()

    def viewport(self) -> QWidget:
        found = super().viewport()
        assert found is not None
        return found

    def bring_into_sight(self) -> None:
        """Scroll to the framed sample."""
        place = self.place_of(self._sample)
        bar = self.verticalScrollBar()
        if place is not None and bar is not None:
            cell = self._cell()
            top = place // self._n_columns() * cell.height()
            bar.setValue(min(max(bar.value(), top + cell.height() - self.viewport().height()), top))

    def show_first(self) -> None:
        """Scroll to where the order begins, which is what it was chosen for."""
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def place_of(self, sample: int) -> int | None:
        """Where a sample stands in the order."""
        at = np.flatnonzero(self._order == sample)
        return int(at[0]) if len(at) else None

    def request_by(self, n_places: int) -> None:
        """Ask for the sample so many places further on in the order, or the last one there is."""
        place = self.place_of(self._sample)
        if place is not None:
            wanted = min(max(place + n_places, 0), len(self._order) - 1)
            if wanted != place:
                self.sample_requested.emit(int(self._order[wanted]))

    def rect_of(self, place: int) -> QRect:
        """The cell of a place, in pixels of the viewport."""
        bar = self.verticalScrollBar()
        cell, columns = self._cell(), self._n_columns()
        row, column = divmod(place, columns)
        top = row * cell.height() - (bar.value() if bar else 0)
        return QRect(column * cell.width(), top, cell.width(), cell.height())

    def _cell(self) -> QSize:
        return QSize(self._side.width() + 2 * _FRAME + _GAP, self._side.height() + 2 * _FRAME + _MARK + _GAP)

    def _n_columns(self) -> int:
        return max((self.viewport().width() + _GAP) // self._cell().width(), 1)

    def _fit(self) -> None:
        """As many rows as there are to scroll through."""
        rows = -(-len(self._order) // self._n_columns())
        self.setMinimumHeight(max(rows * self._cell().height(), self.row_px) if self._has_all_rows else self.row_px)
        bar = self.verticalScrollBar()
        assert bar is not None
        hidden_px = rows * self._cell().height() - self.viewport().height()
        bar.setRange(0, 0 if self._has_all_rows else hidden_px)
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._cell().height())
        self._redraw()

    def _redraw(self) -> None:
        self.viewport().update()

    def _thumbnail(self, sample: int) -> QImage | None:
        """The picture, its pixels a whole number of screen pixels wide; larger ones are made smaller."""
        if sample not in self._thumbnails:
            picture = self._pictures.picture(sample)
            if picture is None:
                return None
            image = to_image(picture)
            times = SIDE_PX // max(image.width(), image.height())
            size, smooth = image.size() * times, Qt.TransformationMode.FastTransformation
            if not times:
                size = image.size().scaled(SIDE_PX, SIDE_PX, Qt.AspectRatioMode.KeepAspectRatio)
                smooth = Qt.TransformationMode.SmoothTransformation
            if len(self._thumbnails) >= _MOST_KEPT:
                self._thumbnails.clear()
            self._thumbnails[sample] = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        return self._thumbnails[sample]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self.viewport())
        if event is None or not len(self._order):
            return
        cell, columns = self._cell(), self._n_columns()
        bar, seen = self.verticalScrollBar(), event.rect()
        scrolled = bar.value() if bar else 0
        rows = (scrolled + seen.top()) // cell.height(), (scrolled + seen.bottom()) // cell.height() + 1
        views = [self._view] if self._beside is None else [self._view, self._beside.samples]
        right = [each.is_right for each in views]
        for place in range(rows[0] * columns, min(rows[1] * columns, len(self._order))):
            self._paint_cell(painter, self.rect_of(place), int(self._order[place]), views, right)

    def _paint_cell(
        self,
        painter: QPainter,
        cell: QRect,
        sample: int,
        views: Sequence[SamplesView],
        right: Sequence[np.ndarray | None],
    ) -> None:
        place = QRect(cell.topLeft() + QPoint(_FRAME, _FRAME), self._side)
        image = self._thumbnail(sample)
        vector = self._pictures.vector(sample) if image is None else None
        if image is not None:
            painter.drawImage(place, image)
        else:
            painter.fillRect(place, QColor(active().bar_ground))
            if vector is not None:
                paint_vector(painter, QRectF(place).adjusted(3, 4, -3, -4), vector)
            else:
                painter.setPen(QColor(active().text))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(sample + 1))
        ends = [place.left() + place.width() * number // len(views) for number in range(len(views) + 1)]
        for left, stop, view, is_right in zip(ends, ends[1:], views, right, strict=False):
            if is_right is not None and sample < len(is_right) and _predicted(view, sample) != UNKNOWN:
                mark = QRect(left, place.bottom() + 2, stop - left - (stop != ends[-1]), _MARK)
                painter.fillRect(mark, QColor(active().right if is_right[sample] else active().wrong))
        if sample in self._changed:
            _paint_corner(painter, place)
        if sample == self._sample:
            painter.setPen(QPen(QColor(active().hovered), 2))
            painter.drawRect(QRectF(place).adjusted(-2, -2, 2, 2))

    def tip(self, sample: int) -> str:
        """What is known of a sample, in words."""
        lines = [*filter(None, (f"sample {sample + 1}", self._pictures.text(sample)))]
        labels = self._pictures.labels
        if labels is not None:
            lines.append(f"label: {self._pictures.name_of(int(labels[sample]))}")
        beside = self._beside
        views = {"prediction": self._view}
        if beside is not None:
            views = dict(
                zip((f"{name}: predicted" for name in beside.names), (self._view, beside.samples), strict=True)
            )
        for words, view in views.items():
            predicted = _predicted(view, sample)
            if predicted != UNKNOWN and view.confidence is not None:
                taken_for = f"{self._pictures.name_of(predicted)}, {percent(float(view.confidence[sample]))}"
                lines.append(f"{words}{' ' if beside else ': '}{taken_for}")
        return "\n".join(lines)

    def _sample_at(self, at: QPoint) -> int | None:
        bar = self.verticalScrollBar()
        cell, columns = self._cell(), self._n_columns()
        column, row = at.x() // cell.width(), (at.y() + (bar.value() if bar else 0)) // cell.height()
        place = row * columns + column
        return int(self._order[place]) if 0 <= column < columns and 0 <= place < len(self._order) else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        sample = self._sample_at(event.position().toPoint())
        if sample is not None:
            self.sample_requested.emit(sample)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        columns = self._n_columns()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -1,
            Qt.Key.Key_PageDown: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        if event.key() in steps:
            self.request_by(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            sample = self._sample_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip("" if sample is None else self.tip(sample)), self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()
        self.bring_into_sight()

    def sizeHint(self) -> QSize:
        return QSize(4 * self._cell().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._cell().width(), self.minimumHeight())


def _predicted(view: SamplesView, sample: int) -> int:
    return UNKNOWN if view.predicted is None or sample >= len(view.predicted) else int(view.predicted[sample])


def _paint_corner(painter: QPainter, place: QRect) -> None:
    """The upper right corner of a picture, folded."""
    corner = QPoint(place.right() + 1, place.top())
    points = [corner, corner - QPoint(_CORNER_PX, 0), corner + QPoint(0, _CORNER_PX)]
    painter.setPen(QPen(QColor(active().background), 2))
    painter.setBrush(QColor(active().badge))
    painter.drawPolygon(QPolygon(points))
    painter.setBrush(Qt.BrushStyle.NoBrush)
