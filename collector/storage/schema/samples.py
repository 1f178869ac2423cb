"""What is recorded of samples besides the probe: similarity of layers, augmentations, projections, stories."""

from typing import Annotated

import msgspec

from collector.storage.blocks import Array
from collector.storage.schema.values import Count


class SimilarityRecord(msgspec.Struct, tag_field="record", tag="similarity", omit_defaults=True):
    """How alike the layers are at a step. ``R`` pairs of layers i ≤ j, row by row of the upper triangle."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    correlation_clipped: Array
    """``[R]``: mean of the Pearson matrix of two layers' features, negative values counted as 0, diagonal included."""
    correlation: Array
    """``[R]``: its plain mean."""
    cka: Array
    """``[R]``: debiased linear CKA (Nguyen, Raghu & Kornblith 2021)."""
    cka_null: Array
    """``[R, 2]``: between these lie 95 of 100 values of CKA for samples in random order."""
    effective_rank: Array
    """``[L]``: exp of the entropy of the shares of the centred features' singular values (Roy & Vetterli 2007)."""
    constant: Array
    """int ``[L]``: features that are the same for every sample, which no correlation includes."""
    features: dict[str, Array] = {}
    """Layer → its output as it is, float32 ``[N, D]``, for the kept features."""


class AugmentationRecord(msgspec.Struct, tag_field="record", tag="augmentation", omit_defaults=True):
    """What the network makes of one sample, changed in many ways."""

    step: Count
    epoch: Count
    stability: Array
    """``[L, A]``: Pearson correlation over all features of a layer's output with that for the unchanged sample."""
    features: dict[str, Array] = {}
    """Layer → its output as it is, float32 ``[A, D]``, for the kept features."""
    logits: Array | None = None
    """``[A, K]``."""


class ProjectionSamplesRecord(msgspec.Struct, tag_field="record", tag="projection_samples", omit_defaults=True):
    """The samples themselves, once, before the first `ProjectionRecord`."""

    step: Count
    pictures: Array
    """uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where the samples are no pictures."""
    labels: Array | None = None
    """Class numbers, int ``[N]``."""


class ProjectionRecord(msgspec.Struct, tag_field="record", tag="projection", omit_defaults=True):
    """What the network makes of the projection's samples."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    predictions: Array | None = None
    """Class numbers, int ``[N]``."""
    features: dict[str, Array] = {}
    """Layer → its output for the kept features, float16 ``[N, D]``."""


class StorySamplesRecord(msgspec.Struct, tag_field="record", tag="story_samples", omit_defaults=True):
    """The samples whose stories are told, once, before the first `StoryRecord`."""

    step: Count
    inputs: Array | None = None
    """uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where the samples are no pictures."""
    texts: Annotated[list[Annotated[str, msgspec.Meta(max_length=10_000)]], msgspec.Meta(max_length=10**6)] = []
    """Of each sample, where it is a text; empty: they are none."""
    labels: Array | None = None
    """Class numbers, int ``[N]``, or the values that the outputs are to be, float32 ``[N]`` or ``[N, D]``."""
    numbers: Array | None = None
    """Where each stands in the user's data, int ``[N]``; absent: the first `N`."""


class StoryRecord(msgspec.Struct, tag_field="record", tag="story", omit_defaults=True):
    """What the network makes of each of the samples now. An absent field was not recorded."""

    step: Count
    epoch: Count
    """Epochs that have ended."""
    predictions: Array | None = None
    """The classes of the largest logits, int ``[N]``; −1: of one that is NaN."""
    confidences: Array | None = None
    """The largest probability, float32 ``[N]``."""
    label_probabilities: Array | None = None
    """The label's, float32 ``[N]``."""
    margins: Array | None = None
    """The label's logit less the largest other one, float32 ``[N]`` (Pleiss et al., NeurIPS 2020)."""
    losses: Array | None = None
    """Float32 ``[N]``; see ``Stories.loss``."""
    votes: Array | None = None
    """The class of most of the nearest of the other samples, by the features of each layer, int8 or int16 ``[L, N]``;
    −1: there is none (Baldock, Maennel & Neyshabur, NeurIPS 2021)."""
