"""Numbers that a network gives, as bars from zero, each beside what it is to be."""

from collections.abc import Sequence
from math import isfinite

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis.figures import figure
from app.palette import active
from app.views.sample.analysis.shown_output import FigureRow
from app.views.sample.probability_bars import LEAST_ROW_PX, OF_B, ROW_PX
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import plain_tooltip, width_of

MOST_ROWS = 16
_TICK_PX = 2


class FigureRows(QWidget):
    """A row for each number: its name, a bar from zero, a tick where it is to end, and the figures.

    Of two networks each row has the bar of A above that of B, which is hatched.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FigureRow, ...] = ()
        self._rest = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def rows(self) -> tuple[FigureRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[FigureRow], rest: str = "") -> None:
        """Show these numbers; ``rest``: what to say of those that are not among them."""
        self._rows = tuple(rows[:MOST_ROWS])
        self._rest = rest or (f"and {len(rows) - MOST_ROWS:,} more" if len(rows) > MOST_ROWS else "")
        self.updateGeometry()
        self.update()

    @property
    def _n_lines(self) -> int:
        return max(len(self._rows), 1) + bool(self._rest)

    @property
    def _row_px(self) -> float:
        return min((self.height() - 4) / self._n_lines, ROW_PX)

    def sizeHint(self) -> QSize:
        return QSize(220, ROW_PX * self._n_lines + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, LEAST_ROW_PX * self._n_lines + 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not self._rows:
            return
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        figures = [figures_of(row) for row in self._rows]
        figure_px = min(max(width_of(metrics, each) for each in figures) + 10, self.width() * 0.5)
        name_px = min(max(width_of(metrics, row.name) for row in self._rows) + 12, self.width() * 0.3)
        names = elided_apart(metrics, [row.name for row in self._rows], name_px - 8)
        room = self.width() - name_px - figure_px
        low, high = _span(self._rows)
        middle = Qt.AlignmentFlag.AlignVCenter
        for number, row in enumerate(self._rows):
            line = QRectF(0, number * self._row_px + 2, self.width(), self._row_px)
            painter.setPen(QColor(active().text))
            painter.drawText(QRectF(4, line.top(), name_px - 8, line.height()), middle, names[number])
            right = QRectF(name_px + room, line.top(), figure_px - 4, line.height())
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, figures[number])
            groove = QRectF(name_px, line.top() + line.height() * 0.18, room, line.height() * 0.64)
            painter.fillRect(groove, QColor(active().bar_ground))
            _paint_bars(painter, row, groove, low, high)
        if self._rest:
            painter.setPen(QColor(active().faint_text))
            rest = QRectF(4, len(self._rows) * self._row_px + 2, self.width() - 8, self._row_px)
            painter.drawText(rest, middle, self._rest)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = int((event.pos().y() - 2) // self._row_px)
            told = tip(self._rows[number]) if 0 <= number < len(self._rows) else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(told), self)
            return True
        return super().event(event)


def figures_of(row: FigureRow) -> str:
    """What stands beside a bar: the number, of two networks both, and the target."""
    told = figure(row.value, 3) if row.beside is None else f"{figure(row.value, 3)} · {figure(row.beside, 3)}"
    return told if row.target is None else f"{told} / {figure(row.target, 3)}"


def tip(row: FigureRow) -> str:
    """What is known of a number, in words."""
    lines = [row.name, f"given: {figure(row.value, 5)}"]
    if row.beside is not None:
        lines.append(f"of the other network: {figure(row.beside, 5)}")
    if row.target is not None:
        lines += [f"target: {figure(row.target, 5)}", f"residual: {figure(row.value - row.target, 3)}"]
    return "\n".join(lines)


def _span(rows: Sequence[FigureRow]) -> tuple[float, float]:
    """The range of all bars and ticks, zero among them."""
    values = [each for row in rows for each in (row.value, row.target, row.beside) if each is not None]
    known = [0.0, *(each for each in values if isfinite(each))]
    low, high = min(known), max(known)
    return (low, high) if high > low else (0.0, 1.0)


def _paint_bars(painter: QPainter, row: FigureRow, groove: QRectF, low: float, high: float) -> None:
    def place(value: float) -> float:
        return groove.left() + groove.width() * (value - low) / (high - low)

    values = [row.value] if row.beside is None else [row.value, row.beside]
    height = groove.height() / len(values)
    for number, value in enumerate(values):
        bar = QRectF(place(0), groove.top() + number * height, 0, height)
        if isfinite(value):
            bar.setWidth(place(value) - place(0))
            colour = QColor(active().bar)
            painter.fillRect(bar.normalized(), QBrush(colour, OF_B) if number else QBrush(colour))
    if row.target is not None and isfinite(row.target):
        at = min(max(place(row.target), groove.left() + _TICK_PX), groove.right() - _TICK_PX)
        tick = QRectF(at - _TICK_PX / 2, groove.top() - 2, _TICK_PX, groove.height() + 4)
        painter.fillRect(tick, QColor(active().hovered))
    painter.fillRect(QRectF(place(0), groove.top(), 1, groove.height()), QColor(active().line))
