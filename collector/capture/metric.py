"""What a metric is that a training brings along, and what may be given as one."""

import re
from collections.abc import Collection, Mapping, Sequence

from collector.capture.dynamics_metrics import COUNTED, NORMS
from collector.capture.not_finite import WORDS
from collector.capture.step_state import NEEDS, StepState
from collector.storage import schema

_NAME = re.compile(r"[A-Za-z]\w*")

_OWN = (
    *(metric.name for metric in (*COUNTED, *NORMS)),
    *("first_moment_norm", "second_moment_mean", "dead_fraction", "saturated_fraction", "outer_update_norm"),
    *("attention_entropy", "attention_logit"),
    *("no_gradient", "not_finite", *WORDS, "learning_rate", "updates", "skipped_steps", "gradient_disagreement"),
)
"""Scalars of the collector's own, whose names no other metric can have."""


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
        is_linear: whether a linear scale tells them best, as where they may be negative.
        numbers: where there is more than one of each layer, all of them; then the five above are theirs, and `compute`
            gives ``name/layer`` → number.
        needs: what of a step `compute` is given, out of `NEEDS`; see `StepState`.
        interval: steps between two numbers.
    """

    name: str = ""
    title: str = ""
    description: str = ""
    unit: str = ""
    is_linear: bool = False
    numbers: Sequence[schema.Metric] = ()
    needs: Collection[str] = ()
    interval: int = 10

    def is_due(self, step: int) -> bool:
        """Whether it is computed at this step. Asked once for each."""
        return step % self.interval == 0

    def compute(self, state: StepState) -> Mapping[str, float]:
        """Layer, or ``total`` → number; NaN, or a layer that is missing: there is none at this step."""
        raise NotImplementedError

    def to_schema(self) -> list[schema.Metric]:
        """Its numbers as the header describes them."""
        own = schema.Metric(self.name, self.title, self.description, self.unit, is_linear=self.is_linear)
        return list(self.numbers) or [own]


def check_metrics(metrics: object, can: Collection[str] = NEEDS, framework: str = "") -> None:
    """Whether these can be recorded.

    Args:
        can: what a metric may need here.
        framework: where that is not all, whose fault it is.

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
        for each in metric.to_schema():
            _check_number(each, metric, names)
            names.add(each.name)
        name = metric.name or type(metric).__name__
        unknown = [each for each in metric.needs if each not in NEEDS]
        if isinstance(metric.needs, str) or unknown:
            found = repr(metric.needs) if isinstance(metric.needs, str) else repr(unknown[0])
            raise ValueError(f"metric {name!r} needs {found}; give a list out of {', '.join(NEEDS)}")
        if lacking := [each for each in metric.needs if each not in can]:
            told = f"metric {name!r} needs {lacking[0]!r} of a step"
            raise ValueError(f"{told}, which {framework} does not show: leave it out")
        if not isinstance(metric.interval, int) or metric.interval < 1:
            wrong = f"interval of metric {name!r} is {metric.interval!r}"
            raise ValueError(f"{wrong}; it must be a whole number, 1 or more")


def _check_number(number: schema.Metric, metric: Metric, names: Collection[str]) -> None:
    name = number.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        kind = type(metric).__name__
        raise ValueError(f"a metric of type {kind} is named {name!r}; give it a name as 'sparsity'")
    is_own = name in _OWN or name.startswith("rank_")
    if is_own or name in names:
        whose = "of Strobe's own" if is_own else "of another one"
        raise ValueError(f"the metric name {name!r} is that {whose}; choose another")
    for what, most in (("name", 100), ("title", 100), ("description", 1000), ("unit", 30)):
        text = getattr(number, what)
        if not isinstance(text, str) or len(text) > most:
            found = f"{len(text):,} characters long" if isinstance(text, str) else repr(text)
            raise ValueError(f"the {what} of metric {name[:100]!r} is {found}; it must be text of {most} at most")
