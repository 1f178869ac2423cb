"""The number of each edge of the graph at one pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.analysis.graph.edges import edge_values
from app.analysis.graph.graph_options import EdgeMode
from app.analysis.graph.pass_arrays import NONE, PassArray, edge_array_of

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph, Pair
    from collector.storage.passes import Pass


def edge_numbers(graph: Graph, pass_: Pass, mode: EdgeMode) -> list[PassArray]:
    """For each pair of columns the numbers of its edges, float32 ``[E]``; None where there are none to be read.

    Args:
        graph: the graph of the pass's run.
        pass_: the pass.
        mode: what the numbers are about.
    """
    return [pair_numbers(graph, pass_, pair, mode) for pair in graph.pairs]


def pair_numbers(graph: Graph, pass_: Pass, pair: Pair, mode: EdgeMode) -> PassArray:
    """The same for one pair of the graph."""
    if pair.wiring is None:
        return NONE
    array = edge_array_of(pass_, graph.columns[pair.target], mode)
    return replace(array, values=edge_values(pair.wiring, array.values))


def edge_number(graph: Graph, pass_: Pass, pair: int, edge: int, mode: EdgeMode) -> float | None:
    """The number of one edge of a pair; None where there is none to be read."""
    wiring = graph.pairs[pair].wiring
    if wiring is None:
        return None
    array = edge_array_of(pass_, graph.columns[graph.pairs[pair].target], mode).values
    if array is None or len(array) != wiring.n_targets:
        return None
    target, source = divmod(edge, len(wiring.sources))
    values = edge_values(replace(wiring, n_targets=1), array[target : target + 1])
    return None if values is None else float(values[source])
