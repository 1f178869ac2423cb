"""What is known of one edge at one pass, in words: for tooltips."""

from app.analysis.figures import B_LESS_A, DAMAGED, figure, figures_of_two
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.edge_numbers import edge_number
from app.analysis.graph.edges import Measure
from app.analysis.graph.graph_options import EdgeMode
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.pass_arrays import edge_array_of


def edge_name(view: GraphView, pair: int, edge: int) -> str:
    """Both ends of an edge by their true numbers, as ``conv3 unit 4 → conv4 unit 17``.

    Args:
        view: the pass and sample.
        pair: number of the pair in the graph.
        edge: number of the edge in the pair.
    """
    joined = view.graph.pairs[pair]
    assert joined.wiring is not None, "only wired pairs have edges"
    target, source = divmod(edge, len(joined.wiring.sources))
    left, right = view.graph.columns[joined.source], view.graph.columns[joined.target]
    return f"{anchor_name(left, int(joined.wiring.sources[source]))} → {anchor_name(right, target)}"


def anchor_name(column: Column, anchor: int) -> str:
    """Name of a place where edges end, by its number within the column."""
    if column.drawing is not Drawing.PICTURE:
        what = "value" if column.is_input else "unit"
        return f"{column.stage} {what} {int(column.kept[anchor])}"
    if anchor >= len(column):
        return column.stage if column.shape[0] == 1 else f"{column.stage} channel {anchor - len(column)}"
    row, across = divmod(int(column.kept[anchor]), column.shape[2])
    return f"{column.stage} row {row}, column {across}"


def edge_facts(view: GraphView, pair: int, edge: int) -> list[tuple[str, str]]:
    """What is known of an edge, as (what, figure): first what the mode is about.

    Args:
        view: the pass and sample.
        pair: number of the pair in the graph.
        edge: number of the edge in the pair.
    """
    shown = view.options.edges
    rest = [mode for mode in (EdgeMode.WEIGHT, EdgeMode.GRADIENT, EdgeMode.UPDATE) if mode is not shown]
    facts = []
    for mode in (shown, *rest):
        facts.append((mode_text(view, mode), _edge_figure(view, pair, edge, mode)))
    return facts


def _edge_figure(view: GraphView, pair: int, edge: int, mode: EdgeMode) -> str:
    target = view.graph.columns[view.graph.pairs[pair].target]
    if edge_array_of(view.pass_, target, mode).damage:
        return DAMAGED
    if view.difference is None:
        return figure(edge_number(view.graph, view.pass_, pair, edge, mode))
    a, b, change = (edge_number(view.graph, each.pass_, pair, edge, mode) for each in (*view.sides, view))
    return figures_of_two(a, b, change)


def edge_measure(view: GraphView, pair: int) -> str:
    """What the numbers of a pair's edges are, where they are not the arrays' own; else empty."""
    wiring = view.graph.pairs[pair].wiring
    is_norm = wiring is not None and wiring.measure is Measure.NORM
    return "norm of the kernel or block, with the sign of its mean" if is_norm else ""


def mode_text(view: GraphView, mode: EdgeMode) -> str:
    """What a mode shows, in words."""
    return mode.value if view.difference is None else f"{mode.value}, {B_LESS_A}"
