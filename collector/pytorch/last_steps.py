"""The last steps of a PyTorch training: what a pass has of its parameters, copied at each step into the same memory."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from collector.capture import step_ring
from collector.capture.run_log import RunLog
from collector.capture.step_ring import RingParameter, Slot, StepRing
from collector.pytorch.kept_places import kept_places
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import as_array, real_values, wide

_MOST_SQUARED = 4096
"""Of more gradients, which nearly always are those of few first layers, so many tell whether they jump; whether all are
finite is known from elsewhere."""


class LastSteps(step_ring.LastSteps):
    """The weights before and the gradients of the last steps, under the unit plan; see `StepRing`.

    Behind a backward pass the caches hold other things, so that what counts is to call few functions: of a plain tensor
    one that takes what is kept of it.

    Args:
        n_steps: at most so many are held.
        most_bytes: of memory that they may take.
    """

    def __init__(
        self, plans: Sequence[LayerPlan], hooks: OptimizerHooks, log: RunLog, n_steps: int, most_bytes: int
    ) -> None:
        self._plans, self._hooks, self._log = plans, hooks, log
        super().__init__(n_steps, most_bytes)
        self.renew()

    def renew(self) -> None:
        """Begin anew with the parameters that the layers have now."""
        named = [(plan, name, each) for plan in self._plans for name, each in plan.parameters.items()]
        found = [(each, kept_places(*each)) for each in named]
        self._places = [places for _, places in found if places is not None]
        self._parameters = [each for (_, _, each), places in found if places is not None]
        held = [
            RingParameter(
                *(plan.name, name, plan.has_field(name), places.shape, *places.how),
                is_plain=each.is_cpu and each.dtype is torch.float32,
                value_bytes=each.element_size(),
            )
            for (plan, name, each), places in found
            if places is not None
        ]
        names = [plan.name for plan in self._plans]
        self._ring = StepRing(held, names, self._log, self.asked, self.most_bytes, _array_of)
        self._hows = [(each.indices, each.axis) for each in held]
        are_plain = all(each.is_plain for each in held)
        self._values = [each.detach().numpy() for each in self._parameters] if are_plain else []
        self._lying = self._where_they_lie() if are_plain else []
        """Where they lay when their values were made to share their memory."""

    def _where_they_lie(self) -> list[int]:
        return [each.data_ptr() for each in self._parameters]

    def hold(self) -> float:
        """Copy what the step under way begins with; a sum of squares of the gradients that were copied."""
        slot = self._ring.begin()
        self._copy(slot, "gradient", slot.gradients, self._hooks.gradients(self._parameters))
        weights = self._hooks.weights(self._parameters)
        if weights is self._parameters and self._where_they_lie() == self._lying:
            for (indices, axis), room, values in zip(self._hows, slot.weights, self._values, strict=True):
                values.take(indices, axis, room, "clip")
        else:
            self._copy(slot, "weight", slot.weights, [each.detach() for each in weights])
        return slot.square(_MOST_SQUARED)

    def far_square(self) -> Tensor | None:
        """Sum of the squares of all gradients of the step under way, where they are; None where none is elsewhere."""
        far = [each for each in self._hooks.gradients(self._parameters) if each is not None and not each.is_cpu]
        if not far:
            return None
        norms = torch._foreach_norm([real_values(each.detach()) for each in far], 2, dtype=wide(far[0]))
        return torch.stack([each.to(norms[0].device, non_blocking=True) for each in norms]).square().sum()

    def _copy(self, slot: Slot, kind: str, rooms: list[np.ndarray | None], tensors: Sequence[Tensor | None]) -> None:
        for number, ((indices, axis), room, tensor) in enumerate(zip(self._hows, rooms, tensors, strict=True)):
            if room is not None and tensor is not None:
                try:
                    tensor.numpy().take(indices, axis, room, "clip")
                    continue
                except (TypeError, RuntimeError):  # a sparse one, or one that is itself differentiable
                    pass
            slot.put_other(kind, number, None if tensor is None else self._places[number].copied(tensor))

    def taken(self, step: int) -> None:
        """The update was made."""
        self._ring.taken(step)

    def _now(self) -> Slot:
        slot = self._ring.new_slot()
        self._copy(slot, "weight", slot.weights, [each.detach() for each in self._parameters])
        return slot


def _array_of(values: np.ndarray | Tensor) -> np.ndarray:
    return as_array(values) if isinstance(values, Tensor) else values
