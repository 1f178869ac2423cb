"""The axis of steps below a plot."""

import pyqtgraph as pg
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QFontMetrics

from app.widgets.value_axis import round_above

_APART_PX = 6
BESIDE_PX = 8
"""Free at the right of a plot."""

_BEYOND_PX = 4
"""The first and the last number go so far beyond the plot: up to the axis' name, and to the frame at the right."""


class StepAxis(pg.AxisItem):
    """Whole numbers, of which one stands at either end of a plot, though half of it lies beside it."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(False)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        widest = QFontMetrics(self.font()).horizontalAdvance(f"{high:,.0f}") + _APART_PX
        (first, offset), *others = super().tickSpacing(low, high, size)
        # pyqtgraph writes those of the first level whether they have room or not
        first = max(first, round_above(widest * (high - low) / size))
        return [(max(spacing, 1.0), each) for spacing, each in ((first, offset), *others)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value:,.0f}" for value in values]

    def boundingRect(self) -> QRectF:
        # pyqtgraph leaves out what does not lie within it; with a grid it leaves no room beside the plot
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-_BEYOND_PX, 0, _BEYOND_PX, 0)
