"""Which changes of a sample make a network take it for something else: in A, in B.

`A` augmentations, `L` layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from app.replay.comparing import Comparing
    from collector.storage import Collection


@dataclass(frozen=True, eq=False)
class Flips:
    """What both networks make of the changed samples.

    Attributes:
        names: what A and B are called.
        classes: what A and B take each for, int ``[2, A]``.
        stability: of B, float ``[L, A]``, for the layers of A; NaN where B has no such layer.
        problem: why nothing is compared, in words.
    """

    names: tuple[str, str]
    classes: np.ndarray
    stability: np.ndarray
    problem: str = ""

    @property
    def flipped(self) -> np.ndarray:
        """Which are taken for another class than the unchanged sample, bool ``[2, A]``."""
        return np.asarray(self.classes != self.classes[:, :1])

    @property
    def text(self) -> str:
        """How many flip in which, in a line."""
        if self.problem:
            return f"{self.names[0]} alone: {self.problem}"
        a, b = self.flipped
        one, other = self.names
        counts = int((b & ~a).sum()), int((a & ~b).sum()), int((a & b).sum())
        return f"flip: {counts[0]:,} only in {other}, {counts[1]:,} only in {one}, {counts[2]:,} in both"

    @property
    def order(self) -> np.ndarray:
        """Numbers of those that flip in one alone, int."""
        return np.flatnonzero(np.logical_xor(*self.flipped))

    def words(self, number: int, class_names: tuple[str, ...]) -> str:
        """What both take an augmentation for."""
        named = [class_names[each] if each < len(class_names) else f"class {each}" for each in self.classes[:, number]]
        return ", ".join(f"{name}: {each}" for name, each in zip(self.names, named, strict=True))


def flips_of(comparing: Comparing, number: int) -> Flips:
    """What differs between A's measurement of this number and that of B next to it. Slow: for a background job."""
    files = comparing.a.collection, comparing.b.collection
    nothing = np.zeros((2, 0), np.int64), np.zeros((0, 0))
    headers = [each.augmentations for each in files]
    a, b = headers
    if a is None or b is None or a.kinds != b.kinds or not np.array_equal(a.pictures, b.pictures):
        return Flips(comparing.names, *nothing, "the other run has not the same changed samples.")
    beside = numbers_beside(comparing, number)
    if beside is None:
        return Flips(comparing.names, *nothing, "the other run has no measurement next to this one.")
    try:
        found = [_classes(*each) for each in zip(files, beside, strict=True)]
        measured = files[1].augmentation_records[beside[1]].stability
    except CollectionError as error:
        return Flips(comparing.names, *nothing, str(error))
    if found[0] is None or found[1] is None:
        return Flips(comparing.names, *nothing, "the outputs of the network were not kept.")
    partner = {name: name for name in a.layers} | dict(comparing.pair.partner)
    columns = {name: place for place, name in enumerate(b.layers)}
    stability = np.full((len(a.layers), len(a)), np.nan)
    for place, name in enumerate(a.layers):
        if partner[name] in columns:
            stability[place] = measured[columns[partner[name]]]
    return Flips(comparing.names, np.stack([found[0], found[1]]), stability)


def numbers_beside(comparing: Comparing, number: int) -> tuple[int, int] | None:
    """Numbers of the measurements of A and B, where that of the front has this number."""
    steps_a, steps_b = (each.collection.augmentation_records.steps for each in (comparing.a, comparing.b))
    if comparing.held is not None:
        held = np.searchsorted(steps_a, comparing.a.collection.passes.steps[comparing.held], side="right") - 1
        return (int(held), number) if held >= 0 else None
    aligned = comparing.pair.alignment.of(steps_a[number : number + 1], steps_b)
    return (number, int(np.searchsorted(steps_b, aligned.b[0]))) if len(aligned.b) else None


def _classes(collection: Collection, number: int) -> np.ndarray | None:
    """What the network takes each augmentation for, int ``[A]``; None where its outputs were not kept whole."""
    header = collection.augmentations
    assert header is not None
    last = list(header.layers.values())[-1]
    values = collection.augmentation_records[number].features(last.name)
    if values is None or len(last.kept) < last.features or values.shape[1] < 2:
        return None
    classes: np.ndarray = values.argmax(axis=1)
    return classes
