"""Widgets that several views have."""

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QWidget

from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.severity_mark import paint_mark
from tests.app.looks.pieces import Canvas, Piece

SEVERITIES = ("critical", "warning", "note")
CURVES = (
    LegendEntry("loss of the training set", "loss", "0.734 ± 0.02"),
    LegendEntry("loss of the test set", "second", "0.8", is_dashed=True),
    LegendEntry("mean of 32 samples each", is_note=True),
)


def _marks(painter: QPainter) -> None:
    for number, severity in enumerate(SEVERITIES):
        paint_mark(painter, QPointF(20 + 30 * number, 20), severity)
        paint_mark(painter, QPointF(20 + 30 * number, 50), severity, 22, ground=QColor("white"))


def _legend() -> QWidget:
    legend = LegendLine()
    legend.show_entries(CURVES)
    return legend


PIECES = {
    "marks": Piece(lambda: Canvas(_marks), (100, 70)),
    **{f"legend_of_{px}": Piece(_legend, (px, 20)) for px in (600, 400, 260, 120)},
}
