"""The last steps of a PyTorch training: what a pass has of its parameters, copied at each step into the same memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from collector.capture.run_log import RunLog
from collector.pytorch.kept_places import KeptPlaces, kept_places
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import as_array
from collector.storage.layer_arrays import ENDINGS
from collector.storage.schema import LayerRecord, ParameterArrays, PassRecord

Values = np.ndarray | Tensor
"""What is kept of a tensor: as an array in the ring, or a copy where the tensor lies."""


@dataclass(frozen=True)
class _Held:
    """A parameter, and where its values lie in a row of the ring; without a place there they are copied as they are."""

    plan: LayerPlan
    name: str
    parameter: Tensor
    places: KeptPlaces
    start: int | None

    def room(self, row: np.ndarray) -> np.ndarray | None:
        """Its part of a row, in the shape that it is taken in."""
        if self.start is None:
            return None
        room = row[self.start : self.start + self.places.size]
        return room if self.places.rows is None else room.reshape(self.places.shape)


class _Slot:
    """A step in the ring.

    Args:
        weights, gradients: where those of each parameter go.
        gradient_row: all of those gradients, ``[V]``.

    Attributes:
        step: its number; −1: none was taken yet.
        at: when it began, by the clock of the log.
        others: what does not fit in there: kind and number of the parameter → a copy; None: there was no gradient.
    """

    def __init__(
        self, weights: list[np.ndarray | None], gradients: list[np.ndarray | None], gradient_row: np.ndarray
    ) -> None:
        self.weights, self.gradients, self.gradient_row = weights, gradients, gradient_row
        self.step, self.at = -1, 0.0
        self.others: dict[tuple[str, int], Tensor | None] = {}

    def weight(self, number: int) -> Values | None:
        """What is kept of a parameter."""
        key = "weight", number
        return self.others[key] if key in self.others else self.weights[number]

    def gradient(self, number: int) -> Values | None:
        """The same of its gradient; None: there was none."""
        key = "gradient", number
        return self.others[key] if key in self.others else self.gradients[number]


class LastSteps:
    """The weights before and the gradients of the last steps, under the unit plan.

    One copy of each is made at a step, out of which its update is worked out when it is asked for: the weights as the
    next step finds them, less those it found itself. Behind a backward pass the caches hold other things, so that what
    counts is to call few functions: of a plain tensor one that takes what is kept of it.

    Args:
        n_steps: at most so many are held.
        most_bytes: of memory that they may take.
    """

    def __init__(
        self, plans: Sequence[LayerPlan], hooks: OptimizerHooks, log: RunLog, n_steps: int, most_bytes: int
    ) -> None:
        self._plans, self._hooks, self._log = plans, hooks, log
        self.asked, self.most_bytes = n_steps, most_bytes
        self.renew()

    def renew(self) -> None:
        """Begin anew with the parameters that the layers have now."""
        self._held, n_values, n_bytes = [], 0, 0
        for plan in self._plans:
            for name, parameter in plan.parameters.items():
                places = kept_places(plan, name, parameter)
                if places is None:
                    continue
                is_plain = parameter.is_cpu and parameter.dtype is torch.float32
                self._held.append(_Held(plan, name, parameter, places, n_values if is_plain else None))
                n_values += places.size if is_plain else 0
                n_bytes += places.size * parameter.element_size()
        self._parameters = [each.parameter for each in self._held]
        self._hows = [each.places.how for each in self._held]
        are_plain = all(each.start is not None for each in self._held)
        self._values = [each.parameter.detach().numpy() for each in self._held] if are_plain else []
        self._lying = self._where_they_lie() if are_plain else []
        """Where they lay when their values were made to share their memory."""
        self.step_bytes = 2 * n_bytes
        self.n_steps = min(self.asked, self.most_bytes // max(self.step_bytes, 1))
        ring = np.zeros((self.n_steps, 2, n_values), np.float32)
        self._slots = [
            _Slot(*([each.room(row) for each in self._held] for row in rows), gradient_row=rows[1]) for rows in ring
        ]
        self._n_taken = 0

    def hold(self) -> float:
        """Copy what the step under way begins with; the sum of squares of the gradients that were copied."""
        slot = self._slots[self._n_taken % self.n_steps]
        slot.step = -1
        if slot.others:
            slot.others.clear()
        self._copy(slot, "gradient", slot.gradients, self._hooks.gradients(self._parameters))
        weights = self._hooks.weights(self._parameters)
        if weights is self._parameters and self._where_they_lie() == self._lying:
            for (indices, axis), room, values in zip(self._hows, slot.weights, self._values, strict=True):
                values.take(indices, axis, room, "clip")
        else:
            self._copy(slot, "weight", slot.weights, [each.detach() for each in weights])
        return float(slot.gradient_row.dot(slot.gradient_row))

    def _where_they_lie(self) -> list[int]:
        return [each.data_ptr() for each in self._parameters]

    def _copy(self, slot: _Slot, kind: str, rooms: list[np.ndarray | None], tensors: Sequence[Tensor | None]) -> None:
        for number, ((indices, axis), room, tensor) in enumerate(zip(self._hows, rooms, tensors, strict=True)):
            if room is not None and tensor is not None:
                try:
                    tensor.numpy().take(indices, axis, room, "clip")
                    continue
                except (TypeError, RuntimeError):  # a sparse one, or one that is itself differentiable
                    pass
            self._copy_other(slot, (kind, number), room, tensor)

    def _copy_other(self, slot: _Slot, key: tuple[str, int], room: np.ndarray | None, tensor: Tensor | None) -> None:
        """Of a tensor that there is not, or that NumPy cannot have as it is."""
        if room is not None:
            room.fill(0)
        slot.others[key] = None if tensor is None else self._held[key[1]].places.copied(tensor)

    def taken(self, step: int) -> None:
        """The update was made."""
        slot = self._slots[self._n_taken % self.n_steps]
        slot.step, slot.at = step, self._log.last_look
        self._n_taken += 1

    @property
    def steps(self) -> list[int]:
        """Those that are held, rising."""
        return sorted(slot.step for slot in self._slots if slot.step >= 0)

    def passes(self, steps: Iterable[int]) -> Iterator[PassRecord]:
        """The passes of some of them."""
        slots = {slot.step: slot for slot in self._slots if slot.step >= 0}
        for step in steps:
            yield self._pass(slots[step], slots.get(step + 1) or self._now())

    def _now(self) -> _Slot:
        """The weights as they are."""
        row = np.zeros(self._slots[0].gradient_row.size, np.float32)
        rooms = [each.room(row) for each in self._held]
        slot = _Slot(rooms, rooms, row)
        self._copy(slot, "weight", rooms, [each.detach() for each in self._parameters])
        return slot

    def _pass(self, slot: _Slot, following: _Slot) -> PassRecord:
        layers = {plan.name: LayerRecord() for plan in self._plans}
        for number, each in enumerate(self._held):
            before, after = slot.weight(number), following.weight(number)
            with np.errstate(all="ignore"), torch.no_grad():
                update = None if before is None or after is None else after - before  # type: ignore[operator]
            record = layers[each.plan.name]
            for kind, values in (("value", before), ("gradient", slot.gradient(number)), ("update", update)):
                _put(record, each, kind, values)
        return PassRecord(number=0, step=slot.step, seconds=self._log.seconds_at(slot.at), layers=layers)


def _put(record: LayerRecord, held: _Held, kind: str, values: Values | None) -> None:
    """Put what belongs to a parameter into a layer's record: ``value``, ``gradient`` or ``update``."""
    if values is None:
        return
    array = (as_array(values) if isinstance(values, Tensor) else values).reshape(held.places.shape)
    if held.plan.has_field(held.name):
        setattr(record, held.name + ENDINGS[kind], array)
    else:
        setattr(record.parameters.setdefault(held.name, ParameterArrays()), kind, array)
