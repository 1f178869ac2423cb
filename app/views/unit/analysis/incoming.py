"""The weights into one unit as small pictures: one for each channel it reads.

`T` tiles of ``[h, w]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis import colours
from app.analysis.figures import B_LESS_A, DAMAGED, NOT_RECORDED, figure, figures_of_two
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.pass_arrays import weight_of
from app.analysis.graph.scales import largest
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from app.analysis.graph.graph import Graph
    from collector.storage.layer import Layer
    from collector.storage.passes import Pass


@dataclass(frozen=True, eq=False)
class Incoming:
    """The incoming weights of a unit at one pass.

    Attributes:
        words: what they are, as ``8 kernels of 3×3, one a channel of conv1``.
        values: float32 ``[T, h, w]``.
        is_kept: which of them were recorded, bool ``[T, h, w]``.
        names: of each tile.
        sides: the weights of A and of B, where the values are B less A; None: they are of one pass.
    """

    words: str
    values: np.ndarray
    is_kept: np.ndarray
    names: tuple[str, ...]
    sides: tuple[np.ndarray, np.ndarray] | None = None

    def told(self, place: tuple[int, ...]) -> str:
        """A weight in words."""
        if not self.is_kept[place]:
            return NOT_RECORDED
        value = float(self.values[place])
        if self.sides is None:
            return figure(value)
        a, b = (float(each[place]) for each in self.sides)
        return figures_of_two(a, b, value)

    @property
    def largest(self) -> float:
        """The largest finite magnitude."""
        return largest(self.values[self.is_kept])

    def numbers(self, scale: float) -> np.ndarray:
        """Number of each weight in `colours.DIVERGING`, int16 ``[T, h, w]``."""
        numbers = colours.diverging_numbers(self.values, scale)
        numbers[~self.is_kept] = colours.NOT_RECORDED
        return numbers


def incoming_weights(
    graph: Graph, layers: Mapping[str, Layer], column_number: int, position: int, pass_: Pass
) -> Incoming | None:
    """The weights into a unit; None where they cannot be had (see `why_no_weights`), or where it is the input's.

    Args:
        graph: of the run.
        layers: of the run, name → layer.
        column_number: number of the unit's column in the graph.
        position: the unit's place among the drawn ones.
        pass_: the pass.
    """
    if isinstance(pass_, PassDifference):
        found = [_incoming(graph, layers, column_number, position, each) for each in (pass_, pass_.a, pass_.b)]
        change, a, b = found
        if change is None:
            return None
        assert a is not None and b is not None, "a difference has of both what both have"
        return replace(change, words=f"{B_LESS_A}: {change.words}", sides=(a.values, b.values))
    return _incoming(graph, layers, column_number, position, pass_)


def _incoming(
    graph: Graph, layers: Mapping[str, Layer], column_number: int, position: int, pass_: Pass
) -> Incoming | None:
    column = graph.columns[column_number]
    weight, layer = weight_of(pass_, column).values, layers.get(column.stage)
    if weight is None or layer is None or weight.ndim < 2 or not weight[position].size:
        return None
    sources = [graph.columns[graph.pairs[pair].source] for pair in graph.pairs_into(column_number)]
    source = sources[0] if len(sources) == 1 else None
    own = weight[position]
    if own.ndim >= 2:
        return _kernels(own, layer, source)
    if source is not None and source.drawing is Drawing.PICTURE:
        picture = _picture(own, layer, source)
        if picture is not None:
            return picture
    return _blocks(own, layer, source)


def why_no_weights(column: Column, pass_: Pass) -> str:
    """What the weights into the units of a column are where there are none to be shown."""
    if isinstance(pass_, PassDifference) and column.stage in pass_.common.why_not:
        return f"not compared, {pass_.common.why_not[column.stage]}"
    return DAMAGED if weight_of(pass_, column).damage else NOT_RECORDED


def _kernels(own: np.ndarray, layer: Layer, source: Column | None) -> Incoming:
    tiles = own.reshape(own.shape[0], -1, own.shape[-1])
    side = "×".join(str(each) for each in own.shape[1:])
    words = f"{len(tiles)} kernel{'s' * (len(tiles) != 1)} of {side}{_from(source)}"
    return Incoming(words, tiles, np.ones(tiles.shape, bool), _channels(len(tiles), layer, source))


def _picture(own: np.ndarray, layer: Layer, source: Column) -> Incoming | None:
    channels, height, width = source.shape
    if layer.input_units * layer.input_block != channels * height * width:
        return None
    flat = (layer.input_kept[:, None] * layer.input_block + np.arange(layer.input_block)).ravel()
    if len(flat) != len(own):
        return None
    values, kept = np.zeros(channels * height * width, np.float32), np.zeros(channels * height * width, bool)
    values[flat], kept[flat] = own, True
    shape = (channels, height, width)
    part = "" if kept.all() else f", {len(flat):,} of {len(kept):,} kept"
    words = f"a weight for each pixel of the input, {width}×{height}{part}"
    names = ("red", "green", "blue") if channels == 3 else ("pixel",)
    return Incoming(words, values.reshape(shape), kept.reshape(shape), names)


def _blocks(own: np.ndarray, layer: Layer, source: Column | None) -> Incoming:
    block = layer.input_block if layer.input_block and len(own) % layer.input_block == 0 else 1
    n_tiles = len(own) // block
    height, width = 1, block
    if source is not None and len(source.shape) == 3 and source.shape[1] * source.shape[2] == block:
        height, width = source.shape[1:]
    elif round(block**0.5) ** 2 == block:
        height = width = round(block**0.5)
    tiles = own.reshape(n_tiles, height, width)
    if block == 1:
        words = f"{n_tiles:,} weight{'s' * (n_tiles != 1)}{_from(source)}"
    else:
        words = f"{n_tiles:,} blocks of {height}×{width}{_from(source)}"
    return Incoming(words, tiles, np.ones(tiles.shape, bool), _channels(n_tiles, layer, source))


def _from(source: Column | None) -> str:
    return "" if source is None else f" from {source.stage}"


def _channels(n_tiles: int, layer: Layer, source: Column | None) -> tuple[str, ...]:
    name = "input" if source is None else source.stage
    numbers = layer.input_kept if len(layer.input_kept) == n_tiles else np.arange(n_tiles)
    return tuple(f"{name} {number}" for number in numbers.tolist())
