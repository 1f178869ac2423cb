"""Brings what is taken of a step into the processor's memory: all that lies on another device in one copy."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from collector.metrics import norms
from collector.pytorch.tensors import real_values

Use = Callable[[np.ndarray], None]


class Bringing:
    """Hands tensors on as arrays.

    Those in the processor's memory at once, without a copy where that can be. Others are copied where they are, so
    that the training can go on with them, and come over together in `fetch`: each by itself would wait for the device.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Tensor, Use]] = []

    def take(self, tensor: Tensor, use: Use, *, exactly: bool = False) -> None:
        """Let ``use`` have the values of a strided, real tensor as float32, or ``exactly`` as float64.

        What it is given may be the tensor's own memory, and is not to be kept or changed.
        """
        tensor, dtype = tensor.detach(), torch.float64 if exactly else torch.float32
        if is_here(tensor):
            use(tensor.to(dtype).numpy())
        else:
            self._waiting.append((tensor.to(dtype, copy=True), use))

    def take_sum_of_squares(self, tensor: Tensor, use: Callable[[float], None]) -> None:
        """Let ``use`` have Σ|x|² of a tensor's values; a sparse tensor's are those at its indices."""
        values = real_values(tensor.detach())
        if is_here(values):
            use(norms.sums_of_squares([values.to(torch.float32).numpy()])[0])
        else:  # a number is cheaper to bring than its tensor
            self.take(values.double().square().sum(), lambda sum_: use(float(sum_)), exactly=True)

    def fetch(self) -> None:
        """Bring over what waits on other devices, in one copy from each."""
        waiting, self._waiting = self._waiting, []
        for device in dict.fromkeys(tensor.device for tensor, _ in waiting):
            own = [(tensor, use) for tensor, use in waiting if tensor.device == device]
            parts = [tensor.contiguous().reshape(-1).view(torch.uint8) for tensor, _ in own]
            everything = torch.cat(parts).cpu().numpy()
            bounds = np.cumsum([0, *(part.numel() for part in parts)])
            for (tensor, use), (start, stop) in zip(own, pairwise(bounds), strict=True):
                dtype = np.float64 if tensor.dtype == torch.float64 else np.float32
                use(everything[start:stop].view(dtype).reshape(tuple(tensor.shape)))


def is_here(tensor: Tensor) -> bool:
    """Whether a tensor lies in the processor's memory."""
    return tensor.is_cpu
