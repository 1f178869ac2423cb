"""Collections whose samples can be laid out in a plane: made up, written as a run writes them."""

from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter
from collector.storage.schema import (
    FORMAT,
    VERSION,
    ComparedLayer,
    EpochRecord,
    Header,
    Layer,
    PassRecord,
    Probe,
    Projection,
    ProjectionRecord,
    ProjectionSamplesRecord,
    Run,
)

NAMES = ("ant", "bee", "cat")
MEAN, STD = 0.5, 0.25
WIDTH = 12


def labels_of(n_samples: int) -> np.ndarray:
    return np.arange(n_samples) % len(NAMES)


def pictures_of(n_samples: int) -> np.ndarray:
    """uint8 ``[N, 1, 5, 5]``: a class has a row of its own."""
    pictures = np.random.default_rng(0).integers(0, 90, (n_samples, 1, 5, 5), np.uint8)
    pictures[np.arange(n_samples), 0, labels_of(n_samples)] += 140
    return pictures


def features_of(layer: str, epoch: int, n_samples: int) -> np.ndarray:
    """float16 ``[N, 12]``: ``frozen`` stays, of the others the classes move apart; ``broken`` has a NaN at epoch 0."""
    noise = np.random.default_rng(5).normal(size=(n_samples, WIDTH))
    centres = np.random.default_rng(6).normal(size=(len(NAMES), WIDTH))
    apart = 4.0 if layer == "frozen" else 1.0 + 2.0 * epoch
    features = (noise + apart * centres[labels_of(n_samples)]).astype(np.float16)
    if layer == "broken" and epoch == 0:
        features[1, 2] = np.nan
    return features


def predictions_of(epoch: int, n_samples: int) -> np.ndarray:
    """At first everything is an ant; at the end all but sample 0 are right."""
    right = labels_of(n_samples) if epoch else np.zeros(n_samples, int)
    return np.where((np.arange(n_samples) == 0) & (epoch > 0), 2, right)


def header_of(
    layers: tuple[str, ...], n_samples: int, *, is_projected: bool = True, names_of_classes: tuple[str, ...] = NAMES
) -> Header:
    inputs = ((pictures_of(n_samples)[:4] / 255 - MEAN) / STD).astype(np.float32)
    names = ["fc1", *(layer for layer in layers if layer != "fc1")]
    kept = np.arange(0, 2 * WIDTH, 2)
    compared = [ComparedLayer(name=name, features=2 * WIDTH, correlated=0, kept=kept) for name in layers]
    return Header(
        format=FORMAT,
        version=VERSION,
        run=Run(created="2026-05-01T12:00:00+00:00", interval=5, neuron_cap=0),
        layers=[
            Layer(name=name, kind="Linear", units=4, stage="fc1" if name == "relu1" else name, kept=[0, 1, 2, 3])
            for name in names
        ],
        probe=Probe(inputs=inputs, labels=labels_of(4), class_names=list(names_of_classes), mean=[MEAN], std=[STD]),
        projection=Projection(n_samples, compared) if is_projected else None,
    )


def write_run(
    path: Path,
    layers: tuple[str, ...] = ("relu1", "frozen"),
    *,
    epochs: int = 2,
    n_samples: int = 60,
    is_projected: bool = True,
    is_finished: bool = True,
    names: tuple[str, ...] = NAMES,
) -> Path:
    """A run of ten steps an epoch, with a pass each five."""
    header = header_of(layers, n_samples, is_projected=is_projected, names_of_classes=names)
    writer = CollectionWriter(path, header)
    if is_projected:
        writer.write(ProjectionSamplesRecord(0, pictures_of(n_samples), labels_of(n_samples)))
    for number, step in enumerate(range(0, 10 * epochs + 1, 5)):
        epoch, rest = divmod(step, 10)
        writer.write(PassRecord(number=number, step=step, epoch=epoch))
        if rest == 0 and epoch:
            writer.write(EpochRecord(epoch=epoch - 1, step=step))
        if rest == 0 and is_projected:
            features = {layer: features_of(layer, epoch, n_samples) for layer in layers}
            writer.write(ProjectionRecord(step, epoch, predictions_of(epoch, n_samples), features))
    if is_finished:
        writer.close()
    return path
