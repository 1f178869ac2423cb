"""What the legend says of a view, one thing beside the other. The most important come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from app.analysis import colours
from app.analysis.figures import B_LESS_A, DAMAGED, NOT_RECORDED, short_figure
from app.analysis.graph.column_view import ColumnView
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph_options import NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.missing import SAME
from app.analysis.graph.strongest import NOT_FINITE_STYLE
from app.analysis.graph.unit_facts import NO_BIAS
from app.views.network.units.analysis.edge_facts import mode_text

_MOST_NAMED = 3
"""So many layers of B alone are named."""


class Sign(Enum):
    """What stands before a text."""

    DIVERGING = "from blue over white to red"
    POSITIVE = "from white to red"
    GREY = "from dark to light"
    EDGES = "a blue and a red line"
    NOT_FINITE = "a dot in the colour of NaN and Inf"
    NOT_RECORDED = "a dot in the colour of what was not recorded"


class LegendPart(NamedTuple):
    """A sign and what it means."""

    sign: Sign | None
    text: str


def legend_parts(view: GraphView, *, is_short: bool = False) -> tuple[LegendPart, ...]:
    """What there is to say.

    Args:
        view: the pass and sample.
        is_short: where there is little room.
    """
    return tuple(_parts(view, is_short))


def _parts(view: GraphView, is_short: bool) -> Iterator[LegendPart]:
    if not view.graph.is_whole:
        first, n = view.graph.first, len(view.graph.whole.columns)
        yield LegendPart(None, f"columns {first + 1:,} to {first + len(view.graph.columns):,} of {n:,}")
    if view.difference is not None and (only_b := view.difference.common.only_b):
        yield LegendPart(None, only_in_b([name for name, layer in only_b.items() if layer.is_stage] or list(only_b)))
    whose = "run" if view.options.scale is ScaleMode.RUN else "pass"
    if not view.missing_nodes.endswith(SAME):  # which the note in the graph says
        # one word for both scales, behind the second of them
        yield _nodes(view, "" if is_short and view.lines.n_edges else f" ({whose})", is_short)
    if any(column.tiles is not None and not column.tiles_are_signed for column in view.columns):
        yield LegendPart(Sign.GREY, "map" if is_short else "feature map")
    if view.lines.n_edges and not view.missing_edges:
        scales = [pair.scale for pair in view.pairs if pair.values is not None]
        mode = mode_text(view, view.options.edges)
        words = f" {_range(scales)}" if is_short else f", widest {_range(scales)} by pair of layers"
        yield LegendPart(Sign.EDGES, f"{mode}{words} ({whose})")
        n_drawn, n_edges = len(view.lines), view.lines.n_edges
        of_all = f"{n_drawn:,} of {n_edges:,} edges"
        strongest = of_all if is_short else f"strongest {of_all}"
        yield LegendPart(None, strongest if view.lines.n_left_out else f"{n_edges:,} edges")
    elif view.missing_edges and view.missing_edges != view.missing_nodes and not view.missing_edges.endswith(SAME):
        yield LegendPart(None, view.missing_edges)
    lines = view.lines
    if (len(lines) and lines.styles[-1] == NOT_FINITE_STYLE) or _columns_with(view, colours.NOT_FINITE):
        yield LegendPart(Sign.NOT_FINITE, "NaN or Inf")
    if _columns_with(view, colours.NOT_RECORDED) and not view.missing_nodes:
        yield LegendPart(Sign.NOT_RECORDED, _why_grey(view))


def _nodes(view: GraphView, whose: str, is_short: bool) -> LegendPart:
    shown = [
        each
        for column, each in _columns(view)
        if not column.is_input and each.values is not None and each.tiles is None
    ]
    is_signed = all(each.is_signed for each in shown)
    shown += [
        each
        for column, each in _columns(view)
        if column.is_input
        and each.values is not None
        and each.is_signed == is_signed
        and _is_drawn_by_unit(column, each)
    ]
    mode = view.options.nodes.value if view.difference is None else f"{view.options.nodes.value}, {B_LESS_A}"
    if view.missing_nodes:
        return LegendPart(Sign.NOT_RECORDED, view.missing_nodes)
    # maps with negative values have the units' colours; without, colours of their own, which are told beside
    of_maps = [each.tiles_scale for each in view.columns if each.tiles is not None and each.tiles_are_signed]
    if not (of_all := [each.scale for each in shown] + of_maps):
        return LegendPart(None, mode)
    scales = _range(of_all, "±" if is_signed else "")
    words = f"{mode} {scales}{whose}" if is_short else f"{mode}, full colour {scales} by layer{whose}"
    return LegendPart(Sign.DIVERGING if is_signed else Sign.POSITIVE, words)


def _columns(view: GraphView) -> list[tuple[Column, ColumnView]]:
    return list(zip(view.graph.columns, view.columns, strict=True))


def only_in_b(layers: Sequence[str]) -> str:
    """The layers that A has not, in words."""
    more = f" and {len(layers) - _MOST_NAMED:,} more" if len(layers) > _MOST_NAMED else ""
    return f"only in B: {', '.join(layers[:_MOST_NAMED])}{more}"


def _why_grey(view: GraphView) -> str:
    if any(each.damage for each in view.columns):
        return f"{NOT_RECORDED} or {DAMAGED}"
    without = [
        view.options.nodes is NodeMode.BIAS and column.has_no_bias
        for column in _columns_with(view, colours.NOT_RECORDED)
    ]
    return NO_BIAS if all(without) else f"{NO_BIAS}, or {NOT_RECORDED}" if any(without) else NOT_RECORDED


def _range(scales: list[float], sign: str = "±") -> str:
    low, high = short_figure(min(scales)), short_figure(max(scales))
    return f"{sign}{high}" if low == high else f"{sign}{low} to {sign}{high}"


def _columns_with(view: GraphView, number: int) -> list[Column]:
    """Those in which a unit has a colour, by its number."""
    return [
        column
        for column, each in _columns(view)
        if _is_drawn_by_unit(column, each) and bool((each.numbers == number).any())
    ]


def _is_drawn_by_unit(column: Column, view: ColumnView) -> bool:
    has_colour = column.drawing is not Drawing.PICTURE and not column.are_tokens
    return has_colour and view.tiles is None and not view.why_hollow
