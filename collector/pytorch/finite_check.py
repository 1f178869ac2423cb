"""Whether all gradients of a step are finite, asked so cheaply that it can be asked at each step."""

from collections.abc import Sequence
from math import isfinite

import torch
from torch import Tensor, nn

from collector.pytorch.tensors import real_values

SMALL, LARGE = 2**14, 2**18
"""Parameters of so many values are asked together, and of larger matrices that join units only the edges."""

_JOINING = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


class FiniteCheck:
    """Asks gradients in this machine's memory; of those elsewhere nothing is asked, since that would wait.

    A sum tells of all values at once: what is not finite stays so. The gradient of a matrix that joins units to units
    is a sum of products of what comes in at one side and what comes back at the other: a NaN or an Inf that comes in
    fills a column of it, and one that comes back a row, so that of a large one the first row and the first column tell.
    That a finite sum overflows within it alone, as in float16, they do not.

    Behind a backward pass the caches hold other things, so that each function costs ten times what it costs when it is
    called again and again: what counts is to call few, not to look at few values.

    Args:
        parameters: in the order of the gradients.
    """

    def __init__(self, model: nn.Module, parameters: Sequence[Tensor]) -> None:
        users: dict[Tensor, list[type]] = {}
        for module in model.modules():
            for own in module.parameters(recurse=False):
                users.setdefault(own, []).append(type(module))
        self._small, self._medium, self._edged = [], [], []
        for number, each in enumerate(parameters):
            is_joining = all(kind in _JOINING for kind in users.get(each, [object]))
            if each.numel() <= SMALL:
                self._small.append(number)
            elif is_joining and each.numel() > LARGE and each.dtype is torch.float32:
                self._edged.append(number)
            else:
                self._medium.append(number)

    def __call__(self, gradients: Sequence[Tensor | None], *, is_narrow: bool = False) -> bool:
        """Whether all are finite.

        Args:
            is_narrow: whether they may have been computed in float16.
        """
        try:
            if isfinite(self._sum(gradients, is_narrow=is_narrow)):
                return True
        except (TypeError, RuntimeError):  # sparse or complex ones
            pass
        # a sum may overflow where no value does
        return all(is_finite(each) for each in gradients if each is not None and each.is_cpu)

    def _sum(self, gradients: Sequence[Tensor | None], *, is_narrow: bool) -> float:
        parts = [each for number in self._small if (each := gradients[number]) is not None and each.is_cpu]
        whole = self._medium
        if is_narrow:
            whole = whole + self._edged
        else:
            for number in self._edged:
                if (each := gradients[number]) is not None and each.is_cpu:
                    matrix = each if each.ndim == 2 else each.reshape(len(each), -1)
                    parts += matrix[0], matrix[:, 0]
        total: float = torch._utils._flatten_dense_tensors(parts).sum().item() if parts else 0.0
        for number in whole:
            if (each := gradients[number]) is not None and each.is_cpu:
                total += each.sum().item()
        return total


def is_finite(tensor: Tensor) -> bool:
    """Whether all values are; those of a tensor without values are."""
    values = real_values(tensor.detach()) if tensor.layout is not torch.strided else tensor.detach()
    return not (values.is_floating_point() or values.is_complex()) or bool(torch.isfinite(values).all())
