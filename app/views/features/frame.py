"""What is shown of features at a pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.replay.differences import differences_of
from app.replay.frame import Frame
from app.replay.opened import Comparing, OpenedCollection
from app.replay.state import ReplayView
from app.views.features.analysis.activation_strips import AFTER, Strips, activation_strips
from app.views.features.analysis.feature_stages import FeatureStage, feature_stages, stage_of
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from collector.storage.passes import Pass

OF_SEQUENCES = ("sequence", "attention", "attention_entropy", "attention_logit")

NAME = "features"
"""Of the view, by which its part of a frame is known."""


class FeatureFrame:
    """One pass and one sample, or two. What is shown at first is read ahead, the rest when it is chosen.

    Attributes:
        pass_: what its arrays are of: a pass, or how two differ.
    """

    def __init__(self, pass_: Pass, stages: Sequence[FeatureStage], sample: int) -> None:
        """The stages of the network at a pass, for a sample."""
        self.pass_, self._stages, self._sample = pass_, stages, sample
        self._strips: dict[str, Strips] = {}

    def strips(self, moment: str) -> Strips:
        """The activation strips, before or after activation."""
        if moment not in self._strips:
            self._strips[moment] = activation_strips(self.pass_, self._stages, self._sample, moment)
        return self._strips[moment]

    def read(self, stage: FeatureStage) -> None:
        """Decode what is shown of a stage: filters and feature maps, or the strips of all linear layers."""
        if not (stage.is_convolution or stage.is_sequence):
            self.strips(AFTER)
            return
        kinds = ("weight", "feature_maps") if stage.is_convolution else OF_SEQUENCES
        both = self.pass_
        for pass_ in (both.a, both.b) if isinstance(both, PassDifference) else (both,):
            for layer in (stage.layer, *stage.carriers):
                if (arrays := pass_.layers.get(layer.name)) is not None:
                    for kind in kinds:
                        getattr(arrays, kind)


def derive(opened: OpenedCollection, before: Sequence[FeatureStage] | None = None) -> Sequence[FeatureStage]:
    """What is the same at every pass, see `ViewSpec.derive`: the stages of the network."""
    return feature_stages(opened.collection.layers) if before is None else before


def stages_of(opened: OpenedCollection) -> Sequence[FeatureStage]:
    """The stages of what is open; where a difference is shown, with the units that both keep."""
    own: Sequence[FeatureStage] = opened.derived[NAME]
    if (comparing := opened.comparing) is None:
        return own
    layers = differences_of(comparing).common.layers
    if layers is comparing.a.collection.layers:
        return comparing.a.derived[NAME]
    return comparing.once(NAME, lambda: feature_stages(layers))  # type: ignore[return-value]


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> FeatureFrame | None:
    """What is shown of a pass, see `ViewSpec.prepare`; of one of two nothing but their difference."""
    if opened.is_side:
        return None
    stages: Sequence[FeatureStage] = opened.derived[NAME]
    frame = FeatureFrame(pass_, stages, view.sample)
    return _read(frame, stages, opened, view)


def subtract(comparing: Comparing, a: Frame, b: Frame) -> FeatureFrame:
    """What is shown of two passes, see `ViewSpec.subtract`."""
    stages = stages_of(comparing.front)
    frame = FeatureFrame(differences_of(comparing).between(a.taken, b.taken), stages, a.view.sample)
    return _read(frame, stages, comparing.a, a.view)


def _read(
    frame: FeatureFrame, stages: Sequence[FeatureStage], opened: OpenedCollection, view: ReplayView
) -> FeatureFrame:
    shown = stage_of(stages, opened.collection.layers, view.layer) or next(iter(stages), None)
    if shown is not None:
        frame.read(shown)
    return frame
