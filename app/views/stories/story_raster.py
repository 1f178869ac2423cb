"""Stories of samples: a row for each sample, a column for each measurement, all of it one image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from app.palette import SMALL_PX, active, font
from app.views.stories.analysis.story_cells import Cells, OrderedCells
from app.views.stories.row_range import RowRange
from app.widgets.plain_text import elided
from app.widgets.rimmed import draw_rimmed
from app.widgets.sample_card import SampleCard
from app.widgets.walk import PlaceWalk

LEFT_PX, BELOW_PX, RIGHT_PX, ABOVE_PX = 128, 22, 14, 6
_CLICK_PX = 4
_SEEN_PX = 2.0
_PICTURE_ROW_PX, _NAMED_ROW_PX = 14.0, 12.0
"""Rows this high have their picture, or their label, at their side."""
_MOST_PICTURE_PX = 40.0
_LINE_PX = 14.0
_APART_PX = 52.0
_NOTCH, _PER_NOTCH = 120, 0.8
_CLOSER = 0.64


class RowWalk(PlaceWalk):
    """Stands on a cell, at first that of the sample that is shown, at the playhead."""

    zooms = True

    def __init__(self, raster: StoryRaster) -> None:
        self._raster = raster
        self._at: tuple[int, int] | None = None
        super().__init__(raster)

    def _now(self) -> tuple[int, int] | None:
        raster = self._raster
        if not raster.has_cells:
            return None
        row, column = self._at or (raster.row_of_current or 0, raster.number or 0)
        return min(row, raster.view.n_rows - 1), min(column, raster.view.n_columns - 1)

    def place(self) -> QRectF | None:
        at = self._now()
        return None if at is None else self._raster.cell_place(*at)

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        at = self._now()
        if at is None:
            return
        raster = self._raster
        rows = max(round(2 * (raster.view.bottom - raster.view.top) / raster.plot().height()), 1)
        row = min(max(at[0] + down * rows, 0), raster.view.n_rows - 1)
        self._at = row, min(max(at[1] + across, 0), raster.view.n_columns - 1)
        raster.look(raster.view.showing(row))
        self.point(self._raster.cell_place(*self._at).center())

    def zoom(self, *, is_closer: bool) -> None:
        at = self._now()
        if at is not None:
            factor = _CLOSER if is_closer else 1 / _CLOSER
            self._raster.look(self._raster.view.zoomed(at[0] + 0.5, at[1] + 0.5, factor, 1.0))


class StoryRaster(QWidget):
    """A click chooses a sample and a measurement, the wheel zooms into samples, with Ctrl or Shift into measurements,
    a drag moves along, a double click shows all.

    Signals:
        clicked(int, int): the user chose this sample and this measurement.
        sample_clicked(int): the user chose a sample by its picture or its label.
        step_requested(float): the user pointed at the axis of steps.
        hovered(int, int): the pointer is on this sample and this measurement; −1: on none.
    """

    clicked = pyqtSignal(int, int)
    sample_clicked = pyqtSignal(int)
    step_requested = pyqtSignal(float)
    hovered = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = RowRange.whole(0, 0)
        self.number: int | None = None
        self.order = np.zeros(0, int)
        self.current: int | None = None
        self._steps = np.zeros(0, int)
        self._cells: Cells | None = None
        self._ordered: OrderedCells | None = None
        self._stretches: Sequence[tuple[int, str]] = ()
        self._selected: np.ndarray | None = None
        self._picture_of: Callable[[int], QImage | None] = lambda _: None
        self._text_of: Callable[[int], str] = lambda _: ""
        self._image: QImage | None = None
        self._pixels: np.ndarray | None = None
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._is_dragging = False
        self._pointed = (-1, -1)
        self._card: SampleCard | None = None
        self._card_at = QPointF()
        self.setMouseTracking(True)
        self.setMinimumSize(260, 130)
        self.setAccessibleName("Stories: a row for each sample, measurements to the right")
        self.walk = RowWalk(self)

    def show_cells(self, cells: Cells | None, steps: np.ndarray, order: np.ndarray) -> None:
        """Show these cells, whose columns were measured at these steps, int ``[M]``, in an order of their rows."""
        if cells is self._cells and order is self.order:
            return
        if cells is None or not len(steps):
            self._ordered = None
        elif cells is not self._cells or self._ordered is None:
            self._ordered = OrderedCells(cells, order)
        else:
            self._ordered.order = order
        n_rows, n_columns = len(order), len(steps)
        if (n_rows, n_columns) != (self.view.n_rows, self.view.n_columns):
            self.view = RowRange.whole(n_rows, n_columns)
        self._cells, self._steps, self.order = cells, steps, order
        self._refresh()

    def show_sides(
        self,
        stretches: Sequence[tuple[int, str]],
        picture_of: Callable[[int], QImage | None],
        text_of: Callable[[int], str],
    ) -> None:
        """What stands at the side: names of stretches of rows, and a sample's picture and words where there is room."""
        self._stretches, self._picture_of, self._text_of = stretches, picture_of, text_of
        self.update()

    def show_number(self, number: int | None) -> None:
        """Move the playhead to a measurement."""
        if number != self.number:
            self.number = number
            self.update()

    def show_current(self, sample: int | None) -> None:
        """Mark the sample that is shown elsewhere, and have it in sight."""
        if sample != self.current:
            self.current = sample
            row = self.row_of_current
            if row is not None and not self.view.top <= row < self.view.bottom:
                self.view = self.view.showing(row)
                self._image = None
            self.update()

    def show_selection(self, selected: np.ndarray | None) -> None:
        """Mark some samples, bool ``[N]``; None: none."""
        self._selected = selected
        self.update()

    def show_card(self, card: SampleCard | None) -> None:
        """What is told of the cell under the pointer."""
        self._card = card
        self.setAccessibleDescription("" if card is None else ", ".join(text for text, _ in card.lines))
        self.update()

    def fit(self) -> None:
        """Show all samples and measurements."""
        self.look(RowRange.whole(self.view.n_rows, self.view.n_columns))

    def look(self, view: RowRange) -> None:
        """Show this part."""
        self.view = view
        self._refresh()
        self.walk.mark()

    @property
    def has_cells(self) -> bool:
        """Whether there is anything to see."""
        return self._ordered is not None and len(self.order) > 0

    @property
    def row_of_current(self) -> int | None:
        """The row of the sample that is shown elsewhere; None where it has none."""
        if self.current is None:
            return None
        found = np.flatnonzero(self.order == self.current)
        return int(found[0]) if len(found) else None

    def plot(self) -> QRectF:
        """Where the cells are painted."""
        width, height = self.width() - LEFT_PX - RIGHT_PX, self.height() - ABOVE_PX - BELOW_PX
        return QRectF(LEFT_PX, ABOVE_PX, width, height)

    def cell_place(self, row: int, column: int) -> QRectF:
        """Where a cell is painted, around its middle at the least as large as one can see."""
        plot = self.plot()
        x, y = self.view.x(column, plot), self.view.y(row, plot)
        width, height = self.view.x(column + 1, plot) - x, self.view.y(row + 1, plot) - y
        beside, above = (max(_SEEN_PX - px, 0.0) / 2 for px in (width, height))
        return QRectF(x, y, width, height).adjusted(-beside, -above, beside, above)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column at a place; None beside the cells."""
        plot = self.plot()
        if not plot.contains(at) or not self.has_cells:
            return None
        row, column = int(self.view.row(at.y(), plot)), int(self.view.column(at.x(), plot))
        return min(row, self.view.n_rows - 1), min(column, self.view.n_columns - 1)

    def _refresh(self) -> None:
        self._image = None
        self.update()

    def _picture(self) -> QImage:
        """Made anew only when something else is to be seen; else a frame is one blit."""
        plot, ratio = self.plot(), self.devicePixelRatioF()
        if self._image is None:
            assert self._ordered is not None
            view, width, height = self.view, round(plot.width() * ratio), round(plot.height() * ratio)
            pixels = self._ordered.picture(view.top, view.bottom, view.left, view.right, width, height)
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)  # type: ignore[call-overload]
            image.setDevicePixelRatio(ratio)
            self._image, self._pixels = image, pixels  # which the image does not hold
        return self._image

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        palette, plot = active(), self.plot()
        painter.fillRect(self.rect(), QColor(palette.background))
        if not self.has_cells:
            return
        painter.drawImage(plot.topLeft(), self._picture())
        painter.setPen(QColor(palette.line))
        painter.drawRect(plot.adjusted(-1, -1, 0, 0))
        self._paint_side(painter, plot)
        self._paint_steps(painter, plot)
        self._paint_selection(painter, plot)
        self._paint_marks(painter, plot)
        if self._card is not None:
            self._card.paint(painter, self._card_at, QRectF(self.rect()))

    def _paint_side(self, painter: QPainter, plot: QRectF) -> None:
        painter.setFont(font(SMALL_PX))
        painter.save()
        painter.setClipRect(QRectF(0, plot.top(), plot.left(), plot.height()))
        row_px = plot.height() / (self.view.bottom - self.view.top)
        if row_px >= _NAMED_ROW_PX:
            self._paint_rows(painter, plot, row_px)
        elif self._stretches:
            self._paint_stretches(painter, plot)
        else:
            self._paint_places(painter, plot)
        painter.restore()

    def _paint_rows(self, painter: QPainter, plot: QRectF, row_px: float) -> None:
        palette, metrics = active(), QFontMetricsF(painter.font())
        for row in range(int(self.view.top), int(np.ceil(self.view.bottom))):
            sample, y = int(self.order[row]), self.view.y(row, plot)
            left = 6.0
            picture = self._picture_of(sample) if row_px >= _PICTURE_ROW_PX else None
            if picture is not None:
                side = min(row_px - 2, _MOST_PICTURE_PX)
                painter.drawImage(QRectF(plot.left() - side - 8, y + (row_px - side) / 2, side, side), picture)
            right = plot.left() - 14 - (min(row_px - 2, _MOST_PICTURE_PX) if picture is not None else 0)
            painter.setPen(QColor(palette.text if sample == self.current else palette.faint_text))
            room = QRectF(left, y, right - left, row_px)
            text = elided(metrics, self._text_of(sample), room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_stretches(self, painter: QPainter, plot: QRectF) -> None:
        palette, metrics = active(), QFontMetricsF(painter.font())
        starts = [*(start for start, _ in self._stretches), len(self.order)]
        seen = []
        for (start, text), stop in zip(self._stretches, starts[1:], strict=True):
            top = max(self.view.y(start, plot), plot.top())
            bottom = min(self.view.y(stop, plot), plot.bottom())
            if bottom > top:
                painter.setPen(QColor(palette.line))
                painter.drawLine(QLineF(plot.left() - 8, top, plot.left() - 1, top))
                seen.append((bottom - top, (top + bottom) / 2, f"{text} · {stop - start:,}"))
        painter.setPen(QColor(palette.faint_text))
        taken: list[float] = []
        # the last is told of first, which are often the few that were never learnt, then the longest
        for _, middle, text in [*seen[-1:], *sorted(seen[:-1], reverse=True)]:
            at = min(max(middle, plot.top() + _LINE_PX / 2), plot.bottom() - _LINE_PX / 2)
            if all(abs(at - other) >= _LINE_PX for other in taken):
                taken.append(at)
                room = QRectF(0, at - _LINE_PX / 2, plot.left() - 10, _LINE_PX)
                words = elided(metrics, text, plot.left() - 14)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_places(self, painter: QPainter, plot: QRectF) -> None:
        painter.setPen(QColor(active().faint_text))
        every = _nice((self.view.bottom - self.view.top) * 34 / plot.height())
        for row in range(int(np.ceil(self.view.top / every)) * every, int(self.view.bottom), every):
            y = self.view.y(row, plot)
            painter.drawLine(QLineF(plot.left() - 4, y, plot.left() - 1, y))
            room = QRectF(0, max(y - 8, plot.top() - 2), plot.left() - 8, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{row:,}")
        painter.translate(4, plot.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, plot.height(), 16), Qt.AlignmentFlag.AlignCenter, "place in this order")

    def _paint_steps(self, painter: QPainter, plot: QRectF) -> None:
        painter.setFont(font(SMALL_PX))
        painter.setPen(QColor(active().faint_text))
        metrics = QFontMetricsF(painter.font())
        painter.drawText(QRectF(0, plot.bottom() + 4, LEFT_PX - 8, 16), Qt.AlignmentFlag.AlignRight, "step")
        taken = -np.inf
        every = _nice((self.view.right - self.view.left) * _APART_PX / plot.width())
        for column in range(int(np.ceil(self.view.left / every)) * every, int(np.ceil(self.view.right)), every):
            x = self.view.x(column + 0.5, plot)
            if not plot.left() <= x <= plot.right():
                continue
            text = f"{int(self._steps[column]):,}"
            wide = metrics.horizontalAdvance(text)
            left = min(max(x - wide / 2, plot.left()), self.width() - wide - 2)
            if left >= taken:
                painter.drawLine(QLineF(x, plot.bottom() + 1, x, plot.bottom() + 4))
                painter.drawText(QPointF(left, plot.bottom() + 6 + metrics.ascent()), text)
                taken = left + wide + 8

    def _paint_selection(self, painter: QPainter, plot: QRectF) -> None:
        """A bar at the right of each row that is selected, or in which one is."""
        if self._selected is None or not len(self._selected):
            return
        height = round(plot.height())
        before = np.append(0, np.cumsum(self._selected[self.order]))
        edges = self.view.top + (self.view.bottom - self.view.top) * np.arange(height + 1) / height
        first = np.floor(edges[:-1]).astype(int)
        stop = np.minimum(np.maximum(np.ceil(edges[1:]).astype(int), first + 1), len(self.order))
        pixels = np.where(before[stop] > before[first], QColor(active().hovered).rgba(), 0).astype(np.uint32)
        image = QImage(pixels.tobytes(), 1, len(pixels), 4, QImage.Format.Format_ARGB32)
        painter.drawImage(QRectF(plot.right() + 3, plot.top(), 6, height), image)

    def _paint_marks(self, painter: QPainter, plot: QRectF) -> None:
        """The playhead, and the row of the sample that is shown."""
        painter.setClipRect(plot.adjusted(-10, -ABOVE_PX, 10, 6))
        colour = QColor(active().hovered)
        if self.number is not None:
            x, stop = self.view.x(self.number, plot), self.view.x(self.number + 1, plot)
            sides = (x + 1, stop - 1) if stop - x >= 8 else ((x + stop) / 2,)
            lines = [QLineF(at, plot.top(), at, plot.bottom()) for at in sides]
            draw_rimmed(painter, QPen(colour, 2), lambda: painter.drawLines(lines))  # type: ignore[call-overload] # the stubs know no lists
        if (row := self.row_of_current) is not None:
            y, bottom = self.view.y(row, plot), self.view.y(row + 1, plot)
            painter.setPen(QPen(QColor(active().background), 3))
            high = max(bottom - y, 3.0)
            frame = QRectF(plot.left(), (y + bottom) / 2 - high / 2, plot.width() - 1, high)
            painter.drawRect(frame)
            painter.setPen(QPen(QColor(active().text), 1))
            painter.drawRect(frame)
        painter.setClipping(False)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._last = event.position()
            self._is_dragging = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        at, plot = event.position(), self.plot()
        if self._pressed is None:
            self._point(at)
        elif self._pressed.y() > plot.bottom():
            self._request_step(at)
        elif self._is_dragging or (at - self._pressed).manhattanLength() > _CLICK_PX:
            self._is_dragging = True
            self._point(None)
            rows = self.view.row(self._last.y(), plot) - self.view.row(at.y(), plot)
            columns = self.view.column(self._last.x(), plot) - self.view.column(at.x(), plot)
            self._last = at
            self.look(self.view.moved(rows, columns))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        at, plot = event.position(), self.plot()
        pressed, self._pressed = self._pressed, None
        if self._is_dragging:
            return
        if pressed.y() > plot.bottom():
            self._request_step(at)
        elif (cell := self.cell_at(at)) is not None:
            self.clicked.emit(int(self.order[cell[0]]), cell[1])
        elif at.x() < plot.left() and (cell := self.cell_at(QPointF(plot.left(), at.y()))) is not None:
            self.sample_clicked.emit(int(self.order[cell[0]]))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or not self.has_cells:
            return
        # Qt turns the wheel for some modifiers
        turned = event.angleDelta().y() or event.angleDelta().x()
        factor, at, plot = _PER_NOTCH ** (turned / _NOTCH), event.position(), self.plot()
        is_across = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        factors = (1.0, factor) if is_across else (factor, 1.0)
        self.look(self.view.zoomed(self.view.row(at.y(), plot), self.view.column(at.x(), plot), *factors))
        event.accept()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._refresh()

    def _point(self, at: QPointF | None) -> None:
        cell = None if at is None else self.cell_at(at)
        pointed = (-1, -1) if cell is None else (int(self.order[cell[0]]), cell[1])
        if at is not None:
            self._card_at = at
        if pointed != self._pointed:
            self._pointed = pointed
            self._card = None
            self.hovered.emit(*pointed)
            self.update()

    def _request_step(self, at: QPointF) -> None:
        if len(self._steps):
            column = int(np.clip(self.view.column(at.x(), self.plot()), 0, len(self._steps) - 1))
            self.step_requested.emit(float(self._steps[column]))


def _nice(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20 … that is no less."""
    power = 10 ** int(np.floor(np.log10(max(least, 1.0))))
    return next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= least)
