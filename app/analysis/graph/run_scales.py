"""The colour scales of a run, each mode's measured when it is first asked for, of the columns that are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.scales import Scales, measure_edges, measure_nodes

if TYPE_CHECKING:
    from app.analysis.graph.columns import Column
    from app.analysis.graph.graph import Graph, Pair
    from collector.storage.passes import Pass

_Nodes = dict[str, tuple[float, float]]
"""Stage → the largest magnitude of its units and of its feature maps."""

_Edges = dict[tuple[str, str], float]
"""Source and target → the largest magnitude of the edges between them."""


class RunScales:
    """Knows what counts as a full colour in every mode. May be used from several threads.

    Args:
        graph: the graph of the run.
        spread: reads some passes, spread over the run. Called when something is measured.
    """

    def __init__(self, graph: Graph, spread: Callable[[], Iterable[Pass]]) -> None:
        self._graph = graph
        self._spread = spread
        self._nodes: dict[NodeMode, _Nodes] = {}
        self._edges: dict[EdgeMode, _Edges] = {}
        self._lock = Lock()

    def of(self, options: GraphOptions) -> Scales:
        """The scales for a choice of modes and columns; slow the first time that a mode or a column is asked for.

        Args:
            options: the modes, and which stretch of the graph is drawn.
        """
        graph = self._graph.stretch(options.first_column)
        with self._lock:
            nodes, edges = dict(self._nodes.get(options.nodes, {})), dict(self._edges.get(options.edges, {}))
        columns = [column for column in graph.columns if column.stage not in nodes]
        pairs = [pair for pair in graph.pairs if _ends(graph, pair) not in edges]
        if columns or pairs:
            passes = list(self._spread())
            nodes |= _measured_nodes(columns, passes, options.nodes)
            edges |= _measured_edges(graph, pairs, passes, options.edges)
            with self._lock:
                self._nodes[options.nodes] = nodes
                self._edges[options.edges] = edges
        own = [nodes[column.stage] for column in graph.columns]
        return Scales(
            tuple(units for units, _ in own),
            tuple(maps for _, maps in own),
            tuple(edges[_ends(graph, pair)] for pair in graph.pairs),
        )

    def grown(self, newest: Pass, spread: Callable[[], Iterable[Pass]] | None = None) -> RunScales:
        """The scales of the run with one more pass: what was measured grows with it.

        Args:
            newest: the pass.
            spread: reads some passes of the run as it is now; left out: as before.
        """
        grown = RunScales(self._graph, spread or self._spread)
        with self._lock:
            nodes, edges = dict(self._nodes), dict(self._edges)
        for mode, known in nodes.items():
            columns = [column for column in self._graph.columns if column.stage in known]
            more = _measured_nodes(columns, [newest], mode)
            grown._nodes[mode] = {
                stage: (max(units, more[stage][0]), max(maps, more[stage][1])) for stage, (units, maps) in known.items()
            }
        for edge_mode, scales in edges.items():
            pairs = [pair for pair in self._graph.pairs if _ends(self._graph, pair) in scales]
            more_edges = _measured_edges(self._graph, pairs, [newest], edge_mode)
            grown._edges[edge_mode] = {ends: max(scale, more_edges[ends]) for ends, scale in scales.items()}
        return grown


def _measured_nodes(columns: list[Column], passes: Iterable[Pass], mode: NodeMode) -> _Nodes:
    return dict(zip((column.stage for column in columns), measure_nodes(columns, passes, mode), strict=True))


def _measured_edges(graph: Graph, pairs: list[Pair], passes: Iterable[Pass], mode: EdgeMode) -> _Edges:
    found = measure_edges(graph, pairs, passes, mode)
    return dict(zip((_ends(graph, pair) for pair in pairs), found, strict=True))


def _ends(graph: Graph, pair: Pair) -> tuple[str, str]:
    return graph.columns[pair.source].stage, graph.columns[pair.target].stage
