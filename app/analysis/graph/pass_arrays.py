"""Arrays of a pass that the network graph shows: what was recorded, and what of it is damaged.

`N` samples, `U` units of a stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.graph_options import EdgeMode, NodeMode
from collector.comparing.subtracted import PassDifference
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from app.analysis.graph.columns import Column
    from collector.storage.passes import Pass


@dataclass(frozen=True, eq=False)
class PassArray:
    """An array of a pass; None where it was not recorded, or where it is damaged, which ``damage`` says in words."""

    values: np.ndarray | None
    damage: str = ""


NONE = PassArray(None)
"""What was not recorded."""


def array_of(pass_: Pass, layer: str, kind: str, sample: int | None = None) -> PassArray:
    """An array of a layer, by a field of `schema.LayerRecord`; of one with samples only this one, ``[0 or 1, …]``."""
    if layer not in pass_.layers:
        return NONE
    arrays = pass_.layers[layer]
    try:
        values = getattr(arrays, kind) if sample is None else arrays.rows(kind, max(sample, 0), sample + 1)
    except CollectionError as error:
        return PassArray(None, error.problem)
    return PassArray(values, "" if values is not None else pass_.damaged.get((layer, kind), ""))


def activation_of(pass_: Pass, column: Column) -> PassArray:
    """Unit values of a stage for every probe sample, ``[N, U]``."""
    return _first(pass_, column.value_layers, "activation")


def maps_of(pass_: Pass, column: Column, sample: int | None = None) -> PassArray:
    """Feature maps of a stage, float16 ``[M, U, H, W]`` of the first `M` samples, or ``[0 or 1, U, H, W]`` of one."""
    return _first(pass_, column.map_layers, "feature_maps", sample)


def _first(pass_: Pass, layers: tuple[str, ...], kind: str, sample: int | None = None) -> PassArray:
    """Of the first layer that has such an array. Where it is damaged, another's would be other numbers."""
    found = (array_of(pass_, layer, kind, sample) for layer in layers)
    return next((each for each in found if each.values is not None or each.damage), NONE)


def weight_of(pass_: Pass, column: Column) -> PassArray:
    """Weight of a stage, see `schema.LayerRecord`."""
    return array_of(pass_, column.stage, "weight")


def bias_of(pass_: Pass, column: Column) -> PassArray:
    """Bias of a stage, ``[U]``."""
    return array_of(pass_, column.stage, "bias")


def weight_gradient_of(pass_: Pass, column: Column) -> PassArray:
    """Gradient of a stage's weight, of the weight's shape."""
    return array_of(pass_, column.stage, "weight_gradient")


def gradient_norms_of(pass_: Pass, column: Column) -> PassArray:
    """L2 norm of the gradient of each unit's incoming weights, as far as they are kept, float64 ``[U]``.

    Of a difference the norm in B less that in A.
    """
    if isinstance(pass_, PassDifference):
        a, b = (gradient_norms_of(each, column) for each in (pass_.a, pass_.b))
        if a.values is None:
            return PassArray(None, weight_gradient_of(pass_, column).damage)
        assert b.values is not None, "a difference has of both what both have"
        return PassArray(b.values - a.values)
    gradient = weight_gradient_of(pass_, column)
    if gradient.values is None:
        return gradient
    rows = gradient.values.reshape(len(gradient.values), -1)
    return PassArray(np.sqrt(np.square(rows, dtype=np.float64).sum(axis=1)))


def node_values_of(pass_: Pass, column: Column, mode: NodeMode) -> PassArray:
    """What the units of a stage show: ``[N, U]`` in mode ``ACTIVATION``, else ``[U]``."""
    match mode:
        case NodeMode.ACTIVATION:
            return activation_of(pass_, column)
        case NodeMode.BIAS:
            return bias_of(pass_, column)
        case NodeMode.GRADIENT:
            return gradient_norms_of(pass_, column)


def edge_array_of(pass_: Pass, column: Column, mode: EdgeMode) -> PassArray:
    """The array, of the shape of a stage's weight, that the edges into it are made from."""
    match mode:
        case EdgeMode.WEIGHT:
            return weight_of(pass_, column)
        case EdgeMode.GRADIENT:
            return weight_gradient_of(pass_, column)
        case EdgeMode.UPDATE:
            return array_of(pass_, column.stage, "weight_update")
