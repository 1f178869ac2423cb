"""Arrays of a pass that the network graph shows; None where they were not recorded.

Whoever asks for an array that is damaged meets a `CollectionError`; `read` makes it a fact that can be shown.

`N` samples, `U` units of a stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec

import numpy as np

from app.analysis.graph.graph_options import EdgeMode, NodeMode
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from app.analysis.graph.columns import Column
    from collector.storage.passes import Pass


P = ParamSpec("P")


@dataclass(frozen=True, eq=False)
class Reading:
    """What was found; None where nothing was recorded, or where it is damaged, which ``damage`` says in words."""

    values: np.ndarray | None
    damage: str = ""


def read(get: Callable[P, np.ndarray | None], *of: P.args, **more: P.kwargs) -> Reading:
    """Ask for an array: what is wrong with one is said in its place, and the rest of the pass is shown."""
    try:
        return Reading(get(*of, **more))
    except CollectionError as error:
        return Reading(None, error.problem)


def activation_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """Unit values of a stage for every probe sample, ``[N, U]``."""
    for name in column.value_layers:
        if name in pass_.layers and (values := pass_.layers[name].activation) is not None:
            return values
    return None


def maps_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """Feature maps of a stage, float16 ``[M, U, H, W]`` of the first `M` samples."""
    for name in column.map_layers:
        if name in pass_.layers and (maps := pass_.layers[name].feature_maps) is not None:
            return maps
    return None


def weight_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """Weight of a stage, see `schema.LayerRecord`."""
    return pass_.layers[column.stage].weight if column.stage in pass_.layers else None


def bias_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """Bias of a stage, ``[U]``."""
    return pass_.layers[column.stage].bias if column.stage in pass_.layers else None


def weight_gradient_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """Gradient of a stage's weight, of the weight's shape."""
    return pass_.layers[column.stage].weight_gradient if column.stage in pass_.layers else None


def gradient_norms_of(pass_: Pass, column: Column) -> np.ndarray | None:
    """L2 norm of the gradient of each unit's incoming weights, as far as they are kept, float64 ``[U]``."""
    gradient = weight_gradient_of(pass_, column)
    if gradient is None:
        return None
    return np.sqrt(np.square(gradient.reshape(len(gradient), -1), dtype=np.float64).sum(axis=1))


def node_values_of(pass_: Pass, column: Column, mode: NodeMode) -> np.ndarray | None:
    """What the units of a stage show: ``[N, U]`` in mode ``ACTIVATION``, else ``[U]``."""
    match mode:
        case NodeMode.ACTIVATION:
            return activation_of(pass_, column)
        case NodeMode.BIAS:
            return bias_of(pass_, column)
        case NodeMode.GRADIENT:
            return gradient_norms_of(pass_, column)


def edge_array_of(pass_: Pass, column: Column, mode: EdgeMode, reference: Pass | None = None) -> np.ndarray | None:
    """The array, of the shape of a stage's weight, that the edges into it are made from."""
    if column.stage not in pass_.layers:
        return None
    arrays = pass_.layers[column.stage]
    match mode:
        case EdgeMode.WEIGHT:
            return arrays.weight
        case EdgeMode.GRADIENT:
            return arrays.weight_gradient
        case EdgeMode.UPDATE:
            return arrays.weight_update
        case EdgeMode.CHANGE:
            before = None if reference is None else weight_of(reference, column)
            if arrays.weight is None or before is None or before.shape != arrays.weight.shape:
                return None
            with np.errstate(over="ignore", invalid="ignore"):
                return arrays.weight - before
