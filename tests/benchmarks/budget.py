"""Whether a budget of 3 % is kept: the same training goes on with its collector and, block by block in turn, without.

The same, because where its tensors happen to lie makes a training faster or slower by a tenth and more.
"""

import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import torch

from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK, MODELS, Plain, WithinBudget

TURNS = dict(zip(MODELS, (200, 24, 8), strict=True))
"""Blocks of 50 steps with, and as many without: long enough for the first pass to be paid for."""


class Toggled(WithinBudget):
    """A training whose collector can be sent away for a block."""

    clock = staticmethod(time.perf_counter)

    def seconds_without(self, n_steps: int) -> float:
        """Seconds of so many steps that the collector does not see."""
        stepping, own = self._collector._optimizer_hooks, vars(self.model)
        for close in stepping._hooks:
            close()
        stepping._hooks = []
        watching = own.pop("_compiled_call_impl")
        self.is_logged = False
        seconds = self._seconds(n_steps)
        self.is_logged = True
        own["_compiled_call_impl"] = watching
        stepping._hook()
        return seconds

    def seconds_of_block(self, n_steps: int) -> float:
        self._collector._log.overhead._since = time.perf_counter()
        return self._seconds(n_steps)

    def _seconds(self, n_steps: int) -> float:
        began = self.clock()
        Plain.seconds_of_block(self, n_steps)
        return self.clock() - began

    def ratio(self, n_turns: int, n_steps: int) -> tuple[float, str]:
        """Step time ÷ that of the same training without, over blocks in turn; and what stands beside it."""
        self.seconds_of_block(n_steps)
        seconds = without = 0.0
        for turn in range(n_turns):
            if turn % 2:
                without += self.seconds_without(n_steps)
            seconds += self.seconds_of_block(n_steps)
            if not turn % 2:
                without += self.seconds_without(n_steps)
        count = n_turns * n_steps
        return seconds / without, f"{count:,} steps of {without / count * 1e3:.3g} ms; {self.end()}"

    def begin(self) -> None:
        self.is_logged = True
        super().begin()

    def after_step(self, loss: torch.Tensor) -> None:
        if self.is_logged:
            super().after_step(loss)


def measure(folder: Path, *, is_quick: bool) -> Iterable[Row]:
    for model, n_turns in TURNS.items():
        n_turns, n_steps = (2, 2) if is_quick else (n_turns, BLOCK)
        ratio, beside = Toggled(model, folder).ratio(n_turns, n_steps)
        what = "step time ÷ plain, budget=0.03"
        yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{ratio:.3f}", beside)


if __name__ == "__main__":
    # Gradients of batches learnt by heart become subnormal numbers, which slow every training down.
    torch.set_flush_denormal(True)
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
