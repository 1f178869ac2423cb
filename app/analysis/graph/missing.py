"""Why the graph shows nothing in a mode, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.analysis.graph.column_view import ColumnView, is_input
from app.analysis.graph.graph_options import EdgeMode, NodeMode
from app.analysis.graph.pass_arrays import PassArray, weight_of

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph
    from collector.storage.passes import Pass


def missing_edges(
    graph: Graph,
    pass_: Pass,
    mode: EdgeMode,
    reference: Pass | None,
    edges: Sequence[PassArray],
    run_scales: Sequence[float],
) -> str:
    """Why there is no edge; empty where there is one, or where the graph has none to show.

    Args:
        graph: of the pass's run.
        pass_: the pass.
        mode: what edges show.
        reference: the pass that a change is counted from.
        edges: of each pair.
        run_scales: the full colour of each pair along the run: 0 where the run has nothing of the kind.
    """
    if not graph.n_edges:
        return ""
    if mode is EdgeMode.CHANGE and reference is None:
        return "no change: choose the pass to compare with"
    if mode is EdgeMode.CHANGE and reference is not None and reference.number == pass_.number:
        return "no change: this is the pass to compare with"
    if any(each.values is not None or each.damage for each in edges):
        return ""
    if mode in (EdgeMode.GRADIENT, EdgeMode.UPDATE):
        return _of_the_step(graph, pass_, mode.value, run_scales)
    return "weights not recorded" if mode is EdgeMode.WEIGHT else "no change: weights not recorded"


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
    made = [view for column, view in zip(graph.columns, views, strict=True) if not is_input(column)]
    if not made or any(view.values is not None or view.tiles is not None or view.damage for view in made):
        return ""
    if mode is NodeMode.GRADIENT:
        return _of_the_step(graph, pass_, "gradient", run_scales)
    if mode is NodeMode.ACTIVATION:
        return "activations not recorded"
    made_columns = [column for column in graph.columns if not is_input(column)]
    return "no biases" if all(column.has_no_bias for column in made_columns) else "biases not recorded"


def _of_the_step(graph: Graph, pass_: Pass, what: str, run_scales: Sequence[float]) -> str:
    """Gradients and updates belong to the step that follows a pass. The run's last state has none."""
    has_weights = any(weight_of(pass_, column).values is not None for column in graph.columns)
    if has_weights and any(run_scales):
        return f"no {what}: no step follows this state"
    return f"{what}s not recorded"
