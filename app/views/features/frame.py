"""What is shown of features at a pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.features.analysis.activation_strips import AFTER, Strips, activation_strips
from app.views.features.analysis.feature_stages import FeatureStage, feature_stages, stage_of

if TYPE_CHECKING:
    from collector.storage.passes import Pass

NAME = "features"
"""Of the view, by which its part of a frame is known."""


class FeatureFrame:
    """One pass and one sample. What is shown at first is read ahead, the rest when it is chosen."""

    def __init__(self, pass_: Pass, stages: Sequence[FeatureStage], sample: int) -> None:
        """The stages of the network at a pass, for a sample."""
        self._pass, self._stages, self._sample = pass_, stages, sample
        self._strips: dict[str, Strips] = {}

    def strips(self, moment: str) -> Strips:
        """The activation strips, before or after activation."""
        if moment not in self._strips:
            self._strips[moment] = activation_strips(self._pass, self._stages, self._sample, moment)
        return self._strips[moment]

    def read(self, stage: FeatureStage) -> None:
        """Decode what is shown of a stage: filters and feature maps, or the strips of all linear layers."""
        if not stage.is_convolution:
            self.strips(AFTER)
            return
        for layer in (stage.layer, *stage.carriers):
            if (arrays := self._pass.layers.get(layer.name)) is not None:
                _ = arrays.weight, arrays.feature_maps


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> FeatureFrame:
    """What is shown of a pass, see `ViewSpec.prepare`."""
    layers = opened.collection.layers
    stages = feature_stages(layers)
    frame = FeatureFrame(pass_, stages, view.sample)
    shown = stage_of(stages, layers, view.layer) or next(iter(stages), None)
    if shown is not None:
        frame.read(shown)
    return frame
