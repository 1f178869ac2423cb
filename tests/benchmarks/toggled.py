"""A recorded training that goes on with its collector and, block by block in turn, without.

The same, because where its tensors happen to lie makes a training faster or slower by a tenth and more.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from collector.capture import overhead
from collector.pytorch.step_inputs import _SLOT
from tests.benchmarks.sides import BLOCK, Ours, Plain

RATE = 1e-5
"""So low that nothing is learnt by heart: gradients and moments that vanish become denormal numbers, with which all
that is done takes three times as long."""


class Toggled(Ours):
    """A training whose collector can be sent away for a block.

    Args:
        name: one of `MODELS`.
        options: of the collector.
        clock: seconds of what; processor time is that of all threads, and not disturbed by others on the machine.
    """

    def __init__(
        self, name: str, folder: Path, options: dict[str, Any], clock: Callable[[], float] = time.process_time
    ) -> None:
        self.clock = clock
        self.options = options  # type: ignore[misc]
        self._is_logged = True
        super().__init__(name, folder)
        for group in self.optimizer.param_groups:
            group["lr"] = RATE

    def begin(self) -> None:
        if "budget" in self.options:  # which then goes by the same clock
            overhead.time = SimpleNamespace(perf_counter=self.clock)  # type: ignore[assignment]
        super().begin()

    def seconds_of_block(self, n_steps: int = BLOCK) -> float:
        """Seconds of so many recorded steps."""
        self._collector._log.overhead._since = overhead.time.perf_counter()  # it ran while it was away
        return self._seconds(n_steps)

    def seconds_without(self, n_steps: int = BLOCK) -> float:
        """Seconds of so many steps that the collector does not see."""
        stepping, own = self._collector._optimizer_hooks, vars(self.model)
        for close in stepping._hooks:
            close()
        stepping._hooks = []
        watching = own.pop(_SLOT)
        self._is_logged = False
        seconds = self._seconds(n_steps)
        self._is_logged = True
        own[_SLOT] = watching
        stepping._hook()
        return seconds

    def after_step(self, loss: Tensor) -> None:
        if self._is_logged:
            super().after_step(loss)

    def _seconds(self, n_steps: int) -> float:
        began = self.clock()
        Plain.seconds_of_block(self, n_steps)
        return self.clock() - began


def ratio_of(
    training: Toggled, n_rounds: int, n_steps: int = BLOCK, seconds_without: Callable[[int], float] | None = None
) -> tuple[float, float]:
    """With ÷ without, the median of rounds behind a block that warms up; and the median seconds of a step without.

    Args:
        seconds_without: of so many steps without what is measured; None: without the collector.
    """
    seconds_without = seconds_without or training.seconds_without
    training.seconds_of_block(n_steps)
    found, plain = [], []
    for number in range(n_rounds):
        without = seconds_without(n_steps) if number % 2 else 0.0
        seconds = training.seconds_of_block(n_steps)
        without = without or seconds_without(n_steps)
        found.append(seconds / without)
        plain.append(without / n_steps)
    return median(found), median(plain)


def one_thread() -> None:
    """Processor time of several threads is also that of those which wait for one another."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
