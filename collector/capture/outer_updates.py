"""What changes the weights between one step's end and the next one's beginning: when that is looked for, and told."""

from collections.abc import Mapping

import numpy as np

from collector.capture.run_log import RunLog
from collector.capture.wording import listed

LOOKS = 32
"""So many steps are looked at when a run begins."""

ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""Weights that are taken away and put back differ by so much of themselves at the most."""

NAME = "outer_update_norm"


class OuterNorms:
    """``outer_update_norm/layer`` at a step: ‖w' − w‖₂ with w the weights when it ends, w' when the next one begins.

    So what clips weights, averages or ties them, swaps others in or loads them, is told apart from ``update_norm``,
    which is the step's. It is looked for at the first `LOOKS` steps and at each pass, and recorded from the first such
    change on; that one is noted. Changes within rounding are none.
    """

    def __init__(self, log: RunLog) -> None:
        self._log = log
        self._n_looks = 0
        self._is_told = False
        self._step = 0

    @property
    def looks_at_all(self) -> bool:
        """Whether each step is still looked at."""
        return self._n_looks < LOOKS

    def wants(self, step: int, *, is_pass: bool) -> bool:
        """Whether the weights at the end of this step are compared with those that the next one begins with."""
        is_due = self.looks_at_all or is_pass
        if is_due:
            self._n_looks += 1
            self._step = step
        return is_due

    @property
    def step(self) -> int:
        """The step that was wanted last."""
        return self._step

    def put(self, norms: Mapping[str, float], total: float, step: int | None = None) -> None:
        """They were compared: the norm of each layer, and of all parameters, each counted once.

        Args:
            step: None: the one that was wanted last.
        """
        step = self._step if step is None else step
        hit = [name for name, norm in norms.items() if norm > 0]
        if hit and not self._is_told:
            self._is_told = True
            self._log.guard.remark(
                f"Behind the optimizer's step {step} something else changed the weights of {listed(hit)}: the "
                f"updates in the file are the optimizer's own; {NAME} tells of what comes between them."
            )
        if self._is_told:
            names = tuple(f"{NAME}/{name}" for name in (*norms, "total"))
            self._log.put_row(names, step, np.array([*norms.values(), total]))
