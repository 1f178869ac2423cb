"""The last steps in memory that is used again: what a pass has of the parameters, under the unit plan."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from collector.capture.run_log import RunLog
from collector.storage.layer_arrays import ENDINGS
from collector.storage.schema import LayerRecord, ParameterArrays, PassRecord


@dataclass(frozen=True)
class RingParameter:
    """A parameter of a layer, and how what is kept of it is taken.

    Attributes:
        has_field: whether the records have fields of its own for it.
        shape: of what is kept.
        indices, axis: with which `numpy.ndarray.take` gives that, in one call.
        is_plain: whether it is float32, and has its place in the ring; else it is copied as it is.
        value_bytes: of one value.
    """

    layer: str
    name: str
    has_field: bool
    shape: tuple[int, ...]
    indices: np.ndarray
    axis: int | None
    is_plain: bool = True
    value_bytes: int = 4

    @property
    def size(self) -> int:
        """Values that are kept."""
        return prod(self.shape)


class Slot:
    """A step in the ring.

    Args:
        weights, gradients: where those of each parameter go; None: nowhere, see ``others``.
        gradient_row: all of those gradients, ``[V]``.

    Attributes:
        step: its number; −1: none was taken yet.
        at: when it began, by the clock of the log.
        others: what does not fit in there: kind and number of the parameter → a copy of what is kept; None: there was
            no gradient.
    """

    def __init__(
        self, weights: list[np.ndarray | None], gradients: list[np.ndarray | None], gradient_row: np.ndarray
    ) -> None:
        self.weights, self.gradients, self.gradient_row = weights, gradients, gradient_row
        self.step, self.at = -1, 0.0
        self.others: dict[tuple[str, int], Any] = {}

    def put_other(self, kind: str, number: int, values: Any) -> None:
        """Hold what has no place in the ring, ``weight`` or ``gradient``; None: there is none."""
        room = (self.weights if kind == "weight" else self.gradients)[number]
        if room is not None:
            room.fill(0)
        self.others[kind, number] = values

    def square(self, most: int = 0) -> float:
        """Sum of the squares of the gradients in the ring, or of so many last ones of them."""
        row = self.gradient_row[-most:]
        return float(row.dot(row))

    def weight(self, number: int) -> Any:
        """What is kept of a parameter."""
        key = "weight", number
        return self.others[key] if key in self.others else self.weights[number]

    def gradient(self, number: int) -> Any:
        """The same of its gradient; None: there was none."""
        key = "gradient", number
        return self.others[key] if key in self.others else self.gradients[number]


class StepRing:
    """Weights before and gradients of the last steps.

    An update is worked out when it is asked for: the weights as the next step finds them, less those that its own step
    found itself.

    Args:
        layers: names of all of them.
        n_steps: at most so many are held.
        most_bytes: of memory that they may take.
        as_array: makes an array of what is held for others.

    Attributes:
        n_steps: so many can be held.
        step_bytes: that one takes.
    """

    def __init__(
        self,
        parameters: Sequence[RingParameter],
        layers: Sequence[str],
        log: RunLog,
        n_steps: int,
        most_bytes: int,
        as_array: Callable[[Any], np.ndarray],
    ) -> None:
        self._parameters, self._layers, self._log, self._as_array = parameters, layers, log, as_array
        self.step_bytes = 2 * sum(each.size * each.value_bytes for each in parameters)
        n_slots = min(n_steps + 1, most_bytes // max(self.step_bytes, 1))  # with one for the step under way
        self.n_steps = max(0, n_slots - 1)
        self._n_values = sum(each.size for each in parameters if each.is_plain)
        self._slots = [self.new_slot() for _ in range(n_slots)]
        self._n_taken = 0

    def new_slot(self) -> Slot:
        """Room for one more step."""
        weights, gradients = np.zeros((2, self._n_values), np.float32)
        return Slot(list(self._rooms(weights)), list(self._rooms(gradients)), gradients)

    def _rooms(self, row: np.ndarray) -> Iterator[np.ndarray | None]:
        start = 0
        for each in self._parameters:
            if not each.is_plain:
                yield None
                continue
            room = row[start : start + each.size]
            start += each.size
            yield room if each.axis is None else room.reshape(each.shape)

    @property
    def slot(self) -> Slot:
        """That of the step under way."""
        return self._slots[self._n_taken % len(self._slots)]

    def begin(self) -> Slot:
        """The same, where nothing is held of the step that it was of before."""
        slot = self.slot
        slot.step = -1
        if slot.others:
            slot.others.clear()
        return slot

    def taken(self, step: int) -> None:
        """The update of the step under way was made."""
        slot = self.slot
        slot.step, slot.at = step, self._log.last_look
        self._n_taken += 1

    @property
    def steps(self) -> list[int]:
        """Numbers of those that are held, rising."""
        return sorted(slot.step for slot in self._slots if slot.step >= 0)[-self.n_steps :]

    def passes(self, steps: Iterable[int], now: Callable[[], Slot]) -> Iterator[PassRecord]:
        """The passes of some of them.

        Args:
            now: gives a slot with the weights as they are.
        """
        slots = {slot.step: slot for slot in self._slots if slot.step >= 0}
        for step in steps:
            yield self._pass(slots[step], slots.get(step + 1) or now())

    def _pass(self, slot: Slot, following: Slot) -> PassRecord:
        layers = {name: LayerRecord() for name in self._layers}
        for number, each in enumerate(self._parameters):
            before, after = slot.weight(number), following.weight(number)
            with np.errstate(all="ignore"):
                update = None if before is None or after is None else after - before
            for kind, values in (("value", before), ("gradient", slot.gradient(number)), ("update", update)):
                if values is not None:
                    _put(layers[each.layer], each, kind, self._as_array(values).reshape(each.shape))
        return PassRecord(number=0, step=slot.step, seconds=self._log.seconds_at(slot.at), layers=layers)


class LastSteps(ABC):
    """The weights before and the gradients of the last steps; each framework copies them in its own way.

    Attributes:
        asked: so many steps were to be held.
        most_bytes: of memory that they may take.
    """

    _ring: StepRing

    def __init__(self, n_steps: int, most_bytes: int) -> None:
        self.asked, self.most_bytes = n_steps, most_bytes

    @property
    def n_steps(self) -> int:
        """So many steps can be held."""
        return self._ring.n_steps

    @property
    def step_bytes(self) -> int:
        """Memory that one takes."""
        return self._ring.step_bytes

    @property
    def steps(self) -> list[int]:
        """Numbers of those that are held, rising."""
        return self._ring.steps

    def passes(self, steps: Iterable[int]) -> Iterator[PassRecord]:
        """The passes of some of them, with their dates."""
        return self._ring.passes(steps, self._now)

    @abstractmethod
    def _now(self) -> Slot:
        """A slot with the weights as they are."""


def _put(record: LayerRecord, parameter: RingParameter, kind: str, array: np.ndarray) -> None:
    """Put what belongs to a parameter into a layer's record: ``value``, ``gradient`` or ``update``."""
    if parameter.has_field:
        setattr(record, parameter.name + ENDINGS[kind], array)
    else:
        setattr(record.parameters.setdefault(parameter.name, ParameterArrays()), kind, array)
