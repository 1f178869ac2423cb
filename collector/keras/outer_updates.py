"""What changes the weights between the end of one step and the beginning of the next."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from collector.capture.outer_updates import ROUNDING, OuterNorms
from collector.capture.run_log import RunLog
from collector.keras.plan import LayerPlan
from collector.keras.tensors import as_array, read


class OuterUpdates:
    """Compares the weights of two moments; see `OuterNorms`.

    Args:
        plans: of the layers.
    """

    def __init__(self, plans: Sequence[LayerPlan], log: RunLog) -> None:
        self._plans = plans
        self._norms = OuterNorms(log)
        self._held: dict[int, tf.Tensor] = {}

    def step_ends(self, step: int, *, is_pass: bool) -> None:
        """Hold the weights after a step, where they are compared; nothing is copied until they change."""
        self._held = {}
        if self._norms.wants(step, is_pass=is_pass):
            self._held = self._now()

    def forget(self) -> None:
        """A training has ended: what happens before the next one begins is nobody's step."""
        self._held = {}

    def step_begins(self) -> None:
        """Compare the weights with those when the last step ended."""
        before, self._held = self._held, {}
        if not before:
            return
        now = self._now()
        squares = {key: _change(as_array(before[key]), as_array(now[key])) for key in before if key in now}
        norms = {}
        for plan in self._plans:
            mine = {id(each.value) for each in plan.parameters.values()} & squares.keys()
            if mine:
                norms[plan.name] = float(np.sqrt(sum(squares[key] for key in mine)))
        self._norms.put(norms, float(np.sqrt(sum(squares.values()))))

    def _now(self) -> dict[int, tf.Tensor]:
        own = [plan.variables for plan in self._plans if not plan.is_gone]
        return {key: read(each) for variables in own for key, each in variables.items()}


def _change(before: np.ndarray, after: np.ndarray) -> float:
    """Σ(w' − w)². TensorFlow moves what changes to other memory as long as it is held."""
    if before.ctypes.data == after.ctypes.data:
        return 0.0
    with np.errstate(all="ignore"):
        changes: np.ndarray = after.astype(np.float64) - before
        changes[np.abs(changes) <= ROUNDING * np.abs(before)] = 0
    return float(np.square(changes).sum())
