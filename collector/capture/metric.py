"""What a metric is, and who computes those that a training brings along: under one guard, clock and budget."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collector.capture.dynamics_metrics import COUNTED, NORMS
from collector.capture.not_finite import WORDS
from collector.capture.run_log import RunLog
from collector.capture.wording import listed
from collector.storage import schema

WEIGHTS, GRADIENTS, UPDATES = NEEDS = ("weights", "gradients", "updates")

TOTAL = "total"
"""Stands for a layer, where a number is that of the whole model."""

Arrays = Mapping[str, Mapping[str, np.ndarray]]
"""Layer → name of its parameter, as ``weight`` → values, float32 or float64, all of them."""

_NAME = re.compile(r"[A-Za-z]\w*")

_OWN = (
    *(metric.name for metric in (*COUNTED, *NORMS)),
    *("first_moment_norm", "second_moment_mean", "dead_fraction", "saturated_fraction", "outer_update_norm"),
    *("attention_entropy", "attention_logit"),
    *("no_gradient", "not_finite", *WORDS, "learning_rate", "updates", "skipped_steps", "gradient_disagreement"),
)
"""Scalars of the collector's own, whose names no other metric can have."""


@dataclass(frozen=True)
class StepState:
    """A step of the training, as far as the metrics that are due need it. The arrays are copies.

    Kernels and convolutions are as PyTorch has them, units first: ``[U, U_in]``, ``[U, U_in, H, W]``. A parameter
    without a gradient has none here, and complex ones are left out.

    Attributes:
        step: its number; the first one is 0.
        weights: before the update.
        gradients: those that the update is made of.
        updates: weights after the step minus weights before it.
    """

    step: int
    weights: Arrays = field(default_factory=dict)
    gradients: Arrays = field(default_factory=dict)
    updates: Arrays = field(default_factory=dict)


class Metric:
    """A number of each layer, computed at some steps of a training: subclass it, and give it to the collector.

    ::

        class Sparsity(Metric):
            name = "sparsity"
            title = "weights near zero"
            needs = ("weights",)

            def compute(self, state):
                return {layer: np.mean(np.abs(own["weight"]) < 1e-3) for layer, own in state.weights.items()}

        Collector(model, optimizer, "run.json", metrics=[Sparsity()])

    Its scalars are called ``name/layer``, as ``sparsity/fc1``. A failure of it is a note in the file. Random numbers
    that it draws are put back, and it is left out where a budget does not allow it.

    Attributes:
        name: a word of letters, digits and underscores, which no scalar of Strobe's own has.
        title: the same in a few words, for a heading.
        description: what it means, in a sentence.
        unit: of the numbers, as ``%``; empty where they have none.
        needs: which arrays of a step `compute` is given: of ``weights``, ``gradients``, ``updates``.
        interval: steps between two numbers.
    """

    name: str = ""
    title: str = ""
    description: str = ""
    unit: str = ""
    needs: Collection[str] = ()
    interval: int = 10

    def is_due(self, step: int) -> bool:
        """Whether it is computed at this step."""
        return step % self.interval == 0

    def compute(self, state: StepState) -> Mapping[str, float]:
        """Layer, or ``total`` → number; NaN, or a layer that is missing: there is none at this step."""
        raise NotImplementedError

    def to_schema(self) -> schema.Metric:
        """The metric as the header describes it."""
        return schema.Metric(self.name, self.title, self.description, self.unit)


