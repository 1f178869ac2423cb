"""Names of scalars, ``metric[@threshold][~ema]/layer`` or ``rank_metric/rank``, taken apart and put into words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.metric_text import FIRST_METRICS, ORDER, MetricText, capitalized, metric_text

if TYPE_CHECKING:
    from collector.storage import schema

Described = Mapping[str, "schema.Metric"]
"""Metrics that the training brought along, by name, in the words that the file has of them."""

WHOLE_MODEL = "total"
WHOLE_MODEL_WORDS = "whole model"
GRADIENT_NORM = "gradient_norm"

_OF_RANKS = "rank_"
_SPREAD = "spread"
_OF = {"test_": "test ", "train_": "training "}
"""Of which samples a result of an epoch is."""

# fmt: off
_MADE_AT_PASSES = frozenset((
    "weight_norm", "gradient_norm", "update_norm", "update_ratio", "step_size", "first_moment_norm",
    "second_moment_mean",
))
# fmt: on


@dataclass(frozen=True)
class ScalarName:
    """A scalar's name in its parts; a part that it lacks is empty.

    Attributes:
        text: the name as the file has it.
        metric: what was measured.
        words: the same in words.
        threshold: below which a number counts as nothing.
        is_averaged: measured on the moving average.
        layer: of which layer; `WHOLE_MODEL` for all together.
        rank: of which of the processes that trained together, or ``spread``: the largest of theirs minus the smallest.
        is_error: the standard error of an estimate, which is no curve of its own.
        is_own: a metric that the training brought along.
    """

    text: str
    metric: str
    words: MetricText
    threshold: str
    is_averaged: bool
    layer: str
    rank: str = ""
    is_error: bool = False
    is_own: bool = False

    @property
    def measure(self) -> str:
        """What was measured, in words, without the layer: ``near zero, below 1e-07, moving average``."""
        parts = [self.words.title]
        parts += [f"below {self.threshold}"] if self.threshold else []
        parts += ["moving average"] if self.is_averaged else []
        parts += ["by rank"] if self.rank else []
        return ", ".join(parts)

    @property
    def place(self) -> str:
        """The layer or the rank in words."""
        if self.rank:
            return "spread over the ranks" if self.rank == _SPREAD else f"rank {self.rank}"
        return WHOLE_MODEL_WORDS if self.layer == WHOLE_MODEL else self.layer

    @property
    def is_first(self) -> bool:
        """Whether it is one of those that people look at first: what was logged, and the best known of each layer."""
        is_logged = not self.layer and not self.rank
        return is_logged or self.is_own or self.metric == "learning_rate" or self.metric in FIRST_METRICS

    @property
    def title(self) -> str:
        """All of it in words, as ``Gradient norm · conv1``."""
        measure = self.measure.removesuffix(", by rank")
        return f"{capitalized(measure)} · {self.place}" if self.place else capitalized(measure)


def _words(metric: str, described: Described) -> MetricText:
    of = next((each for each in _OF if metric.startswith(each)), "")
    if metric in described or not of:
        return metric_text(metric, described)
    return MetricText(f"{_OF[of]}{metric_text(metric.removeprefix(of)).title}")


def parse(text: str, described: Described | None = None) -> ScalarName:
    """Take a name apart; a name of another form is a metric as it stands."""
    described = described or {}
    front, _, layer = text.partition("/")
    if front.startswith(_OF_RANKS) and (layer.isdecimal() or layer == _SPREAD):
        metric = front.removeprefix(_OF_RANKS)
        return ScalarName(text, metric, _words(metric, described), "", False, "", layer)
    front, *marks = front.split("~")
    metric, _, threshold = front.partition("@")
    return ScalarName(
        text,
        metric,
        _words(metric, described),
        threshold,
        any(each != "se" for each in marks),
        layer,
        is_error="se" in marks,
        is_own=metric in described,
    )


def grouped(names: Iterable[ScalarName]) -> dict[str, list[ScalarName]]:
    """Names by what they measure, the best known first, the whole before its layers or ranks."""
    groups: dict[str, list[ScalarName]] = {}
    for name in names:
        groups.setdefault(name.measure, []).append(name)
    for members in groups.values():
        members.sort(key=lambda name: name.layer not in ("", WHOLE_MODEL) or name.rank.isdecimal())
    ordered = sorted(groups.items(), key=lambda group: _place(group[1][0]))
    return dict(ordered)


def _place(name: ScalarName) -> float:
    """What was logged stays as it comes, before what was measured."""
    is_logged = not name.layer and not name.rank
    return -math.inf if is_logged else ORDER.get(name.metric, len(ORDER))


def matching(names: Iterable[ScalarName], wanted: str) -> list[ScalarName]:
    """The names whose file name or title has every word of ``wanted``, whatever the case."""
    words = wanted.lower().split()
    return [name for name in names if all(word in f"{name.text} {name.title}".lower() for word in words)]


def how_to_record(text: str) -> str:
    """What a person has to do so that their next run has this scalar."""
    name = parse(text)
    if name.rank:
        return "train with several processes: torchrun --nproc_per_node=2 …"
    if name.layer:
        made = name.metric in _MADE_AT_PASSES
        return "this run has no such layer, or none of its passes measured it" if made else "the run did not measure it"
    if text.startswith(("test_", "train_")):
        return f"collector.end_epoch({text}=…)"
    return f"collector.log({text}=…)"
