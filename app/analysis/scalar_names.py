"""Names of scalars, ``metric[@threshold][~ema]/layer`` or ``rank_metric/rank``, taken apart and put into words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WHOLE_MODEL = "total"
GRADIENT_NORM = "gradient_norm"

_OF_RANKS = "rank_"
_SPREAD = "spread"

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
        threshold: below which a number counts as nothing.
        is_averaged: measured on the moving average.
        layer: of which layer; `WHOLE_MODEL` for all together.
        rank: of which of the processes that trained together, or ``spread``: the largest of theirs minus the smallest.
        is_error: the standard error of an estimate, which is no curve of its own.
    """

    text: str
    metric: str
    threshold: str
    is_averaged: bool
    layer: str
    rank: str = ""
    is_error: bool = False

    @property
    def measure(self) -> str:
        """What was measured, in words, without the layer: ``near zero, below 1e-07, moving average``."""
        parts = [self.metric.replace("_", " ")]
        parts += [f"below {self.threshold}"] if self.threshold else []
        parts += ["moving average"] if self.is_averaged else []
        parts += ["by rank"] if self.rank else []
        return ", ".join(parts)

    @property
    def place(self) -> str:
        """The layer or the rank in words."""
        if self.rank:
            return "spread over the ranks" if self.rank == _SPREAD else f"rank {self.rank}"
        return "whole model" if self.layer == WHOLE_MODEL else self.layer

    @property
    def title(self) -> str:
        """All of it in words, as ``Gradient norm · conv1``."""
        measure = self.measure.removesuffix(", by rank")
        measure = measure[:1].upper() + measure[1:]
        return f"{measure} · {self.place}" if self.place else measure


def parse(text: str) -> ScalarName:
    """Take a name apart; a name of another form is a metric as it stands."""
    front, _, layer = text.partition("/")
    if front.startswith(_OF_RANKS) and (layer.isdecimal() or layer == _SPREAD):
        return ScalarName(text, front.removeprefix(_OF_RANKS), "", False, "", layer)
    front, *marks = front.split("~")
    metric, _, threshold = front.partition("@")
    return ScalarName(text, metric, threshold, any(each != "se" for each in marks), layer, is_error="se" in marks)


def grouped(names: Iterable[str]) -> dict[str, list[ScalarName]]:
    """Names by what they measure, in the order in which they come, the whole before its layers or ranks."""
    groups: dict[str, list[ScalarName]] = {}
    for name in map(parse, names):
        groups.setdefault(name.measure, []).append(name)
    for members in groups.values():
        members.sort(key=lambda name: name.layer not in ("", WHOLE_MODEL) or name.rank.isdecimal())
    return groups


def matching(names: Iterable[str], wanted: str) -> list[ScalarName]:
    """The names whose file name or title has every word of ``wanted``, whatever the case."""
    words = wanted.lower().split()
    parsed = map(parse, names)
    return [name for name in parsed if all(word in f"{name.text} {name.title}".lower() for word in words)]


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
