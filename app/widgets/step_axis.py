"""The axis of steps below a plot."""

import pyqtgraph as pg
from PyQt6.QtCore import QRectF

BESIDE_PX = 8
"""Free at the right of a plot: the first and the last number go as far beyond it."""


class StepAxis(pg.AxisItem):
    """Has a number at either end of a plot, half of which stands beside it."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def boundingRect(self) -> QRectF:
        # pyqtgraph leaves out what does not lie within it; with a grid it leaves no room beside the plot
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-BESIDE_PX, 0, BESIDE_PX, 0)
