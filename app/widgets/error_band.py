"""How far an estimate may be from the truth, as a faint band around its curve."""

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainterPath, QPen, QPolygonF
from PyQt6.QtWidgets import QGraphicsPathItem

from app.analysis.curve import WITHIN, Measured

_STRENGTH = 0.22


class ErrorBand(QGraphicsPathItem):
    """From 1.96 standard errors below a curve to as many above it, where both are known."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(QPen(QColor(0, 0, 0, 0)))
        self.setZValue(-4)

    def show_colour(self, colour: QColor) -> None:
        """Take a faint shade of this colour."""
        shade = QColor(colour)
        shade.setAlphaF(_STRENGTH)
        self.setBrush(shade)

    def show_curve(self, curve: Measured | None, left: float, right: float, most: int, *, is_log: bool) -> None:
        """Draw between two steps, at no more than so many of them; nothing for None and for what is exact."""
        path = QPainterPath()
        if curve is not None and curve.errors is not None:
            first = max(int(np.searchsorted(curve.steps, left)) - 1, 0)
            stop = int(np.searchsorted(curve.steps, right, side="right")) + 1
            part = slice(first, stop, max((stop - first) // max(most, 1), 1))
            steps, values, errors = curve.steps[part], curve.values[part], WITHIN * curve.errors[part]
            low, high = values - errors, values + errors
            if is_log:
                with np.errstate(all="ignore"):
                    low, high = np.log10(np.maximum(low, values * 1e-3)), np.log10(high)
            for start, end in _runs(np.isfinite(low) & np.isfinite(high)):
                there = slice(start, end)
                around = np.concatenate([steps[there], steps[there][::-1]]).tolist()
                border = np.concatenate([high[there], low[there][::-1]]).tolist()
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in zip(around, border, strict=True)]))
        self.setPath(path)


def _runs(joined: np.ndarray) -> list[tuple[int, int]]:
    """First and stop of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], joined.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
