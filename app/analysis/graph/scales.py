"""What counts as a full colour: one number for each column, for its feature maps, and for each pair of columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.edge_numbers import pair_numbers
from app.analysis.graph.graph_options import EdgeMode, NodeMode
from app.analysis.graph.pass_arrays import maps_of, node_values_of

if TYPE_CHECKING:
    from app.analysis.graph.columns import Column
    from app.analysis.graph.graph import Graph, Pair
    from collector.storage.passes import Pass


@dataclass(frozen=True)
class Scales:
    """The largest finite magnitudes met; 0 where there was nothing but zeros, or nothing.

    Attributes:
        nodes: of each column's unit values.
        maps: of each column's feature maps.
        edges: of each pair's edges.
    """

    nodes: tuple[float, ...]
    maps: tuple[float, ...]
    edges: tuple[float, ...]


def measure_nodes(columns: Sequence[Column], passes: Iterable[Pass], mode: NodeMode) -> list[tuple[float, float]]:
    """Of each column the largest magnitude of its units and of its feature maps, which only activations have."""
    found = [(0.0, 0.0)] * len(columns)
    for pass_ in passes:
        for number, column in enumerate(columns):
            units, maps = found[number]
            units = max(units, largest(node_values_of(pass_, column, mode).values))
            if mode is NodeMode.ACTIVATION:
                maps = max(maps, largest(maps_of(pass_, column).values))
            found[number] = units, maps
    return found


def measure_edges(graph: Graph, pairs: Sequence[Pair], passes: Iterable[Pass], mode: EdgeMode) -> list[float]:
    """The largest magnitude of the edges of some pairs of a graph."""
    found = [0.0] * len(pairs)
    for pass_ in passes:
        for number, pair in enumerate(pairs):
            found[number] = max(found[number], largest(pair_numbers(graph, pass_, pair, mode).values))
    return found


def largest(values: np.ndarray | None) -> float:
    """The largest finite magnitude; 0 where there is none."""
    if values is None or values.size == 0:
        return 0.0
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        values = values[np.isfinite(values)]
        if values.size == 0:
            return 0.0
        low, high = float(values.min()), float(values.max())
    return max(high, -low)
