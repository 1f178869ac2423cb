"""Which unit is under a point of the laid-out graph."""

import numpy as np

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import Graph
from app.views.network.units.analysis.layout import Layout

_REACH = 3.0
"""A neuron is hit this many px around its circle: small ones could hardly be met otherwise."""


def unit_at(graph: Graph, layout: Layout, x: float, y: float) -> tuple[int, int] | None:
    """Number of the column and position of the unit at a point in px; None where there is none."""
    for number, (column, spot) in enumerate(zip(graph.columns, layout.columns, strict=True)):
        body = spot.body
        if not (body.x - _REACH <= x <= body.right + _REACH and body.y - _REACH <= y <= body.bottom + _REACH):
            continue
        offsets = np.abs(spot.centres - (x, y))
        if column.drawing in (Drawing.PICTURE, Drawing.MAPS):
            inside = (offsets[:, 0] <= spot.size[0] / 2) & (offsets[:, 1] <= spot.size[1] / 2)
            return (number, int(np.argmax(inside))) if inside.any() else None
        distances = np.hypot(offsets[:, 0], offsets[:, 1])
        nearest = int(np.argmin(distances))
        return (number, nearest) if distances[nearest] <= spot.radius + _REACH else None
    return _row_at(graph, layout, x, y)


def _row_at(graph: Graph, layout: Layout, x: float, y: float) -> tuple[int, int] | None:
    """The rows beside the output stand for its units as well."""
    rows = layout.rows
    if rows is None or not rows.are_aligned or not rows.names[0] <= x <= rows.figures[1]:
        return None
    nearest = int(np.argmin(np.abs(rows.middles - y)))
    return (len(graph.columns) - 1, nearest) if abs(rows.middles[nearest] - y) <= rows.height / 2 else None
