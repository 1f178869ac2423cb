"""The filters and feature maps of a convolution at a pass, as tiles.

`U` kept units, `C` kept input channels, `M` samples with maps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.scales import largest
from app.views.features.analysis.feature_stages import FeatureStage
from app.views.features.analysis.tiles import ScaleRule, Tiles
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from collector.storage.layer import Layer
    from collector.storage.passes import Pass

ALL_CHANNELS = "all input channels"
RGB = "RGB"
NOT_IN_BOTH = "not in both are any kept of this sample"
MOST_CHANNELS = 16
"""Of more input channels one is shown at first."""


def channel_names(stage: FeatureStage) -> list[str]:
    """What of a filter can be looked at: its three channels as one colour, all side by side, or one alone."""
    n_inputs = len(stage.layer.input_kept)
    source = stage.layer.reads[0] if len(stage.layer.reads) == 1 else "input"
    if n_inputs == 1:
        return [ALL_CHANNELS]
    is_colour = n_inputs == stage.layer.input_units == 3
    ones = (
        ["red", "green", "blue"]
        if is_colour
        else [f"{source} channel {each}" for each in stage.layer.input_kept.tolist()]
    )
    return [*([RGB] if is_colour else []), ALL_CHANNELS, *ones]


def first_choice(stage: FeatureStage) -> str:
    """What is shown at first: one channel where all of them would be too small to be told apart."""
    names = channel_names(stage)
    return names[0] if len(stage.layer.input_kept) <= MOST_CHANNELS else names[1]


def filter_tiles(pass_: Pass, stage: FeatureStage, channels: str, rule: ScaleRule, run_scale: float) -> Tiles | None:
    """The filters; None where the weight was not recorded.

    Args:
        pass_: the pass.
        stage: a convolution.
        channels: one of `channel_names`.
        rule: which value has the full colour.
        run_scale: the run's largest as far as it is known; this pass's own is never beyond the full colour.
    """
    if isinstance(pass_, PassDifference):
        tiles, a, b = (_filters(each, stage, channels, rule, run_scale) for each in (pass_, pass_.a, pass_.b))
        return tiles if tiles is None or a is None or b is None else replace(tiles, sides=(a.values, b.values))
    return _filters(pass_, stage, channels, rule, run_scale)


def _filters(pass_: Pass, stage: FeatureStage, channels: str, rule: ScaleRule, run_scale: float) -> Tiles | None:
    layer = stage.layer
    weight = pass_.layers[layer.name].weight if layer.name in pass_.layers else None
    if weight is None or weight.ndim != 4 or not weight.size:
        return None
    scale = max(largest(weight), run_scale if rule is ScaleRule.RUN else 0.0)
    units = np.asarray(layer.kept)
    names = channel_names(stage)
    if channels == RGB and RGB in names:
        filters = tuple(f"filter {unit}: red, green, blue" for unit in units.tolist())
        return Tiles(weight.transpose(0, 2, 3, 1), units, filters, scale, rule)
    ones = names[names.index(ALL_CHANNELS) + 1 :]
    if channels in ones:
        at = ones.index(channels)
        return Tiles(weight[:, at], units, tuple(f"filter {unit}, {channels}" for unit in units), scale, rule)
    n_channels = weight.shape[1]
    if n_channels == 1:
        return Tiles(weight[:, 0], units, tuple(f"filter {unit}" for unit in units), scale, rule)
    every = tuple(f"filter {unit}, {channel}" for unit in units.tolist() for channel in ones)
    short = tuple(name.rpartition(" ")[2] for name in ones)
    tiles = weight.reshape(-1, *weight.shape[2:])
    return Tiles(tiles, units.repeat(n_channels), every, scale, rule, n_channels, short)


def map_tiles(pass_: Pass, layer: Layer, sample: int, rule: ScaleRule, run_scale: float) -> Tiles | None:
    """The feature maps of a layer for a sample; None where they were not recorded."""
    if isinstance(pass_, PassDifference):
        sides = [_maps(each, layer, sample) for each in (pass_.a, pass_.b)]
        both = None if sides[0] is None or sides[1] is None else (sides[0], sides[1])
    else:
        both = None
    shown = _maps(pass_, layer, sample)
    if shown is None:
        return None
    scale = max(largest(shown), run_scale if rule is ScaleRule.RUN else 0.0)
    units = np.asarray(layer.kept)
    names = tuple(f"{layer.name} channel {unit}" for unit in units.tolist())
    return Tiles(shown, units, names, scale, rule, sides=both)


def _maps(pass_: Pass, layer: Layer, sample: int) -> np.ndarray | None:
    """Those of one sample, float32 ``[U, H, W]``."""
    arrays = pass_.layers.get(layer.name)
    maps = None if arrays is None or sample < 0 else arrays.rows("feature_maps", sample, sample + 1)
    return None if maps is None or not maps.size else maps[0].astype(np.float32)


def maps_absence(pass_: Pass, layer: Layer, sample: int) -> str:
    """Why there are no maps of a layer, and how to record them."""
    if isinstance(pass_, PassDifference):
        reason = pass_.why_missing(layer, "feature_maps")
        return f"Maps of {layer.name} are not compared: {reason or NOT_IN_BOTH}."
    maps = pass_.layers[layer.name].feature_maps if layer.name in pass_.layers else None
    if maps is not None:
        kept = f"the first {len(maps):,} samples" if len(maps) > 1 else "the first sample"
        return (
            f"Maps of {layer.name} are kept of {kept} of the probe; this is sample {sample + 1:,}.\n\n"
            "To keep more:\n"
            f"--feature_samples {sample + 1}"
        )
    reason = pass_.why_missing(layer, "feature_maps") or pass_.why_missing(layer, "activation")
    if reason:
        return f"Maps of {layer.name} were not recorded: {reason}."
    return f"Maps of {layer.name} were not recorded. Record them with\n--feature_maps ends"
