"""Pictures in memory, where they came from, and the loaders that hand them out in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from data.augmentation import Augmentation
from data.parts import PartSampler

Batch = tuple[Tensor, Tensor]


class PictureDataset(Dataset[Batch]):
    """Pictures uint8 `[N, C, H, W]` and labels int64 `[N]`, normalised when they are taken.

    A picture comes out as float32, (value / 255 - mean) / std for each channel. `augmentation` changes the
    uint8 pictures first; its random numbers come from `generator`.
    """

    def __init__(
        self,
        pictures: Tensor,
        labels: Tensor,
        mean: Sequence[float],
        std: Sequence[float],
        augmentation: Augmentation | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        if pictures.dtype != torch.uint8 or pictures.ndim != 4 or len(pictures) != len(labels):
            raise ValueError(
                f"need uint8 pictures [N, C, H, W] and a label for each, not {pictures.dtype} "
                f"{list(pictures.shape)} and {len(labels)} labels"
            )
        self.pictures = pictures
        self.labels = labels
        self.mean = tuple(mean)
        self.std = tuple(std)
        self.augmentation = augmentation
        self.generator = generator or torch.Generator()
        channel_std = torch.tensor(self.std).view(-1, 1, 1)
        self._scale = 1 / (255 * channel_std)
        self._shift = -torch.tensor(self.mean).view(-1, 1, 1) / channel_std

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Batch:
        """One picture, float32 `[C, H, W]`, and its label, int64 `[]`."""
        pictures, labels = self.__getitems__([index])
        return pictures[0], labels[0]

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        """The pictures at `indices`, float32 `[N, C, H, W]`, and their labels, int64 `[N]`.

        A DataLoader calls this for a whole batch, which costs one indexing instead of one per picture.
        """
        chosen = torch.as_tensor(indices)
        pictures = self.pictures[chosen]
        if self.augmentation is not None:
            pictures = self.augmentation(pictures, self.generator)
        return pictures.float().mul_(self._scale).add_(self._shift), self.labels[chosen]

    def with_generator(self, generator: torch.Generator) -> "PictureDataset":
        """The same pictures (shared, not copied), augmented with random numbers from `generator`."""
        return PictureDataset(self.pictures, self.labels, self.mean, self.std, self.augmentation, generator)


@dataclass(frozen=True)
class DataSource:
    """A dataset, ready to train on, that says truthfully what it is.

    `asked` is the name that was asked for and `used` the one whose pictures these are; where they differ, or
    something was left out, `note` is the one line that tells a person. `mean` and `std` are per channel, in
    units of the full range 0..1.
    """

    asked: str
    used: str
    note: str | None
    train: PictureDataset
    test: PictureDataset
    class_names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of every picture."""
        _, channels, height, width = self.train.pictures.shape
        return channels, height, width

    @property
    def n_classes(self) -> int:
        return len(self.class_names)


def channel_statistics(pictures: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel of uint8 `[N, C, H, W]`, in units of 0..1.

    A channel without any variation gets 1 as its deviation, so that dividing by it leaves zeros.
    """
    counts = torch.stack([torch.bincount(channel.reshape(-1), minlength=256) for channel in pictures.unbind(1)])
    share = counts.double() / counts.sum(dim=1, keepdim=True)
    levels = torch.arange(256, dtype=torch.float64) / 255
    mean = share @ levels
    std = (share @ levels.square() - mean.square()).clamp(min=0).sqrt()
    return tuple(mean.tolist()), tuple(value if value > 1e-6 else 1.0 for value in std.tolist())


def loaders(
    source: DataSource, batch_size: int = 64, seed: int = 0, part: int = 0, n_parts: int = 1
) -> tuple[DataLoader[Batch], DataLoader[Batch]]:
    """Training batches in an order that `seed` decides, and test batches in the order of the file.

    Of `n_parts` processes that train together each takes its `part` of the training samples, and all test samples.

    Both have random generators of their own: going through them draws no number from torch's global one, so
    that the same seed gives the same batches whatever else a program does between them.
    """
    order = torch.Generator().manual_seed(seed)
    train = DataLoader(
        source.train.with_generator(torch.Generator().manual_seed(seed + 1 + part)),
        batch_size=batch_size,
        shuffle=n_parts == 1,
        sampler=None if n_parts == 1 else PartSampler(len(source.train), part, n_parts, order),
        generator=order if n_parts == 1 else torch.Generator().manual_seed(seed),
        collate_fn=_whole_batch,
    )
    test = DataLoader(
        source.test, batch_size=500, generator=torch.Generator().manual_seed(seed), collate_fn=_whole_batch
    )
    return train, test


def _whole_batch(batch: Any) -> Any:
    """What `__getitems__` gave is a batch already; a DataLoader would take it apart and stack it again."""
    return batch
