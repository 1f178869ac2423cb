"""What the layers of a model give for the probe, as rows: a sample, or a position of one, in each."""

from math import ceil, prod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.step_state import MOST_VALUES
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.layers import device_of
from collector.pytorch.pass_arrays import run_watched
from collector.pytorch.plan import LayerPlan
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import Samples


def probe_activations(model: nn.Module, inputs: Samples, plans: list[LayerPlan]) -> dict[str, np.ndarray]:
    """Layer → its output, float32 ``[R, U]``; see `StepState.activations`. The model is not changed by it."""
    inputs, host_copy = inputs.to(device_of(model)), HostCopy()
    takers = {plan.name: _Rows(plan, inputs) for plan in plans if "activation" not in plan.not_recorded}
    with preserved_state(model):
        run_watched(model, inputs, plans, takers)
        for taker in takers.values():
            taker.hand_on(host_copy)
        host_copy.fetch()
    return {name: taker.rows for name, taker in takers.items() if taker.rows is not None}


class _Rows:
    """Takes evenly spread rows of what a layer gives."""

    def __init__(self, plan: LayerPlan, inputs: Samples) -> None:
        self._plan, self._inputs = plan, inputs
        self._taken: Tensor | None = None
        self.rows: np.ndarray | None = None

    def is_of(self, like: nn.Module) -> bool:
        return type(self._plan.module) is type(like)

    def take(self, given: Any) -> None:
        output = self._inputs.activation_in(given, self._plan.tensor, self._plan.sample_axis)
        if output is None or output.shape != (len(self._inputs), *self._plan.output_shape) or not output.numel():
            return
        by_position = output.detach().movedim(self._plan.unit_axis, -1)
        rows = by_position[_even(by_position.shape)].reshape(-1, by_position.shape[-1])
        self._taken = rows.to(torch.float32, copy=True)

    def hand_on(self, host_copy: HostCopy) -> None:
        if self._taken is not None:
            host_copy.take(self._taken, self._put)

    def _put(self, array: np.ndarray) -> None:
        self.rows = np.array(array)


def _even(shape: torch.Size) -> tuple[slice, ...]:
    """Of ``[N, …, U]`` samples and positions at equal distances, so that at most `MOST_VALUES` are left, or one row.

    Positions go first: samples are told apart as long as there are several positions of each.
    """
    n_samples, *positions, n_units = shape
    apart = _distance(positions, MOST_VALUES // (n_samples * n_units))
    rows_each = prod(ceil(each / apart) for each in positions)
    samples_apart = _distance([n_samples], MOST_VALUES // (rows_each * n_units))
    return (slice(None, None, samples_apart), *[slice(None, None, apart)] * len(positions))


def _distance(sizes: list[int], most: int) -> int:
    """The least distance along all axes at which at most so many places are left, or one."""
    places = float(np.prod(sizes, dtype=np.float64)) if sizes else 1.0
    apart = max(1, int((places / max(most, 1)) ** (1 / max(len(sizes), 1))))
    while apart < max(sizes, default=1) and np.prod([ceil(each / apart) for each in sizes], dtype=np.float64) > most:
        apart += 1
    return apart
