"""Which part of a plane is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MARGIN = 0.06
"""Of the width, free on each side when everything is fitted in."""

_LEAST_ZOOM, _MOST_ZOOM = 0.2, 400.0


@dataclass(frozen=True)
class PlaneView:
    """A window of ``width`` × ``height`` pixels onto the plane; y points up there and down here.

    Attributes:
        x, y: the point of the plane in the middle.
        scale: pixels for a unit.
        fitted: the scale at which everything fits in.
    """

    x: float
    y: float
    scale: float
    fitted: float
    width: int
    height: int

    @classmethod
    def fit(cls, positions: np.ndarray, width: int, height: int) -> PlaneView:
        """Everything of ``[N, 2]`` fits in."""
        low, high = (positions.min(0), positions.max(0)) if len(positions) else (np.zeros(2), np.zeros(2))
        spans = np.maximum(high - low, 1e-9)
        scale = float(min(width / spans[0], height / spans[1]) * (1 - 2 * MARGIN))
        x, y = (low + high) / 2
        return cls(float(x), float(y), max(scale, 1e-9), max(scale, 1e-9), width, height)

    def to_pixels(self, positions: np.ndarray) -> np.ndarray:
        """Places ``[N, 2]`` of points ``[N, 2]``."""
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray((positions - (self.x, self.y)) * (self.scale, -self.scale) + middle)

    def zoomed(self, factor: float, x: float, y: float) -> PlaneView:
        """Nearer by a factor; what lies under the pixel stays there."""
        scale = float(np.clip(self.scale * factor, self.fitted * _LEAST_ZOOM, self.fitted * _MOST_ZOOM))
        dx, dy = x - self.width / 2, y - self.height / 2
        gain = 1 / self.scale - 1 / scale
        return PlaneView(self.x + dx * gain, self.y - dy * gain, scale, self.fitted, self.width, self.height)

    def moved(self, dx: float, dy: float) -> PlaneView:
        """Dragged by so many pixels."""
        x, y = self.x - dx / self.scale, self.y + dy / self.scale
        return PlaneView(x, y, self.scale, self.fitted, self.width, self.height)

    def resized(self, width: int, height: int) -> PlaneView:
        """The same middle in another window, everything as much nearer as the window is larger."""
        factor = min(width / max(self.width, 1), height / max(self.height, 1))
        return PlaneView(self.x, self.y, self.scale * factor, self.fitted * factor, width, height)
