"""Whether all gradients of a step are finite, asked so cheaply that it can be asked at each step."""

from collections.abc import Sequence
from math import isfinite

import torch
from torch import Tensor, nn

from collector.pytorch.tensors import real_values

SMALL = 2**14
"""Of larger matrices that join units only the edges are asked."""
FEW = 8
"""More tensors than that are put one behind the other, and asked at once."""

_JOINING = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


class FiniteCheck:
    """Asks gradients in this machine's memory; of those elsewhere nothing is asked, since that would wait.

    A sum tells of all values at once: what is not finite stays so. The gradient of a matrix that joins units to units
    is a sum of products of what comes in at one side and what comes back at the other: a NaN or an Inf that comes in
    fills a column of it, and one that comes back a row, so that of a large one the first row and the first column tell,
    and instead of the column the gradient of the bias, which is the sum of what comes back. That a finite sum overflows
    within it alone, as in float16, they do not tell.

    Behind a backward pass the caches hold other things, so that a function costs ten times what it costs when it is
    called again and again: what counts is to call few different ones.

    Args:
        parameters: in the order of the gradients.
    """

    def __init__(self, model: nn.Module, parameters: Sequence[Tensor]) -> None:
        users: dict[Tensor, list[nn.Module]] = {}
        for module in model.modules():
            for own in module.parameters(recurse=False):
                users.setdefault(own, []).append(module)
        numbers = {each: number for number, each in enumerate(parameters)}
        self._whole: list[int] = []
        self._edged: list[tuple[int, int | None]] = []
        """Places of matrices and of their biases."""
        for each, number in numbers.items():
            own_users = users.get(each, [])
            is_joining = bool(own_users) and all(type(user) in _JOINING for user in own_users)
            if is_joining and each.ndim > 1 and each.numel() > SMALL and each.dtype is torch.float32:
                bias = own_users[0].bias if len(own_users) == 1 else None
                self._edged.append((number, None if bias is None else numbers.get(bias)))  # type: ignore[arg-type]
            else:
                self._whole.append(number)

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
        parts = [each for number in self._whole if (each := gradients[number]) is not None and each.is_cpu]
        for number, bias in self._edged:
            if (each := gradients[number]) is not None and each.is_cpu:
                if is_narrow:
                    parts.append(each)
                    continue
                parts.append(each[0])
                if bias is None or gradients[bias] is None:
                    parts.append(each[:, 0])
        if len(parts) > FEW:
            small = [each for each in parts if each.numel() <= SMALL]
            parts = [each for each in parts if each.numel() > SMALL]
            if small:
                parts.append(torch._utils._flatten_dense_tensors(small))
        total = 0.0
        for each in parts:
            total += each.sum().item()
        return total


def is_finite(tensor: Tensor) -> bool:
    """Whether all values are; those of a tensor without values are."""
    values = real_values(tensor.detach()) if tensor.layout is not torch.strided else tensor.detach()
    return not (values.is_floating_point() or values.is_complex()) or bool(torch.isfinite(values).all())
