"""A loaded dataset with its pictures at another size."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from data.pictures import DataSource, PictureDataset

_AT_A_TIME = 4096


def resized(source: DataSource, side: int) -> DataSource:
    """`source` with pictures of `side` × `side`, bilinear; itself where they already have that size."""
    if source.shape[1:] == (side, side):
        return source
    return replace(source, train=_dataset(source.train, side), test=_dataset(source.test, side))


def _dataset(dataset: PictureDataset, side: int) -> PictureDataset:
    pictures = torch.cat([_interpolate(part, side) for part in dataset.pictures.split(_AT_A_TIME)])
    return PictureDataset(pictures, dataset.labels, dataset.mean, dataset.std, dataset.augmentation)


def _interpolate(pictures: Tensor, side: int) -> Tensor:
    """uint8 `[N, C, H, W]` to uint8 `[N, C, side, side]`; antialiased: shrinking drops no lines."""
    values = functional.interpolate(pictures.float(), (side, side), mode="bilinear", antialias=True)
    return values.round_().clamp_(0, 255).to(torch.uint8)
