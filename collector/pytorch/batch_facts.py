"""What a training's batches are: the same as before or not, and how large their values."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from collector.storage.checksums import crc32

MOST_VALUES = 2**16
"""Of a larger argument evenly spread values are taken."""

METRICS = ("input_mean", "input_std", "input_min", "input_max")


def batch_crc32(calls: Sequence[Tensor]) -> int | None:
    """CRC-32 of the first argument of each call of a step; None where it is not in this machine's memory."""
    crc = 0
    for tensor in calls:
        if not tensor.is_cpu:
            return None
        crc = crc32(np.ascontiguousarray(_some(tensor).numpy(force=True)).data.cast("B"), crc)
    return crc if calls else None


def input_statistics(inputs: Mapping[str, Tensor]) -> dict[str, float]:
    """`METRICS` of each argument of floating point, by ``metric/argument``; of those in this machine's memory."""
    found: dict[str, float] = {}
    for name, tensor in inputs.items():
        if tensor.is_cpu and tensor.is_floating_point() and tensor.numel():
            values = _some(tensor).numpy(force=True).astype(np.float64)
            with np.errstate(all="ignore"):
                figures = values.mean(), values.std(), values.min(), values.max()
            found |= {f"{metric}/{name}": float(each) for metric, each in zip(METRICS, figures, strict=True)}
    return found


def _some(tensor: Tensor) -> Tensor:
    flat = tensor.detach().reshape(-1)
    if flat.dtype is torch.bfloat16:
        flat = flat.float()
    stride = -(-flat.numel() // MOST_VALUES)
    return flat[::stride] if stride > 1 else flat
