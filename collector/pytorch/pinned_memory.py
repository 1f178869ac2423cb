"""Memory of this machine that an accelerator reads and writes by itself, so that nobody waits for it."""

from contextlib import suppress

import numpy as np
import torch
from torch import Tensor


def pinned(n_bytes: int) -> Tensor:
    """So many bytes, uint8 ``[n]``; of the usual kind where there is no other."""
    with suppress(RuntimeError, AssertionError, NotImplementedError):  # there are devices that know no such memory
        return torch.empty(n_bytes, dtype=torch.uint8, pin_memory=True)
    return torch.empty(n_bytes, dtype=torch.uint8)


def sent_to(device: torch.device, numbers: np.ndarray) -> Tensor:
    """A copy of the numbers on a device, which need not have come to it yet.

    From memory of the usual kind a copy would wait until the device has done all that it was asked for.
    """
    values = torch.from_numpy(numbers)
    memory = pinned(numbers.nbytes).view(values.dtype).reshape(values.shape)
    return memory.copy_(values).to(device, non_blocking=True)
