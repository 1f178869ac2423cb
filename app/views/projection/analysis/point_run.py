"""The samples that can be laid out in a plane, and what the network took them for at each epoch.

`N` samples, `E` records.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.same_samples import UNKNOWN, places_in_probe, places_in_stories, seen_picture

if TYPE_CHECKING:
    from collector.storage import Collection

_FIRST_BYTES = 2**16


@dataclass(frozen=True, eq=False)
class PointRun:
    """What is shown of each point.

    Attributes:
        collection: whose samples they are.
        pictures: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures.
        labels: int ``[N]`` or None.
        steps, epochs: of each record, int ``[E]``.
        predictions: int ``[E, N]``, −1 where there is none.
        class_names: names of the classes, as far as they have any.
        in_probe: which sample of the probe each is, int ``[N]``; −1: none.
        in_stories: which sample of the stories each is, int ``[N]``; −1: none.
        key: tells its records from all others, see `run_key`.
    """

    collection: Collection
    pictures: np.ndarray
    labels: np.ndarray | None
    steps: np.ndarray
    epochs: np.ndarray
    predictions: np.ndarray
    class_names: tuple[str, ...]
    in_probe: np.ndarray
    in_stories: np.ndarray
    key: str = ""

    def __len__(self) -> int:
        return len(self.pictures)

    @cached_property
    def classes(self) -> np.ndarray:
        """Every class that has a name, or is a label or a prediction anywhere, rising, int ``[K]``."""
        labels = [] if self.labels is None else [self.labels]
        found = np.unique(np.concatenate([self.predictions.ravel(), *labels, np.arange(len(self.class_names))]))
        return np.asarray(found[found != UNKNOWN])

    def picture(self, sample: int) -> np.ndarray | None:
        """float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where the samples are no pictures."""
        if self.pictures.ndim != 4:
            return None
        return seen_picture(self.pictures[sample])

    def name_of(self, number: int) -> str:
        """A class in words."""
        return self.class_names[number] if 0 <= number < len(self.class_names) else f"class {number}"

    def predicted(self, number: int | None) -> np.ndarray | None:
        """Predictions of one record, int ``[N]``; None where there are none."""
        if number is None or (self.predictions[number] == UNKNOWN).all():
            return None
        return np.asarray(self.predictions[number])


def point_run(collection: Collection, known: PointRun | None = None) -> PointRun | None:
    """Read the samples and predictions; of a run that has grown only what is new. None where there are no samples.

    Raises:
        CollectionError: the samples cannot be read.
    """
    from collector.storage import CollectionError

    if known is not None and known.collection is collection:
        pictures, labels, in_probe, in_stories = known.pictures, known.labels, known.in_probe, known.in_stories
    else:
        samples = collection.projection_samples
        if samples is None:
            return None
        known = None
        pictures, labels = samples.pictures, samples.labels
        in_probe, in_stories = places_in_probe(collection.probe, pictures), places_in_stories(collection, pictures)
    steps = collection.projections.steps
    epochs = np.full(len(steps), UNKNOWN)
    predictions = np.full((len(steps), len(pictures)), UNKNOWN)
    n_known = 0 if known is None else len(known.steps)
    are_classes = collection.probe is None or collection.task.kind == "classes"
    if known is not None:
        epochs[:n_known], predictions[:n_known] = known.epochs, known.predictions
    for number in range(n_known, len(steps)):
        try:
            record = collection.projections[number]
        except CollectionError as error:
            collection.damaged.append(str(error))
            continue
        epochs[number] = record.epoch
        if record.predictions is not None and are_classes:
            predictions[number] = record.predictions
    names = () if collection.probe is None else collection.probe.class_names
    key = run_key(collection)
    return PointRun(collection, pictures, labels, steps, epochs, predictions, names, in_probe, in_stories, key)


def run_key(collection: Collection) -> str:
    """Tells the samples and records of a run from those of all others, and from its own before it has grown."""
    first = hashlib.sha256(collection.beginning(_FIRST_BYTES)).hexdigest()
    entries = tuple(map(tuple, collection.projections.entries))
    return hashlib.sha256(json.dumps((first, entries)).encode()).hexdigest()
