"""The numbers behind the graph's picture, as tables for files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.figures import DAMAGED
from app.analysis.graph.columns import INPUT, Drawing
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.pass_arrays import NONE, PassArray, activation_of, bias_of, gradient_norms_of

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under headings. None is what was not recorded; what is damaged says so."""

    name: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


@dataclass(frozen=True)
class GraphNumbers:
    """Everything the graph shows of one pass and sample, units and edges each with their true numbers."""

    units: Table
    edges: Table


def numbers_of(view: GraphView) -> GraphNumbers:
    """The numbers of a view: every unit that the graph has, every edge whose number was recorded."""
    return GraphNumbers(_units(view), _edges(view))


def _units(view: GraphView) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for column, shown in zip(view.graph.columns, view.columns, strict=True):
        if column.drawing is Drawing.PICTURE:
            continue  # pixels are the sample's, not the pass's
        if column.stage == INPUT:
            parts = [PassArray(shown.values), NONE, NONE]
        else:
            activation = activation_of(view.pass_, column)
            has_sample = activation.values is not None and 0 <= view.sample < len(activation.values)
            own = activation.values[view.sample] if activation.values is not None and has_sample else None
            parts = [
                PassArray(own, activation.damage),
                bias_of(view.pass_, column),
                gradient_norms_of(view.pass_, column),
            ]
        columns = [_cells(part, len(column)) for part in parts]
        units = column.kept.tolist()
        rows.extend((column.stage, *cells) for cells in zip(units, *columns, strict=True))
    return Table("units", ("layer", "unit", "activation", "bias", "gradient_norm"), rows)


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
        values = _cells(PassArray(shown.values, shown.damage), len(pair.wiring))
        rows.extend(
            (name, unit, target.stage, reader, value)
            for unit, reader, value in zip(from_units.tolist(), target.kept[right].tolist(), values, strict=True)
        )
    return Table("edges", ("source", "source_unit", "target", "target_unit", view.options.edges.value), rows)


def _cells(part: PassArray, n: int) -> list[Cell]:
    if part.values is None:
        return [DAMAGED if part.damage else None] * n
    return part.values.astype(np.float64).tolist()
