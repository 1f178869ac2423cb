"""Pictures in batches as Keras takes them: channels last, in NumPy arrays."""

from dataclasses import replace
from math import ceil
from typing import Any

import keras
import numpy as np
import torch
from torch import Tensor

from data.pictures import PictureDataset

Arrays = tuple[np.ndarray, np.ndarray]


class Batches(keras.utils.PyDataset):
    """Training batches in an order that `seed` decides, another one each epoch."""

    def __init__(self, dataset: PictureDataset, batch_size: int, seed: int) -> None:
        super().__init__()
        self._dataset = dataset.with_generator(torch.Generator().manual_seed(seed + 1))
        self._batch_size = batch_size
        self._chance = torch.Generator().manual_seed(seed)
        self._order = torch.randperm(len(dataset), generator=self._chance)

    def __len__(self) -> int:
        return ceil(len(self._order) / self._batch_size)

    def __getitem__(self, index: int) -> Arrays:
        start = index * self._batch_size
        return as_arrays(self._dataset.__getitems__(self._order[start : start + self._batch_size].tolist()))

    def on_epoch_end(self) -> None:
        self._order = torch.randperm(len(self._order), generator=self._chance)


def as_arrays(batch: tuple[Tensor, Tensor]) -> Arrays:
    """Pictures `[N, C, H, W]` as an array `[N, H, W, C]`, and their labels `[N]`."""
    pictures, labels = batch
    return channels_last(pictures), labels.numpy()


def channels_last(pictures: Tensor) -> np.ndarray:
    """Pictures `[N, C, H, W]` as an array `[N, H, W, C]`."""
    return pictures.permute(0, 2, 3, 1).contiguous().numpy()


def in_keras_order(signals: dict[str, Any]) -> dict[str, Any]:
    """What `similarity_options`, `projection_options` and `story_options` give, with samples as Keras takes them."""
    sample = signals["augmented"]
    pairs = {name: signals[name] for name in ("similarity", "projection", "stories")}
    return signals | {
        **{name: None if pair is None else as_arrays(pair) for name, pair in pairs.items()},
        "augmented": None if sample is None else replace(sample, inputs=channels_last(sample.inputs)),
    }
