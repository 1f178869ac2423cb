"""Units that say nothing to any sample, or always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import units
from collector.findings.percent import percent
from collector.findings.progress import is_harmed
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import Rule
from collector.storage.layer import Layer

SHARE = 0.2
ALMOST_ALL = 0.9
GROWN = 0.1
PASSES = 3
EARLY = 50
NAMED = 8
"""Units that are told by their numbers."""


@dataclass(frozen=True)
class _Silent:
    """A layer that has many.

    Attributes:
        steps: of the passes ``[P]``.
        shares: of its units ``[P]``.
        row: the pass from which on they are many.
        share: of those that are silent in all of the last passes; where it is not known which, of the last pass.
        units: their numbers ``[K]``; None where they are not known.
    """

    layer: Layer
    steps: np.ndarray
    shares: np.ndarray
    row: int
    share: float
    units: np.ndarray | None

    @property
    def since(self) -> int:
        return int(self.steps[self.row])


def judge(recording: Recording, which: str) -> Iterator[Finding]:
    """A finding for the first layer to have too many; layers behind it are affected."""
    found = [each for each in (_silent(recording, name, which) for name in recording.metrics[which]) if each]
    if not found:
        return
    # what feeds a dead layer is not its victim, and what it feeds is
    first = min(found, key=lambda each: (each.since, -each.share))
    layer, stage, since = first.layer, first.layer.stage, first.since
    is_all = first.share > ALMOST_ALL
    is_bad = is_all or is_harmed(recording, since)
    word = "silent for every sample" if which == "dead_fraction" else "saturated"
    yield RULES_BY_METRIC[which].finding(
        severity="critical" if is_all else "warning" if is_bad else "note",
        title=f"{layer_words(stage)}: {percent(first.share)} of {layer.units:,} units are {word}{_since(first)}.",
        why="No gradient passes through them: their weights stay as they are, and no layer before learns from them."
        + _numbers(first),
        layers=[stage, *([layer.name] if layer.name != stage else [])],
        affected=[each.layer.name for each in found if each is not first],
        since=since,
        since_range=recording.before(first.steps, first.row),
        causes=[
            Cause("The learning rate was too high at some step.", "Update ratio and bias of this layer then."),
            Cause("The bias or the weights began far off.", "The share at step 0."),
            Cause("What comes in is not scaled.", "Mean and spread of the layer before."),
        ],
        evidence=[
            Evidence(tab="network", step=since, layer=stage, unit=_to_look_at(first)),
            Evidence(tab="timeline", step=since, layer=layer.name, series=f"{which}/{layer.name}"),
        ],
        figures={"share": first.share, "share at the start": float(first.shares[0])},
    )


def _silent(recording: Recording, name: str, metric: str) -> _Silent | None:
    layer = recording.collection.layers.get(name)
    if layer is None or (metric == "saturated_fraction" and _is_last(recording, name)):
        return None
    steps, shares = recording.scalar(f"{metric}/{name}")
    early = shares[steps <= EARLY]
    began = float(early[-1]) if len(early) else float(shares[0])
    row = lasting((shares > SHARE) | (shares > max(GROWN, began + GROWN)), min(PASSES, len(steps)))
    if row is None or not shares[-1] > GROWN:
        return None
    last = [each for each in recording.snapshots if each.step >= steps[row]][-PASSES:]
    known = [states for each in last if (states := each.states(name)) is not None]
    if not known:
        return _Silent(layer, steps, shares, row, float(shares[-1]), None)
    is_silent = np.logical_and.reduce(known)
    share = float(is_silent.mean())
    if not (share > SHARE or share > max(GROWN, began + GROWN)):  # others at each pass: they come and go
        return None
    return _Silent(layer, steps, shares, row, share, np.flatnonzero(is_silent))


def _since(one: _Silent) -> str:
    """Since when; where they were fewer then, how many."""
    then = percent(one.shares[one.row])
    return f", since step {one.since:,}" if then == percent(one.share) else f" at the end, {then} at step {one.since:,}"


def _numbers(one: _Silent) -> str:
    if one.units is None or len(one.units) == one.layer.units:
        return ""
    named = ", ".join(map(str, one.units[:NAMED]))
    return f" They are the units {named}{f' and {len(one.units) - NAMED:,} more' * (len(one.units) > NAMED)}."


def _to_look_at(one: _Silent) -> int | None:
    """One of them, of which more is recorded if there is any such; None where they are not known."""
    if one.units is None:
        return None
    return int([*np.intersect1d(one.units, one.layer.kept), *one.units][0])


def _is_last(recording: Recording, name: str) -> bool:
    """Whether nothing reads its units: an output is meant to saturate."""
    stage = recording.collection.layers[name].stage
    return not any(stage in each.reads for each in recording.collection.layers.values())


DEAD = Rule(
    name="dead-units",
    title="Units that are silent for the whole probe, pass after pass",
    judge=partial(judge, which="dead_fraction"),
    needs=(units("dead_fraction", "a ReLU or the like"),),
    formula="share of a layer's units that are 0 for every sample of the probe at every position, in all of the last 3 "
    "passes where it is recorded which they are",
    threshold="> 20 % of the layer, or grown by 10 points since step 50, in the last 3 passes; > 90 % is critical",
    source="silent for all samples, after Lu et al. 2019; not the share of zero values, which is normal",
    stays_silent="where the loss goes on falling it is a note",
    explains=frozenset(
        (
            "vanishing-gradient",
            "no-gradient",
            "not-updated",
            "loss-plateau",
            "loss-spike",
            "diverging-loss",
            "constant-output",
            "representation-collapse",
            "class-imbalance",
            "update-too-small",
            "learning-rate-too-low",
        )
    ),
)
SATURATED = Rule(
    name="saturated-units",
    title="Units of sigmoid, tanh and their like that are near a bound for nearly all samples",
    judge=partial(judge, which="saturated_fraction"),
    needs=(units("saturated_fraction", "a sigmoid or tanh"),),
    formula="share of a hidden layer's units of which 95 % of the values lie beyond 0.99 of the way to a bound, in all "
    "of the last 3 passes where it is recorded which they are",
    threshold="> 20 % of the layer, or grown by 10 points since step 50, in the last 3 passes; > 90 % is critical",
    source="Glorot and Bengio 2010",
    stays_silent="outputs and gates are meant to saturate; where the loss goes on falling it is a note",
    explains=frozenset(("vanishing-gradient", "loss-plateau")),
)
RULES_BY_METRIC = {"dead_fraction": DEAD, "saturated_fraction": SATURATED}
RULES = (DEAD, SATURATED)
