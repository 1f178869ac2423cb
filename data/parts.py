"""Which samples one of several processes trains on."""

from collections.abc import Iterator

import torch
from torch.utils.data import Sampler


class PartSampler(Sampler[int]):
    """Each ``n_parts``-th of all samples, in an order that is drawn anew for each epoch.

    With generators that begin alike, all parts draw the same order, and together they hold every sample. All have the
    same length: where it does not come out even, the order's first samples come once more at its end.
    """

    def __init__(self, n_samples: int, part: int, n_parts: int, generator: torch.Generator) -> None:
        self._n_samples = n_samples
        self._length = -(-n_samples // n_parts)
        self._part = part
        self._n_parts = n_parts
        self._generator = generator

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[int]:
        order = torch.randperm(self._n_samples, generator=self._generator)
        missing = self._length * self._n_parts - self._n_samples
        every = torch.cat((order, order.repeat(-(-missing // max(self._n_samples, 1)))[:missing]))
        return iter(every[self._part :: self._n_parts].tolist())
