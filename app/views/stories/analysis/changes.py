"""Which changes of one sample flip it, and in which layer. `A` changes, `L` layers, `N` samples of the projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.axis import last_at
from app.views.stories.analysis.neighbours import NEIGHBOURS, nearest_votes

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.augmented import AugmentedMeasurement
    from collector.storage.compared import Augmentations

UNKNOWN = -1
NOT_RECORDED = "No changes of a sample were recorded.\nRecord them with --augmentations end, or epochs."


@dataclass(frozen=True, eq=False)
class Changes:
    """What the network makes of one sample, changed in many ways, at one measurement.

    Attributes:
        header: the changes and their pictures.
        step, epoch: of the measurement.
        classes: what the network takes each for, int ``[A]``.
        layers: names of the measured layers.
        stability: correlation of each layer's output with that for the unchanged sample, float ``[L, A]``.
        votes: what the nearest held-out samples say by each layer, int ``[L, A]``; `UNKNOWN` where none could be asked.
        votes_about: how the votes came about, or why there are none.
    """

    header: Augmentations
    step: int
    epoch: int
    classes: np.ndarray
    layers: tuple[str, ...]
    stability: np.ndarray
    votes: np.ndarray
    votes_about: str

    @property
    def flipped(self) -> np.ndarray:
        """Which are taken for another class than the unchanged sample, bool ``[A]``."""
        return np.asarray(self.classes != self.classes[0])

    @property
    def order(self) -> np.ndarray:
        """The unchanged one, then those that flip, the weakest change first, then the others, int ``[A]``."""
        strengths = np.abs(self.header.strengths)
        unchanged = np.arange(len(strengths)) == 0
        return np.lexsort((strengths, ~self.flipped, ~unchanged))

    @property
    def flipped_votes(self) -> np.ndarray:
        """Where a layer's vote is another one than for the unchanged sample, bool ``[L, A]``; only where both voted."""
        first = self.votes[:, :1]
        return np.asarray((self.votes != first) & (self.votes >= 0) & (first >= 0))

    def first_flipped(self, change: int) -> str:
        """The first layer whose vote a change flips; empty where none does."""
        found = np.flatnonzero(self.flipped_votes[:, change])
        return self.layers[int(found[0])] if len(found) else ""


def changes_at(collection: Collection, step: int) -> Changes | str:
    """What was measured last at or before a step, or why there is nothing, in words. Slow: for a background job."""
    from collector.storage import CollectionError

    header = collection.augmentations
    if header is None:
        return NOT_RECORDED
    records = collection.augmentation_records
    number = last_at(records.steps, step)
    if number is None:
        if not len(records):
            return "Nothing is measured yet."
        return f"The changes of the sample are measured at step {int(records.steps[0]):,} for the first time."
    try:
        record = records[number]
        classes = _classes(record, header)
        if classes is None:
            return "The outputs of the network for the changed sample were not kept."
        votes, about = _votes(collection, record, header)
        stability = np.asarray(record.stability, float)
        return Changes(header, record.step, record.epoch, classes, record.layers, stability, votes, about)
    except CollectionError as error:
        return str(error)


def _classes(record: AugmentedMeasurement, header: Augmentations) -> np.ndarray | None:
    values = record.logits
    if values is None and header.layers:
        last = list(header.layers.values())[-1]
        values = record.features(last.name) if len(last.kept) == last.features else None
    if values is None or values.shape[1] < 2:
        return None
    return np.asarray(values.argmax(axis=1))


def _votes(collection: Collection, record: AugmentedMeasurement, header: Augmentations) -> tuple[np.ndarray, str]:
    votes = np.full((len(record.layers), len(header)), UNKNOWN)
    projected = collection.projection
    samples = None if projected is None else collection.projection_samples
    if projected is None or samples is None or samples.labels is None:
        return votes, "No held-out samples vote: --projection_samples 2000 records some with the features of layers."
    number = last_at(collection.projections.steps, record.step)
    if number is None or int(collection.projections.steps[number]) != record.step:
        return votes, "No held-out samples vote: their features were not recorded at this step."
    measured = collection.projections[number]
    for place, name in enumerate(record.layers):
        own = record.features(name)
        features = measured.features(name) if name in projected.layers else None
        if own is None or features is None:
            continue
        kept, mine, theirs = np.intersect1d(header.layers[name].kept, projected.layers[name].kept, return_indices=True)
        if len(kept):
            votes[place] = nearest_votes(features[:, theirs], samples.labels, NEIGHBOURS, own[:, mine])
    n_asked = int((votes >= 0).any(axis=1).sum())
    return (
        votes,
        f"{NEIGHBOURS} nearest of {len(samples):,} held-out samples vote, by {n_asked} layer{'s' * (n_asked != 1)}",
    )
