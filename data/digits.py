"""Real handwriting that comes inside scikit-learn, made to look and feel like MNIST.

Source: `sklearn.datasets.load_digits`, the test part of "Optical Recognition of Handwritten Digits" (UCI):
1,797 digits by 13 writers, as 8×8 grey pictures. Each is enlarged to about 20×20 and put into 28×28 as MNIST
does. About 1,500 originals, shifted and rotated a little again and again, make 30,000 training pictures; the
test pictures are the other originals, once each and unchanged.
"""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from data.pictures import DataSource, PictureDataset, channel_statistics

TRAINING_PICTURES = 30_000
HELD_OUT_SHARE = 1 / 6
SIDE = 28
ENLARGED_SIDE = 24  # of which the digit fills 8/10: about 20, as in MNIST
MOST_SHIFT_PIXELS = 2.0
MOST_ROTATION_DEGREES = 12.0
MOST_SCALING = 0.1

# Fixed, and not the run's seed: runs with different seeds stay comparable.
_SEED = 1797


def load_digits_like_mnist() -> DataSource:
    """30,000 training and about 300 test pictures, uint8 `[N, 1, 28, 28]`; always the same ones."""
    from sklearn.datasets import load_digits

    originals = load_digits()
    labels = torch.from_numpy(originals.target.astype(np.int64))
    pictures = _enlarge(torch.from_numpy(originals.images.astype(np.float32)) / 16)
    for_training, for_test = _split(labels)
    generator = torch.Generator().manual_seed(_SEED)
    repeats = torch.arange(TRAINING_PICTURES) % len(for_training)
    chosen = for_training[repeats[torch.randperm(TRAINING_PICTURES, generator=generator)]]
    train = _to_bytes(_move_a_little(pictures[chosen], generator))
    mean, std = channel_statistics(train)
    return DataSource(
        asked="digits",
        used="digits",
        note=None,
        train=PictureDataset(train, labels[chosen], mean, std),
        test=PictureDataset(_to_bytes(pictures[for_test]), labels[for_test], mean, std),
        class_names=tuple("0123456789"),
        mean=mean,
        std=std,
    )


def _enlarge(pictures: Tensor) -> Tensor:
    """`[N, 8, 8]` in 0..1 to `[N, 1, 28, 28]` in 0..1, strokes as bright and edges as soft as MNIST's."""
    # A dark rim first, or strokes that touch the border would end in a straight cut.
    framed = functional.pad(pictures[:, None], [1] * 4)
    larger = functional.interpolate(framed, (ENLARGED_SIDE, ENLARGED_SIDE), mode="bicubic")
    # An enlarged 8×8 picture is a blur: stretching its middle tones gives strokes back their body and edge.
    strokes = ((larger - 0.32) / 0.45).clamp(0, 1)
    return functional.pad(strokes, [(SIDE - ENLARGED_SIDE) // 2] * 4)


def _split(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Indices of the originals for training and for test, the same share of each class in both."""
    generator = torch.Generator().manual_seed(_SEED)
    for_training, for_test = [], []
    for label in labels.unique():
        members = (labels == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        held_out = round(len(members) * HELD_OUT_SHARE)
        for_test.append(members[:held_out])
        for_training.append(members[held_out:])
    mixed = torch.cat(for_test)
    return torch.cat(for_training), mixed[torch.randperm(len(mixed), generator=generator)]


def _move_a_little(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Each of `[N, 1, H, W]` rotated about its centre, scaled and shifted by small random amounts."""
    between = torch.rand(4, len(pictures), generator=generator) * 2 - 1
    angle = between[0] * math.radians(MOST_ROTATION_DEGREES)
    scale = 1 + between[1] * MOST_SCALING
    shift = between[2:] * MOST_SHIFT_PIXELS * 2 / SIDE
    cosine, sine = torch.cos(angle) / scale, torch.sin(angle) / scale
    rows = [torch.stack([cosine, -sine, shift[0]], 1), torch.stack([sine, cosine, shift[1]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, align_corners=False)


def _to_bytes(pictures: Tensor) -> Tensor:
    return (pictures * 255).round().to(torch.uint8)
