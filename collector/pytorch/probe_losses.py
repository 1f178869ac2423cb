"""The loss of each of the probe's samples, by the training's own loss function."""

import inspect
from collections.abc import Callable
from copy import copy
from functools import partial
from itertools import count
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.fact_names import PROBE_LOSS
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.preserved_state import preserved_code
from collector.pytorch.probe_options import Loss
from collector.pytorch.samples import OUTPUT, Samples, mapped

MOST_ALONE = 512
"""Of a larger probe no sample's loss is computed by itself."""

NOT_APART = (
    "The loss of the whole probe is recorded as probe_loss; no sample has one of its own, as it is no mean or sum of "
    "what the samples give by themselves."
)


class ProbeLosses:
    """Computes losses of the probe.

    A sample's own loss is what the loss function gives with ``reduction="none"``, where it takes that and gives one
    number for each sample; else what it gives for that sample alone, where the loss of all is a sum of those, or lies
    between them, as a mean does.

    Args:
        loss: a function, or a module as `torch.nn.MSELoss`.
        targets: as the user gave them.
        inputs: the probe.

    Raises:
        Exception: whatever the loss raises for what the model gives.

    Attributes:
        told: a sentence where no sample has a loss of its own.
    """

    def __init__(self, loss: Loss, targets: Any, inputs: Samples, output: Any) -> None:
        self._loss, self._unreduced, self._inputs = loss, _unreduced(loss), inputs
        self._targets = mapped(targets, lambda each: each.detach().clone())
        self._is_apart = True
        with preserved_code(loss), torch.no_grad():
            self._is_apart = self._of_samples(output, self._mean(output, self._targets)) is not None
        self.told = "" if self._is_apart else NOT_APART

    def take(self, output: Any, draft: PassDraft) -> None:
        """Put the losses of an output into a pass."""
        with preserved_code(self._loss), torch.no_grad():
            whole = self._mean(output, self._targets)
            draft.host_copy.take(whole, lambda array: draft.scalars.update({PROBE_LOSS: float(array)}))
            own = self._of_samples(output, whole) if self._is_apart else None
        if own is not None:
            draft.host_copy.take(own, lambda array: setattr(draft, "losses", np.array(array, np.float32)))

    def mean(self, output: Any) -> Tensor:
        """The loss of an output of the whole probe, as one number."""
        with preserved_code(self._loss), torch.no_grad():
            return self._mean(output, self._targets)

    def _mean(self, output: Any, targets: Any) -> Tensor:
        """The loss as one number."""
        loss = torch.as_tensor(self._loss(output, targets)).detach()
        return loss.reshape(()) if loss.numel() == 1 else loss.float().mean()

    def _of_samples(self, output: Any, whole: Tensor) -> Tensor | None:
        """A loss for each sample, ``[N]``; None where there is none."""
        n_samples = len(self._inputs)
        each = self._unreduced(output, self._targets)
        is_by_sample = isinstance(each, Tensor) and each.ndim > 0 and each.size(0) == n_samples
        if is_by_sample and each.ndim == 1:
            return each.detach()
        if n_samples > MOST_ALONE:
            return each.detach().float().flatten(1).mean(1) if is_by_sample else None
        alone = [self._mean(*self._cut(output, number)) for number in range(n_samples)]
        own = torch.stack(alone).float()
        return own if is_by_sample or _are_parts(own, whole) else None

    def _cut(self, output: Any, number: int) -> tuple[Any, Any]:
        """What the model gives for one sample, and its target."""
        inputs, places = self._inputs, count()

        def of_output(each: Tensor) -> Tensor:
            axis = inputs.axis_at(OUTPUT, each, next(places))
            return each if axis is None else each.narrow(axis, number, 1)

        def of_targets(each: Tensor) -> Tensor:
            axes = (axis for axis in (inputs.first_axis, 0) if axis < each.ndim and each.size(axis) == len(inputs))
            axis = next(axes, None)
            return each if axis is None else each.narrow(axis, number, 1)

        return _part(output, of_output, number, len(inputs)), _part(self._targets, of_targets, number, len(inputs))


def _part(value: Any, cut: Callable[[Tensor], Tensor], number: int, n_samples: int) -> Any:
    is_list = isinstance(value, list) and len(value) == n_samples
    return value[number : number + 1] if is_list else mapped(value, cut)


def _are_parts(own: Tensor, whole: Tensor) -> bool:
    """Whether a number can be the mean, weighted in any way, or the sum of others."""
    whole = whole.to(own)
    near = 1e-4 * float(own.abs().max()) + 1e-7
    return bool((own.min() - near <= whole) & (whole <= own.max() + near) | ((own.sum() - whole).abs() <= near))


def _unreduced(loss: Loss) -> Loss:
    """The same without a mean over the samples, where it can be told not to take one; else itself."""
    if isinstance(loss, nn.Module):
        if not isinstance(getattr(loss, "reduction", None), str):
            return loss
        other: Any = copy(loss)
        other.reduction = "none"
        return other
    try:
        takes = "reduction" in inspect.signature(loss).parameters
    except (TypeError, ValueError):
        return loss
    function: Any = loss
    return partial(function, reduction="none") if takes else loss
