"""Collections that tell stories of samples: made up, written as a run writes them."""

from pathlib import Path

import numpy as np

from collector.findings.suspicion import Suspicion, suspicion
from collector.storage import CollectionWriter
from collector.storage.schema import (
    FORMAT,
    VERSION,
    EpochRecord,
    Header,
    Layer,
    PassRecord,
    Probe,
    Run,
    Stories,
    StoryRecord,
    StorySamplesRecord,
)

NAMES = ("ant", "bee", "cat", "dog")
LAYERS = ("conv1", "conv2", "fc1")
STEP = 10
"""Between measurements."""

N_PROBE = 4


class Told:
    """What a made-up network makes of `N` samples at `M` measurements, in arrays that tests compare with.

    Attributes:
        labels: int ``[N]``; those of ``planted`` are wrong.
        true: the classes that the network learns, int ``[N]``.
        predictions: int ``[M, N]``.
        confidences, label_probabilities, margins, losses: float32 ``[M, N]``.
        votes: int ``[M, L, N]``.
        pictures: uint8 ``[N, 1, 6, 6]``: a class has a row of its own.
    """

    def __init__(
        self, n_samples: int = 40, n_measurements: int = 6, n_classes: int = len(NAMES), seed: int = 0
    ) -> None:
        random = np.random.default_rng(seed)
        self.true = np.arange(n_samples) % n_classes
        self.planted = random.permutation(n_samples)[: n_samples // 20]
        self.labels = self.true.copy()
        self.labels[self.planted] = (self.true[self.planted] + 1) % n_classes
        ease = random.gamma(2.0, 0.6, n_samples)
        logits = random.normal(0, 0.7, (n_measurements, n_samples, n_classes))
        logits[:, np.arange(n_samples), self.true] += np.linspace(0, 6, n_measurements)[:, None] * ease
        probabilities = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
        of_label = self.labels[None, :, None]
        own = np.take_along_axis(logits, of_label, axis=2)[..., 0]
        others = logits.copy()
        np.put_along_axis(others, np.broadcast_to(of_label, (n_measurements, n_samples, 1)), -np.inf, axis=2)
        self.predictions = logits.argmax(axis=2)
        self.confidences = probabilities.max(axis=2).astype(np.float32)
        self.label_probabilities = np.take_along_axis(probabilities, of_label, axis=2)[..., 0].astype(np.float32)
        self.margins = (own - others.max(axis=2)).astype(np.float32)
        self.losses = -np.log(self.label_probabilities)
        strays = random.random((n_measurements, len(LAYERS), n_samples)) < np.array([0.5, 0.3, 0.1])[:, None]
        self.votes = np.where(strays, random.integers(0, n_classes, strays.shape), self.predictions[:, None])
        self.pictures = random.integers(0, 90, (n_samples, 1, 6, 6), np.uint8)
        self.pictures[np.arange(n_samples), 0, self.true % 6] += 140

    @property
    def n_samples(self) -> int:
        return len(self.labels)

    @property
    def steps(self) -> np.ndarray:
        return STEP * np.arange(len(self.predictions))

    @property
    def suspicion(self) -> Suspicion:
        """As the rule has it."""
        numbers = (self.predictions, self.confidences, self.label_probabilities, self.margins)
        found = suspicion(self.labels, *numbers, self.votes)
        assert found is not None
        return found

    def record(self, number: int) -> StoryRecord:
        return StoryRecord(
            int(self.steps[number]),
            number,
            predictions=self.predictions[number],
            confidences=self.confidences[number],
            label_probabilities=self.label_probabilities[number],
            margins=self.margins[number],
            losses=self.losses[number],
            votes=self.votes[number].astype(np.int16),
        )


def header_of(told: Told, names: tuple[str, ...] = NAMES) -> Header:
    inputs = told.pictures[:N_PROBE].astype(np.float32) / 255
    return Header(
        format=FORMAT,
        version=VERSION,
        run=Run(created="2026-05-01T12:00:00+00:00", interval=STEP, neuron_cap=0),
        layers=[Layer(name=name, kind="Linear", units=4, stage=name, kept=[0, 1, 2, 3]) for name in LAYERS],
        probe=Probe(inputs=inputs, labels=told.labels[:N_PROBE], class_names=list(names), mean=[0.0], std=[1.0]),
        stories=Stories(told.n_samples, list(LAYERS), 10, "cross entropy", "training"),
    )


def write_told(
    path: Path,
    told: Told,
    *,
    texts: tuple[str, ...] = (),
    has_pictures: bool = True,
    n_written: int | None = None,
    names: tuple[str, ...] = NAMES,
) -> Path:
    """A run with a pass and a measurement each ten steps; of the first ``n_written`` measurements, None: all."""
    writer = CollectionWriter(path, header_of(told, names))
    samples = StorySamplesRecord(0, labels=told.labels, numbers=np.arange(told.n_samples) * 3, texts=list(texts))
    samples.inputs = told.pictures if has_pictures else None
    writer.write(samples)
    for number, step in enumerate(told.steps.tolist()[:n_written]):
        writer.write(PassRecord(number=number, step=step, epoch=number))
        if number:
            writer.write(EpochRecord(epoch=number - 1, step=step))
        writer.write(told.record(number))
    if n_written is None:
        writer.close()
    return path
