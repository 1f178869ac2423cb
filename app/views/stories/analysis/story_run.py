"""The samples of a run whose stories are told, and what the network made of each of them, again and again.

`N` samples, `M` measurements, `L` layers, `K` classes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from app.analysis.axis import epochs_ended
from app.analysis.figures import figure
from app.analysis.same_samples import UNKNOWN, places_in_probe, seen_picture
from app.views.stories.analysis import data_map, depth, learning
from app.views.stories.analysis.confusion import confusion_matrix
from app.views.stories.analysis.neighbours import NEIGHBOURS, nearest_votes
from app.views.stories.analysis.suspicion import Suspicion, judged, suspicion

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.projections import ProjectionMeasurement

HOW_TO_RECORD = (
    "Record them with --story_samples 2000, or with stories=(inputs, labels) for Collector or KerasCollector."
)

MOST_CLASSES = 200
"""Of more classes no matrices are counted."""


@dataclass(frozen=True, eq=False)
class StoryRun:
    """What was recorded, as it is shown; None: that was not.

    Attributes:
        collection: whose samples they are.
        inputs: uint8 ``[N, C, H, W]``, float32 ``[N, D]``, or None.
        texts: of each, where it is a text.
        labels: class numbers, int ``[N]``.
        values: what outputs that are no classes are to be, float32 ``[N]`` or ``[N, D]``.
        numbers: where each stands in the user's data, int ``[N]``.
        of: what data they are from, in words; empty: not known.
        steps, epochs: of each measurement, int ``[M]``.
        predictions: class numbers, int32 ``[M, N]``, −1 where there is none.
        confidences, label_probabilities, margins, losses: float32 ``[M, N]``, NaN where there is none.
        votes: int16 ``[M, L, N]``, −1 where there is none.
        layers: that vote, in the order of the network.
        neighbours: how many vote.
        is_from_projection: whether the file has no stories, and these are the samples that can be laid out in a plane.
        in_probe: which sample of the probe each is, int ``[N]``; −1: none.
        class_names: names of the classes, as far as they have any.
    """

    collection: Collection
    inputs: np.ndarray | None
    texts: tuple[str, ...]
    labels: np.ndarray | None
    values: np.ndarray | None
    numbers: np.ndarray
    of: str
    steps: np.ndarray
    epochs: np.ndarray
    predictions: np.ndarray | None = None
    confidences: np.ndarray | None = None
    label_probabilities: np.ndarray | None = None
    margins: np.ndarray | None = None
    losses: np.ndarray | None = None
    votes: np.ndarray | None = None
    layers: tuple[str, ...] = ()
    neighbours: int = 0
    is_from_projection: bool = False
    in_probe: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    class_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def n_measurements(self) -> int:
        """How many there are, `M`."""
        return len(self.steps)

    @cached_property
    def right(self) -> np.ndarray | None:
        """Which predictions are the labels, bool ``[M, N]``."""
        if self.predictions is None or self.labels is None:
            return None
        return learning.is_right(self.predictions, self.labels)

    @cached_property
    def learnt(self) -> np.ndarray | None:
        """The first measurement at which each is right, int ``[N]``."""
        return None if self.right is None else learning.first_learnt(self.right)

    @cached_property
    def forgotten(self) -> np.ndarray | None:
        """Forgetting events, int ``[N]``."""
        return None if self.right is None else learning.times_forgotten(self.right)

    @cached_property
    def mean_confidence(self) -> np.ndarray | None:
        """Of each over the measurements, float ``[N]``."""
        return None if self.confidences is None else data_map.mean_of(self.confidences.astype(float))

    @cached_property
    def mean_loss(self) -> np.ndarray | None:
        """Of each over the measurements, float ``[N]``."""
        return None if self.losses is None else data_map.mean_of(self.losses.astype(float))

    @cached_property
    def data_map(self) -> data_map.DataMap | None:
        """Where each lies by confidence and variability."""
        if self.label_probabilities is None:
            return None
        return data_map.data_map(self.label_probabilities, self.right)

    @cached_property
    def suspicion(self) -> Suspicion | None:
        """Which look mislabelled."""
        numbers = (self.predictions, self.confidences, self.label_probabilities, self.margins)
        if self.labels is not None and all(each is not None for each in numbers):
            found = judged(self.labels, *numbers, self.votes)  # type: ignore[arg-type] # none of them is None
            if found is not None:
                return found
        recorded = {"margins": self.margins, "label_probabilities": self.label_probabilities}
        return suspicion(**recorded, losses=self.losses, right=self.right)

    @cached_property
    def suspicion_places(self) -> np.ndarray:
        """Where each stands among the most suspicious, int ``[N]`` from 0."""
        places = np.arange(len(self))
        if self.suspicion is not None:
            places[self.suspicion.order] = np.arange(len(self))
        return places

    @cached_property
    def depths(self) -> np.ndarray | None:
        """Prediction depth of each, int ``[M, N]``."""
        if self.votes is None or self.predictions is None or not self.layers:
            return None
        pairs = zip(self.votes, self.predictions, strict=True)
        known = [depth.prediction_depth(votes, predictions) for votes, predictions in pairs]
        is_measured = np.asarray((self.votes >= 0).any(axis=1))
        return np.where(is_measured, np.array(known).reshape(is_measured.shape), depth.UNKNOWN)

    @cached_property
    def classes(self) -> np.ndarray:
        """Every class that has a name, or is a label or a prediction anywhere, rising, int ``[K]``."""
        seen = [each.ravel() for each in (self.labels, self.predictions) if each is not None]
        found = np.unique(np.concatenate([*seen, np.arange(len(self.class_names))]))
        return np.asarray(found[found >= 0])

    @cached_property
    def matrices(self) -> np.ndarray | None:
        """Labels by predictions at each measurement, int ``[M, K, K]``."""
        if self.labels is None or self.predictions is None or not 1 < len(self.classes) <= MOST_CLASSES:
            return None
        counted = [confusion_matrix(self.labels, each, self.classes) for each in self.predictions]
        return np.array(counted).reshape(len(self.steps), len(self.classes), len(self.classes))

    def picture(self, sample: int) -> np.ndarray | None:
        """float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where the samples are no pictures."""
        if self.inputs is None or self.inputs.ndim != 4:
            return None
        return seen_picture(self.inputs[sample])

    def name_of(self, number: int) -> str:
        """A class in words."""
        return self.class_names[number] if 0 <= number < len(self.class_names) else f"class {number}"

    def label_text(self, sample: int) -> str:
        """What a sample is to be, in words; empty where that is not known."""
        if self.labels is not None:
            return self.name_of(int(self.labels[sample]))
        if self.values is None:
            return ""
        values = np.atleast_1d(self.values[sample])
        return ", ".join(figure(value, 3) for value in values[:3].tolist()) + ("…" if len(values) > 3 else "")

    def prediction_text(self, sample: int, number: int | None) -> str:
        """What a sample is taken for at a measurement; empty where that is not known."""
        if self.predictions is None or number is None or self.predictions[number, sample] < 0:
            return ""
        return self.name_of(int(self.predictions[number, sample]))

    def sample_of_probe(self, sample: int) -> int | None:
        """Which one is this sample of the probe; None: none."""
        found = np.flatnonzero(self.in_probe == sample)
        return int(found[0]) if len(found) else None


def story_run(
    collection: Collection, known: StoryRun | None = None, is_wanted: Callable[[], bool] = lambda: True
) -> StoryRun | None:
    """Read what is new of a run; where it has no stories, what its projection tells. None where there is neither.

    Raises:
        CollectionError: the samples cannot be read.
    """
    known = known if known is not None and known.collection is collection else None
    stories = collection.stories
    if stories.n_samples and (stories.has_samples or len(stories)):
        return _of_stories(collection, known if known is not None and not known.is_from_projection else None)
    if collection.projection is not None and collection.projections.has_samples:
        return _of_projection(collection, known if known is not None and known.is_from_projection else None, is_wanted)
    return None


def _of_stories(collection: Collection, known: StoryRun | None) -> StoryRun:
    stories = collection.stories
    header = stories.header
    assert header is not None
    steps = stories.steps
    scanned = {name: stories.scan(name) for name in ("predictions", *_NUMBERS)}
    votes = stories.scan("votes") if stories.layers else None
    recorded = {name: values if _is_known(values) else None for name, values in scanned.items()}
    changes: dict[str, Any] = {
        **recorded,
        "votes": votes if votes is not None and _is_known(votes) else None,
        "steps": steps,
        "epochs": np.array([epochs_ended(collection, int(step)) for step in steps], int),
    }
    if known is not None:
        return replace(known, **changes)
    samples, n_samples = stories.samples, stories.n_samples
    inputs = None if samples is None else samples.inputs
    return StoryRun(
        collection=collection,
        inputs=inputs,
        texts=() if samples is None else samples.texts,
        labels=None if samples is None else samples.labels,
        values=None if samples is None else samples.values,
        numbers=np.arange(n_samples) if samples is None else samples.numbers,
        of=header.of,
        layers=stories.layers,
        neighbours=header.neighbours,
        in_probe=_in_probe(collection, inputs, n_samples),
        class_names=() if collection.probe is None else collection.probe.class_names,
        **changes,
    )


_NUMBERS = ("confidences", "label_probabilities", "margins", "losses")


def _is_known(values: np.ndarray) -> bool:
    return bool(values.size) and bool((np.isfinite(values) if values.dtype.kind == "f" else values >= 0).any())


def _of_projection(collection: Collection, known: StoryRun | None, is_wanted: Callable[[], bool]) -> StoryRun | None:
    """Predictions as they are recorded, and votes from the features; probabilities and margins are not there."""
    from collector.storage import CollectionError

    header = collection.projection
    assert header is not None
    steps = collection.projections.steps
    if known is None:
        samples = collection.projection_samples
        if samples is None:
            return None
        known = StoryRun(
            collection=collection,
            inputs=samples.pictures,
            texts=(),
            labels=samples.labels,
            values=None,
            numbers=np.arange(len(samples)),
            of="held-out",
            steps=np.zeros(0, int),
            epochs=np.zeros(0, int),
            layers=tuple(header.layers) if samples.labels is not None else (),
            neighbours=min(NEIGHBOURS, len(samples) - 1),
            is_from_projection=True,
            in_probe=places_in_probe(collection.probe, samples.pictures),
            class_names=() if collection.probe is None else collection.probe.class_names,
        )
    are_classes = collection.probe is None or collection.task.kind == "classes"
    predictions = np.full((len(steps), len(known)), UNKNOWN, np.int32)
    votes = np.full((len(steps), len(known.layers), len(known)), UNKNOWN, np.int16)
    epochs = np.full(len(steps), UNKNOWN)
    n_known = known.n_measurements
    epochs[:n_known] = known.epochs
    if known.predictions is not None:
        predictions[:n_known] = known.predictions
    if known.votes is not None:
        votes[:n_known] = known.votes
    for number in range(n_known, len(steps)):
        if not is_wanted():
            return None
        try:
            record = collection.projections[number]
            epochs[number] = record.epoch
            if record.predictions is not None and are_classes:
                predictions[number] = record.predictions
                votes[number] = _votes(known, record)
        except CollectionError as error:
            collection.damaged.append(str(error))
    return replace(
        known,
        steps=steps,
        epochs=epochs,
        predictions=predictions if _is_known(predictions) else None,
        votes=votes if _is_known(votes) else None,
    )


def _votes(run: StoryRun, record: ProjectionMeasurement) -> np.ndarray:
    votes = np.full((len(run.layers), len(run)), UNKNOWN, np.int16)
    for place, layer in enumerate(run.layers):
        features = record.features(layer)
        if features is not None and run.labels is not None:
            votes[place] = nearest_votes(features, run.labels, run.neighbours)
    return votes


def _in_probe(collection: Collection, inputs: np.ndarray | None, n_samples: int) -> np.ndarray:
    if inputs is None:
        return np.full(n_samples, UNKNOWN)
    return places_in_probe(collection.probe, inputs)
