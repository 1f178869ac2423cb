import numpy as np
import torch

from data.pictures import DataSource, PictureDataset
from data.resizing import resized
from data.shapes import draw_shapes


def source(count: int = 60) -> DataSource:
    pictures, labels = (torch.from_numpy(array) for array in draw_shapes(count, np.random.default_rng(0)))
    half = (0.5, 0.5, 0.5)
    dataset = PictureDataset(pictures, labels, half, half)
    return DataSource("x", "x", None, dataset, dataset, tuple("abcdefghij"), half, half)


def test_that_halving_the_size_averages_about_four_pixels() -> None:
    original = source()
    smaller = resized(original, 16)
    quarters = original.train.pictures.float().unfold(2, 2, 2).unfold(3, 2, 2).mean((-1, -2))
    assert smaller.shape == (3, 16, 16)
    assert (quarters - smaller.train.pictures.float()).abs().mean() < 6


def test_that_labels_and_normalisation_stay() -> None:
    original = source()
    larger = resized(original, 40)
    assert larger.shape == (3, 40, 40)
    assert torch.equal(larger.test.labels, original.test.labels)
    assert (larger.mean, larger.test.std) == (original.mean, original.test.std)


def test_that_pictures_of_the_wanted_size_are_left_alone() -> None:
    original = source()
    assert resized(original, 32) is original
