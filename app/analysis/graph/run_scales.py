"""The colour scales of a run, each mode's measured when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.scales import Scales, measure_edges, measure_nodes

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph
    from collector.storage.passes import Pass

_Nodes = tuple[tuple[float, ...], tuple[float, ...]]


class RunScales:
    """Knows what counts as a full colour in every mode. May be used from several threads.

    Args:
        graph: the graph of the run.
        spread: reads some passes, spread over the run. Called when a mode is measured.
    """

    def __init__(self, graph: Graph, spread: Callable[[], Iterable[Pass]]) -> None:
        self._graph = graph
        self._spread = spread
        self._nodes: dict[NodeMode, _Nodes] = {}
        self._edges: dict[EdgeMode, tuple[float, ...]] = {}
        self._reference: Pass | None = None
        self._lock = Lock()

    def of(self, options: GraphOptions, reference: Pass | None = None) -> Scales:
        """The scales for a choice of modes; slow the first time that a mode is asked for.

        Args:
            options: the modes.
            reference: the pass that a change is counted from; of these only the last one's scales are kept.
        """
        with self._lock:
            nodes, edges = self._nodes.get(options.nodes), self._edges.get(options.edges)
            if options.needs_reference and not _is_same(reference, self._reference):
                edges = None
        if nodes is None or edges is None:
            passes = list(self._spread())
            nodes = nodes or measure_nodes(self._graph, passes, options.nodes)
            edges = edges if edges is not None else measure_edges(self._graph, passes, options.edges, reference)
            with self._lock:
                self._nodes[options.nodes] = nodes
                self._edges[options.edges] = edges
                if options.needs_reference:
                    self._reference = reference
        return Scales(*nodes, edges)

    def grown(self, newest: Pass, spread: Callable[[], Iterable[Pass]] | None = None) -> RunScales:
        """The scales of the run with one more pass: what was measured grows with it.

        Args:
            newest: the pass.
            spread: reads some passes of the run as it is now; left out: as before.
        """
        grown = RunScales(self._graph, spread or self._spread)
        with self._lock:
            nodes, edges, grown._reference = dict(self._nodes), dict(self._edges), self._reference
        for mode, (units, maps) in nodes.items():
            more = measure_nodes(self._graph, [newest], mode)
            grown._nodes[mode] = _larger(units, more[0]), _larger(maps, more[1])
        for edge_mode, scales in edges.items():
            more_edges = measure_edges(self._graph, [newest], edge_mode, grown._reference)
            grown._edges[edge_mode] = _larger(scales, more_edges)
        return grown


def _larger(mine: tuple[float, ...], theirs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(max, mine, theirs))


def _is_same(one: Pass | None, other: Pass | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.number == other.number
