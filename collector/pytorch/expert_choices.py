"""Which experts a model's routers choose: seen from ``topk`` and the like over as many scores as there are experts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from collector.pytorch.modules import is_within, modules_of
from collector.pytorch.tensors import tensors_in

MOST_EXPERTS = 1024
_CHOOSING = ("topk", "argmax", "max")


@dataclass(frozen=True)
class ExpertChoice:
    """A router at work.

    Attributes:
        n_experts: among which it chooses.
        place: dotted name of the module that holds router and experts.
    """

    n_experts: int
    place: str


class ChoosingCalls(TorchFunctionMode):
    """While it is entered, counts the calls of functions that choose, and hands on what they chose.

    Args:
        see: is given the number of the call, from 0, among how many it chose, and their numbers, of any shape.
    """

    def __init__(self, see: Callable[[int, Tensor, int, Tensor], None]) -> None:
        super().__init__()
        self._see = see
        self._n_calls = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if getattr(func, "__name__", "") in _CHOOSING and args and isinstance(args[0], Tensor):
            numbers = next((each for each in tensors_in(result) if each.dtype == torch.int64), None)
            axis = _axis(func.__name__, args, kwargs)
            if numbers is not None and axis is not None and -args[0].ndim <= axis < args[0].ndim:
                self._see(self._n_calls, args[0], args[0].shape[axis], numbers)
                self._n_calls += 1
        return result


def _axis(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> int | None:
    place = 2 if name == "topk" else 1
    axis = kwargs.get("dim", args[place] if len(args) > place else -1 if name == "topk" else None)
    return axis if isinstance(axis, int) else None


def place_of_experts(model: nn.Module, place: str, n_experts: int) -> str | None:
    """The module around ``place`` that holds so many experts; None where nothing says that these are experts.

    Experts are the modules of a list, or lie along the first axis of a parameter ``[experts, …, …]``.
    """
    if not 1 < n_experts <= MOST_EXPERTS:
        return None
    modules = modules_of(model)
    for name in dict.fromkeys((place, place.rpartition(".")[0])):
        inner = {each: module for each, module in modules.items() if is_within(each, name)}
        has_list = any(isinstance(each, nn.ModuleList) and len(each) == n_experts for each in inner.values())
        if has_list or any(holds_experts(each, n_experts) for each in inner.values()):
            return name
    return None


def holds_experts(module: nn.Module, n_experts: int) -> bool:
    """Whether a module has the weights of so many experts in one parameter."""
    own = (each for each in module._parameters.values() if each is not None)
    return any(each.ndim == 3 and each.shape[0] == n_experts for each in own)
