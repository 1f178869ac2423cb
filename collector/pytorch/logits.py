"""Which part of what a network gives is its logits."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from collector.capture.top_logits import TOP
from collector.capture.wording import listed
from collector.pytorch.tensors import named_tensors, shape_of

NAME = "logits"


def logits_of(output: Any, n_samples: int) -> tuple[Tensor | None, str]:
    """The logits ``[N, K]`` in a network's output, and a sentence where they were chosen or are not there.

    Of several tensors, in a tuple, dict or dataclass, they are the one named ``logits``, else the first that has
    their shape.
    """
    tensors = list(named_tensors(output))
    fitting = [(name, each) for name, each in tensors if _fits(each, n_samples)]
    if not fitting:
        shapes = listed([f"{name} {shape_of(each)}".strip() for name, each in tensors])
        found = f"has shape {shapes}" if shapes else f"is of type {type(output).__name__}"
        return None, f"No logits are recorded: the network's output {found}, no row of numbers for each sample."
    named = [each for name, each in fitting if name.rpartition(".")[2] == NAME]
    if named:
        return named[0], ""
    name, logits = fitting[0]
    if len(tensors) == 1:
        return logits, ""
    names = ", ".join(name for name, _ in tensors) if len(tensors) <= 8 else listed([name for name, _ in tensors], 8)
    return logits, f"Of the network's outputs {names} the first with a row for each sample, {name}, counts as logits."


def top_logits(logits: Tensor, labels: Tensor | None, keep: Callable[[str, Tensor], None]) -> int:
    """Hand on what is kept of logits ``[N, K]`` of very many classes, by the names of `schema.TopLogits`; gives `K`.

    Args:
        labels: class numbers ``[N]``.
        keep: is given a name and a tensor.
    """
    exact = logits.double()
    log_sum_exp = exact.logsumexp(1)
    shares = (exact - log_sum_exp.unsqueeze(1)).exp()
    values, numbers = logits.topk(TOP, 1)
    keep("numbers", numbers)
    keep("values", values)
    keep("log_sum_exp", log_sum_exp)
    # Σ p (log Σ exp - x), in which a class that is impossible has no part.
    parts = torch.where(shares > 0, shares * (log_sum_exp.unsqueeze(1) - exact), shares)
    keep("entropy", parts.sum(1))
    if labels is not None:
        own = labels.to(logits.device, torch.int64)
        is_class = (own >= 0) & (own < logits.shape[1])
        true = logits.gather(1, own.clamp(0, logits.shape[1] - 1).unsqueeze(1)).squeeze(1)
        keep("true", torch.where(is_class, true, torch.nan))
    return logits.shape[1]


def _fits(tensor: Tensor, n_samples: int) -> bool:
    return tensor.ndim == 2 and not tensor.is_nested and len(tensor) == n_samples and tensor.is_floating_point()
