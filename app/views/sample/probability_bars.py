"""Probabilities by class, as bars with names and figures."""

from collections.abc import Sequence
from math import isfinite, isnan

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis.figures import THE_SAME, true_signs
from app.analysis.probabilities import percent
from app.palette import active
from app.views.sample.probability_row import ProbabilityRow
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import plain_tooltip, width_of

ROW_PX, LEAST_ROW_PX = 22, 15
MOST_ROWS = 12
_LEAST_TOLD = 5e-4


OF_B = Qt.BrushStyle.BDiagPattern
"""How the bars of B are filled."""


class ProbabilityBars(QWidget):
    """A row for each class. The true class is framed; the predicted one is green where right, red where wrong.

    Of two networks each row has the bar of A above that of B, which is hatched, and the figure is how much B has more.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ProbabilityRow, ...] = ()
        self._names = ("", "")
        self._rest = ""
        self._absent = ""
        self._most_row_px = ROW_PX
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def rows(self) -> tuple[ProbabilityRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[ProbabilityRow], absent: str = "", rest: str = "") -> None:
        """Show the classes in order, of very many the most probable and the true one; or say why there are none.

        ``rest``: what to say of those that the file does not hold, which were chosen already then.
        """
        shown = list(rows)
        if len(shown) > MOST_ROWS and not rest:
            likeliest = sorted(rows, key=lambda row: -row.largest)[:MOST_ROWS]
            shown = likeliest + [row for row in rows if row.is_true and row not in likeliest]
        self._rest = rest
        if len(shown) < len(rows):
            n = len(rows) - len(shown)
            self._rest = f"and {n:,} other class{'es' * (n != 1)}"
        if len(shown) != len(self._rows):
            self.updateGeometry()
        self._rows, self._absent = tuple(shown), absent
        self.update()

    def name_networks(self, names: tuple[str, str]) -> None:
        """What A and B are called, where there are two."""
        self._names = names

    def limit_rows(self, pixels: int) -> None:
        """Make no row higher than this."""
        if pixels != self._most_row_px:
            self._most_row_px = pixels
            self.updateGeometry()

    @property
    def _are_two(self) -> bool:
        return any(row.beside is not None for row in self._rows)

    @property
    def _n_lines(self) -> int:
        return max(len(self._rows), 1) + bool(self._rest)

    @property
    def _row_px(self) -> float:
        return min((self.height() - 4) / self._n_lines, self._most_row_px)

    def sizeHint(self) -> QSize:
        return QSize(220, self._most_row_px * self._n_lines + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, LEAST_ROW_PX * self._n_lines + 4)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        if not self._rows:
            painter.setPen(QColor(active().faint_text))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._absent)
            return
        widest = max(width_of(metrics, row.name) for row in self._rows)
        name_px = min(widest + 12, self.width() * 0.42)
        figure_px = width_of(metrics, "+100.0 pp" if self._are_two else "100.0 %") + 10
        bar_px = self.width() - name_px - figure_px
        row_px = self._row_px
        names = elided_apart(metrics, [row.name for row in self._rows], name_px - 8)
        for number, row in enumerate(self._rows):
            line = QRectF(0, number * row_px + 2, self.width(), row_px)
            self._paint_row(painter, row, names[number], line, name_px, bar_px)
        if self._rest:
            painter.setPen(QColor(active().faint_text))
            rest = QRectF(4, len(self._rows) * row_px + 2, self.width(), row_px)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._rest)

    def _paint_row(
        self, painter: QPainter, row: ProbabilityRow, name: str, line: QRectF, name_px: float, bar_px: float
    ) -> None:
        strong = row.is_true or any(bar.is_predicted for bar in row.bars)
        painter.setPen(QColor(active().text if strong else active().faint_text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(4, line.top(), name_px - 8, line.height()), middle, name)
        space = line.height() * 0.18
        groove = QRectF(name_px, line.top() + space, bar_px, line.height() - 2 * space)
        painter.fillRect(groove, QColor(active().bar_ground))
        height = groove.height() / len(row.bars)
        for number, bar in enumerate(row.bars):
            if not isnan(bar.probability):
                place = QRectF(groove.left(), groove.top() + number * height, bar_px * bar.probability, height)
                painter.fillRect(place, QBrush(_colour(bar), OF_B) if number else QBrush(_colour(bar)))
        right = middle | Qt.AlignmentFlag.AlignRight
        figure = QRectF(name_px + bar_px, line.top(), self.width() - name_px - bar_px - 4, line.height())
        painter.drawText(figure, right, percent(row.probability) if row.beside is None else points(row.difference))
        if row.is_true:
            painter.setPen(QColor(active().text))
            painter.drawRect(groove.adjusted(-1, -1, 0, 0))

    def tip(self, row: ProbabilityRow) -> str:
        """What is known of a class, in words; of one network the figure is seen."""
        if row.beside is None:
            return ""
        told = [f"{name}: {percent(bar.probability)}" for name, bar in zip(self._names, row.bars, strict=True)]
        return "\n".join((row.name, *told, f"difference: {points(row.difference)}"))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = int((event.pos().y() - 2) // self._row_px)
            told = self.tip(self._rows[number]) if 0 <= number < len(self._rows) else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(told), self)
            return True
        return super().event(event)


def points(difference: float) -> str:
    """How much more B has, in percentage points, as ``+12.3 pp``; the sign is a true minus."""
    if not isfinite(difference):
        return "–"
    if abs(difference) < _LEAST_TOLD:
        return "≈ 0 pp" if difference else THE_SAME
    return true_signs(f"{difference * 100:+.1f} pp")


def _colour(bar: ProbabilityRow) -> QColor:
    if bar.is_predicted and (bar.is_true or bar.is_wrong):
        return QColor(active().right if bar.is_true else active().wrong)
    return QColor(active().bar)
