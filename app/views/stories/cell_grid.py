"""A small table of colours: rows and columns with names, a colour and words for each cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from app.analysis.class_names import shared_letters
from app.palette import SMALL_PX, active, font
from app.views.stories.colour_key import Key, key_px, key_text, paint_key
from app.widgets.elided_text import elided_apart
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import elided, plain_tooltip, width_of
from app.widgets.rimmed import draw_rimmed
from app.widgets.walk import CellWalk

_BELOW_PX, _ABOVE_PX, _MOST_LEFT_PX, _LINE_PX, _APART_PX = 20, 4, 120, 12.0, 6.0
_MOST_NAME_PX = 90.0
_LEAST_NAME_PX, _KEY_PX, _SCALE_PX, _LEAST_SCALE_PX = 34.0, 14, 48.0, 16.0
_ROOMY_PX = 18.0
"""Cells of this size give all the room that names want, smaller ones only what they need."""

_LEAST_SQUARE_PX = 150
"""Height, names below it included: the cells of a square are no larger than its shorter side."""

_MOST_LEFT_OF_SQUARE_PX = 56
"""A square has no width to give: names in it are shortened, and every row keeps its own."""

_NAMES_SHARE = 1 / 3
"""Of the width, at most, for names of rows: the cells are what is to be seen."""

_LUMINANCES = np.array([0.2126, 0.7152, 0.0722])
"""Of red, green and blue (WCAG 2, relative luminance)."""
_MIDDLE_LUMINANCE = 0.18
"""As far from black as from white, as contrasts are told: dark words stand on lighter cells, light ones on others."""


class CellGrid(QWidget):
    """Paints them as one image; where cells are large enough, with a figure in each.

    Signals:
        clicked(int, int): the user clicked this row and column.
    """

    clicked = pyqtSignal(int, int)

    def __init__(self, name: str, *, is_square: bool = False, parent: QWidget | None = None) -> None:
        """A grid that is called so; its cells are squares, or fill the room."""
        super().__init__(parent)
        self._is_square = is_square
        self.colours = np.zeros((0, 0, 3), np.uint8)
        self.rows: Sequence[str] = ()
        self.columns: Sequence[str] = ()
        self._text_at: Callable[[int, int], str] = lambda *_: ""
        self._figures: np.ndarray | None = None
        self._marked: tuple[int | None, int | None] = (None, None)
        self._absent = ""
        self._axes = ("", "")
        self._key: Key = ()
        self._has_name_each = False
        self._turned_px = 0.0
        self._plot: QRectF | None = None
        self._underlay: QPixmap | None = None
        self.setMinimumSize(120, _LEAST_SQUARE_PX if is_square else 76)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.walk = CellWalk(self, lambda: [len(self.columns)] * len(self.rows), self.place_of)

    def show_cells(
        self,
        colours: np.ndarray,
        rows: Sequence[str],
        columns: Sequence[str],
        text_at: Callable[[int, int], str],
        *,
        figures: np.ndarray | None = None,
        axes: tuple[str, str] = ("", ""),
        key: Key = (),
        has_name_each: bool = False,
    ) -> None:
        """Show colours uint8 ``[R, C, 3]``.

        Args:
            colours: of the cells.
            rows: names, from the top.
            columns: names, from the left.
            text_at: what a cell shows, in words.
            figures: what stands in the cells, str ``[R, C]``.
            axes: what the columns and the rows are.
            key: what the colours mean.
            has_name_each: whether each column is to have its name, shortened where its cells are narrow; others, as
                steps are, have one at each second, third, … column.
        """
        self.colours, self.rows, self.columns, self._text_at = colours, rows, columns, text_at
        self._figures, self._axes, self._absent = figures, axes, ""
        self._key, self._has_name_each = key, has_name_each
        self.setAccessibleDescription(key_text(key))
        self._refresh()

    def show_absence(self, text: str) -> None:
        """Say why there is nothing."""
        self.colours, self.rows, self.columns = np.zeros((0, 0, 3), np.uint8), (), ()
        self._absent = text
        self._refresh()

    def show_marked(self, row: int | None = None, column: int | None = None) -> None:
        """Mark a row, a column, or a cell."""
        if (row, column) != self._marked:
            self._marked = (row, column)
            self.update()

    def place_of(self, row: int, column: int) -> QRectF:
        """Where a cell is painted."""
        plot = self.plot()
        wide, high = plot.width() / len(self.columns), plot.height() / len(self.rows)
        return QRectF(plot.left() + column * wide, plot.top() + row * high, wide, high)

    def plot(self) -> QRectF:
        """Where the cells are painted."""
        if self._plot is None:
            self._plot = self._placed()
        return self._plot

    def _refresh(self) -> None:
        self._plot = self._underlay = None
        self.walk.mark()
        self.update()

    def _placed(self) -> QRectF:
        metrics = QFontMetricsF(font(SMALL_PX))
        widest = max((width_of(metrics, name) for name in self._shown(self.rows)), default=0.0)
        self._turned_px = 0.0
        most = _MOST_LEFT_OF_SQUARE_PX if self._is_square else _MOST_LEFT_PX
        left = min(widest, most, _NAMES_SHARE * self.width()) + 10 + (16 if self._axes[1] else 0)
        below = _BELOW_PX + (_KEY_PX if self._axes[0] or self._key else 0)
        room = QRectF(left, _ABOVE_PX, self.width() - left - 4, self.height() - below - _ABOVE_PX)
        if self._is_square and self.rows:
            side = min(room.width() / len(self.columns), room.height() / len(self.rows))
            side, self._turned_px = self._turned(metrics, side, room.height())
            room = QRectF(room.left(), room.top(), side * len(self.columns), side * len(self.rows))
        return room

    def _shown(self, names: Sequence[str]) -> list[str]:
        """Names as they stand at the cells; at those of a square, which has little width, without what all share."""
        n_shared = shared_letters(names) if self._is_square else 0
        return [name[n_shared:] for name in names]

    def _turned(self, metrics: QFontMetricsF, side: float, height: float) -> tuple[float, float]:
        """Names of columns that do not fit beside one another stand upright, for which cells may be smaller.

        Returns:
            Sides of the cells, and height of the names; 0: they are level.
        """
        n = len(self.rows)
        widest = max(width_of(metrics, name) for name in self._shown(self.columns))
        wanted = min(widest + _APART_PX, _MOST_LEFT_OF_SQUARE_PX)
        if side < widest + _APART_PX and widest > _LINE_PX:
            for least, names_px in ((_ROOMY_PX, wanted), (_LINE_PX, min(wanted, _LEAST_NAME_PX))):
                smaller = min(side, (height - names_px) / n)
                if smaller >= least:
                    return smaller, min(wanted, height - smaller * n)
        return side, 0.0

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column at a place."""
        if not self.rows or not self.columns or not self.plot().contains(at):
            return None
        plot = self.plot()
        row = int((at.y() - plot.top()) / plot.height() * len(self.rows))
        column = int((at.x() - plot.left()) / plot.width() * len(self.columns))
        return min(row, len(self.rows) - 1), min(column, len(self.columns) - 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if not self.rows or not self.columns:
            write_absence(painter, self.rect(), self._absent)
            return
        if self._underlay is None:
            ratio = self.devicePixelRatioF()
            self._underlay = QPixmap(self.size() * ratio)
            self._underlay.setDevicePixelRatio(ratio)
            self._underlay.fill(Qt.GlobalColor.transparent)
            below = QPainter(self._underlay)
            self._paint_cells(below)
            below.end()
        painter.drawPixmap(0, 0, self._underlay)
        self._paint_marked(painter, self.plot())

    def _paint_cells(self, painter: QPainter) -> None:
        """All but the marks, which move while the rest stays."""
        plot, palette = self.plot(), active()
        height, width = self.colours.shape[:2]
        image = QImage(
            np.ascontiguousarray(self.colours).tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888
        )
        painter.drawImage(plot, image)
        painter.setPen(QColor(palette.line))
        painter.drawRect(plot.adjusted(-1, -1, 0, 0))
        painter.setFont(font(SMALL_PX))
        self._paint_names(painter, plot)
        self._paint_figures(painter)

    def _paint_names(self, painter: QPainter, plot: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(active().faint_text))
        left = 16.0 if self._axes[1] else 0.0
        middles = np.array([self.place_of(row, 0).center().y() for row in range(len(self.rows))])
        names = elided_apart(metrics, self._shown(self.rows), plot.left() - 6 - left)
        n, step = len(names), _evenly(middles, middles + _LINE_PX).step
        # the last row of layers, which is the output, has its name in any case
        for row in range(0 if self._is_square else (n - 1) % step, n, step):
            room = QRectF(left, middles[row] - 8, plot.left() - 6 - left, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, names[row])
        if self._turned_px:
            self._paint_turned(painter, plot)
        else:
            self._paint_columns(painter, plot)
        self._paint_below(painter, plot)
        if self._axes[1]:
            painter.save()
            painter.translate(0, plot.bottom())
            painter.rotate(-90)
            words = elided(metrics, self._axes[1], plot.height())
            painter.drawText(QRectF(0, 0, plot.height(), 14), Qt.AlignmentFlag.AlignCenter, words)
            painter.restore()

    def _paint_columns(self, painter: QPainter, plot: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        cell_px = self.place_of(0, 0).width() - _APART_PX
        is_each = self._has_name_each and cell_px >= _LEAST_NAME_PX
        most = _MOST_LEFT_OF_SQUARE_PX if self._is_square else _MOST_NAME_PX
        names = elided_apart(metrics, self._shown(self.columns), cell_px if is_each else most)
        wide = np.array([metrics.horizontalAdvance(name) for name in names])
        middles = np.array([self.place_of(0, column).center().x() for column in range(len(names))])
        lefts = np.minimum(np.maximum(middles - wide / 2, plot.left() - 4), self.width() - wide - 1)
        for column in _evenly(lefts, lefts + wide + _APART_PX):
            painter.drawText(QPointF(lefts[column], plot.bottom() + 4 + metrics.ascent()), names[column])

    def _paint_turned(self, painter: QPainter, plot: QRectF) -> None:
        names = elided_apart(QFontMetricsF(painter.font()), self._shown(self.columns), self._turned_px)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, name in enumerate(names):
            painter.save()
            painter.translate(self.place_of(0, column).center().x(), plot.bottom() + 4)
            painter.rotate(-90)
            painter.drawText(QRectF(-self._turned_px - 4, -8, self._turned_px + 4, 16), right, name)
            painter.restore()

    def _paint_below(self, painter: QPainter, plot: QRectF) -> None:
        """What the columns are, and at the right what the colours mean."""
        metrics, top, end = (
            QFontMetricsF(painter.font()),
            plot.bottom() + 18 + max(self._turned_px - _LINE_PX, 0),
            self.width() - 1.0,
        )
        name_px = metrics.horizontalAdvance(self._axes[0]) + 2 * _APART_PX if self._axes[0] else 0.0
        left, key_wide = plot.left(), 0.0
        scale_px = _SCALE_PX
        if self._key:
            wanted_px = key_px(metrics, self._key, _SCALE_PX)
            scale_px = max(_SCALE_PX - max(left + name_px + wanted_px - end, 0.0), _LEAST_SCALE_PX)
            key_wide = key_px(metrics, self._key, scale_px)
            left = max(min(left, end - name_px - key_wide), 0.0)  # below the names of the rows there is room
        key_left = min(max(plot.right() - key_wide, left + name_px), end)
        if self._axes[0]:
            room = QRectF(left, top, key_left - left, _KEY_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, elided(metrics, self._axes[0], room.width()))
        paint_key(painter, QRectF(key_left, top, end + 1 - key_left, _KEY_PX), self._key, scale_px)

    def _paint_figures(self, painter: QPainter) -> None:
        if self._figures is None:
            return
        place, metrics = self.place_of(0, 0), QFontMetricsF(painter.font())
        if place.height() < _LINE_PX + 2:
            return
        columns = _fitting(metrics, self._figures.T.tolist(), place.width() - 2)
        if self._is_square and not all(columns):
            return
        is_light = (self.colours / 255) ** 2.2 @ _LUMINANCES > _MIDDLE_LUMINANCE
        for column, texts in enumerate(columns):
            for row, text in enumerate(texts):
                painter.setPen(QColor("#101114" if is_light[row, column] else "#f4f5f7"))
                painter.drawText(self.place_of(row, column), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_marked(self, painter: QPainter, plot: QRectF) -> None:
        row, column = self._marked
        frame = QRectF(plot)
        if row is not None and row < len(self.rows):
            place = self.place_of(row, 0)
            frame.setTop(place.top())
            frame.setHeight(place.height())
        if column is not None and column < len(self.columns):
            place = self.place_of(0, column)
            frame.setLeft(place.left())
            frame.setWidth(place.width())
        if frame != plot:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw_rimmed(painter, QPen(QColor(active().hovered), 2), lambda: painter.drawRect(frame))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._refresh()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "_underlay"):
            self._refresh()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        cell = self.cell_at(event.position())
        if cell is not None:
            self.clicked.emit(*cell)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            event.accept()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            if cell is None and self.toolTip():
                return super().event(event)  # which shows that of the whole grid
            QToolTip.showText(event.globalPos(), plain_tooltip("" if cell is None else self._text_at(*cell)), self)
            return True
        return super().event(event)


def _fitting(metrics: QFontMetricsF, columns: list[list[str]], width: float) -> list[list[str]]:
    """What stands in the cells: all of a column or nothing, as a cell without would be taken for nought.

    Names may be shortened, each everywhere alike.
    """
    seen = sorted({text for column in columns for text in column})
    is_cut = {text: metrics.horizontalAdvance(text) > width for text in seen}
    short = dict(zip(seen, elided_apart(metrics, seen, width), strict=True)) if any(is_cut.values()) else {}

    def fitting(column: list[str]) -> list[str]:
        if not any(map(is_cut.__getitem__, column)):
            return column
        are_names = any(letter.isalpha() for text in column for letter in text)
        return [short[text] for text in column] if are_names and width >= _LEAST_NAME_PX else []

    return [fitting(column) for column in columns]


def _evenly(starts: np.ndarray, ends: np.ndarray) -> range:
    """Which of some names that follow one another are written: each, each second, … so that none touches another."""
    n = len(starts)
    fits = (step for step in range(1, n) if (starts[step::step] >= ends[:-step:step]).all())
    return range(0, n, next(fits, n))
