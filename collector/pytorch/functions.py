"""Activations that a model calls as functions: which there are, and how they are told apart from run to run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from collector.pytorch.placed_functions import PlacedFunctions

_MODULES: Mapping[str, Callable[..., nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "sigmoid": nn.Sigmoid,
    "special_expit": nn.Sigmoid,
    "hardsigmoid": nn.Hardsigmoid,
    "tanh": nn.Tanh,
    "softsign": nn.Softsign,
}


def module_like(function: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> nn.Module | None:
    """A module that does what a call of a torch function does; None where no unit can be dead or saturated in it."""
    if function in _MODULES:
        return _MODULES[function]()
    given = dict(zip(("input", *_BOUNDS.get(function, ())), args, strict=False)) | dict(kwargs)
    if function == "hardtanh":
        return nn.Hardtanh(float(given.get("min_val", -1.0)), float(given.get("max_val", 1.0)))
    is_rectifier = function in ("clamp", "clip", "clamp_min") and _is_zero(given.get("min"))
    return nn.ReLU() if is_rectifier and given.get("max") is None else None


_BOUNDS = {
    "clamp": ("min", "max"),
    "clip": ("min", "max"),
    "clamp_min": ("min",),
    "hardtanh": ("min_val", "max_val"),
}


def _is_zero(bound: Any) -> bool:
    return isinstance(bound, int | float) and bound == 0


class FunctionCalls(PlacedFunctions):
    """While it is entered, counts the calls of such functions in a run, and hands on what they give.

    A call within an activation that is a module is that module's, and is not counted.

    Args:
        modules: all that the model has.
        see: is given the number of the call, from 0, a module like it, the function's name and its result.
    """

    def __init__(self, modules: Mapping[str, nn.Module], see: Callable[[int, nn.Module, str, Tensor], None]) -> None:
        super().__init__(modules)
        self._see = see
        self._n_within = self._n_calls = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if self._n_within or not isinstance(result, Tensor):
            return result
        name = getattr(func, "__name__", "").strip("_")
        if name in _MODULES or name in _BOUNDS:
            like = module_like(name, args, kwargs)
            if like is not None:
                self._n_calls += 1
                self._see(self._n_calls - 1, like, "relu" if name in ("clamp", "clip", "clamp_min") else name, result)
        return result

    def begin(self, name: str, module: nn.Module, *_: Any) -> None:
        """A module is about to run."""
        super().begin(name, module)
        self._n_within += _is_activation(type(module))

    def end(self, name: str, module: nn.Module, *_: Any) -> None:
        """It has run."""
        super().end(name, module)
        self._n_within -= _is_activation(type(module))


def _is_activation(kind: type) -> bool:
    return kind.__module__ == "torch.nn.modules.activation"
