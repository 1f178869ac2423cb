"""The last steps of a Keras training: what a pass has of its parameters, copied at each step into the same memory."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture import step_ring
from collector.capture.run_log import RunLog
from collector.capture.step_ring import RingParameter, Slot, StepRing
from collector.keras.plan import LayerPlan
from collector.keras.tensors import as_array, is_real, read

_MOST_VALUES = 2**26
"""Of a parameter with more values is not worked out where those lie that are kept: their numbers would fill memory."""


class LastSteps(step_ring.LastSteps):
    """The weights before and the gradients of the last steps, under the unit plan; see `StepRing`.

    Args:
        n_steps: at most so many are held.
        most_bytes: of memory that they may take.
    """

    def __init__(self, plans: Sequence[LayerPlan], log: RunLog, n_steps: int, most_bytes: int) -> None:
        super().__init__(n_steps, most_bytes)
        self._held: list[RingParameter] = []
        self._variables: list[Any] = []
        for plan in plans:
            for name, variable in plan.parameters.items() if not plan.is_gone else ():
                shape = tuple(variable.shape)
                n_values = int(np.prod(shape))
                if name in plan.not_recorded or not is_real(variable) or not 0 < n_values <= _MOST_VALUES:
                    continue
                places = plan.reduced(name, np.arange(n_values).reshape(shape))
                is_plain, indices = variable.dtype == "float32", np.ascontiguousarray(places).reshape(-1)
                has_field, size = plan.has_field(name), tf.as_dtype(variable.dtype).size
                held = RingParameter(plan.name, name, has_field, places.shape, indices, None, is_plain, size)
                self._held.append(held)
                self._variables.append(variable)
        self._keys = [id(each.value) for each in self._variables]
        names = [plan.name for plan in plans]
        self._ring = StepRing(self._held, names, log, n_steps, most_bytes, lambda values: values)
        self._slot: Slot | None = None

    def hold_weights(self) -> None:
        """Copy what the step under way begins with. No variable is held, or it would be copied when it changes."""
        self._slot = self._ring.begin()
        self._copy_weights(self._slot)

    def _copy_weights(self, slot: Slot) -> None:
        for number, variable in enumerate(self._variables):
            self._copy(slot, "weight", number, slot.weights[number], as_array(read(variable)))

    def _copy(self, slot: Slot, kind: str, number: int, room: np.ndarray | None, values: np.ndarray) -> None:
        indices = self._held[number].indices
        if room is not None and values.dtype == np.float32:
            values.take(indices, None, room, "clip")
        else:
            slot.put_other(kind, number, values.take(indices))

    def hold(self, gradients: Mapping[int, np.ndarray]) -> float:
        """Copy what its update was made of: ``id`` of TensorFlow's variable → gradient; their sum of squares."""
        slot = self._ring.slot
        for number, key in enumerate(self._keys):
            if key in gradients:
                self._copy(slot, "gradient", number, slot.gradients[number], gradients[key])
            else:
                slot.put_other("gradient", number, None)
        return slot.square()

    def taken(self, step: int) -> None:
        """The update was made."""
        if self._slot is not None:
            self._ring.taken(step)
            self._slot = None

    def _now(self) -> Slot:
        slot = self._ring.new_slot()
        self._copy_weights(slot)
        return slot
