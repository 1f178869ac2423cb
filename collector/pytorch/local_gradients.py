"""The gradient that a rank makes of its own samples, before it is averaged with the others'."""

from collections.abc import Iterable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.utils.hooks import RemovableHandle

from collector.capture.guard import Guard
from collector.pytorch.tensors import flat_values

MOST = 2**16
"""Values of a gradient that a rank sends to the first, at most."""


class LocalGradients:
    """Takes the gradients of a backward pass as they come, while it watches.

    ``DistributedDataParallel`` averages behind the accumulation of a parameter's gradient; a hook of the parameter's
    own is called between the two. Of larger models each so many values are taken, the same on every rank.

    Args:
        parameters: those of the model.

    Attributes:
        scale: for how many values each one that is taken stands.
    """

    def __init__(self, parameters: Iterable[Tensor]) -> None:
        self._parameters = [each for each in parameters if each.requires_grad]
        sizes = [each.numel() * (1 + each.is_complex()) for each in self._parameters]
        total = sum(sizes)
        self._stride = 1 if total <= MOST else -(-total // MOST) | 1  # odd, and so no divisor of a power of two
        begins = np.cumsum([0, *sizes])[:-1].tolist()
        self._firsts = [-begin % self._stride for begin in begins]
        self._sizes = [len(range(first, size, self._stride)) for first, size in zip(self._firsts, sizes, strict=True)]
        self.scale = total / max(sum(self._sizes), 1)
        self._parts: dict[int, Tensor] = {}
        self._hooks: list[RemovableHandle] = []

    def watch(self, guard: Guard) -> None:
        """Take what comes from now on; a parameter whose gradient comes again, as it is then."""
        self.leave()
        for number, each in enumerate(self._parameters):
            if each.requires_grad:
                hook = partial(self._look, guard, number)
                self._hooks.append(each.register_post_accumulate_grad_hook(hook))

    def take(self) -> np.ndarray | None:
        """What came, float32 ``[K]``, with zeros where a parameter had no gradient; None if nothing came at all."""
        self.leave()
        parts, self._parts = self._parts, {}
        if not parts:
            return None
        first = next(iter(parts.values()))
        every = [
            parts[number].to(first.device) if number in parts else first.new_zeros(size)
            for number, size in enumerate(self._sizes)
        ]
        values: np.ndarray = torch.cat(every).cpu().numpy()  # one copy for all
        return values

    def leave(self) -> None:
        """Remove the hooks."""
        for hook in self._hooks:
            hook.remove()
        self._hooks = []

    def _look(self, guard: Guard, number: int, parameter: Tensor) -> None:
        with guard("looking at this rank's gradient"):
            if parameter.grad is not None:
                values = flat_values(parameter.grad)[self._firsts[number] :: self._stride]
                self._parts[number] = values.to(torch.float32, copy=True)
