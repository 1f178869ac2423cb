"""What counts as a full colour: one number for each column, for its feature maps, and for each pair of columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.edge_numbers import edge_numbers
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.pass_arrays import maps_of, node_values_of

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph
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


def measure_scales(
    graph: Graph, passes: Iterable[Pass], options: GraphOptions | None = None, reference: Pass | None = None
) -> Scales:
    """Scales over some passes of a run: a spread of them is enough to make colours comparable along the run.

    Args:
        graph: the graph of the run.
        passes: those to measure.
        options: whose modes are measured; activations and weights where they are left out.
        reference: the pass that a change is counted from.
    """
    options = options or GraphOptions()
    passes = list(passes)
    nodes, maps = measure_nodes(graph, passes, options.nodes)
    return Scales(nodes, maps, measure_edges(graph, passes, options.edges, reference))


def measure_nodes(graph: Graph, passes: Iterable[Pass], mode: NodeMode) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The largest magnitudes of each column's units and of its feature maps, which only activations have."""
    nodes, maps = [0.0] * len(graph.columns), [0.0] * len(graph.columns)
    for pass_ in passes:
        for number, column in enumerate(graph.columns):
            nodes[number] = max(nodes[number], largest(node_values_of(pass_, column, mode)))
            if mode is NodeMode.ACTIVATION:
                maps[number] = max(maps[number], largest(maps_of(pass_, column)))
    return tuple(nodes), tuple(maps)


def measure_edges(
    graph: Graph, passes: Iterable[Pass], mode: EdgeMode, reference: Pass | None = None
) -> tuple[float, ...]:
    """The largest magnitude of each pair's edges."""
    edges = [0.0] * len(graph.pairs)
    for pass_ in passes:
        for number, values in enumerate(edge_numbers(graph, pass_, mode, reference)):
            edges[number] = max(edges[number], largest(values))
    return tuple(edges)


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