def check_metrics(metrics: object) -> None:
    """Whether these can be recorded.

    Raises:
        ValueError: what is wrong, in words.
    """
    if isinstance(metrics, str) or not isinstance(metrics, Sequence):
        raise ValueError(f"metrics is of type {type(metrics).__name__}; give a list of Metric objects")
    names: set[str] = set()
    for metric in metrics:
        if not isinstance(metric, Metric):
            is_class = isinstance(metric, type) and issubclass(metric, Metric)
            found = f"the class {metric.__name__}" if is_class else f"something of type {type(metric).__name__}"
            raise ValueError(f"metrics has {found}; give objects of a class derived from collector.Metric")
        name = metric.name
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            kind = type(metric).__name__
            raise ValueError(f"a metric of type {kind} is named {name!r}; give it a name as 'sparsity'")
        is_own = name in _OWN or name.startswith("rank_")
        if is_own or name in names:
            whose = "of Strobe's own" if is_own else "of another one"
            raise ValueError(f"the metric name {name!r} is that {whose}; choose another")
        names.add(name)
        for what, most in (("name", 100), ("title", 100), ("description", 1000), ("unit", 30)):
            text = getattr(metric, what)
            if not isinstance(text, str) or len(text) > most:
                found = f"{len(text):,} characters long" if isinstance(text, str) else repr(text)
                raise ValueError(f"the {what} of metric {name[:100]!r} is {found}; it must be text of {most} at most")
        unknown = [each for each in metric.needs if each not in NEEDS]
        if isinstance(metric.needs, str) or unknown:
            found = repr(metric.needs) if isinstance(metric.needs, str) else repr(unknown[0])
            raise ValueError(f"metric {name!r} needs {found}; give a list out of {', '.join(NEEDS)}")
        if not isinstance(metric.interval, int) or metric.interval < 1:
            wrong = f"interval of metric {name!r} is {metric.interval!r}"
            raise ValueError(f"{wrong}; it must be a whole number, 1 or more")


class MetricRecorder:
    """Computes metrics and writes their numbers.

    Make it before the `RunLog`, whose header needs `to_schema`, and call `start`; then `begin_step` at each step, and
    `record` behind it where `needs` is not None.

    Args:
        metrics: as `check_metrics` lets them pass.
        layers: names that their numbers may be of.
        preserved: a context in which nothing that the training depends on is moved, as the random states.

    Attributes:
        needs: which arrays of the step under way are to be given to `record`; None: no metric is due.
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
        self._due: list[Metric] = []
        self.needs: frozenset[str] | None = None

    def to_schema(self) -> list[schema.Metric]:
        """What the header says of them."""
        return [metric.to_schema() for metric in self._metrics]

    def start(self, log: RunLog) -> None:
        """Write into this log from now on."""
        self._log = log

    def begin_step(self, step: int) -> None:
        """Decide which are computed at this step."""
        self._due, self.needs = [], None
        for metric in self._metrics:
            if type(metric).is_due is Metric.is_due:
                is_due = metric.is_due(step)
            else:
                is_due = False
                with self._guarded(metric):
                    is_due = bool(metric.is_due(step))
            if is_due:
                self._due.append(metric)
        if self._due and not self._log.affords("metrics"):
            self._due = []
        if self._due:
            self.needs = frozenset(need for metric in self._due for need in metric.needs)

    def record(self, state: StepState) -> None:
        """Compute those that are due."""
        due, self._due, self.needs = self._due, [], None
        for metric in due:
            with self._guarded(metric):
                numbers = {str(layer): float(value) for layer, value in metric.compute(state).items()}
                self._put(metric, state.step, numbers)

    @contextmanager
    def _guarded(self, metric: Metric) -> Iterator[None]:
        """What runs within is not the training's: it costs no time of its own, moves nothing, and may fail."""
        try:
            with self._log.overhead.of("metrics"), self._preserved(), np.errstate(all="ignore"):
                yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it is nothing to the training
            text = f"The metric {metric.name!r} failed: {type(error).__name__}: {error}"
            self._log.guard.say(text, once=(metric.name, type(error)))

    def _put(self, metric: Metric, step: int, numbers: Mapping[str, float]) -> None:
        if unknown := [layer for layer in numbers if layer not in self._layers]:
            self._log.guard.say(
                f"The metric {metric.name!r} has numbers of {listed(unknown)}, which are no layers of the model: they "
                "are not recorded.",
                once=(metric.name, "layers"),
            )
        for layer, number in numbers.items():
            if layer in self._layers and not np.isnan(number):
                self._log.put(f"{metric.name}/{layer}", step, number)
