"""In which order a loader gives its batches: what its random generators are at the beginning of an epoch."""

from typing import Any

import torch
from torch import Tensor


def order_of(loader: Any) -> list[Tensor]:
    """The states of the loader's generators: from the same states comes the same epoch, augmentations included.

    A loader without any, as a list of batches, gives the same batches each time.
    """
    return [each.get_state() for each in _generators(loader)]


def set_order(loader: Any, states: list[Tensor]) -> None:
    """Let the loader's next epoch be the one that would have begun in these states."""
    for generator, state in zip(_generators(loader), states, strict=True):
        generator.set_state(state)


def _generators(loader: Any) -> list[torch.Generator]:
    found = (getattr(loader, "generator", None), getattr(getattr(loader, "dataset", None), "generator", None))
    return [each for each in found if isinstance(each, torch.Generator)]
