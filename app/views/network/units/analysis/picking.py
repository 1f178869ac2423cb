"""Which unit is under a point of the laid-out graph, and which of the drawn edges is near it.

`k` lines.
"""

import numpy as np

from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph import Graph
from app.analysis.graph.rectangle import Rectangle
from app.views.network.units.analysis.layout import ColumnPlace, Layout

_REACH = 3.0
"""A neuron is hit this many px around its circle: small ones could hardly be met otherwise."""


def unit_at(graph: Graph, layout: Layout, x: float, y: float) -> tuple[int, int] | None:
    """Number of the column and position of the unit at a point in px; None where there is none."""
    for number, (column, spot) in enumerate(zip(graph.columns, layout.columns, strict=True)):
        body = spot.body
        if not (body.x - _REACH <= x <= body.right + _REACH and body.y - _REACH <= y <= body.bottom + _REACH):
            continue
        if not len(column):
            return None
        offsets = np.abs(spot.centres - (x, y))
        if column.drawing in (Drawing.PICTURE, Drawing.MAPS):
            inside = (offsets[:, 0] <= spot.size[0] / 2) & (offsets[:, 1] <= spot.size[1] / 2)
            return (number, int(np.argmax(inside))) if inside.any() else None
        distances = np.hypot(offsets[:, 0], offsets[:, 1])
        nearest = int(np.argmin(distances))
        return (number, nearest) if distances[nearest] <= spot.radius + _REACH else None
    return _row_at(graph, layout, x, y)


def _away(body: Rectangle, x: float, y: float) -> float:
    """How far a point is from a rectangle, along the axis where it is further."""
    return max(body.x - x, x - body.right, body.y - y, y - body.bottom)


def _unit_of(column: Column, spot: ColumnPlace, x: float, y: float) -> int | None:
    offsets = np.abs(spot.centres - (x, y))
    if column.drawing in (Drawing.PICTURE, Drawing.MAPS):
        inside = (offsets <= np.array(spot.size) / 2).all(axis=1)
        return int(np.argmax(inside)) if inside.any() else None
    distances = np.hypot(*offsets.T)
    nearest = int(np.argmin(distances))
    return nearest if distances[nearest] <= spot.radius + _REACH else None


def _row_at(graph: Graph, layout: Layout, x: float, y: float) -> tuple[int, int] | None:
    """The rows beside the output stand for its units as well."""
    rows = layout.rows
    if rows is None or not rows.are_aligned or not rows.names[0] <= x <= rows.figures[1]:
        return None
    nearest = int(np.argmin(np.abs(rows.middles - y)))
    return (len(graph.columns) - 1, nearest) if abs(rows.middles[nearest] - y) <= rows.height / 2 else None


class DrawnLines:
    """Straight lines, ready to be asked again and again.

    Args:
        starts: px ``[k, 2]``
        ends: px ``[k, 2]``
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self._x, self._y = (np.ascontiguousarray(starts[:, axis], np.float32) for axis in (0, 1))
        along = (ends - starts).astype(np.float32)
        self._along_x, self._along_y = np.ascontiguousarray(along[:, 0]), np.ascontiguousarray(along[:, 1])
        self._squares = np.maximum(self._along_x**2 + self._along_y**2, np.float32(1e-12))

    def __len__(self) -> int:
        return len(self._x)

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """Number of the line nearest to a point, of several equally near the last; None if all are beyond ``reach``."""
        if not len(self):
            return None
        from_x, from_y = np.float32(x) - self._x, np.float32(y) - self._y
        part = np.clip((from_x * self._along_x + from_y * self._along_y) / self._squares, 0, 1)
        distances = (from_x - part * self._along_x) ** 2 + (from_y - part * self._along_y) ** 2
        nearest = len(self) - 1 - int(np.argmin(distances[::-1]))
        return nearest if distances[nearest] <= reach**2 else None
