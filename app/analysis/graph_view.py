"""What the network graph shows of one pass and one sample: everything but where it stands. Made off the GUI's thread.

`U` units of a column, `E` edges of a pair, `K` classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis import colours
from app.analysis.columns import INPUT, Column, Drawing
from app.analysis.edges import edge_values
from app.analysis.graph import Graph
from app.analysis.recorded import activation_of, maps_of, weight_of
from app.analysis.scales import Scales, largest
from app.analysis.strongest import Lines, strongest_lines

if TYPE_CHECKING:
    from collector.storage.passes import Pass

MOST_EDGES = 10_000
"""Edges handed to the scene where nothing else is asked for; the scene draws as many of them as it has time for."""


@dataclass(frozen=True, eq=False)
class ColumnView:
    """One column at this pass, for this sample.

    Attributes:
        values: of each unit, float32 ``[U]``; None where they were not recorded.
        numbers: of each unit's colour in `colours.DIVERGING`, int16 ``[U]``.
        scale: the value of the full colour; 0 where there is none.
        tiles: feature maps as numbers in `colours.DIVERGING` (see ``tiles_are_signed``) or `colours.GREY`, uint8
            ``[U, H, W]``; None where they were not recorded for this sample.
        tiles_scale: the value of the full colour of a tile.
        tiles_are_signed: whether some recorded map value of this sample is negative.
    """

    values: np.ndarray | None
    numbers: np.ndarray
    scale: float
    tiles: np.ndarray | None = None
    tiles_scale: float = 0.0
    tiles_are_signed: bool = False

    @property
    def rgba(self) -> np.ndarray:
        """Colour of each unit, uint8 ``[U, 4]``."""
        return colours.DIVERGING[self.numbers]


@dataclass(frozen=True, eq=False)
class PairView:
    """The edges of one pair at this pass: float32 ``[E]``, None where they were not recorded, and their full colour."""

    values: np.ndarray | None
    scale: float


@dataclass(frozen=True, eq=False)
class GraphView:
    """Everything the graph shows of one pass and one sample.

    Attributes:
        graph: whose columns and pairs the other attributes follow.
        one: the pass itself, for what is only shown on request.
        sample: number of the probe sample.
        picture: the sample, uint8 ``[H, W]`` or ``[H, W, 3]``; None where it is none.
        lines: the edges to draw.
        probabilities: softmax of the logits, float32 ``[K]``, NaN where a logit is not finite; None without logits.
        predicted: the most probable class; None where that cannot be told.
        true: the sample's label; None where there is none.
    """

    graph: Graph
    one: Pass
    sample: int
    columns: tuple[ColumnView, ...]
    pairs: tuple[PairView, ...]
    lines: Lines
    picture: np.ndarray | None
    probabilities: np.ndarray | None
    predicted: int | None
    true: int | None


def prepare(graph: Graph, one: Pass, sample: int, scales: Scales, most_edges: int = MOST_EDGES) -> GraphView:
    """What the graph shows of a pass.

    Args:
        graph: the graph of the pass's run.
        one: the pass.
        sample: number of the probe sample that activations and maps are shown for.
        scales: what counts as a full colour.
        most_edges: how many edges are drawn at most, over all pairs.
    """
    views = tuple(
        _column_view(graph, column, one, sample, scales.nodes[number], scales.maps[number])
        for number, column in enumerate(graph.columns)
    )
    values = [
        None if pair.wiring is None else edge_values(pair.wiring, weight_of(one, graph.columns[pair.target]))
        for pair in graph.pairs
    ]
    probabilities = _probabilities(graph, one, sample)
    is_certain = probabilities is not None and bool(np.isfinite(probabilities).all())
    labels = None if graph.probe is None else graph.probe.labels
    return GraphView(
        graph=graph,
        one=one,
        sample=sample,
        columns=views,
        pairs=tuple(PairView(each, scale) for each, scale in zip(values, scales.edges, strict=True)),
        lines=strongest_lines(graph, values, scales.edges, most_edges),
        picture=_picture(graph, sample),
        probabilities=probabilities,
        predicted=int(np.argmax(probabilities)) if is_certain and probabilities is not None else None,
        true=None if labels is None or not 0 <= sample < len(labels) else int(labels[sample]),
    )


def _column_view(
    graph: Graph, column: Column, one: Pass, sample: int, node_scale: float, map_scale: float
) -> ColumnView:
    if column.stage == INPUT:
        return _input_view(graph, column, sample)
    activation = activation_of(one, column)
    values = None if activation is None or not 0 <= sample < len(activation) else activation[sample]
    numbers = _numbers(values, len(column), node_scale)
    maps = maps_of(one, column) if column.drawing is Drawing.MAPS else None
    if maps is None or not 0 <= sample < len(maps):
        return ColumnView(values, numbers, node_scale)
    shown = maps[sample].astype(np.float32)
    signed = bool(np.nanmin(shown, initial=0) < 0)
    if signed:
        tiles = colours.diverging_numbers(shown, map_scale).astype(np.uint8)
    else:
        tiles = colours.grey_numbers(shown, map_scale)
    return ColumnView(values, numbers, node_scale, tiles, map_scale, signed)


def _input_view(graph: Graph, column: Column, sample: int) -> ColumnView:
    """The input is the same at every pass, so its scale is the whole probe's."""
    if graph.probe is None or column.drawing is Drawing.PICTURE or not 0 <= sample < len(graph.probe):
        return ColumnView(None, np.full(len(column), colours.NOT_RECORDED, np.int16), 0.0)
    inputs = graph.probe.inputs
    units = inputs[sample].reshape(inputs.shape[1], -1).astype(np.float32).mean(axis=1)[column.kept]
    scale = largest(inputs)
    return ColumnView(units, _numbers(units, len(column), scale), scale)


def _numbers(values: np.ndarray | None, units: int, scale: float) -> np.ndarray:
    if values is None:
        return np.full(units, colours.NOT_RECORDED, np.int16)
    return colours.diverging_numbers(values, scale)


def _picture(graph: Graph, sample: int) -> np.ndarray | None:
    is_drawn = any(column.drawing is Drawing.PICTURE for column in graph.columns)
    if graph.probe is None or not is_drawn or not 0 <= sample < len(graph.probe):
        return None
    picture = graph.probe.picture(sample)
    return None if picture is None else np.rint(np.nan_to_num(picture) * 255).astype(np.uint8)


def _probabilities(graph: Graph, one: Pass, sample: int) -> np.ndarray | None:
    if one.logits is None or not graph.columns or not 0 <= sample < len(one.logits):
        return None
    logits = one.logits[sample].astype(np.float64)
    if len(logits) != len(graph.columns[-1].class_names):
        return None
    if not np.isfinite(logits).all():
        return np.full(len(logits), np.nan, np.float32)
    exponentials = np.exp(logits - logits.max())
    return (exponentials / exponentials.sum()).astype(np.float32)
