"""Which part of a plane is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

MARGIN, LEAST_MARGIN_PX = 0.06, 28.0
"""Of the width, and so many pixels at least, free on each side when everything is fitted in: axes are named there."""

_LEAST_ZOOM, _MOST_ZOOM = 0.2, 400.0


@dataclass(frozen=True)
class PlaneView:
    """A window of ``width`` × ``height`` pixels onto the plane; y points up there and down here.

    Attributes:
        x, y: the point of the plane in the middle.
        scale: pixels for a unit.
        fitted: the scale at which everything fits in.
        stretch: so many times as many pixels has a unit to the right.
    """

    x: float
    y: float
    scale: float
    fitted: float
    width: int
    height: int
    stretch: float = 1.0

    @classmethod
    def fit(cls, positions: np.ndarray, width: int, height: int, *, fills: bool = False) -> PlaneView:
        """Everything of ``[N, 2]`` fits in; both ways as large as it can be, where it ``fills`` the window."""
        low, high = (positions.min(0), positions.max(0)) if len(positions) else np.zeros((2, 2))
        spans = np.maximum(high - low, 1e-9)
        rooms = [max(px - 2 * max(MARGIN * px, LEAST_MARGIN_PX), px / 2) for px in (width, height)]
        scales = (rooms[0] / spans[0], rooms[1] / spans[1])
        scale = max(float(scales[1] if fills else min(scales)), 1e-9)
        x, y = (low + high) / 2
        return cls(float(x), float(y), scale, scale, width, height, float(scales[0]) / scale if fills else 1.0)

    def to_pixels(self, positions: np.ndarray) -> np.ndarray:
        """Places ``[N, 2]`` of points ``[N, 2]``."""
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray((positions - (self.x, self.y)) * (self.scale * self.stretch, -self.scale) + middle)

    def zoomed(self, factor: float, x: float, y: float) -> PlaneView:
        """Nearer by a factor; what lies under the pixel stays there."""
        scale = float(np.clip(self.scale * factor, self.fitted * _LEAST_ZOOM, self.fitted * _MOST_ZOOM))
        dx, dy = x - self.width / 2, y - self.height / 2
        gain = 1 / self.scale - 1 / scale
        return replace(self, x=self.x + dx * gain / self.stretch, y=self.y - dy * gain, scale=scale)

    def moved(self, dx: float, dy: float) -> PlaneView:
        """Dragged by so many pixels."""
        x, y = self.x - dx / self.scale / self.stretch, self.y + dy / self.scale
        return replace(self, x=x, y=y)

    def resized(self, width: int, height: int) -> PlaneView:
        """The same middle in another window, everything as much nearer as the window is larger."""
        factor = min(width / max(self.width, 1), height / max(self.height, 1))
        return replace(self, scale=self.scale * factor, fitted=self.fitted * factor, width=width, height=height)
