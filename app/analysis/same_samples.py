"""Which samples of one set are those of another: they look, or read, the same. `N`, `M` samples."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.probe import Probe

UNKNOWN = -1


def seen_picture(picture: np.ndarray) -> np.ndarray:
    """A picture uint8 ``[C, H, W]`` as float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1."""
    values = picture.astype(np.float32) / 255
    return values.squeeze(0) if len(values) == 1 else values.transpose(1, 2, 0)


def places_among(own: Sequence[Hashable], others: Iterable[Hashable]) -> np.ndarray:
    """Place of each among the others, int ``[N]``, the first of equals; −1 where it is none of them."""
    numbers = {key: number for number, key in reversed(list(enumerate(others))) if key is not None}
    return np.array([numbers.get(key, UNKNOWN) for key in own], int).reshape(len(own))


def keys_of(inputs: np.ndarray) -> list[Hashable]:
    """What each sample is told by: pictures uint8 ``[N, C, H, W]`` or rows of numbers ``[N, …]``."""
    if inputs.ndim == 4 and inputs.dtype == np.uint8:
        return [np.rint(seen_picture(each) * 255).astype(np.uint8).tobytes() for each in inputs]
    return [np.ascontiguousarray(each, np.float32).tobytes() for each in inputs]


def places_in_probe(probe: Probe | None, inputs: np.ndarray) -> np.ndarray:
    """Which sample of the probe each is, int ``[N]``; −1: none."""
    if probe is None:
        return np.full(len(inputs), UNKNOWN)
    if inputs.ndim == 4:
        shown = [probe.picture(number) for number in range(len(probe))]
        keys = [None if each is None else np.rint(each * 255).astype(np.uint8).tobytes() for each in shown]
        return places_among(keys_of(inputs), keys)
    return places_among(keys_of(inputs), keys_of(probe.inputs))


def places_in_stories(collection: Collection, pictures: np.ndarray) -> np.ndarray:
    """Which sample of the stories each of some others is, int ``[N]``; −1: none.

    Raises:
        CollectionError: the stories' samples cannot be read.
    """
    stories = collection.stories
    if not (stories.n_samples and stories.has_samples):
        return np.arange(len(pictures))  # the stories are those of these very samples
    samples = stories.samples
    keys: list[Hashable] = [] if samples is None or samples.inputs is None else keys_of(samples.inputs)
    return places_among(keys_of(pictures), keys)
