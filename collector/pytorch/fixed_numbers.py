"""Arrays that stay what they are, as tensors on the device where they are needed: each is taken there once."""

import weakref

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.pinned_memory import sent_to

_SHORT = 2**16
"""Bytes. Shorter arrays are told by what they hold, longer ones by which they are."""

_there: dict[tuple[bytes | int, str, torch.device], Tensor] = {}


def fixed_on(device: torch.device, numbers: np.ndarray) -> Tensor:
    """The numbers on a device."""
    if device.type == "cpu":
        return torch.from_numpy(numbers)
    is_short = numbers.nbytes <= _SHORT
    key = numbers.tobytes() if is_short else id(numbers), numbers.dtype.str, device
    found = _there.get(key)
    if found is None:
        found = _there[key] = sent_to(device, numbers)
        if not is_short:
            weakref.finalize(numbers, _there.pop, key, None)
    return found
