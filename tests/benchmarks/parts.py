"""Where the time goes that recording takes, by part: what each costs a step of 2.2 ms.

Each function is timed where it is called, in a training, since behind a forward and a backward pass the caches hold
other things: called again and again by itself it costs a third. Figures are medians over steps of the same place in
fifty, scaled to a plain step of 2.2 ms, and hold what the timing itself costs, 1 to 2 µs a call.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import mean, median
from typing import Any

import torch
from torch import nn

from collector import Collector
from collector.capture.insight import InsightRecorder
from collector.capture.run_log import RunLog
from collector.capture.run_recorder import RunRecorder
from collector.pytorch.backward_facts import BackwardFacts
from collector.pytorch.batch_facts import Batch
from collector.pytorch.fingerprints import Fingerprints
from collector.pytorch.finite_check import FiniteCheck
from collector.pytorch.finite_gradients import FiniteGradients
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
from tests.benchmarks.recording import BLOCK, Trained, mlp
from tests.benchmarks.row import Row, hand_over

N_BLOCKS = 16
STEP_US = 2200

PARTS: dict[str, dict[type, tuple[str, ...]]] = {
    "watch: whether gradients are finite, each step": {
        FiniteCheck: ("__call__",),
        FiniteGradients: ("look",),
        StepFacts: ("look_for_origin",),
    },
    "watch: the model's call is held, each step": {
        StepInputs: ("_hold_call", "_hold_gradients", "_put_on", "_take_apart"),
    },
    "checksum of the batch, each step": {Batch: ("add",), StepInputs: ("batch",)},
    "statistics of the batch, classes, age": {StepFacts: ("record", "_record_measured"), StepInputs: ("statistics",)},
    "statistics of outputs": {ForwardStatistics: ("_look", "record")},
    "checksums of modules, weights, gradients": {Fingerprints: ("_called", "record")},
    "hooks on modules": {ModuleCalls: ("put_on", "_called"), Hooks: ("remove",)},
    "norms around the backward pass": {BackwardFacts: ("_begins", "_ends", "called", "record")},
    "half batches, at passes": {HalfBatches: ("put_on", "_called", "_take", "record")},
    "gradients, followed each tenth step": {
        StepInsight: ("before_step", "after_step"),
        InsightRecorder: ("before_update", "after_update", "_table"),
        Collector: ("_follow",),
    },
    "passes, every 50": {
        PassRecorder: ("before_step", "after_step"),
        RunRecorder: ("add_pass",),
        Collector: ("_begin_pass",),
    },
    "writing": {RunLog: ("_flush", "_write")},
    "the steps themselves, each step": {
        OptimizerHooks: ("_before", "_after"),
        Collector: ("_begin_step", "_before_update", "_end_step", "_take_after", "log"),
        ModelChanges: ("step_begins", "step_ends"),
        RunRecorder: ("begin_step", "end_step"),
    },
}
"""Part → functions whose own time it is, without that of the others below them."""


class Clock:
    """Seconds of processor time by part and step, of what is called within others taken off."""

    def __init__(self) -> None:
        self.step = 0
        self.seconds: dict[str, dict[int, float]] = {part: defaultdict(float) for part in PARTS}
        self._inner: list[float] = []

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""
        own = self.seconds[part]

        def call(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            began = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                taken = time.thread_time() - began
                own[self.step] += taken - self._inner.pop()
                if self._inner:
                    self._inner[-1] += taken

        return call


class Timed(Trained):
    """A model in training, each of whose steps is timed."""

    def __init__(self, model: nn.Module, path: Path, clock: Clock) -> None:
        super().__init__(model, None)
        probe = (self._batches[0][:16], self._labels[:16])
        self._collector = Collector(model, self._optimizer, path, probe=probe, interval=BLOCK)
        self._clock = clock
        self.seconds: list[float] = []

    def block(self) -> None:
        """Fifty steps."""
        for number in range(BLOCK):
            began = time.thread_time()
            loss = nn.functional.cross_entropy(self._model(self._batches[number % 8]), self._labels)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
            self._collector.log(loss=loss)
            self.seconds.append(time.thread_time() - began)
            self._clock.step += 1


def per_step(seconds: Mapping[int, float]) -> float:
    """Of each place in fifty steps the median, and the mean of those; the first block is left out."""
    steps = range(BLOCK, BLOCK * (N_BLOCKS + 1))
    return mean(median(seconds.get(step, 0.0) for step in steps[place::BLOCK]) for place in range(BLOCK))


def measure(folder: Path) -> Iterator[Row]:
    torch.set_num_threads(1)
    clock = Clock()
    for part, functions in PARTS.items():
        for kind, names in functions.items():
            for name in names:
                setattr(kind, name, clock.timed(part, vars(kind)[name]))
    training = Timed(mlp(), folder / "run.json", clock)
    for _ in range(N_BLOCKS + 1):
        training.block()
    ours = [sum(own.get(step, 0.0) for own in clock.seconds.values()) for step in range(len(training.seconds))]
    ordinary = [step for step in range(BLOCK, len(ours)) if 0 < step % 10 < 9]
    plain = median(training.seconds[step] - ours[step] for step in ordinary)
    training.close()
    found = {part: per_step(own) / plain * STEP_US for part, own in clock.seconds.items()}
    for part, microseconds in found.items():
        share = f"{microseconds / STEP_US:.1%} of a step"
        yield Row("recording by part", part, "", f"{microseconds:.0f} µs a step of {STEP_US / 1e3} ms", share)
    whole = sum(found.values())
    beside = f"{whole / STEP_US:.1%} of a step; plain {plain * 1e6:.0f} µs when it was measured"
    yield Row("recording by part", "all of it", "", f"{whole:.0f} µs a step of {STEP_US / 1e3} ms", beside)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
