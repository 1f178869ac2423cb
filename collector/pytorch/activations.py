"""What a pass keeps of a layer's output for the probe."""

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture.not_finite import ACTIVATION
from collector.pytorch.dead_units import useless_units
from collector.pytorch.fixed_numbers import fixed_on
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.samples import Samples

_GATHERED = 16
"""To gather a number costs as much as to add up so many that lie side by side."""


class ActivationRecorder:
    """Takes what a layer gives, at once: a later one may work in place.

    That is its activation, feature maps and sequences under the unit plan, which units are dead and, where there
    are any, how many values are not finite.
    """

    def __init__(self, plan: LayerPlan, draft: PassDraft, inputs: Samples) -> None:
        self._plan, self._draft, self._inputs = plan, draft, inputs
        self._shape = (len(inputs), *plan.output_shape)
        self._positions = [axis for axis in range(1, len(self._shape)) if axis != plan.unit_axis]
        self._record = draft.layers[plan.name]

    def is_of(self, like: object) -> bool:
        """Whether this is such a function's: a run in which another one is called takes nothing."""
        return type(self._plan.module) is type(like)

    def take(self, given: Any) -> None:
        """Take an output; something of another kind or shape, as of another call, is passed over."""
        plan, host_copy = self._plan, self._draft.host_copy
        output = self._inputs.activation_in(given, plan.tensor, plan.sample_axis)
        if output is None or output.shape != self._shape:
            return
        if plan.n_mapped:
            host_copy.take(self._chosen(output[: plan.n_mapped], 1), self._put_maps)
        if plan.sequence is not None:
            self._take_sequence(output[: plan.n_sequences], plan.sequence.kept)
        if output.numel():
            for metric, flags in useless_units(plan.module, output, plan.unit_axis).items():
                host_copy.take(flags, partial(self._draft.put_unit_states, metric, plan.name))
            # NaN or Inf where one of the values is, or where the sum overflows; only then each is looked at.
            if not output.is_cpu or not bool(torch.isfinite(output.sum())):
                host_copy.take((~torch.isfinite(output)).sum(), self._put_not_finite, exactly=True)
        self._take_mean(output)

    def _take_sequence(self, output: Tensor, kept: Any) -> None:
        by_step = output.movedim(self._plan.unit_axis, 2)
        by_step = by_step.index_select(1, fixed_on(output.device, kept))
        self._draft.host_copy.take(self._chosen(by_step, 2), self._put_sequence)

    def _chosen(self, values: Tensor, axis: int) -> Tensor:
        """The kept units only, of what lies on an accelerator, where those are real ones."""
        units = self._plan.units
        if values.is_cpu or units.rule != "spread" or units.is_whole:
            return values
        return values.index_select(axis, fixed_on(values.device, units.kept))

    def _reduced(self, array: np.ndarray, axis: int) -> np.ndarray:
        """What is kept of values of all units, or of what was `_chosen`."""
        units = self._plan.units
        return array if array.shape[axis] == len(units.kept) != units.total else units.reduce(array, axis)

    def _take_mean(self, output: Tensor) -> None:
        units, host_copy = self._plan.units, self._draft.host_copy
        if not self._positions:
            host_copy.take(output, lambda array: self._put_activation(units.reduce(array, 1)))
        elif units.rule == "spread" and self._is_worth_choosing(output):
            kept = fixed_on(output.device, units.kept)
            few = output.index_select(self._plan.unit_axis, kept)
            host_copy.take(few.float().mean(self._positions), self._put_activation)
        else:
            mean = output.float().mean(self._positions)
            host_copy.take(mean, lambda array: self._put_activation(units.reduce(array, 1)))

    def _is_worth_choosing(self, output: Tensor) -> bool:
        """Whether the kept units are chosen before means are made: they lie apart, or are few of very many."""
        units = self._plan.units
        is_last = self._plan.unit_axis == output.ndim - 1  # number by number, where others are chosen by stretches
        return units.total > _GATHERED * len(units.kept) if is_last else not units.is_whole

    def _put_activation(self, array: np.ndarray) -> None:
        self._record.activation = np.array(array, order="C")  # type: ignore[assignment]

    def _put_maps(self, array: np.ndarray) -> None:
        with np.errstate(over="ignore"):
            maps = self._reduced(array, 1).astype(np.float16)
        self._record.feature_maps = maps  # type: ignore[assignment]

    def _put_sequence(self, array: np.ndarray) -> None:
        with np.errstate(over="ignore"):
            sequence = self._reduced(array, 2).astype(np.float16)
        self._record.sequence = sequence  # type: ignore[assignment]

    def _put_not_finite(self, array: np.ndarray) -> None:
        if array:
            self._draft.not_finite.setdefault(ACTIVATION, {})[self._plan.name] = int(array)
