"""What of a dataset shows how alike the layers are, and what the network makes of one sample in many variations."""

from typing import Any

from collector import AugmentedSample
from data.augmentations import augmented
from data.pictures import DataSource, PictureDataset
from data.probe import choose_probe, probe_numbers
from models.options import TrainOptions


def similarity_options(options: TrainOptions, source: DataSource, seed: int) -> dict[str, Any]:
    """The collector's keywords for the comparison of layers and the augmented sample; `seed` decides the changes."""
    n_samples = options.similarity_samples
    return {
        "similarity": choose_probe(source, n_samples) if n_samples else None,
        "similarity_interval": options.similarity_interval,
        "similarity_features": options.similarity_features,
        "augmented": None if options.augmentations == "off" else _augmented(source, options.augmentations, seed),
    }


def _augmented(source: DataSource, when: str, seed: int) -> AugmentedSample:
    """300 changes of the probe's first sample."""
    (number,) = probe_numbers(source, 1)
    changed = augmented(source.test.pictures[number], seed=seed)
    label = source.test.labels[number]
    dataset = PictureDataset(changed.pictures, label.expand(len(changed.pictures)), source.mean, source.std)
    inputs, _ = dataset.__getitems__(range(len(dataset)))
    return AugmentedSample(
        inputs=inputs,
        pictures=changed.pictures.numpy(),
        kinds=changed.kinds,
        strengths=changed.strengths.numpy(),
        largest=changed.largest,
        label=int(label),
        seed=seed,
        every_epoch=when == "epochs",
    )
