"""The last update of each of several optimizers, kept where a pass comes before its next one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from collector.pytorch.optimizers import parameters_of
from collector.pytorch.shards import local_part


@dataclass
class LastUpdate:
    """What an optimizer's update was made of, and what it made.

    Attributes:
        step: in which it was made.
        gradients: parameter → its gradient; those without are not there.
        changes: parameter → what was changed; until the update is made, the values before it.
    """

    step: int
    gradients: dict[Tensor, Tensor] = field(default_factory=dict)
    changes: dict[Tensor, Tensor] = field(default_factory=dict)


class LastUpdates:
    """Keeps what a pass will need of optimizers that make no update in its step.

    That one will make none is told from how many steps lie between its last two updates: only where a pass comes sooner
    than that again, or where that is not known yet, anything is copied.

    Args:
        step: number of the step under way.
        steps_to_pass: how many steps behind it the next pass is due; at least 1.
    """

    def __init__(self, step: Callable[[], int], steps_to_pass: Callable[[], int]) -> None:
        self._step, self._steps_to_pass = step, steps_to_pass
        self._made_at: dict[int, int] = {}
        self._apart: dict[int, int] = {}
        self._kept: dict[int, LastUpdate] = {}
        self._under_way: LastUpdate | None = None

    def begins(self, optimizer: Any, copied: Callable[[Tensor], Tensor]) -> None:
        """The gradients of an update are there; of one that evaluates them several times the first ones count.

        Args:
            copied: makes a copy of a gradient.
        """
        if self._under_way is not None:
            return
        number, step = id(optimizer), self._step()
        self._kept.pop(number, None)
        if number in self._made_at:
            self._apart[number] = step - self._made_at[number]
        self._made_at[number] = step
        if self._steps_to_pass() >= self._apart.get(number, self._steps_to_pass() + 1):
            return
        update = self._kept[number] = self._under_way = LastUpdate(step)
        for each in parameters_of(optimizer):
            if each.grad is not None:
                update.gradients[each] = copied(each.grad)
                update.changes[each] = each.detach().clone()

    def ended(self) -> None:
        """The update that was under way is made."""
        update, self._under_way = self._under_way, None
        if update is not None:
            for each, before in update.changes.items():
                local = local_part(before)
                torch.sub(local_part(each), local, out=local)

    def of(self, parameter: Tensor) -> LastUpdate | None:
        """The last update that was made of a parameter, if it was kept."""
        return next((each for each in self._kept.values() if parameter in each.changes), None)
