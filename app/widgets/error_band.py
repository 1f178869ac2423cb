"""Where a curve may lie, as a faint band over the steps: how far an estimate may be off, how far repeats differ."""

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainterPath, QPen, QPolygonF
from PyQt6.QtWidgets import QGraphicsPathItem

from app.analysis.curve import WITHIN, Measured
from app.analysis.joined import stretches
from collector.comparing.noise import Band

_STRENGTH = 0.22
_LEAST_SHARE = 1e-3
"""On a log scale a band whose lower bound is not above 0 ends at this share of its middle."""


def error_band(curve: Measured | None) -> Band | None:
    """From 1.96 standard errors below a curve to as many above it; None for what is exact."""
    if curve is None or curve.errors is None:
        return None
    reach = WITHIN * curve.errors
    return Band(curve.steps, curve.values - reach, curve.values + reach)


class StepsBand(QGraphicsPathItem):
    """Shaded where both bounds are known."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setZValue(-4)

    def show_colour(self, colour: QColor) -> None:
        """Take a faint shade of this colour."""
        shade = QColor(colour)
        shade.setAlphaF(_STRENGTH)
        self.setBrush(shade)

    def show_band(self, band: Band | None, left: float, right: float, most: int, *, is_log: bool) -> None:
        """Draw between two steps, at no more than so many of them; nothing for None."""
        path = QPainterPath()
        if band is not None:
            first = max(int(np.searchsorted(band.steps, left)) - 1, 0)
            stop = int(np.searchsorted(band.steps, right, side="right")) + 1
            part = slice(first, stop, max((stop - first) // max(most, 1), 1))
            steps, low, high = band.steps[part], band.low[part], band.high[part]
            if is_log:
                with np.errstate(all="ignore"):
                    low, high = np.log10(np.maximum(low, (low + high) / 2 * _LEAST_SHARE)), np.log10(high)
            for there in stretches(np.isfinite(low) & np.isfinite(high)):
                around = np.concatenate([steps[there], steps[there][::-1]]).tolist()
                border = np.concatenate([high[there], low[there][::-1]]).tolist()
                path.addPolygon(QPolygonF(list(map(QPointF, around, border))))
        self.setPath(path)
