"""Tensors that a model is given, as arrays that can be looked at without waiting for anything."""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor

from collector.capture import batch_facts


def batch_crc32(calls: Iterable[Tensor]) -> int | None:
    """`batch_facts.batch_crc32` of the first argument of each call; None where one is not in this machine's memory."""
    own = list(calls)
    return batch_facts.batch_crc32(map(_array, own)) if all(each.is_cpu for each in own) else None


def input_statistics(inputs: Mapping[str, Tensor]) -> dict[str, float]:
    """`batch_facts.input_statistics` of the arguments in this machine's memory."""
    return batch_facts.input_statistics({name: _array(each) for name, each in inputs.items() if each.is_cpu})


def _array(tensor: Tensor) -> np.ndarray:
    own = tensor.detach()
    array: np.ndarray = (own.float() if own.dtype is torch.bfloat16 else own).numpy(force=own.is_conj() or own.is_neg())
    return array
