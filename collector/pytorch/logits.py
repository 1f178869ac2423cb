"""The logits in what a network gives."""

from typing import Any

from torch import Tensor

from collector.capture.network_output import LOGITS
from collector.pytorch.tensors import named_tensors


def logits_of(output: Any, n_samples: int) -> Tensor | None:
    """The logits ``[N, K]`` in a network's output: of several tensors the one of that name, else the first such."""
    fitting = [(name, each) for name, each in named_tensors(output) if _fits(each, n_samples)]
    named = [each for name, each in fitting if name.rpartition(".")[2] == LOGITS]
    return next((each for each in (*named, *(each for _, each in fitting))), None)


def _fits(tensor: Tensor, n_samples: int) -> bool:
    return tensor.ndim == 2 and not tensor.is_nested and len(tensor) == n_samples and tensor.is_floating_point()
