"""What changes the weights between the end of one step and the beginning of the next."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from collector.capture.run_log import RunLog
from collector.capture.words import listed
from collector.keras.plan import LayerPlan
from collector.keras.tensors import as_array, is_real, read

LOOKS = 32
"""So many steps are looked at when a run begins."""

_ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""Weights that are taken away and put back differ by so much of themselves at the most."""

NAME = "outer_update_norm"


class OuterUpdates:
    """``outer_update_norm/layer`` at a step: ‖w' − w‖₂ with w the weights when it ends, w' when the next one begins.

    So what clips weights, averages or swaps them, or loads others, is told apart from ``update_norm``, which is the
    step's. It is looked for at the first `LOOKS` steps and at each pass, and recorded from the first such change on;
    that one is noted. Changes within rounding are none. ``total`` counts each weight once.

    Args:
        plans: of the layers.
    """

    def __init__(self, plans: Sequence[LayerPlan], log: RunLog) -> None:
        self._plans = plans
        self._log = log
        self._n_looks = 0
        self._is_told = False
        self._step = 0
        self._held: dict[int, tf.Tensor] = {}

    def step_ends(self, step: int, *, is_pass: bool) -> None:
        """Hold the weights after a step, where they are compared; nothing is copied until they change."""
        self._held = {}
        if self._n_looks < LOOKS or is_pass:
            self._n_looks += 1
            self._step = step
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
        hit = [name for name, norm in norms.items() if norm > 0]
        if hit and not self._is_told:
            self._is_told = True
            self._log.guard.remark(
                f"Behind the optimizer's step {self._step} something else changed the weights of {listed(hit)}: the "
                f"updates in the file are the optimizer's own; {NAME} tells of what comes between them."
            )
        if self._is_told:
            self._put({**norms, "total": float(np.sqrt(sum(squares.values())))})

    def _put(self, norms: Mapping[str, float]) -> None:
        names = tuple(f"{NAME}/{name}" for name in norms)
        self._log.put_row(names, self._step, np.array(list(norms.values())))

    def _now(self) -> dict[int, tf.Tensor]:
        own = [each for plan in self._plans if not plan.is_gone for each in plan.parameters.values() if is_real(each)]
        return {id(each.value): read(each) for each in own}


def _change(before: np.ndarray, after: np.ndarray) -> float:
    """Σ(w' − w)². TensorFlow moves what changes to other memory as long as it is held."""
    if before.ctypes.data == after.ctypes.data:
        return 0.0
    with np.errstate(all="ignore"):
        changes: np.ndarray = after.astype(np.float64) - before
        changes[np.abs(changes) <= _ROUNDING * np.abs(before)] = 0
    return float(np.square(changes).sum())
