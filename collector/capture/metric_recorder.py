"""Who computes the metrics that a training brings along: under one guard, clock and budget."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np

from collector.capture.metric import Metric
from collector.capture.run_log import RunLog
from collector.capture.step_state import TOTAL, StepState
from collector.capture.wording import listed
from collector.storage import schema


class MetricRecorder:
    """Computes metrics and writes their numbers.

    Make it before the `RunLog`, whose header needs `to_schema`, and call `start`; then `begin_step` at each step, and
    `record` behind it where `needs` is not None. `wanted` tells before a step begins what it will be.

    What those that are due together cost is known from the last times that they were, alone or with others, and what a
    budget allows is decided for all of them.

    Args:
        metrics: as `check_metrics` lets them pass.
        layers: names that their numbers may be of.
        preserved: a context in which nothing that the training depends on is moved, as the random states.

    Attributes:
        needs: which parts of the step under way are to be given to `record`; None: no metric is due.
    """

    def __init__(
        self,
        metrics: Sequence[Metric] = (),
        layers: Collection[str] = (),
        preserved: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._metrics = list(metrics)
        self._layers = {*layers, TOTAL}
        self._preserved = preserved
        self._decided = -1
        self._due: list[Metric] = []
        self._prices: dict[tuple[int, ...], tuple[float, int]] = {}
        self._spent = 0.0
        self.needs: frozenset[str] | None = None

    def to_schema(self) -> list[schema.Metric]:
        """What the header says of them."""
        return [each for metric in self._metrics for each in metric.to_schema()]

    @property
    def can_need(self) -> frozenset[str]:
        """What they need at any step."""
        return frozenset(need for metric in self._metrics for need in metric.needs)

    def start(self, log: RunLog) -> None:
        """Write into this log from now on."""
        self._log = log

    def wanted(self, step: int) -> frozenset[str]:
        """What is needed of a step that has not begun yet, or has."""
        if not self._metrics:
            return frozenset()
        self._decide(step)
        return frozenset(need for metric in self._due for need in metric.needs)

    @property
    def decides_by_itself(self) -> bool:
        """Whether one decides in a way of its own at which steps it is due: then each step has to be asked for."""
        return any(type(each).is_due is not Metric.is_due for each in self._metrics)

    def is_scheduled(self, step: int) -> bool:
        """Whether one is due at a step, whatever can be afforded."""
        return any(each.is_due(step) for each in self._metrics)

    def begin_step(self, step: int) -> None:
        """Decide which are computed at this step."""
        if self._metrics:
            needs = self.wanted(step)
            self.needs = needs if self._due else None

    def _decide(self, step: int) -> None:
        if step == self._decided:
            return
        self._pay()
        self._decided, self._due = step, []
        for metric in self._metrics:
            if type(metric).is_due is Metric.is_due:
                is_due = metric.is_due(step)
            else:
                is_due = False
                with self._guarded(metric):
                    is_due = bool(metric.is_due(step))
            if is_due:
                self._due.append(metric)
        if self._due and not self._log.affords("metrics", self._price()):
            self._due = []
        self._spent = self._log.overhead.seconds["metrics"]

    def _price(self) -> float:
        """Seconds that those which are due cost together: what they did, or, with others, the least; 0: not known."""
        means = {key: seconds / times for key, (seconds, times) in self._prices.items()}
        more = (mean for key, mean in means.items() if set(self._key) <= set(key))
        return means.get(self._key, min(more, default=0.0))

    @property
    def _key(self) -> tuple[int, ...]:
        return tuple(map(id, self._due))

    def _pay(self) -> None:
        """The step before is over: what its metrics have cost is known."""
        if self._due:
            seconds, times = self._prices.get(self._key, (0.0, 0))
            paid = self._log.overhead.seconds["metrics"] - self._spent
            self._prices[self._key] = seconds + paid, times + 1

    def record(self, state: StepState) -> None:
        """Compute those that are due."""
        self.needs = None
        for metric in self._due:
            with self._guarded(metric):
                given = metric.compute(state).items()
                front = "" if metric.numbers else f"{metric.name}/"
                self._put(metric, state.step, {f"{front}{name}": float(value) for name, value in given})

    @contextmanager
    def _guarded(self, metric: Metric) -> Iterator[None]:
        """What runs within is not the training's: it costs no time of its own, moves nothing, and may fail."""
        try:
            with self._log.overhead.of("metrics"), self._preserved(), np.errstate(all="ignore"):
                yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it is nothing to the training
            text = f"The metric {_name(metric)!r} failed: {type(error).__name__}: {error}"
            self._log.guard.say(text, once=(_name(metric), type(error)))

    def _put(self, metric: Metric, step: int, numbers: Mapping[str, float]) -> None:
        names = {each.name for each in metric.to_schema()}
        parts = {name: name.partition("/") for name in numbers}
        unknown = {name: layer for name, (_, _, layer) in parts.items() if layer not in self._layers}
        if unknown:
            self._log.guard.say(
                f"The metric {_name(metric)!r} has numbers of {listed(list(dict.fromkeys(unknown.values())))}, which "
                "are no layers of the model: they are not recorded.",
                once=(_name(metric), "layers"),
            )
        for name, number in numbers.items():
            if name not in unknown and parts[name][0] in names and not np.isnan(number):
                self._log.put(name, step, number)


def _name(metric: Metric) -> str:
    return metric.name or type(metric).__name__
