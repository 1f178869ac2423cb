"""Collections of layers whose likeness is known: made up of samples, written as a run writes them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from collector.metrics.cka import debiased_cka, null_band, u_centred
from collector.metrics.correlations import clipped_means, plain_means, stability
from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix, standardised
from collector.storage import CollectionWriter
from collector.storage.schema import (
    FORMAT,
    VERSION,
    AugmentationRecord,
    Augmentations,
    ComparedLayer,
    EpochRecord,
    Header,
    Layer,
    PassRecord,
    Probe,
    Run,
    Similarity,
    SimilarityRecord,
)

NAMES = ("ant", "bee", "cat", "dog", "elk")
KINDS = ("rotation", "translation", "scale", "shear", "brightness", "contrast", "blur", "noise")
LARGEST = {"rotation": "30 degrees", "translation": "a quarter of the picture", "brightness": "half"}


def features_of(layer: int, n_layers: int, epoch: int, labels: np.ndarray, n_features: int) -> np.ndarray:
    """Outputs of a made-up layer, float32 ``[N, D]``: the deeper and the later, the more of the classes is in them.

    Neighbouring layers share what is not of the classes. The last feature is the same for every sample.
    """
    noise = np.random.default_rng(7).normal(size=(len(labels), n_layers + 8))
    own = np.random.default_rng(layer)
    classes = np.eye(labels.max() + 1)[labels] @ own.normal(size=(labels.max() + 1, n_features))
    shared = noise[:, layer : layer + 8] @ own.normal(size=(8, n_features))
    share = 0.6 * (layer / max(n_layers - 1, 1)) * (1 - 0.6**epoch)
    values = share * classes * 2 + (1 - share) * shared + 0.3 * own.normal(size=classes.shape)
    values[:, -1] = 1.5
    return values.astype(np.float32)


def measured(step: int, epoch: int, names: Sequence[str], features: Sequence[np.ndarray]) -> SimilarityRecord:
    """What a run would write of these outputs."""
    grams, counts = zip(*(gram_matrix(each) for each in features), strict=True)
    centred = u_centred(np.stack(grams))
    scaled = [standardised(each) for each in features]
    pairs = np.triu_indices(len(names))
    return SimilarityRecord(
        step=step,
        epoch=epoch,
        correlation_clipped=clipped_means(scaled)[pairs],
        correlation=plain_means(scaled)[pairs],
        cka=debiased_cka(centred)[pairs],
        cka_null=null_band(centred)[pairs],
        effective_rank=effective_ranks(np.stack(grams)),
        constant=np.array(counts),
        features=dict(zip(names, features, strict=True)),
    )


def header_of(
    names: Sequence[str], labels: np.ndarray, n_features: int, augmentations: Augmentations | None = None
) -> Header:
    """The first line of a run whose layers are compared."""
    layers = [Layer(name=name, kind="Linear", units=4, stage=name, kept=list(range(4))) for name in names]
    return Header(
        format=FORMAT,
        version=VERSION,
        run=Run(created="2026-05-01T12:00:00+00:00", interval=5, neuron_cap=0),
        layers=layers,
        probe=Probe(inputs=np.zeros((2, 4), np.float32), labels=[0, 1], class_names=list(NAMES)),
        similarity=Similarity(layers=compared(names, n_features), samples=len(labels), labels=labels, shuffles=20),
        augmentations=augmentations,
    )


def compared(names: Sequence[str], n_features: int) -> list[ComparedLayer]:
    """Of each layer every second feature is kept."""
    kept = np.arange(0, 2 * n_features, 2)
    return [ComparedLayer(name=name, features=2 * n_features, correlated=2 * n_features, kept=kept) for name in names]


def augmented(names: Sequence[str], n_features: int, n_each: int) -> tuple[Augmentations, AugmentationRecord]:
    """One sample changed in ways that each layer feels less than the one before."""
    random = np.random.default_rng(3)
    kinds = ["none", *(kind for kind in KINDS for _ in range(n_each))]
    strengths = np.concatenate([[0.0], random.uniform(-1, 1, len(kinds) - 1)])
    picture = np.zeros((16, 16))
    picture[3:13, 6:10] = 1
    pictures = np.stack([np.roll(picture, round(5 * strength), 1) for strength in strengths])
    pictures = (pictures * (0.6 + 0.4 * strengths[:, None, None] ** 2) * 255).astype(np.uint8)[:, None]
    features = []
    for layer in range(len(names)):
        base = random.normal(size=n_features)
        directions = {kind: random.normal(size=n_features) for kind in dict.fromkeys(kinds)}
        felt = 1.2 * (1 - layer / len(names))
        features.append(
            np.stack(
                [base + felt * strength * directions[kind] for kind, strength in zip(kinds, strengths, strict=True)]
            )
        )
    header = Augmentations(
        pictures=pictures,
        kinds=kinds,
        strengths=strengths,
        largest=LARGEST,
        label=1,
        seed=3,
        layers=compared(names, n_features),
    )
    record = AugmentationRecord(
        step=0,
        epoch=0,
        stability=np.stack([stability(each) for each in features]),
        features={name: each.astype(np.float32) for name, each in zip(names, features, strict=True)},
    )
    return header, record


def write_run(
    path: Path,
    names: Sequence[str] = ("fc1", "bn1", "fc2", "softmax"),
    *,
    epochs: int = 3,
    per_epoch: int = 10,
    n_samples: int = 40,
    n_features: int = 12,
    n_each: int = 3,
    first: int = 0,
    is_one_epoch: bool = False,
) -> Path:
    """A run with a pass each five steps, compared from epoch ``first`` on, and augmented at its end.

    Of a run of ``is_one_epoch`` it is the same without an epoch having ended.
    """
    labels = np.random.default_rng(1).integers(0, len(NAMES), n_samples)
    header, record = augmented(names, n_features, n_each)
    with CollectionWriter(path, header_of(names, labels, n_features, header)) as writer:
        for number, step in enumerate(range(0, epochs * per_epoch + 1, 5)):
            writer.write(PassRecord(number=number, step=step, epoch=step // per_epoch))
            epoch, rest = divmod(step, per_epoch)
            if rest == 0 and epoch and not is_one_epoch:
                writer.write(EpochRecord(epoch=epoch - 1, step=step))
            if rest == 0 and epoch >= first:
                writer.write(similarity_at(names, step, 0 if is_one_epoch else epoch, labels, n_features))
        record.step, record.epoch = epochs * per_epoch, epochs
        writer.write(record)
    return path


def similarity_at(names: Sequence[str], step: int, epoch: int, labels: np.ndarray, n_features: int) -> SimilarityRecord:
    """What the run writes at the end of an epoch."""
    outputs = [features_of(each, len(names), epoch, labels, n_features) for each in range(len(names))]
    return measured(step, epoch, names, outputs)
