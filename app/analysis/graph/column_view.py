"""What one column of the network graph shows of a pass and a sample.

`U` units of the column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis import colours
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph import Graph
from app.analysis.graph.graph_options import NodeMode
from app.analysis.graph.pass_arrays import NONE, maps_of, node_values_of
from app.analysis.graph.scales import largest
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from collector.storage.passes import Pass


@dataclass(frozen=True, eq=False)
class ColumnView:
    """One column at this pass, for this sample.

    Attributes:
        values: of each unit, float ``[U]``; None where they were not recorded.
        numbers: of each unit's colour in `colours.DIVERGING`, int16 ``[U]``.
        scale: the value of the full colour; 0 where there is none.
        is_signed: whether values may be negative; a norm never is.
        tiles: feature maps as numbers in `colours.DIVERGING` (see ``tiles_are_signed``) or `colours.GREY`, uint8
            ``[U, H, W]``; None where they were not recorded for this sample, or are not what the mode is about.
        tiles_scale: the value of the full colour of a tile.
        tiles_are_signed: whether some recorded map value of this sample is negative.
        damage: what is wrong with the array that would be shown, in words; empty where nothing is.
        why_hollow: why a layer has nothing to be compared with, in words; empty where it has.
    """

    values: np.ndarray | None
    numbers: np.ndarray
    scale: float
    is_signed: bool = True
    tiles: np.ndarray | None = None
    tiles_scale: float = 0.0
    tiles_are_signed: bool = False
    damage: str = ""
    why_hollow: str = ""

    @property
    def rgba(self) -> np.ndarray:
        """Colour of each unit, uint8 ``[U, 4]``."""
        return colours.DIVERGING[self.numbers]


def column_view(
    column: Column,
    pass_: Pass,
    sample: int,
    mode: NodeMode,
    scale: float | None,
    maps_scale: float | None,
    *,
    with_maps: bool = True,
) -> ColumnView:
    """A column that makes units.

    Args:
        column: not the input's, see `input_view`.
        pass_: the pass.
        sample: number of the probe sample.
        mode: what the units show.
        scale: the value of the full colour; None: the largest of this pass.
        maps_scale: the same for feature maps.
        with_maps: whether feature maps are wanted at all.
    """
    both = pass_ if isinstance(pass_, PassDifference) else None
    why_hollow = "" if both is None else both.common.why_not.get(column.stage, "")
    is_signed = both is not None or mode is not NodeMode.GRADIENT
    recorded = node_values_of(pass_, column, mode)
    scale = largest(recorded.values) if scale is None else scale
    values = recorded.values
    if mode is NodeMode.ACTIVATION and values is not None:
        values = values[sample] if 0 <= sample < len(values) else None
    numbers = _numbers(values, len(column), scale)
    has_maps = with_maps and column.drawing is Drawing.MAPS and mode is NodeMode.ACTIVATION
    maps = maps_of(pass_, column, sample) if has_maps else NONE
    damage = recorded.damage or maps.damage
    if maps.values is None or not len(maps.values):
        return ColumnView(values, numbers, scale, is_signed, damage=damage, why_hollow=why_hollow)
    [shown] = maps.values
    maps_scale = largest(maps_of(pass_, column).values) if maps_scale is None else maps_scale
    if shown.dtype == np.float16:  # never a difference, which is of single precision
        tiles, is_signed = colours.half_numbers(shown, maps_scale)
    else:
        is_signed = both is not None or bool((shown < 0).any())
        to_numbers = colours.diverging_numbers if is_signed else colours.grey_numbers
        tiles = to_numbers(shown, maps_scale).astype(np.uint8)
    return ColumnView(
        values, numbers, scale, tiles=tiles, tiles_scale=maps_scale, tiles_are_signed=is_signed, damage=damage
    )


def input_view(graph: Graph, column: Column, sample: int, both: PassDifference | None = None) -> ColumnView:
    """The input, which is the same at every pass and in every mode, so its scale is the whole probe's.

    Between two passes of the same probe there is no difference in it.
    """
    if both is not None and not column.are_tokens:
        return _with_numbers(column, np.zeros(len(column), np.float32) if both.has_same_probe else None)
    if graph.probe is None or column.drawing is Drawing.PICTURE or not 0 <= sample < len(graph.probe):
        return _with_numbers(column, None)
    inputs = graph.probe.inputs
    if not inputs.size or inputs[sample].size % column.true_units:
        return _with_numbers(column, None)  # what layers say they read is another thing
    units = inputs[sample].reshape(column.true_units, -1).astype(np.float32).mean(axis=1)[column.kept]
    return _with_numbers(column, units, None if column.are_tokens else inputs)


def _with_numbers(column: Column, values: np.ndarray | None, among: np.ndarray | None = None) -> ColumnView:
    """Values in colours on the scale of those that they are among, where they have one."""
    scale = largest(among)
    return ColumnView(values, _numbers(values, len(column), scale), scale)


def _numbers(values: np.ndarray | None, units: int, scale: float) -> np.ndarray:
    if values is None:
        return np.full(units, colours.NOT_RECORDED, np.int16)
    return colours.diverging_numbers(values, scale)
