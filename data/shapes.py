"""Small colour pictures that need no download: one figure of ten in each, drawn here, always the same."""

import numpy as np
import torch
from numpy.typing import NDArray

from data.pictures import DataSource, PictureDataset, channel_statistics
from data.shape_outlines import OUTLINES, Field

TRAINING_PICTURES = 10_000
TEST_PICTURES = 2_000
SIDE = 32
NOISE_LEVELS = 8.0
LARGEST_ROTATION = np.pi / 8

_SEED = 32


def load_shapes() -> DataSource:
    """10,000 training and 2,000 test pictures, uint8 `[N, 3, 32, 32]`, as many of each class."""
    random = np.random.default_rng(_SEED)
    (train, train_labels), (test, test_labels) = (
        draw_shapes(count, random) for count in (TRAINING_PICTURES, TEST_PICTURES)
    )
    mean, std = channel_statistics(torch.from_numpy(train))
    return DataSource(
        asked="shapes",
        used="shapes",
        note=None,
        train=PictureDataset(torch.from_numpy(train), torch.from_numpy(train_labels), mean, std),
        test=PictureDataset(torch.from_numpy(test), torch.from_numpy(test_labels), mean, std),
        class_names=tuple(OUTLINES),
        mean=mean,
        std=std,
    )


def draw_shapes(count: int, random: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures uint8 `[count, 3, 32, 32]` and labels int64 `[count]`, classes in turn and then mixed.

    Position, size, rotation and both colours are random, the colours of clearly different brightness.
    """
    labels = random.permutation(np.arange(count) % len(OUTLINES))
    coverage = np.empty((count, SIDE, SIDE), np.float32)
    for label, outline in enumerate(OUTLINES.values()):
        members = np.flatnonzero(labels == label)
        x, y, radius = _coordinates(len(members), random)
        # The distance in pixels, one pixel wide: a soft edge instead of stairs.
        coverage[members] = np.clip(0.5 - outline(x, y) * radius, 0, 1)
    figure, ground = _contrasting_colours(count, random)
    pictures = ground + (figure - ground) * coverage[:, None]
    pictures += random.standard_normal(pictures.shape, np.float32) * np.float32(NOISE_LEVELS)
    return np.clip(np.rint(pictures), 0, 255).astype(np.uint8), labels.astype(np.int64)


def _coordinates(count: int, random: np.random.Generator) -> tuple[Field, Field, Field]:
    """Pixel centres as each figure sees them, x and y `[N, H, W]`, and its radius in pixels `[N, 1, 1]`."""
    each = (count, 1, 1)
    radius = random.uniform(8.5, 13, each).astype(np.float32)
    room = SIDE / 2 - radius
    centre_x, centre_y = (SIDE / 2 + room * random.uniform(-1, 1, each).astype(np.float32) for _ in "xy")
    angle = random.uniform(-LARGEST_ROTATION, LARGEST_ROTATION, each).astype(np.float32)
    cosine, sine = np.cos(angle), np.sin(angle)
    pixels = np.arange(SIDE, dtype=np.float32) + np.float32(0.5)
    right = (pixels[None, None, :] - centre_x) / radius
    up = (centre_y - pixels[None, :, None]) / radius
    return cosine * right + sine * up, cosine * up - sine * right, radius


def _contrasting_colours(count: int, random: np.random.Generator) -> tuple[Field, Field]:
    """Two colours a picture, levels 0..255 `[N, 3, 1, 1]`: a dark and a bright one, either way round."""
    dark = random.uniform(0, 110, (count, 3, 1, 1)).astype(np.float32)
    bright = random.uniform(130, 255, (count, 3, 1, 1)).astype(np.float32)
    swapped = random.random((count, 1, 1, 1)) < 0.5
    return np.where(swapped, dark, bright), np.where(swapped, bright, dark)
