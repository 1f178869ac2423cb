"""Follows the units of the layers through every torch function that a model calls."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from collector.pytorch.layers import INPUT
from collector.pytorch.origins import Origin, derived
from collector.pytorch.tensors import shape_of, tensors_in


class OriginTracing(TorchFunctionMode):
    """While it is entered, knows the origin of every tensor that is made of the network's input."""

    def __init__(self, inputs: Tensor) -> None:
        super().__init__()
        self._origins: dict[int, Origin | None] = {}
        self._active_collectors: list[Tensor] = []  # an id that is given back could be given out again
        self.put(inputs, Origin((INPUT,)))

    def put(self, tensor: Tensor, origin: Origin | None) -> None:
        """Say what a tensor holds; None is not known."""
        self._origins[id(tensor)] = origin
        self._active_collectors.append(tensor)

    def origin_of(self, tensor: Tensor) -> Origin | None:
        """What a tensor holds, where that is known."""
        return self._origins.get(id(tensor))

    def knows(self, tensor: Tensor) -> bool:
        """Whether a tensor was made of the network's input."""
        return id(tensor) in self._origins

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        # What is not made of the input is a constant: a parameter, a buffer, a mask.
        given = [(each, self._origins[id(each)]) for each in tensors_in((args, kwargs)) if id(each) in self._origins]
        shapes = [torch.Size(shape_of(each)) for each, _ in given]
        result = func(*args, **kwargs)
        if not given:
            return result
        name = getattr(func, "__name__", "").strip("_")
        known = [origin for _, origin in given if origin is not None]
        if isinstance(result, Tensor):
            is_known = len(known) == len(given)
            self.put(
                result, derived(name, known, shapes, torch.Size(shape_of(result)), args, kwargs) if is_known else None
            )
        else:
            for tensor in tensors_in(result):
                self.put(tensor, None)
            if name == "setitem":
                self.put(args[0], None)
        return result
