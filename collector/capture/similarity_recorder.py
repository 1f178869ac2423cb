"""When the similarity of layers, and what the network makes of an augmented sample, are recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collector.capture.compared_layers import ComparedLayers, Outputs
from collector.capture.run_log import RunLog
from collector.capture.similarity import measure_augmented, measure_similarity
from collector.storage import schema


def check_comparing(interval: object, features: object) -> None:
    """Whether layers can be compared in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(interval, int) or interval < 0:
        raise ValueError(f"similarity_interval is {interval!r}; it must be a whole number, 0 (epochs only) or more")
    if not isinstance(features, int) or features < 1:
        raise ValueError(f"similarity_features is {features!r}; it must be a whole number, 1 or more")


@dataclass(frozen=True)
class AugmentedSample:
    """One sample, changed in many ways.

    Attributes:
        inputs: the changed samples ``[A, …]``, ready for the model; the first is the sample as it is.
        pictures: uint8 ``[A, C, H, W]``, to be looked at.
        kinds: how each was changed, as ``rotation``; the first is ``none``.
        strengths: float ``[A]``, how far, in −1…1 of the largest change of its kind.
        largest: kind → its largest change in words.
        label: class number of the sample.
        seed: what the changes were drawn from.
        every_epoch: measure it when an epoch begins too, and not at the end only.
    """

    inputs: Any
    pictures: np.ndarray
    kinds: Sequence[str]
    strengths: np.ndarray
    largest: dict[str, str]
    label: int | None = None
    seed: int | None = None
    every_epoch: bool = False

    def to_schema(self, comparison: ComparedLayers) -> schema.Augmentations:
        """The sample as the header describes it."""
        return schema.Augmentations(
            pictures=np.asarray(self.pictures),  # type: ignore[arg-type]
            kinds=list(self.kinds),
            strengths=np.asarray(self.strengths, np.float64),  # type: ignore[arg-type]
            largest=dict(self.largest),
            label=self.label,
            seed=self.seed,
            layers=[layer.to_schema() for layer in comparison.layers],
        )


@dataclass(frozen=True)
class ComparedSamples:
    """Samples, what is compared on them, and how the network is run on them."""

    comparison: ComparedLayers
    outputs: Outputs
    n_samples: int


class SimilarityRecorder:
    """Records how alike the layers are, and what they make of the augmented sample, whatever the framework.

    Make it before the `RunLog`, whose header needs `similarity` and `augmentations`; then call `start`, `after_step`
    after each step that the log has counted, `end_epoch` after the log's, and `end` before the last pass.

    Args:
        samples: what similarity is measured on; None: it is not.
        labels: class numbers ``[N]`` of these samples.
        interval: steps between measurements, besides those at each epoch's beginning and at the end; 0: no more.
        augmented: what the augmented sample is measured on; None: it is not.
        sample: the augmented sample itself.
    """

    def __init__(
        self,
        samples: ComparedSamples | None,
        labels: np.ndarray | None = None,
        interval: int = 0,
        augmented: ComparedSamples | None = None,
        sample: AugmentedSample | None = None,
    ) -> None:
        self._samples, self._augmented = samples, augmented
        self._interval = interval
        self._every_epoch = sample is not None and sample.every_epoch
        self._log: RunLog | None = None
        self._last_measured = self._last_augmented = -1
        self._seen = 0
        self.similarity: schema.Similarity | None = None
        self.augmentations: schema.Augmentations | None = None
        if samples is not None:
            self.similarity = schema.Similarity(
                layers=[layer.to_schema() for layer in samples.comparison.layers],
                samples=samples.n_samples,
                labels=labels,  # type: ignore[arg-type]
                interval=interval,
            )
        if augmented is not None and sample is not None:
            self.augmentations = sample.to_schema(augmented.comparison)

    def start(self, log: RunLog) -> None:
        """The state before the first step, or the one that a resumed run goes on from."""
        self._log, self._seen = log, log.steps_taken
        for measured in (self._samples, self._augmented):
            for note in () if measured is None else measured.comparison.notes:
                log.note(note)
        self._measure()
        if self._every_epoch:
            self._augment()

    def after_step(self) -> None:
        """A step was taken, or several at once."""
        if not self._interval or self._log is None:
            return
        before, self._seen = self._seen, self._log.steps_taken
        if self._seen // self._interval > before // self._interval:
            self._measure()

    def end_epoch(self) -> None:
        """An epoch ended, and so another one may begin."""
        self._measure()
        if self._every_epoch:
            self._augment()

    def end(self) -> None:
        """The run ends; what was measured at this step already is not measured again."""
        log = self._log
        if log is None:
            return
        if self._last_measured != log.steps_taken:
            self._measure()
        if self._last_augmented != log.steps_taken:
            self._augment()

    def _measure(self) -> None:
        log, samples = self._log, self._samples
        if log is None or samples is None or not log.is_open or not log.affords("comparisons"):
            return
        with log.guard("comparing layers"), log.overhead.of("comparisons"):
            step, epoch = log.steps_taken, log.epoch
            log.add(measure_similarity(samples.comparison, samples.outputs, samples.n_samples, step, epoch))
            self._last_measured = step

    def _augment(self) -> None:
        log, augmented = self._log, self._augmented
        if log is None or augmented is None or not log.is_open or not log.affords("comparisons"):
            return
        with log.guard("running the model on the augmented sample"), log.overhead.of("comparisons"):
            step, epoch = log.steps_taken, log.epoch
            log.add(measure_augmented(augmented.comparison, augmented.outputs, augmented.n_samples, step, epoch))
            self._last_augmented = step
