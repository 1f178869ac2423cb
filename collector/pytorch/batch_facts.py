"""Tensors that a model is given, as arrays that can be looked at without waiting for anything."""

from collections.abc import Callable, Mapping
from math import nan
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture import batch_facts
from collector.pytorch.tensors import is_in_memory, tensors_in


class Batch:
    """What the calls of a step are given first. Look before the model does: it finds the values in the cache then.

    Args:
        count: tells how many samples it is; None: they lie along the first axis of the first tensor.
    """

    def __init__(self, count: Callable[[Any], int] | None = None) -> None:
        self._count = count
        self._crc: int | None = None
        self._n_samples = 0
        self._is_known = True

    def add(self, given: Any) -> None:
        """What one more call is given, of which the first tensor counts."""
        first = given if isinstance(given, Tensor) else next(tensors_in(given), None)
        if first is None:
            return
        self._n_samples += (len(first) if first.ndim else 0) if self._count is None else self._count(given)
        self._is_known = self._is_known and is_in_memory(first)
        if self._is_known:
            self._crc = batch_facts.array_crc32(_array(first), self._crc or 0)

    @property
    def facts(self) -> tuple[float, float]:
        """Checksum, see `collector.capture.batch_facts.batch_crc32`, and number of samples.

        NaN where one of the arguments is not in this machine's memory, and where there is none.
        """
        return nan if self._crc is None or not self._is_known else float(self._crc), float(self._n_samples)


def input_statistics(inputs: Mapping[str, Tensor]) -> dict[str, float]:
    """`collector.capture.batch_facts.input_statistics` of the arguments in this machine's memory."""
    return batch_facts.input_statistics({name: _array(each) for name, each in inputs.items() if each.is_cpu})


def _array(tensor: Tensor) -> np.ndarray:
    own = tensor.detach()
    if own.dtype is torch.bfloat16:
        own = own.float()
    array: np.ndarray = own.numpy(force=True) if own.is_complex() or own.is_neg() else own.numpy()
    return array
