"""How large the outputs of layers are in the training's own forward pass, at steps that are measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite, nan, sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.fact_names import ACTIVATIONS, NOT_FINITE_FORWARD
from collector.capture.run_log import RunLog
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import tensors_in

METRICS = (*ACTIVATIONS, NOT_FINITE_FORWARD)

Found = tuple[float, ...] | Tensor
"""`METRICS` of an output ``[4]``, those of one elsewhere where it is."""


class ForwardStatistics:
    """Looks at what layers give while the model is called in training; see `ModuleWatcher`.

    Of a step's calls the last one counts, and of a module's.
    """

    def __init__(self, plans: Sequence[LayerPlan]) -> None:
        modules = {plan.name: plan.module for plan in plans if plan.number_of_call is None and not plan.is_gone}
        self.looks = {module: partial(self._look, name) for name, module in modules.items()}
        self._layers = list(modules)
        self._names = tuple(f"{metric}/{name}" for name in modules for metric in METRICS)
        self._found: dict[str, Found] = {}

    def begin(self) -> None:
        """A call of the model that is looked at is about to be made."""
        self._found = {}

    def record(self, step: int, log: RunLog) -> None:
        """Hand over what was found of the step under way."""
        found, self._found = self._found, {}
        if found:
            rows = [found.get(name, _LACKING) for name in self._layers]
            log.put_row(self._names, step, _Row(rows, _brought(rows, log)), _on_the_host)

    def _look(self, name: str, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        first = output if isinstance(output, Tensor) else next(tensors_in(output), None)
        if first is not None and _is_plain(first):
            self._found[name] = statistics_of(first.detach())


_LACKING = (nan,) * len(METRICS)


def statistics_of(values: Tensor) -> Found:
    """`METRICS` of a tensor; the last is NaN where all are finite."""
    if values.is_cpu and values.dtype in (torch.float32, torch.float64):
        found = _of_finite(values)
        if found is not None:
            return (*found, nan)
    with torch.no_grad():
        wide = values if values.dtype in (torch.float32, torch.float64) else values.float()
        variance, mean = torch.var_mean(wide, correction=0)
        n_bad = values.numel() - torch.isfinite(values).sum()
        n_bad = torch.where(n_bad > 0, n_bad.double(), torch.nan)
        return torch.stack([mean.double(), variance.double().sqrt(), wide.abs().max().double(), n_bad])


_CANCELS = 0.1
"""Variances of a smaller share of the squared mean are made of what is left when the mean is gone."""


def _of_finite(values: Tensor) -> tuple[float, float, float] | None:
    """`ACTIVATIONS`, many times as fast as torch has them; None where a value, or a sum of squares, is not finite."""
    array = values.numpy().reshape(-1) if values.is_contiguous() else values.numpy().ravel("K")
    square = float(np.vdot(array, array)) / array.size
    if not isfinite(square):
        return None
    mean = values.sum().item() / array.size
    variance = square - mean * mean
    if variance < _CANCELS * mean * mean:
        apart = array - mean
        variance = float(np.vdot(apart, apart)) / array.size
    largest = max(np.maximum.reduce(array), -np.minimum.reduce(array))
    return mean, sqrt(max(variance, 0.0)), float(largest)


def _is_plain(tensor: Tensor) -> bool:
    """Whether it is a tensor of numbers in memory, not one that stands for several or for none."""
    is_wrapped = torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    is_dense = tensor.layout is torch.strided and not tensor.is_nested and not tensor.is_meta
    is_own = type(tensor) in (Tensor, nn.Parameter)
    return is_own and is_dense and not is_wrapped and tensor.is_floating_point() and tensor.numel() > 0


@dataclass(frozen=True)
class _Row:
    """What was found of the layers at a step, and places and numbers of those that come from a device ``[n, 4]``."""

    found: Sequence[Found]
    far: list[tuple[list[int], Any]]


def _brought(found: Sequence[Found], log: RunLog) -> list[tuple[list[int], Any]]:
    devices: dict[torch.device, list[int]] = {}
    for place, each in enumerate(found):
        if isinstance(each, Tensor):
            devices.setdefault(each.device, []).append(place)
    return [(places, log.far.bring(torch.stack([found[place] for place in places]))) for places in devices.values()]  # type: ignore[misc]


def _on_the_host(rows: Sequence[_Row]) -> np.ndarray:
    """Rows of several layers ``[S, L × 4]``."""
    table = np.full((len(rows), len(rows[0].found), len(METRICS)), nan)
    for number, row in enumerate(rows):
        for layer, found in enumerate(row.found):
            if not isinstance(found, Tensor):
                table[number, layer] = found
        for places, numbers in row.far:
            table[number, places] = numbers.numpy() if isinstance(numbers, Tensor) else numbers.read()
    return table.reshape(len(rows), -1)
