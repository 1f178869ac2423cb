"""The numbers behind the graph's picture, as tables for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.analysis.figures import DAMAGED
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.edge_numbers import pair_numbers
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.pass_arrays import NONE, PassArray, activation_of, bias_of, gradient_norms_of

if TYPE_CHECKING:
    from collector.storage.passes import Pass

Cell = str | int | float | None

OF_TWO = ("_a", "_b", "_difference")
"""What the names of columns end with where two passes are compared."""


class Table(NamedTuple):
    """Rows under headings. None is what was not recorded; what is damaged says so."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


class GraphNumbers(NamedTuple):
    """Everything the graph shows of one pass and sample, units and edges each with their true numbers."""

    units: Table
    edges: Table


def numbers_of(view: GraphView) -> GraphNumbers:
    """The numbers of a view: every unit that the graph has, every edge whose number was recorded.

    Of two passes each number is given three times: of A, of B, and B less A.
    """
    return GraphNumbers(_units(view), _edges(view))


def _units(view: GraphView) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for column, shown in zip(view.graph.columns, view.columns, strict=True):
        if column.drawing is Drawing.PICTURE:
            continue  # pixels are the sample's, not the pass's
        if column.is_input:
            own = [PassArray(shown.values)] if view.difference is None else [NONE] * 3
            parts = [*own, *[NONE] * (2 * len(own))]
        else:
            of_each = [_parts(each, column, view.sample) for each in _passes(view)]
            parts = [part for together in zip(*of_each, strict=True) for part in together]
        columns = [_cells(part, len(column)) for part in parts]
        units = column.kept.tolist()
        rows.extend((column.stage, *cells) for cells in zip(units, *columns, strict=True))
    return Table("units", ("layer", "unit", *_headings(view, "activation", "bias", "gradient_norm")), rows)


def _parts(pass_: Pass, column: Column, sample: int) -> list[PassArray]:
    activation = activation_of(pass_, column)
    values = activation.values
    own = values[sample] if values is not None and sample < len(values) else None
    return [PassArray(own, activation.damage), bias_of(pass_, column), gradient_norms_of(pass_, column)]


def _passes(view: GraphView) -> list[Pass]:
    """Of which numbers are given."""
    return [each.pass_ for each in view.sides] + ([] if view.difference is None else [view.pass_])


def _headings(view: GraphView, *names: str) -> list[str]:
    sides = ("",) if view.difference is None else OF_TWO
    return [f"{name}{side}" for name in names for side in sides]


def _edges(view: GraphView) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for pair, shown in zip(view.graph.pairs, view.pairs, strict=True):
        if pair.wiring is None or (shown.values is None and not shown.damage):
            continue
        source, target = view.graph.columns[pair.source], view.graph.columns[pair.target]
        left, right = pair.wiring.ends(np.arange(len(pair.wiring)))
        # a picture's channels stand behind its pixels, and have numbers of their own
        is_channel = source.drawing is Drawing.PICTURE and bool((left >= len(source)).all())
        from_units = left - len(source) if is_channel else source.kept[left]
        name = f"{source.stage} channel" if is_channel else source.stage
        sides = () if view.difference is None else (view.difference.a, view.difference.b)
        of_sides = [pair_numbers(view.graph, each, pair, view.options.edges) for each in sides]
        parts = [*of_sides, PassArray(shown.values, shown.damage)]
        values = zip(*(_cells(part, len(pair.wiring)) for part in parts), strict=True)
        rows.extend(
            (name, unit, target.stage, reader, *value)
            for unit, reader, value in zip(from_units.tolist(), target.kept[right].tolist(), values, strict=True)
        )
    shown_headings = _headings(view, view.options.edges.value)
    return Table("edges", ("source", "source_unit", "target", "target_unit", *shown_headings), rows)


def _cells(part: PassArray, n: int) -> list[Cell]:
    if part.values is None:
        return [DAMAGED if part.damage else None] * n
    return part.values.astype(np.float64).tolist()
