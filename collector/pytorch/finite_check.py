"""Whether all gradients of a step are finite, asked so cheaply that it can be asked at each step."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import torch
from torch import Tensor, nn

from collector.pytorch.tensors import real_values

SMALL, LARGE = 2**14, 2**14
"""Of parameters: smaller ones are asked together, and of larger matrices only the edges."""

_JOINING = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


class FiniteCheck:
    """Asks gradients in this machine's memory; of those elsewhere nothing is asked, since that would wait.

    A sum of squares tells of all of an array at once. The gradient of a matrix that joins units to units is a sum of
    products of what comes in at one side and what comes back at the other: a NaN or an Inf that comes in fills a column
    of it, and one that comes back a row, so that of a large one the first row and the first column tell. That a finite
    sum overflows within it alone, as in float16, they do not.

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
            elif each.numel() > LARGE and is_joining and each.dtype is torch.float32:
                self._edged.append(number)
            else:
                self._medium.append(number)

    def __call__(self, gradients: Sequence[Tensor | None], *, is_narrow: bool = False) -> bool:
        """Whether all are finite.

        Args:
            is_narrow: whether they may have been computed in float16.
        """
        try:
            total = self._squares(gradients, is_narrow=is_narrow)
        except (TypeError, RuntimeError):  # sparse ones, of a type that NumPy has not, elsewhere
            total = _norm_of_plain(gradients)
        # a sum of squares may overflow where no value does
        return isfinite(total) or all(is_finite(each) for each in gradients if each is not None and each.is_cpu)

    def _squares(self, gradients: Sequence[Tensor | None], *, is_narrow: bool) -> float:
        small = [each.detach() for number in self._small if (each := gradients[number]) is not None]
        total = _square(torch._utils._flatten_dense_tensors(small).numpy()) if small else 0.0
        for number in (*self._medium, *self._edged) if is_narrow else self._medium:
            each = gradients[number]
            if each is not None:
                total += _square(each.detach().numpy().ravel("K"))
        for number in () if is_narrow else self._edged:
            each = gradients[number]
            if each is not None:
                matrix = each.detach().numpy().reshape(len(each), -1)
                total += _square(matrix[0]) + _square(matrix[:, 0])
        return total


def _norm_of_plain(gradients: Sequence[Tensor | None]) -> float:
    """NaN where one is of another layout, and where there is none."""
    own = [each.detach() for each in gradients if each is not None and each.is_cpu and each.numel()]
    if not own or any(each.layout is not torch.strided for each in own):
        return float("nan")
    return float(torch.stack([each.double() for each in torch._foreach_norm(own)]).sum())


def _square(values: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.vdot(values, values).real)


def is_finite(tensor: Tensor) -> bool:
    """Whether all values are; those of a tensor without values are."""
    values = real_values(tensor.detach()) if tensor.layout is not torch.strided else tensor.detach()
    return not (values.is_floating_point() or values.is_complex()) or bool(torch.isfinite(values).all())
