"""Where in a parameter's memory the values lie that the unit plan keeps of it."""

from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.pass_arrays import gathered, has_place, kept_axes
from collector.pytorch.plan import LayerPlan
from collector.pytorch.shards import is_shard


@dataclass(frozen=True)
class KeptPlaces:
    """Places of values in a parameter, or in what is shaped like it.

    Attributes:
        shape: of what is kept.
        rows: numbers of the rows that are kept whole, int; None: of some rows only parts are kept.
        numbers: of the kept values in the memory of a contiguous tensor, int, where there are no such rows.
        axes, is_swapped: see `kept_axes`.
    """

    shape: tuple[int, ...]
    rows: np.ndarray | None
    numbers: np.ndarray | None
    axes: list[tuple[int, np.ndarray]]
    is_swapped: bool

    @property
    def how(self) -> tuple[np.ndarray, int | None]:
        """The indices and the axis with which `numpy.ndarray.take` gives what is kept, in one call."""
        return (self.rows, 0) if self.rows is not None else (self.numbers, None)  # type: ignore[return-value]

    @property
    def size(self) -> int:
        """Values that are kept."""
        return prod(self.shape)

    def copied(self, tensor: Tensor) -> Tensor:
        """The same of any tensor, where and as it is."""
        tensor = tensor.detach()
        with torch.no_grad():
            return gathered(tensor.swapaxes(0, 1) if self.is_swapped else tensor, self.axes).clone()


def kept_places(plan: LayerPlan, name: str, parameter: Tensor) -> KeptPlaces | None:
    """Those of a layer's parameter; None where passes do not have it."""
    has_field = plan.has_field(name)
    if parameter.is_complex() or not parameter.numel() or is_shard(parameter):
        return None
    if not has_place(plan, name, has_field=has_field) or (has_field and parameter.layout is not torch.strided):
        return None
    axes, is_swapped = kept_axes(plan, name, parameter.ndim, has_field=has_field)
    sizes = tuple(parameter.shape)
    strides = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
    if is_swapped:
        sizes, strides = (*sizes[1::-1], *sizes[2:]), [*strides[1::-1], *strides[2:]]
    kept = dict(axes)
    positions = [kept.get(place, np.arange(size)) for place, size in enumerate(sizes)]
    shape = tuple(map(len, positions))
    if shape and shape[1:] == sizes[1:] and not is_swapped:
        return KeptPlaces(shape, positions[0], None, axes, is_swapped)
    numbers = np.zeros(1, np.intp)
    for own, stride in zip(positions, strides, strict=True):
        numbers = (numbers[:, None] + own * stride).reshape(-1)
    return KeptPlaces(shape, None, numbers, axes, is_swapped)
