"""Arrays of a pass that the network graph shows; None where they were not recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from app.analysis.columns import Column
    from collector.storage.passes import Pass


def activation_of(one: Pass, column: Column) -> np.ndarray | None:
    """Unit values of a stage for every probe sample, ``[N, U]``."""
    for name in column.value_layers:
        if name in one.layers and (values := one.layers[name].activation) is not None:
            return values
    return None


def maps_of(one: Pass, column: Column) -> np.ndarray | None:
    """Feature maps of a stage, float16 ``[M, U, H, W]`` of the first `M` samples."""
    for name in column.map_layers:
        if name in one.layers and (maps := one.layers[name].feature_maps) is not None:
            return maps
    return None


def weight_of(one: Pass, column: Column) -> np.ndarray | None:
    """Weight of a stage, see `schema.LayerRecord`."""
    return one.layers[column.stage].weight if column.stage in one.layers else None
