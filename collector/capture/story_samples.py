"""Samples whose stories are told: what is recorded of each of them, again and again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collector.capture.compared_layers import OUTPUT, ComparedLayers, LayerFeatures, Outputs
from collector.capture.projected_samples import plan_features
from collector.capture.story_task import FIELDS, StoryTask
from collector.metrics.neighbour_votes import neighbour_votes
from collector.storage import schema

NEIGHBOURS = 30
"""So many vote, as in Baldock et al. 2021."""

LAST_CLASS = int(np.iinfo(np.int16).max)
"""Of more classes no votes are recorded."""

MOST_VALUES = 64
"""Of targets of more values none are in the file."""

ReduceOutput = Callable[[np.ndarray, int], np.ndarray]
"""Given the output ``[n, …]`` for the samples from a number on, gives what is kept of it, ``[n, D]``."""


@dataclass(frozen=True)
class StoryOptions:
    """What a user says of the samples.

    Attributes:
        interval: steps between measurements; 0: when an epoch begins, and at the end.
        numbers: where each stands in the user's data, int ``[N]``; None: they are its first.
        of: ``training``, ``held-out``, or empty where that is not known.

    Raises:
        ValueError: what is wrong, in words.
    """

    interval: int = 0
    numbers: Any = None
    of: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.interval, int) or self.interval < 0:
            raise ValueError(f"story_interval is {self.interval!r}; it must be a whole number, 0 (epochs only) or more")
        if self.of not in ("", "training", "held-out"):
            raise ValueError(f"story_of is {self.of!r}; it must be 'training', 'held-out' or '' (not known)")
        if self.numbers is not None and np.asarray(self.numbers).dtype.kind not in "iu":
            raise ValueError(f"story_numbers is of type {type(self.numbers).__name__}; give a whole number each sample")

    def numbers_of(self, n_samples: int) -> np.ndarray | None:
        """One for each of so many samples.

        Raises:
            ValueError: there are more or fewer.
        """
        if self.numbers is None:
            return None
        numbers = np.asarray(self.numbers)
        if numbers.shape != (n_samples,):
            raise ValueError(f"story_numbers has shape {numbers.shape}, but stories has {n_samples} samples")
        return numbers.astype(np.int64)


@dataclass(frozen=True)
class StorySamples:
    """The samples, and how the network is run on them.

    Attributes:
        plan: the layers by whose features neighbours vote; none where they do not.
        outputs: runs the network on them; `compared_layers.OUTPUT` gives the rows of `StoryTask.numbers`.
        task: what the outputs are to be.
        looks: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures; None: not in the file.
        texts: of each, where it is a text.
        options: what the user says of them.
        numbers: where each stands in the user's data.
    """

    plan: ComparedLayers
    outputs: Outputs
    task: StoryTask
    n_samples: int
    looks: np.ndarray | None
    texts: list[str]
    options: StoryOptions
    numbers: np.ndarray | None

    kind = "story_samples"
    what = "stories of samples"
    costs = "stories"

    @property
    def notes(self) -> Sequence[str]:
        """Sentences for the file."""
        return self.plan.notes

    def to_schema(self) -> schema.Stories:
        """The samples as the header describes them."""
        return schema.Stories(
            samples=self.n_samples,
            layers=[layer.name for layer in self.plan.layers],
            neighbours=NEIGHBOURS if self.plan.layers else 0,
            loss=self.task.loss,
            of=self.options.of,
            interval=self.options.interval,
        )

    def samples_at(self, step: int) -> schema.StorySamplesRecord:
        """The samples themselves."""
        wanted: Any = None if self.task.kind == "tokens" else self.task.wanted
        if wanted is not None and not self.task.has_classes:
            flat = wanted.reshape(self.n_samples, -1)
            kept = flat[:, 0] if flat.shape[1] == 1 else flat
            wanted = kept.astype(np.float32) if flat.shape[1] <= MOST_VALUES else None
        numbers: Any = self.numbers
        looks: Any = self.looks
        return schema.StorySamplesRecord(step, looks, self.texts, wanted, numbers)

    def record_at(self, step: int, epoch: int) -> schema.StoryRecord:
        """What the network makes of them now. A layer that was not called has no votes."""
        record = schema.StoryRecord(step, epoch)
        votes: Any = np.full((len(self.plan.layers), self.n_samples), -1, np.int64)
        rows = {layer.name: row for layer, row in zip(self.plan.layers, votes, strict=True)}
        groups: tuple[tuple[LayerFeatures, ...], ...] = self.plan.groups or ((),)
        for number, group in enumerate(groups):
            wanted: dict[str, np.ndarray | None] = {layer.source: layer.taken for layer in group}
            found = self.outputs(wanted if number else {**wanted, OUTPUT: None})
            if (numbers := found.pop(OUTPUT, None)) is not None:
                self._put(numbers, record)
            for layer in group:
                features = found.pop(layer.source, None)
                if features is not None and features.shape == (self.n_samples, layer.n_taken):
                    assert self.task.wanted is not None
                    rows[layer.name][:] = neighbour_votes(features, self.task.wanted, NEIGHBOURS)
        if len(votes):
            record.votes = votes.astype(np.int8 if votes.max() <= np.iinfo(np.int8).max else np.int16)
        return record

    def _put(self, numbers: np.ndarray, record: schema.StoryRecord) -> None:
        for field, column in zip(FIELDS, numbers.T, strict=True):
            if field in self.task.fields:
                classes = column.max(initial=0)
                kind = np.float32 if field != "predictions" else np.int16 if classes <= LAST_CLASS else np.int32
                setattr(record, field, np.ascontiguousarray(column, kind))


def plan_votes(widths: Mapping[str, int], task: StoryTask, n_samples: int) -> ComparedLayers:
    """By which layers the neighbours vote: at most 24 of them and 256 features of each, spread evenly.

    Args:
        widths: layer → values of its output for one sample, in order of execution.
        task: of other outputs than classes there are no votes.
    """
    labels = task.wanted if task.has_classes else None
    votes = labels is not None and 0 <= labels.max() <= LAST_CLASS
    return plan_features(widths if votes else {}, n_samples, "can vote")
