"""What tensors and arrays hold before a run of a model, put back afterwards where the run has changed it."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.parameter import is_lazy
from torch.utils.weak import WeakIdKeyDictionary

LARGE = 2**18
"""Bytes. What is larger, and what the first run has left as it was, is only looked at by its version later on."""


class TensorSnapshot:
    """Copies of tensors and arrays, and all else that a run can change of them.

    Args:
        written: which large ones a run has changed so far; is added to.
    """

    def __init__(self, written: WeakIdKeyDictionary) -> None:
        self._written = written
        self._tensors: list[tuple[Tensor, Tensor, Tensor | None, int | None, Tensor | None, bool]] = []
        self._arrays: list[tuple[np.ndarray, np.ndarray]] = []

    def hold(self, tensor: Tensor) -> None:
        """Hold a tensor's memory, values, version, gradient and whether it wants one."""
        if is_lazy(tensor):
            return
        alias = tensor.data  # shares the memory, but neither the version nor a later change of the memory
        is_held = alias.numel() * alias.element_size() <= LARGE or self._written.get(tensor, True)
        values = alias.clone() if is_held and not alias.is_meta else None
        version = None if tensor.is_inference() else tensor._version
        gradient = tensor.grad if tensor.is_leaf else None
        self._tensors.append((tensor, alias, values, version, gradient, tensor.requires_grad))

    def hold_array(self, array: np.ndarray) -> None:
        """Hold an array's values."""
        if array.flags.writeable and (array.nbytes <= LARGE or self._written.get(array, True)):
            self._arrays.append((array, array.copy()))

    def put_back(self) -> bool:
        """Make them what they were; False where that could not be done for all of them."""
        is_whole = True
        with torch.no_grad():
            for each in self._tensors:
                is_whole &= self._put_back(*each)
        for array, values in self._arrays:
            is_changed = bool((array != values).any()) if array.shape == values.shape else True
            if is_changed:
                array[...] = values
            if array.nbytes > LARGE:
                self._written[array] = is_changed
        return is_whole

    def _put_back(
        self,
        tensor: Tensor,
        alias: Tensor,
        values: Tensor | None,
        version: int | None,
        gradient: Tensor | None,
        requires_grad: bool,
    ) -> bool:
        if tensor.is_leaf:
            if tensor.requires_grad != requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.grad is not gradient:
                tensor.grad = gradient
        if alias.layout == torch.strided and _is_elsewhere(tensor, alias):
            tensor.data = alias
        is_new_version = False
        if version is not None and tensor._version != version:
            is_new_version = True
            torch._C._autograd._unsafe_set_version_counter((tensor,), (version,))
        if values is None:
            return not is_new_version or alias.is_meta
        is_large = alias.numel() * alias.element_size() > LARGE
        # Elsewhere a comparison would wait for the device, and the copy does not.
        is_changed = not (alias.is_cpu or is_large) or not _is_equal(alias, values)
        if is_changed:
            alias.copy_(values)
        if is_large:
            self._written[tensor] = is_changed
        return True


def _is_elsewhere(tensor: Tensor, alias: Tensor) -> bool:
    is_there = tensor.data_ptr() == alias.data_ptr() and tensor.shape == alias.shape
    return not is_there or tensor.stride() != alias.stride()


def _is_equal(tensor: Tensor, other: Tensor) -> bool:
    return tensor.layout == torch.strided and not tensor.is_nested and torch.equal(tensor, other)
