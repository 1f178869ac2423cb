"""Which part of what a network gives is its logits."""

from typing import Any

from torch import Tensor

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
        shapes = ", ".join(f"{name} {shape_of(each)}".strip() for name, each in tensors)
        found = f"has shape {shapes}" if shapes else f"is of type {type(output).__name__}"
        return None, f"No logits are recorded: the network's output {found}, no row of numbers for each sample."
    named = [each for name, each in fitting if name.rpartition(".")[2] == NAME]
    if named:
        return named[0], ""
    name, logits = fitting[0]
    if len(tensors) == 1:
        return logits, ""
    names = ", ".join(name for name, _ in tensors)
    return logits, f"Of the network's outputs {names} the first with a row for each sample, {name}, counts as logits."


def _fits(tensor: Tensor, n_samples: int) -> bool:
    return tensor.ndim == 2 and not tensor.is_nested and len(tensor) == n_samples and tensor.is_floating_point()
