"""Where the time goes that recording takes, by part: microseconds of processor time of a step, in one thread.

Each function is timed where it is called, in a training, since behind a forward and a backward pass the caches hold
other things: called again and again by itself it costs a third. What the timing itself costs is taken off. Figures are
means over the steps behind a block that warms up. The whole is measured apart, without timing its parts; what is in
none of them is what hooks cost before they are ours, and the caches that we leave to the training full of other things.
"""

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from collector import Collector
from collector.capture.insight import InsightRecorder
from collector.capture.run_log import RunLog
from collector.capture.run_recorder import RunRecorder
from collector.metrics.step_measure import StepMeasure
from collector.pytorch.backward_facts import BackwardFacts
from collector.pytorch.batch_facts import Batch
from collector.pytorch.fingerprints import Fingerprints
from collector.pytorch.finite_gradients import FiniteGradients
from collector.pytorch.flat_values import FlatWeights, GradientNorms
from collector.pytorch.forward_statistics import ForwardStatistics
from collector.pytorch.half_batches import HalfBatches
from collector.pytorch.hooks import Hooks
from collector.pytorch.insight import StepInsight
from collector.pytorch.model_changes import ModelChanges
from collector.pytorch.module_calls import ModuleCalls
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.pass_recorder import PassRecorder
from collector.pytorch.step_facts import StepFacts
from collector.pytorch.step_inputs import StepInputs
from collector.pytorch.step_recorder import StepRecorder
from tests.benchmarks.recording import EACH, N_ROUNDS
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK
from tests.benchmarks.toggled import Toggled, one_thread, ratio_of
from tests.benchmarks.trained_models import MLP

N_BLOCKS = 8
LEVELS: dict[str, dict[str, Any]] = {"default": {}, "each step": {"insight": EACH}}

PARTS: dict[str, dict[type, tuple[str, ...]]] = {
    "whether gradients are finite": {FiniteGradients: ("look",), StepFacts: ("look_for_origin",)},
    "the model's call is held": {StepInputs: ("_hold_call", "_hold_gradients", "_put_on")},
    "checksum of the batch": {Batch: ("add",)},
    "facts of the step: batch, classes, age": {
        StepFacts: ("record", "_record_measured"),
        StepInputs: ("batch", "statistics"),
    },
    "statistics of outputs": {ForwardStatistics: ("_look", "record")},
    "checksums of modules, weights, gradients": {Fingerprints: ("_called", "record")},
    "hooks on modules": {ModuleCalls: ("put_on", "_called"), Hooks: ("remove",)},
    "norms around the backward pass": {BackwardFacts: ("_begins", "_ends", "called", "record")},
    "half batches, at passes": {HalfBatches: ("put_on", "_called", "_take", "record")},
    "norms of gradients and weights": {GradientNorms: ("of", "knows"), FlatWeights: ("before", "after")},
    "what is counted is taken": {
        StepInsight: ("before_step", "after_step"),
        InsightRecorder: ("before_update", "after_update"),
        StepRecorder: ("_follow",),
    },
    "what is counted is counted": {StepMeasure: ("settle",), InsightRecorder: ("_table",)},
    "passes": {
        PassRecorder: ("before_step", "after_step"),
        RunRecorder: ("_add_pass",),
        StepRecorder: ("_begin_pass", "_add"),
    },
    "writing": {RunLog: ("_flush", "_write")},
    "whether the model is another": {ModelChanges: ("step_begins", "step_ends")},
    "the steps themselves": {
        OptimizerHooks: ("_before", "_after"),
        StepRecorder: ("begin", "gradients_are_ready", "end", "_take_after"),
        RunRecorder: ("begin_step", "end_step"),
    },
    "what is logged": {Collector: ("log",)},
}
"""Part → functions whose own time it is, without that of the others below them."""


class Clock:
    """Seconds of processor time by part, of what is called within others taken off."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner: list[float] = []
        self._own = self._price()

    def _price(self) -> float:
        """Seconds of ours that one call holds: as long as the clock is read."""
        began = time.thread_time()
        for _ in range(10_000):
            time.thread_time()
        return (time.thread_time() - began) / 10_000

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            began = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                taken = time.thread_time() - began
                self.seconds[part] += taken - self._own - self._inner.pop()
                if self._inner:
                    self._inner[-1] += taken + self._own

        return call


def measure(folder: Path, *, is_quick: bool) -> Iterator[Row]:
    n_rounds, n_blocks = (2, 1) if is_quick else (N_ROUNDS, N_BLOCKS)
    wholes = {}
    for level, options in LEVELS.items():
        training = Toggled(MLP, folder, options)
        wholes[level] = ratio_of(training, n_rounds)
        training.end()
    clock = Clock()
    for part, functions in PARTS.items():
        for kind, names in functions.items():
            for name in names:
                setattr(kind, name, clock.timed(part, vars(kind)[name]))
    for level, options in LEVELS.items():
        training = Toggled(MLP, folder, options)
        training.seconds_of_block()
        clock.seconds.clear()
        for _ in range(n_blocks):
            training.seconds_of_block()
        found = {part: clock.seconds[part] / (n_blocks * BLOCK) for part in PARTS}
        training.end()
        ratio, plain = wholes[level]
        whole = (ratio - 1) * plain
        rows = found | {"in none of these": whole - sum(found.values()), "all of it": whole}
        for part, seconds in rows.items():
            beside = f"{seconds / plain:.1%} of a step of {plain * 1e3:.3g} ms; load {os.getloadavg()[0]:.1f}"
            yield Row(f"recording by part, {level}", part, "", f"{seconds * 1e6:.0f} µs a step", beside)


if __name__ == "__main__":
    one_thread()
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
