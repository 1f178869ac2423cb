"""Lists that hold a tensor for each sample, as the pictures of different sizes that a detector is given."""

import inspect
from collections.abc import Mapping
from typing import Any, get_origin

from torch import Tensor, nn

_LISTS = ("list[", "List[", "Sequence[", "typing.List[", "Iterable[")
_CHANNELS = (1, 3)


def is_list_of_samples(inputs: Any, targets: Any, model: nn.Module, *, may_be_arguments: bool) -> bool:
    """Whether a tensor of it is a sample, and not an argument, or one of several inputs, with a row for each sample.

    It is so where the targets are a list of as many dicts, where ``forward`` says that it takes a list, or cannot take
    so many arguments. Pictures ``[C, H, W]`` of different sizes, or with a target for each, are samples too.

    Args:
        may_be_arguments: whether it stands where a list of arguments may stand.
    """
    if not _are_alike(inputs):
        return False
    is_list = isinstance(targets, list | tuple) and len(targets) == len(inputs)
    if (is_list and all(isinstance(each, Mapping) for each in targets)) or _takes_list(model):
        return True
    if may_be_arguments and not _takes(model, len(inputs)) and _takes(model, 1):
        return True
    if may_be_arguments and isinstance(inputs, tuple):
        return False
    has_each = is_list or (isinstance(targets, Tensor) and targets.ndim > 0 and len(targets) == len(inputs))
    is_told = len(inputs) != inputs[0].size(0) if has_each else len({each.shape for each in inputs}) > 1
    return is_told and (has_each or targets is None) and inputs[0].ndim == 3 and inputs[0].size(0) in _CHANNELS


def _are_alike(inputs: Any) -> bool:
    """Whether it is a list of tensors of as many axes each."""
    if not isinstance(inputs, list | tuple) or hasattr(inputs, "_fields") or not inputs:
        return False
    are_tensors = all(isinstance(each, Tensor) and not each.is_nested and each.ndim for each in inputs)
    return are_tensors and len({each.ndim for each in inputs}) == 1


def _takes_list(model: nn.Module) -> bool:
    first = next(iter(_parameters(model)), None)
    if first is None or first.annotation is first.empty:
        return False
    if isinstance(first.annotation, str):
        return first.annotation.startswith(_LISTS)
    return get_origin(first.annotation) is list


def _takes(model: nn.Module, n_arguments: int) -> bool:
    try:
        inspect.signature(model.forward).bind(*range(n_arguments))
    except (TypeError, ValueError):
        return False
    return True


def _parameters(model: nn.Module) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(model.forward).parameters.values())
    except (TypeError, ValueError):
        return []
