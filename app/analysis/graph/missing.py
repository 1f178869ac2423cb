"""Why the graph shows nothing in a mode, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.column_view import ColumnView
from app.analysis.graph.graph_options import EdgeMode, NodeMode
from app.analysis.graph.pass_arrays import PassArray, weight_of
from collector.comparing.subtracted import OF_PROBE, OTHER_PROBE, PassDifference

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph
    from collector.storage.passes import Pass


def missing_edges(
    graph: Graph,
    pass_: Pass,
    mode: EdgeMode,
    edges: Sequence[PassArray],
    run_scales: Sequence[float],
) -> str:
    """Why there is no edge; empty where there is one, or where the graph has none to show.

    Args:
        graph: of the pass's run.
        pass_: the pass.
        mode: what edges show.
        edges: of each pair.
        run_scales: the full colour of each pair along the run: 0 where the run has nothing of the kind.
    """
    if not graph.n_edges:
        return ""
    if isinstance(pass_, PassDifference):
        return _of_two(pass_, mode.value, _EDGE_KINDS[mode], [each.values for each in edges], _has_damage(edges))
    if any(each.values is not None or each.damage for each in edges):
        return ""
    if mode in (EdgeMode.GRADIENT, EdgeMode.UPDATE):
        return _of_the_step(graph, pass_, mode.value, run_scales)
    return "weights not recorded"


def missing_nodes(
    graph: Graph, pass_: Pass, mode: NodeMode, views: Sequence[ColumnView], run_scales: Sequence[float]
) -> str:
    """Why no unit has a colour; empty where one has.

    Args:
        graph: of the pass's run.
        pass_: the pass.
        mode: what units show.
        views: of its columns.
        run_scales: the full colour of each column along the run.
    """
    made = [view for column, view in zip(graph.columns, views, strict=True) if not column.is_input]
    if made and isinstance(pass_, PassDifference):
        shown = [view.tiles if view.values is None else view.values for view in made]
        return _of_two(pass_, mode.value, _NODE_KINDS[mode], shown, _has_damage(made))
    if not made or any(view.values is not None or view.tiles is not None or view.damage for view in made):
        return ""
    if mode is NodeMode.GRADIENT:
        return _of_the_step(graph, pass_, "gradient", run_scales)
    if mode is NodeMode.ACTIVATION:
        return "activations not recorded"
    made_columns = [column for column in graph.columns if not column.is_input]
    return "no biases" if all(column.has_no_bias for column in made_columns) else "biases not recorded"


SAME = "the same in A and B"


def missing_of_both(edges: str, nodes: str) -> tuple[str, ...]:
    """What `missing_edges` and `missing_nodes` say, in one sentence where both are the same in A and B."""
    if edges.endswith(f": {SAME}") and nodes.endswith(f": {SAME}"):
        first, second = nodes.removesuffix(f": {SAME}"), edges.removesuffix(f": {SAME}")
        return (f"{first}: {SAME}" if first == second else f"{first} and {second}: {SAME}",)
    return edges, nodes


_EDGE_KINDS = {
    EdgeMode.WEIGHT: "weight",
    EdgeMode.GRADIENT: "weight_gradient",
    EdgeMode.UPDATE: "weight_update",
}
_NODE_KINDS = {NodeMode.ACTIVATION: "activation", NodeMode.BIAS: "bias", NodeMode.GRADIENT: "weight_gradient"}


def _has_damage(shown: Sequence[ColumnView] | Sequence[PassArray]) -> bool:
    return any(each.damage for each in shown)


def _of_two(both: PassDifference, what: str, kind: str, shown: Sequence[np.ndarray | None], is_damaged: bool) -> str:
    """Why there is no difference to be seen; empty where there is one."""
    known = [each for each in shown if each is not None]
    if any(bool(each.any()) for each in known) or (is_damaged and not known):
        return ""
    if known:
        return f"{what}: {SAME}"
    if kind in OF_PROBE and not both.has_same_probe:
        return f"{what} is not compared: {OTHER_PROBE}"
    lacks = [name for name, has_any in zip("AB", both.has(kind), strict=True) if not has_any]
    return f"{what} is not compared: " + (
        f"{' and '.join(lacks)} ha{'ve' if len(lacks) > 1 else 's'} none here" if lacks else "no layer has it in both"
    )


def _of_the_step(graph: Graph, pass_: Pass, what: str, run_scales: Sequence[float]) -> str:
    """Gradients and updates belong to the step that follows a pass. The run's last state has none."""
    has_weights = any(weight_of(pass_, column).values is not None for column in graph.columns)
    if has_weights and any(run_scales):
        return f"no {what}: no step follows this state"
    return f"{what}s not recorded"
