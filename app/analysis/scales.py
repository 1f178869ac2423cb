"""What counts as a full colour: one number for each column, for its feature maps, and for each pair of columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.edges import edge_values
from app.analysis.recorded import activation_of, maps_of, weight_of

if TYPE_CHECKING:
    from app.analysis.graph import Graph
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

    def joined(self, other: Scales) -> Scales:
        """The larger of both, number by number."""
        pairs = ((self.nodes, other.nodes), (self.maps, other.maps), (self.edges, other.edges))
        return Scales(*(tuple(map(max, mine, theirs)) for mine, theirs in pairs))


def measure_scales(graph: Graph, passes: Iterable[Pass]) -> Scales:
    """Scales over some passes of a run: a spread of them is enough to make colours comparable along the run."""
    nodes, maps = [0.0] * len(graph.columns), [0.0] * len(graph.columns)
    edges = [0.0] * len(graph.pairs)
    for one in passes:
        for number, column in enumerate(graph.columns):
            nodes[number] = max(nodes[number], largest(activation_of(one, column)))
            maps[number] = max(maps[number], largest(maps_of(one, column)))
        for number, pair in enumerate(graph.pairs):
            if pair.wiring is not None:
                weight = weight_of(one, graph.columns[pair.target])
                edges[number] = max(edges[number], largest(edge_values(pair.wiring, weight)))
    return Scales(tuple(nodes), tuple(maps), tuple(edges))


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
    return max(-low, high, 0.0)
