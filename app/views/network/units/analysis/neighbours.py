"""What lies beside a unit in the laid-out graph."""

import numpy as np

from app.analysis.graph.graph import Graph
from app.views.network.units.analysis.layout import Layout

Unit = tuple[int, int]
"""Number of the column, and position of the unit among the drawn ones."""


def unit_beside(graph: Graph, layout: Layout, unit: Unit, across: int, down: int) -> Unit | None:
    """The next unit of the same column in a direction; to the left and right that of the next column behind it.

    Args:
        graph: the graph.
        layout: where it stands.
        unit: where to begin.
        across: -1 for left, 1 for right, 0 for neither.
        down: -1 for up, 1 for down, 0 for neither.
    """
    column, position = unit
    spot = layout.columns[column]
    pitch = np.array([spot.grid.pitch * spot.grid.aspect, spot.grid.pitch])
    cells = np.rint((spot.centres - spot.centres[position]) / pitch)
    ahead, aside = cells @ (across, down), cells @ (down, across)
    candidates = np.flatnonzero((ahead > 0) & (aside == 0))
    if len(candidates):
        return column, int(candidates[np.argmin(ahead[candidates])])
    return layer_beside(graph, layout, unit, across) if across else None


def layer_beside(graph: Graph, layout: Layout, unit: Unit, step: int) -> Unit | None:
    """The unit at about the same height in the next column that has units, to the left (-1) or right (1)."""
    x, y = layout.columns[unit[0]].centres[unit[1]]
    column = unit[0] + step
    while 0 <= column < len(graph.columns):
        if len(graph.columns[column]):
            offsets = layout.columns[column].centres - (x, y)
            # of several rows of units the one that is nearest
            return column, int(np.argmin(np.abs(offsets[:, 0]) * 4 + np.abs(offsets[:, 1])))
        column += step
    return None


def first_unit(graph: Graph, column: int | None) -> Unit | None:
    """Where to begin: in a column, or in the first behind the input that has units; None: there are none at all."""
    order = [*([] if column is None else [column]), *range(1, len(graph.columns)), 0]
    return next(((number, 0) for number in order if number < len(graph.columns) and len(graph.columns[number])), None)
