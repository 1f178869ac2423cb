"""Collections with stories of samples: made up, written as a run writes them, of which it is known what is in them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

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

NAMES = ("ant", "bee", "cat")
LAYERS = ("conv1", "fc1", "fc2")
WORDS = ("good", "bad", "a film", "no plot", "at all")


@dataclass(frozen=True)
class MadeUp:
    """What is in the file.

    Attributes:
        labels: as they were trained on, int ``[N]``.
        true: of what class each sample is, int ``[N]``.
        is_planted: bool ``[N]``: the label is another class than the true one; each 20th sample.
        learnt_at: number of the measurement from which the true class is said, int ``[N]``.
        forgotten_at: number of the measurement at which it is not said, once, after that; −1: never; int ``[N]``.
        depth: by the votes of this layer and those behind it the true class is found, int ``[N]``.
        predictions, margins, probabilities, confidences, losses: ``[M, N]``.
        votes: int ``[M, L, N]``.
        steps, epochs: int ``[M]``.
    """

    labels: np.ndarray
    true: np.ndarray
    is_planted: np.ndarray
    learnt_at: np.ndarray
    forgotten_at: np.ndarray
    depth: np.ndarray
    predictions: np.ndarray
    margins: np.ndarray
    probabilities: np.ndarray
    confidences: np.ndarray
    losses: np.ndarray
    votes: np.ndarray
    steps: np.ndarray
    epochs: np.ndarray


def made_up(n_samples: int = 120, n_measurements: int = 6, *, every: int = 10, n_classes: int = 3) -> MadeUp:
    """Samples that are learnt one after the other; each 20th has a wrong label, each 7th is forgotten once."""
    random = np.random.default_rng(0)
    each = np.arange(n_samples)
    true = random.integers(0, n_classes, n_samples)
    is_planted = each % 20 == 11
    labels = np.where(is_planted, (true + 1) % n_classes, true)
    learnt_at = random.integers(0, max(1, n_measurements - 2), n_samples)
    can_be = (each % 7 == 3) & (learnt_at + 1 < n_measurements)
    forgotten_at = np.where(can_be, learnt_at + 1, -1)
    depth = random.integers(0, len(LAYERS), n_samples)
    numbers = np.arange(n_measurements)[:, None]
    is_right = (numbers >= learnt_at) & (numbers != forgotten_at)
    predictions = np.where(is_right, true, (true + 2) % n_classes)
    lead = (0.5 + 0.5 * numbers + random.random((n_measurements, n_samples))).astype(np.float32)
    logits = random.normal(0, 0.1, (n_measurements, n_samples, n_classes)).astype(np.float32)
    np.put_along_axis(logits, predictions[..., None], lead[..., None] + logits.max(-1, keepdims=True), -1)
    softmax = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    of_label = np.broadcast_to(labels[None, :, None], (n_measurements, n_samples, 1))
    others = logits.copy()
    np.put_along_axis(others, of_label, -np.inf, -1)
    probabilities = np.take_along_axis(softmax, of_label, -1)[..., 0]
    votes = np.where(
        np.arange(len(LAYERS))[:, None] >= depth, predictions[:, None, :], (predictions[:, None, :] + 1) % n_classes
    )
    return MadeUp(
        labels=labels,
        true=true,
        is_planted=is_planted,
        learnt_at=learnt_at,
        forgotten_at=forgotten_at,
        depth=depth,
        predictions=predictions,
        margins=np.take_along_axis(logits, of_label, -1)[..., 0] - others.max(-1),
        probabilities=probabilities,
        confidences=softmax.max(-1),
        losses=-np.log(probabilities),
        votes=votes,
        steps=every * numbers[:, 0],
        epochs=numbers[:, 0],
    )


def pictures_of(true: np.ndarray) -> np.ndarray:
    """uint8 ``[N, 1, 8, 8]``: a class has a row of its own."""
    pictures = np.random.default_rng(0).integers(0, 90, (len(true), 1, 8, 8), np.uint8)
    pictures[np.arange(len(true)), 0, true % 8] += 140
    return pictures


def texts_of(n_samples: int) -> list[str]:
    """Short texts."""
    return [f"{WORDS[each % len(WORDS)]} ({each})" for each in range(n_samples)]


def write_stories(
    path: Path,
    n_samples: int = 120,
    n_measurements: int = 6,
    *,
    kind: str = "pictures",
    every: int = 10,
    is_finished: bool = True,
    with_votes: bool = True,
) -> Path:
    """A run of one pass and one measurement each ``every`` steps, each of which is an epoch; see `made_up`.

    Args:
        kind: ``pictures``, ``text`` (which has ``texts`` and no inputs) or ``values`` (of a regression: only losses).
    """
    told = made_up(n_samples, n_measurements, every=every)
    are_classes = kind != "values"
    layers = list(LAYERS) if with_votes and are_classes else []
    inputs = (pictures_of(told.true)[:4] / 255).astype(np.float32)
    header = Header(
        format=FORMAT,
        version=VERSION,
        run=Run(created="2026-05-01T12:00:00+00:00", interval=every, neuron_cap=0),
        layers=[Layer(name=name, kind="Linear", units=4, stage=name, kept=[0, 1, 2, 3]) for name in LAYERS],
        probe=Probe(inputs=inputs, labels=told.true[:4], class_names=list(NAMES) if are_classes else []),
        stories=Stories(
            n_samples,
            layers,
            neighbours=30 if layers else 0,
            loss="cross-entropy of the label" if are_classes else "mean squared error",
            of="training",
        ),
    )
    writer = CollectionWriter(path, header)
    labels = told.labels if are_classes else np.linspace(0, 1, n_samples, dtype=np.float32)
    shown = np.random.default_rng(1).random((n_samples, 5), np.float32) if kind == "values" else None
    writer.write(
        StorySamplesRecord(
            0,
            pictures_of(told.true) if kind == "pictures" else shown,
            texts_of(n_samples) if kind == "text" else [],
            labels,
            5 * np.arange(n_samples),
        )
    )
    for number, step in enumerate(told.steps.tolist()):
        writer.write(PassRecord(number=number, step=step, epoch=number))
        if number:
            writer.write(EpochRecord(epoch=number - 1, step=step))
        writer.write(story_record(told, number, are_classes=are_classes, with_votes=bool(layers)))
    if is_finished:
        writer.close()
    return path


def story_record(told: MadeUp, number: int, *, are_classes: bool = True, with_votes: bool = True) -> StoryRecord:
    """One measurement as a run writes it."""
    record = StoryRecord(int(told.steps[number]), number)
    record.losses = told.losses[number].astype(np.float32)
    if are_classes:
        record.predictions = told.predictions[number].astype(np.int16)
        record.confidences = told.confidences[number].astype(np.float32)
        record.label_probabilities = told.probabilities[number].astype(np.float32)
        record.margins = told.margins[number].astype(np.float32)
    if with_votes:
        record.votes = told.votes[number].astype(np.int8)
    return record
