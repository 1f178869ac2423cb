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

    def seconds_without(self, n_steps: int) -> float:
        """Seconds of so many steps that the collector does not see."""
        stepping = self._collector._optimizer_hooks
        stepping._unhook()
        self.is_logged = False
        began = time.perf_counter()
        Plain.seconds_of_block(self, n_steps)
        seconds = time.perf_counter() - began
        self.is_logged = True
        stepping._hook()
        return seconds

    def begin(self) -> None:
        self.is_logged = True
        super().begin()

    def after_step(self, loss: torch.Tensor) -> None:
        if self.is_logged:
            super().after_step(loss)


def measure(folder: Path, *, is_quick: bool) -> Iterable[Row]:
    for model, n_turns in TURNS.items():
        n_turns, n_steps = (2, 2) if is_quick else (n_turns, BLOCK)
        trained = Toggled(model, folder)
        trained.seconds_of_block(n_steps)
        seconds = without = 0.0
        for turn in range(n_turns):
            if turn % 2:
                without += trained.seconds_without(n_steps)
            seconds += trained.seconds_of_block(n_steps)
            if not turn % 2:
                without += trained.seconds_without(n_steps)
        beside = f"{n_turns * n_steps:,} steps of {without / n_turns / n_steps * 1e3:.3g} ms; {trained.end()}"
        what = "step time ÷ plain, budget=0.03"
        yield Row(what, model, "≤ 1.03, at most 0.01 above", f"{seconds / without:.3f}", beside)


if __name__ == "__main__":
    # Gradients of batches learnt by heart become subnormal numbers, which slow every training down.
    torch.set_flush_denormal(True)
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
