"""Probabilities by class, as bars with names and figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis.probabilities import percent
from app.palette import active
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import width_of

ROW_PX, LEAST_ROW_PX = 22, 15
MOST_ROWS = 12


@dataclass(frozen=True)
class ProbabilityRow:
    """One class: its name, its probability in 0…1, whether it is the label, the prediction, a wrong prediction."""

    name: str
    probability: float
    is_true: bool
    is_predicted: bool
    is_wrong: bool = False


class ProbabilityBars(QWidget):
    """A row for each class. The true class is framed; the predicted one is green where right, red where wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ProbabilityRow, ...] = ()
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
            likeliest = sorted(rows, key=lambda row: -row.probability)[:MOST_ROWS]
            shown = likeliest + [row for row in rows if row.is_true and row not in likeliest]
        self._rest = rest
        if len(shown) < len(rows):
            self._rest = f"and {len(rows) - len(shown)} less likely classes"
        if len(shown) != len(self._rows):
            self.updateGeometry()
        self._rows, self._absent = tuple(shown), absent
        self.update()

    def limit_rows(self, pixels: int) -> None:
        """Make no row higher than this."""
        if pixels != self._most_row_px:
            self._most_row_px = pixels
            self.updateGeometry()

    @property
    def _n_lines(self) -> int:
        return max(len(self._rows), 1) + bool(self._rest)

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
        figure_px = width_of(metrics, "100.0 %") + 10
        bar_px = max(self.width() - name_px - figure_px, 10)
        row_px = min((self.height() - 4) / self._n_lines, self._most_row_px)
        names = elided_apart(metrics, [row.name for row in self._rows], name_px - 8)
        for number, row in enumerate(self._rows):
            line = QRectF(0, number * row_px + 2, self.width(), row_px)
            self._paint_row(painter, row, names[number], line, name_px, bar_px)
        if self._rest:
            painter.setPen(QColor(active().faint_text))
            rest = QRectF(0, len(self._rows) * row_px + 2, self.width(), row_px)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._rest)

    def _paint_row(
        self, painter: QPainter, row: ProbabilityRow, name: str, line: QRectF, name_px: float, bar_px: float
    ) -> None:
        strong = row.is_true or row.is_predicted
        painter.setPen(QColor(active().text if strong else active().faint_text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(4, line.top(), name_px - 8, line.height()), middle, name)
        space = line.height() * 0.18
        groove = QRectF(name_px, line.top() + space, bar_px, line.height() - 2 * space)
        painter.fillRect(groove, QColor(active().bar_ground))
        colour = active().bar
        if row.is_predicted and (row.is_true or row.is_wrong):
            colour = active().right if row.is_true else active().wrong
        painter.fillRect(QRectF(groove.left(), groove.top(), bar_px * row.probability, groove.height()), QColor(colour))
        right = middle | Qt.AlignmentFlag.AlignRight
        figure = QRectF(name_px + bar_px, line.top(), self.width() - name_px - bar_px - 4, line.height())
        painter.drawText(figure, right, percent(row.probability))
        if row.is_true:
            painter.setPen(QColor(active().text))
            painter.drawRect(groove.adjusted(-1, -1, 0, 0))
