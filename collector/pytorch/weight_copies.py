"""Copies of the weights as they are before an update, for whoever asks what the update changes."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from collector.pytorch.shards import is_shard

MOST_BYTES = 2**26
"""Of larger models no copies are made, nor of those on another device, whose memory is the training's."""


def can_be_copied(parameters: Iterable[Tensor]) -> bool:
    """Whether memory for copies of these can be taken; of a model that is shared out each rank copies its part."""
    own = list(parameters)
    if any(map(is_shard, own)):
        return True
    return all(each.is_cpu for each in own) and sum(each.nbytes for each in own) <= MOST_BYTES


class WeightCopies:
    """One copy of each weight, in memory that is used again: fresh memory costs more than the copying.

    Args:
        are_made: see `can_be_copied`; without them what an update changes is looked at in parts, and its size is told
            by the optimizer, or estimated.
    """

    def __init__(self, *, are_made: bool = True) -> None:
        self.are_made = are_made
        self._memory: dict[Tensor, Tensor] = {}
        self._held: set[Tensor] = set()

    def begin_step(self) -> None:
        """Another step begins; the copies that were made may be written to."""
        self._held.clear()

    def hold(self, parameters: Sequence[Tensor], values: Sequence[Tensor]) -> dict[Tensor, Tensor]:
        """Parameter → a copy of its ``values`` as the step under way begins, which is not made twice."""
        for parameter, value in zip(parameters, values, strict=True):
            if parameter not in self._held:
                self._of(parameter).copy_(value.detach())
                self._held.add(parameter)
        return {parameter: self._memory[parameter] for parameter in parameters}

    def _of(self, parameter: Tensor) -> Tensor:
        memory = self._memory.get(parameter)
        if memory is None or memory.shape != parameter.shape or memory.dtype != parameter.dtype:
            memory = self._memory[parameter] = torch.empty_like(parameter, requires_grad=False)
        return memory
