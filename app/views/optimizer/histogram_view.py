"""How the values of a layer are spread: bars by sign and power of two."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis.figures import figure, true_signs
from app.analysis.two_curves import SAME
from app.palette import active
from app.views.optimizer.analysis.power_histogram import BinRange, quantile_changes, range_of
from app.widgets.plain_text import plain_tooltip

_LEAST_SIDES = 1e-4
"""Bars of a smaller share are not made large."""

LEFT_PX, _RIGHT_PX, _NEAR_PX = 44, 16, 3
_WIDEST_TICK, _TICKS_APART_PX = "−1e−10", 4
_APART_PX = 12
"""Between the title and what stands beside it."""

AXIS = "log axis, ±"
ABOUT_CHANGE = (
    "A: bars, B: line, each in shares of its own values. The numbers are log₂ of B ÷ A of the absolute values below "
    "which half and 95 of 100 lie, as far as the bars tell."
)
ABOUT_AXIS = (
    "Each bar is a power of two, of negative values at the left and of positive ones at the right. "
    "Near 0 there are many narrow bars: values around 0 look like two hills."
)


class HistogramView(QWidget):
    """Bars from the largest negative values over 0 to the largest positive; the axis grows and never jumps back.

    Args:
        title: above the bars.
        colour: of the bars, a field of `app.palette.Palette`.
    """

    def __init__(self, title: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self._colour = title, colour
        self._words = ""
        self._range: BinRange | None = None
        self.bars = self.bars_of_b = np.zeros(0, np.int64)
        self.changes: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_counts(
        self, counts: np.ndarray | None, words: str = "not recorded", *, of_b: np.ndarray | None = None
    ) -> None:
        """Show counts int ``[129]``, or say why there are none.

        Args:
            counts: of what is shown.
            words: why there are none.
            of_b: of what is drawn over it; None: nothing is.
        """
        self.bars = self.bars_of_b = np.zeros(0, np.int64)
        self.changes = ()
        self._words = words if counts is None else "no value but NaN and Inf"
        if counts is not None and counts.any():
            found = [each for each in (range_of(counts), None if of_b is None else range_of(of_b), self._range) if each]
            self._range = reduce(BinRange.joined, found)
            self.bars = self._range.bars(counts)
            if of_b is not None:
                self.bars_of_b = self._range.bars(of_b)
                self.changes = _change_texts(counts, of_b)
        self.setAccessibleName(f"Histogram: {self.title}, {AXIS}" + "".join(f", {text}" for text in self.changes[:1]))
        self.update()

    def forget_range(self) -> None:
        """Another layer, or another run: the axis begins anew."""
        self._range = None

    def sizeHint(self) -> QSize:
        return QSize(260, 130)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 4 * self.fontMetrics().height() + 12)

    def _inside(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(LEFT_PX, line + 6, self.width() - LEFT_PX - _RIGHT_PX, self.height() - 2 * line - 12)

    def text_at(self, x: float) -> str:
        """What the bar at a pixel stands for; elsewhere what the axis is."""
        inside = self._inside()
        if self._range is None or not len(self.bars):
            return ""
        if not inside.left() <= x < inside.right():
            return f"{ABOUT_AXIS}\n{ABOUT_CHANGE}" if self.changes else ABOUT_AXIS
        number = int((x - inside.left()) / inside.width() * len(self.bars))
        share = self.bars[number] / int(self.bars.sum())
        n_side = (len(self.bars) - 1) // 2
        if number == n_side:
            size = f"|x| < {figure(2.0 ** (self._range.near - 49), 2)}"
        else:
            power = self._range.near - 49 + (number - n_side - 1 if number > n_side else n_side - 1 - number)
            sign = "" if number > n_side else "−"
            size = f"{sign}{figure(2.0**power, 2)} … {sign}{figure(2.0 ** (power + 1), 2)}"
        told = _told(int(self.bars[number]), share)
        if not len(self.bars_of_b):
            return f"{size}\n{told}"
        of_b = self.bars_of_b[number] / max(int(self.bars_of_b.sum()), 1)
        told = f"A: {told}\nB: {_told(int(self.bars_of_b[number]), of_b)}"
        return f"{size}\n{told}\nB less A: {true_signs(f'{(of_b - share) * 100:+.2f}')} %\n{ABOUT_CHANGE}"

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        line = self.fontMetrics().height()
        inside = self._inside()
        painter.setPen(QColor(active().text))
        painter.drawText(QRectF(LEFT_PX, 0, inside.width(), line + 2), Qt.AlignmentFlag.AlignVCenter, self.title)
        # it may reach into the room at the right of the bars
        taken = self.fontMetrics().horizontalAdvance(self.title) + _APART_PX
        if beside_it := self._fitting(self.changes or (AXIS,), self.width() - LEFT_PX - taken):
            painter.setPen(QColor(active().second if self.changes else active().faint_text))
            wide = max(inside.width(), taken + self.fontMetrics().horizontalAdvance(beside_it))
            beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(LEFT_PX, 0, wide, line + 2), beside, beside_it)
        painter.fillRect(inside, QColor(active().background))
        painter.setPen(QPen(QColor(active().line), 1))
        painter.drawLine(inside.bottomLeft(), inside.bottomRight())
        painter.setPen(QColor(active().faint_text))
        if not len(self.bars) or self._range is None:
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        shares = self.bars / int(self.bars.sum())
        middle = (len(shares) - 1) // 2
        # the bar of 0 would often make all others flat: it is cut off, and its share written beside it
        of_b = self.bars_of_b / max(int(self.bars_of_b.sum()), 1)
        every = np.concatenate([np.delete(each, middle) for each in (shares, of_b) if len(each)])
        sides = max(float(every.max()), 1e-9)
        is_cut = max(float(each[middle]) for each in (shares, of_b) if len(each)) > sides
        top = sides if sides > _LEAST_SIDES else float(shares.max())
        room = inside.height() - (line if is_cut else 2)  # above which the share of 0 stands
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(0, inside.bottom() - room - line / 2, LEFT_PX - _NEAR_PX, line),
            right,
            f"{top * 100:.{0 if top >= 0.1 else 1}f} %",
        )
        painter.drawText(QRectF(0, inside.bottom() - line / 2, LEFT_PX - _NEAR_PX, line), right, "0")
        bar_px = inside.width() / len(shares)
        tick_px = self.fontMetrics().horizontalAdvance(_WIDEST_TICK) + _TICKS_APART_PX
        self._paint_ticks(painter, inside, self._range.ticks(bar_px, tick_px), bar_px)
        heights = np.where(shares > 0, np.maximum(np.minimum(shares / (top or 1), 1) * room, 1), 0)
        if is_cut and shares[middle] > sides:
            heights[middle] = inside.height() - 2
        self._paint_bars(painter, inside, heights, middle)
        if len(of_b):
            self._paint_outline(painter, inside, np.minimum(of_b / top, 1) * room)
        if is_cut:
            short = f"{shares[middle] * 100:.1f} %"
            if len(of_b):
                short = f"A {shares[middle] * 100:.1f}, B {of_b[middle] * 100:.1f} %"
            x = inside.left() + (middle + 1) * bar_px + 3
            words = self._fitting((f"{short} near 0", short), self.width() - x)
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QPointF(x, inside.top() + self.fontMetrics().ascent()), words)

    def _fitting(self, texts: Sequence[str], room: float) -> str:
        """The first of them that fits into so many pixels; empty where none does."""
        return next((each for each in texts if self.fontMetrics().horizontalAdvance(each) <= room), "")

    def _paint_ticks(self, painter: QPainter, inside: QRectF, ticks: list[tuple[float, str]], bar_px: float) -> None:
        for place, text in ticks:
            x = inside.left() + place * bar_px
            painter.drawLine(QPointF(x, inside.bottom()), QPointF(x, inside.bottom() + 3))
            box = QRectF(x - 30, inside.bottom() + 3, 60, self.fontMetrics().height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bars(self, painter: QPainter, inside: QRectF, heights: np.ndarray, middle: int) -> None:
        """The bars of A, all in one call but for that of 0."""
        bar_px = inside.width() / len(heights)
        wide = bar_px - (1 if bar_px > 4 else 0)
        bars = {
            number: QRectF(inside.left() + number * bar_px, inside.bottom() - high, wide, high)
            for number, high in enumerate(heights.tolist())
            if high
        }
        if middle in bars:
            painter.fillRect(bars.pop(middle), QColor(active().faint_text))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(active(), self._colour)))
        if bars:
            painter.drawRects(*bars.values())
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_outline(self, painter: QPainter, inside: QRectF, heights: np.ndarray) -> None:
        """The bars of B as a line along their tops."""
        bar_px = inside.width() / len(heights)
        corners = [inside.bottomLeft()]
        for number, high in enumerate(heights.tolist()):
            left, y = inside.left() + number * bar_px, inside.bottom() - high
            corners += [QPointF(left, y), QPointF(left + bar_px, y)]
        painter.setPen(QPen(QColor(active().second), 1.5))
        painter.drawPolyline(QPolygonF([*corners, inside.bottomRight()]))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.text_at(event.pos().x())), self)
            return True
        return super().event(event)


def _told(n: int, share: float) -> str:
    return f"{n:,} {'value' if n == 1 else 'values'}, {share * 100:.2f} %"


def _change_texts(a: np.ndarray, b: np.ndarray) -> tuple[str, ...]:
    """How the absolute values of B differ from those of A, the longest way of saying so first."""
    if np.array_equal(a, b):
        return (SAME,)
    half, most = ("near 0" if np.isnan(each) else true_signs(f"{each:+.2f}") for each in quantile_changes(a, b))
    return f"log₂ |x|: median {half}, 95 % {most}", f"|x| 50 % {half}, 95 % {most}", f"median {half}"
