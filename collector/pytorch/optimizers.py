"""What can be told of an optimizer, whoever wrote it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer


def inner_optimizer(optimizer: Any) -> Any:
    """The optimizer inside what a library puts around it: its own hooks are never called, or are those inside."""
    inner = getattr(optimizer, "optimizer", None)
    hooks = getattr(optimizer, "_optimizer_step_pre_hooks", None)
    is_wrapper = isinstance(inner, Optimizer) and (hooks is None or hooks is inner._optimizer_step_pre_hooks)
    return inner_optimizer(inner) if is_wrapper else optimizer


def around_optimizer(optimizer: Any) -> Iterator[Any]:
    """What is put around the `inner_optimizer`, from the outside to the inside."""
    inside = inner_optimizer(optimizer)
    while optimizer is not inside:
        yield optimizer
        optimizer = optimizer.optimizer


def groups_of(optimizer: Any) -> list[Mapping[str, Any]]:
    """The groups of parameters; none of an optimizer that has no ``param_groups`` as torch's have them."""
    groups = getattr(optimizer, "param_groups", ())
    known = groups if isinstance(groups, list | tuple) else ()
    # nearly always a dict, which is known sooner than another mapping
    return [each for each in known if (type(each) is dict or isinstance(each, Mapping)) and "params" in each]


def parameters_of(optimizer: Any) -> set[Tensor]:
    """All that an optimizer updates."""
    return {each for group in groups_of(optimizer) for each in group["params"] if isinstance(each, Tensor)}


def state_of(optimizer: Any) -> Mapping[Any, Mapping[str, Any]]:
    """What it holds for each parameter; nothing where that is not told as torch's optimizers do."""
    state = getattr(optimizer, "state", None)
    return state if isinstance(state, Mapping) else {}


def kinds_of(optimizers: Sequence[Any]) -> str:
    """Their classes: ``Adam``, ``Adam, SGD``, ``62 SGD``."""
    names = [type(each).__name__ for each in optimizers]
    if len(names) > 3 and len(set(names)) == 1:
        return f"{len(names)} {names[0]}"
    return ", ".join(names)


def backward_under_way() -> int | None:
    """A number of the backward pass that this is called within; None: outside of any."""
    number = torch._C._current_graph_task_id()
    return None if number < 0 else number
