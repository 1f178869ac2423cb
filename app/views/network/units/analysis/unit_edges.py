"""The edges of one unit: what it reads and who reads it."""

from typing import NamedTuple

import numpy as np

from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.strongest import Lines, strongest_lines

MOST_HIGHLIGHTED = 1_200
"""The strongest edges of a unit, at most so many, are lit."""


class UnitEdges(NamedTuple):
    """Edges of a unit, the faintest first, and the numbers of the columns at their other ends."""

    lines: Lines
    columns: tuple[int, ...]


def unit_edges(view: GraphView, column: int, position: int, most: int = MOST_HIGHLIGHTED) -> UnitEdges:
    """The edges of a unit by number of its column and its position there.

    A pixel of a picture that is read by channels stands for all of them.
    """
    graph = view.graph
    place = graph.columns[column]
    anchors = [position, *range(len(place), place.n_anchors)]
    chosen: list[np.ndarray | None] = [None] * len(graph.pairs)
    columns = []
    for number, pair in enumerate(graph.pairs):
        if pair.wiring is None or view.pairs[number].values is None:
            continue
        if pair.target == column:
            chosen[number] = pair.wiring.edges_into(position)
            columns.append(pair.source)
        elif pair.source == column:
            chosen[number] = np.concatenate([pair.wiring.edges_from(anchor) for anchor in anchors])
            columns.append(pair.target)
    values = [pair.values for pair in view.pairs]
    lines = strongest_lines(graph, values, [pair.scale for pair in view.pairs], most, chosen)
    return UnitEdges(lines, tuple(columns))
