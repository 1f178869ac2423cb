"""Features of many held-out samples, so that a window can lay them out in a plane: what is kept, and when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from collector.capture.compared_layers import (
    MOST_BYTES,
    OUTPUT,
    ComparedLayers,
    LayerFeatures,
    Outputs,
    grouped,
    spread,
)
from collector.capture.layer_widths import Called
from collector.capture.wording import listed
from collector.storage import schema

MOST_LAYERS = 24
MOST_FEATURES = 256
MOST_SAMPLE_BYTES = 2**28
"""Samples in the file take no more than this; where there are more, the first that fit are kept."""

_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class ProjectedSamples:
    """The samples, how they look, and how the network is run on them.

    Attributes:
        plan: the layers whose features are kept.
        outputs: runs the network on them.
        pictures: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures.
        labels: class numbers ``[N]`` or None.
    """

    plan: ComparedLayers
    outputs: Outputs
    pictures: np.ndarray
    labels: np.ndarray | None

    kind = "projection_samples"
    what = "features that can be projected"
    costs = "comparisons"

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the file."""
        return self.plan.notes

    def to_schema(self) -> schema.Projection:
        """The samples as the header describes them."""
        return schema.Projection(len(self.pictures), [layer.to_schema() for layer in self.plan.layers])

    def samples_at(self, step: int) -> schema.ProjectionSamplesRecord:
        """The samples themselves."""
        return schema.ProjectionSamplesRecord(step, self.pictures, self.labels)  # type: ignore[arg-type]

    def record_at(self, step: int, epoch: int) -> schema.ProjectionRecord:
        """What the network makes of them now."""
        return record_of(self.plan, self.outputs, len(self.pictures), step, epoch)


def plan_features(widths: Mapping[str, int], n_samples: int, can: str = "can be projected") -> ComparedLayers:
    """What is taken of which layers: at most 24 of them and 256 features of each, spread evenly where there are more.

    Args:
        widths: layer → values of its output for one sample, in order of execution.
        n_samples: so many samples are run at once.
        can: what the note says of the layers, where some are left out.
    """
    names = [name for name, width in widths.items() if width]
    chosen = [names[place] for place in spread(len(names), MOST_LAYERS)] if names else []
    notes = []
    if len(chosen) < len(names):
        left_out = listed([name for name in names if name not in chosen], 24)
        notes.append(f"Of {len(names)} layers {MOST_LAYERS} {can}. Left out, evenly spread: {left_out}.")
    nothing = np.zeros(0, np.int64)
    layers = []
    for name in chosen:
        taken = spread(widths[name], MOST_FEATURES)
        layers.append(LayerFeatures(name, name, widths[name], taken, nothing, np.arange(len(taken))))
    most = max(1, MOST_BYTES // (4 * max(1, n_samples)))
    return ComparedLayers(tuple(layers), grouped(tuple(layers), most), tuple(notes))


def samples_kept(n_samples: int, n_values: int, *, are_pictures: bool) -> int:
    """How many of the samples fit into the file; ``n_values`` is what each has."""
    return min(n_samples, max(1, MOST_SAMPLE_BYTES // max(1, n_values * (1 if are_pictures else 4))))


class Holds(Protocol):
    """Whose units a layer's output holds."""

    @property
    def stages(self) -> Sequence[str]:
        """Names of the layers that made them."""


class HoldingCall(Called, Protocol):
    """What was seen of a layer when the model ran, and whose units it holds."""

    @property
    def holds(self) -> Holds | None:
        """None where that is not known."""


def default_layers(
    calls: Mapping[str, HoldingCall], is_linear: Callable[[str], bool], is_convolution: Callable[[str], bool]
) -> list[str]:
    """Each linear layer and the last convolution, behind the norm and the activation that carry its units on.

    Where a model has neither, its last layer.

    Args:
        calls: name → what was seen of a layer; those with a problem are left out.
        is_linear, is_convolution: what a layer is, by its name.
    """
    called = sorted((name for name in calls if not calls[name].problem), key=lambda name: calls[name].order)
    stages = [name for name in called if is_linear(name)]
    stages += [name for name in called if is_convolution(name)][-1:]
    last = {stage: stage for stage in stages}
    for name in called:
        held = calls[name].holds
        if held is not None and len(held.stages) == 1 and held.stages[0] in last:
            last[held.stages[0]] = name
    return list(last.values()) or called[-1:]


def as_pictures(inputs: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """The samples as they are to be looked at.

    Args:
        inputs: ``[N, C, H, W]`` or ``[N, H, W]`` with 1 or 3 channels are pictures; all else is flattened.
        mean, std: per channel, what they were normalised with. Where that is not known, the smallest value of all
            is black and the largest white.

    Returns:
        uint8 ``[N, C, H, W]`` or float32 ``[N, D]``.
    """
    if not is_picture(inputs.shape[1:]):
        return np.ascontiguousarray(inputs.reshape(len(inputs), -1), np.float32)
    pictures = inputs[:, None] if inputs.ndim == 3 else inputs
    scale: np.ndarray | np.float32
    if len(mean) == len(std) == pictures.shape[1]:
        scale, shift = (np.asarray(each, np.float32)[:, None, None] * 255 for each in (std, mean))
    else:
        finite = pictures[np.isfinite(pictures)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        scale = np.float32(255 / (high - low) if high > low else 0)
        shift = np.asarray(np.float32(-low) * scale)
    made = np.empty(pictures.shape, np.uint8)
    for start in range(0, len(pictures), 256):  # so that no second copy of all of them is ever in memory
        part = pictures[start : start + 256].astype(np.float32) * scale + shift
        made[start : start + 256] = np.clip(np.rint(np.nan_to_num(part)), 0, 255)
    return made


def is_picture(shape: Sequence[int]) -> bool:
    """Whether a sample of this shape is ``[H, W]`` or ``[C, H, W]`` of one channel or three."""
    return len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3))


def record_of(plan: ComparedLayers, outputs: Outputs, n_samples: int, step: int, epoch: int) -> schema.ProjectionRecord:
    """What the network makes of the samples now.

    Features beyond float16 become its largest value. A layer that was not called, or that gave something of another
    size, is left out.
    """
    features: dict[str, np.ndarray] = {}
    predictions = None
    groups: tuple[tuple[LayerFeatures, ...], ...] = plan.groups or ((),)
    for number, group in enumerate(groups):
        wanted: dict[str, np.ndarray | None] = {layer.source: layer.taken for layer in group}
        found = outputs(wanted if number else {**wanted, OUTPUT: None})
        logits = found.pop(OUTPUT, None)
        if logits is not None and logits.shape[0] == n_samples and logits.shape[1] > 1:
            predictions = predicted_classes(logits)
        for layer in group:
            values = found.pop(layer.source, None)
            if values is not None and values.shape == (n_samples, layer.n_taken):
                features[layer.name] = np.clip(values, -_LARGEST, _LARGEST).astype(np.float16)
    return schema.ProjectionRecord(step, epoch, predictions, features)  # type: ignore[arg-type]


def predicted_classes(logits: np.ndarray) -> np.ndarray:
    """The class of the largest of the logits ``[N, K]``, int ``[N]``; −1 where one is NaN."""
    classes = np.argmax(np.nan_to_num(logits, nan=-np.inf), axis=1)
    classes[np.isnan(logits).any(axis=1)] = -1
    return classes.astype(np.int16 if logits.shape[1] < 2**15 else np.int32)
