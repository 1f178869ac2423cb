"""Follows the units of the layers, and the samples, through every torch function that a model calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from collector.pytorch.layers import INPUT
from collector.pytorch.moved_axes import MOVING, moved_axis, sample_axis
from collector.pytorch.origins import Origin, derived
from collector.pytorch.tensors import shape_of, tensors_in

_SPLITTING = frozenset(["split", "split_with_sizes", "chunk", "tensor_split", "unsafe_split", "unsafe_chunk"])
_REGROUPING = frozenset(["view", "reshape", "unflatten"])


@dataclass(frozen=True)
class Split:
    """How the units of a layer were taken apart.

    Attributes:
        n_parts: into so many equal ones, one after the other.
        heads: each of them into so many; 0: not at once.
    """

    n_parts: int
    heads: int = 0


class OriginTracing(TorchFunctionMode):
    """While it is entered, knows the origin of every tensor that is made of the network's input.

    Attributes:
        splits: stage → how its units were taken apart.

    Args:
        inputs: the tensor of samples.
        sample_axis: along which they lie in it.
    """

    def __init__(self, inputs: Tensor, sample_axis: int = 0) -> None:
        super().__init__()
        self.splits: dict[str, Split] = {}
        self._origins: dict[int, Origin | None] = {}
        self._sample_axes: dict[int, int] = {}
        self._active_collectors: list[Tensor] = []  # an id that is given back could be given out again
        self.put(inputs, Origin((INPUT,)))
        self._sample_axes[id(inputs)] = sample_axis

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

    def sample_axis_of(self, tensor: Tensor, n_samples: int) -> int | None:
        """The axis along which the samples lie; the first, where that is not known and it is as long."""
        axis = self._sample_axes.get(id(tensor), 0)
        return axis if axis < tensor.ndim and tensor.size(axis) == n_samples else None

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
        name = _name_of(func)
        known = [origin for _, origin in given if origin is not None]
        is_known = len(known) == len(given)
        for place, tensor in enumerate(tensors_in(result)):
            origin = self._moved(func, name, given, shapes[0], place, args, kwargs) if is_known else None
            if origin is None and is_known and isinstance(result, Tensor):
                origin = derived(name, known, shapes, torch.Size(shape_of(result)), args, kwargs)
            self.put(tensor, origin)
        if name == "setitem":
            self.put(args[0], None)
        self._follow_samples(func, name, given, shapes, result, args, kwargs)
        if known and (split := _split(name, known[0], shapes[0], result)) is not None:
            self.splits[known[0].stages[0]] = split
        return result

    @staticmethod
    def _moved(
        func: Callable[..., Any],
        name: str,
        given: list[tuple[Tensor, Origin | None]],
        shape: torch.Size,
        place: int,
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> Origin | None:
        """The origin of what a function makes that moves the axes of one tensor."""
        origin = given[0][1]
        is_alone = len(given) == 1 and args and args[0] is given[0][0]
        if origin is None or not is_alone or (name not in MOVING and name not in _SPLITTING):
            return None
        axis = moved_axis(func, origin.axis, shape, place, args, kwargs)
        return None if axis is None else replace(origin, axis=axis)

    def _follow_samples(
        self,
        func: Callable[..., Any],
        name: str,
        given: list[tuple[Tensor, Origin | None]],
        shapes: list[torch.Size],
        result: Any,
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> None:
        axes = ((self._sample_axes.get(id(each)), shape) for (each, _), shape in zip(given, shapes, strict=True))
        axis, shape = next(((axis, shape) for axis, shape in axes if axis is not None), (None, None))
        if axis is None or shape is None:
            return
        for place, tensor in enumerate(tensors_in(result)):
            found = sample_axis(func, name, axis, shape, shape_of(tensor), place, args, kwargs)
            if found is None:
                self._sample_axes.pop(id(tensor), None)
            else:
                self._sample_axes[id(tensor)] = found


def _name_of(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", "").strip("_")
    if name == "get":  # of an attribute, as of x.T
        return getattr(getattr(function, "__self__", None), "__name__", name)
    return name


def _split(name: str, origin: Origin, shape: torch.Size, result: Any) -> Split | None:
    """Whether a function takes the units of one stage apart."""
    if len(origin.stages) > 1 or origin.stages == (INPUT,) or origin.block > 1 or origin.axis != len(shape) - 1:
        return None
    total = shape[-1]
    if name in _SPLITTING:
        sizes = [shape_of(each)[-1] for each in tensors_in(result)]
        is_equal = len({*sizes}) == 1 and sizes[0] * len(sizes) == total and len(sizes) > 1
        return Split(len(sizes)) if is_equal else None
    made = shape_of(result) if name in _REGROUPING and isinstance(result, Tensor) else ()
    # [N, T, 3 * H * D] as [N, T, 3, H, D]
    if len(made) == len(shape) + 2 and made[: len(shape) - 1] == tuple(shape[:-1]) and made[-3] > 1:
        return Split(made[-3], made[-2])
    return None
