"""The same matrix at several measurements of the run, small, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QToolTip, QWidget

from app.palette import SMALL_PX, active, font
from app.views.correlations.analysis.matrix_picture import MatrixPicture
from app.views.correlations.matrix_cells import image_of
from app.widgets.plain_text import plain_tooltip, width_of
from app.widgets.walk import CellWalk, in_rows

_LEAST_PX, _MOST_PX, _GAP_PX, _NAME_PX = 34, 110, 8, 15


class MatrixStrip(QWidget):
    """Thumbnails in rows, as large as all of them fit; where they would be too small, evenly spread ones.

    Signals:
        measurement_requested(int): the user clicked the thumbnail of this number.
    """

    measurement_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture_of: Callable[[int], MatrixPicture] | None = None
        self._images: dict[int, QImage] = {}
        self._names: tuple[str, ...] = ()
        self._tips: tuple[str, ...] = ()
        self._current: int | None = None
        self.setAccessibleName("Measurements over the run")
        self.walk = CellWalk(
            self,
            lambda: in_rows(len(self.shown()), self._grid()[0]),
            lambda row, column: QRectF(self.thumbnail_rect(row * self._grid()[0] + column)),
        )

    @property
    def current(self) -> int | None:
        """Number of the matrix that is marked."""
        return self._current

    @property
    def names(self) -> tuple[str, ...]:
        """Of all matrices from first to last."""
        return self._names

    def show_matrices(
        self, picture_of: Callable[[int], MatrixPicture], names: Sequence[str], tips: Sequence[str]
    ) -> None:
        """Show matrices from first to last, each with a short name and words for the pointer.

        Args:
            picture_of: asked for those that get a thumbnail, by their numbers.
            names: of all.
            tips: of all.
        """
        self._picture_of, self._images = picture_of, {}
        self._names, self._tips = tuple(names), tuple(tips)
        self.update()

    def show_current(self, number: int | None) -> None:
        """Mark one; None for none."""
        if number != self._current:
            self._current = number
            self.update()

    def shown(self) -> list[int]:
        """Numbers of those that have a thumbnail at this size."""
        n = len(self._names)
        _, most, _ = self._grid()
        return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int)).tolist() if n else []

    def thumbnail_rect(self, place: int) -> QRect:
        """Where the thumbnail at a place among those shown is."""
        columns, _, side = self._grid()
        row, column = divmod(place, columns)
        return QRect(column * (side + _GAP_PX) + 2, row * (side + _NAME_PX + 4) + 2, side, side)

    def _grid(self) -> tuple[int, int, int]:
        """Thumbnails in a row, thumbnails at most, and the side of one."""
        n = max(len(self._names), 1)
        width, height = max(self.width() - 4, _LEAST_PX), max(self.height() - 4, _LEAST_PX + _NAME_PX)
        for side in range(min(_MOST_PX, height - _NAME_PX), _LEAST_PX - 1, -1):
            columns = max((width + _GAP_PX) // (side + _GAP_PX), 1)
            if columns * ((height + 4) // (side + _NAME_PX + 4)) >= n:
                return columns, n, side
        columns = max((width + _GAP_PX) // (_LEAST_PX + _GAP_PX), 1)
        return columns, max(columns * ((height + 4) // (_LEAST_PX + _NAME_PX + 4)), 1), _LEAST_PX

    def _image(self, number: int) -> QImage:
        if number not in self._images:
            assert self._picture_of is not None
            self._images[number] = image_of(self._picture_of(number))
        return self._images[number]

    def _number_at(self, at: QPoint) -> int | None:
        for place, number in enumerate(self.shown()):
            if self.thumbnail_rect(place).adjusted(0, 0, 0, _NAME_PX).contains(at):
                return number
        return None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(font(SMALL_PX))
        shown = self.shown()
        marked = max((number for number in shown if self._current is not None and number <= self._current), default=-1)
        for place, number in enumerate(shown):
            box = self.thumbnail_rect(place)
            image = self._image(number)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > box.width())
            painter.drawImage(box, image)
            is_marked = number == marked
            painter.setPen(QPen(QColor(active().hovered if is_marked else active().line), 2 if is_marked else 1))
            painter.drawRect(box.adjusted(-1, -1, 0, 0))
            painter.setPen(QColor(active().text if is_marked else active().faint_text))
            each = ceil((width_of(painter.fontMetrics(), self._names[number]) + 4) / (box.width() + _GAP_PX))
            if is_marked or place % each == 0:
                below = QRect(box.left() - 20, box.bottom() + 2, box.width() + 40, _NAME_PX)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._names[number])

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _LEAST_PX + _NAME_PX + 6)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            number = self._number_at(event.position().toPoint())
            if number is not None:
                self.measurement_requested.emit(number)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self._number_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip("" if number is None else self._tips[number]), self)
            return True
        return super().event(event)
