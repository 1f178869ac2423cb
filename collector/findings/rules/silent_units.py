"""Units that say nothing to any sample, or always the same."""

from collections.abc import Iterator
from functools import partial

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import units
from collector.findings.progress import is_harmed
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import Rule

SHARE = 0.2
ALMOST_ALL = 0.9
GROWN = 0.1
PASSES = 3
EARLY = 50


def judge(recording: Recording, which: str) -> Iterator[Finding]:
    """A finding for each layer that has too many, the first to have them first; layers behind it are affected."""
    rule, metric = RULES_BY_METRIC[which], which
    found = []
    for name in recording.collection.layers:
        if name not in recording.metrics.get(metric, ()) or (
            which == "saturated_fraction" and _is_last(recording, name)
        ):
            continue
        steps, shares = recording.scalar(f"{metric}/{name}")
        if not (shares[-1:] > GROWN).any():
            continue
        early = shares[steps <= EARLY]
        began = float(early[-1]) if len(early) else float(shares[0])
        is_many = (shares > SHARE) | ((shares > GROWN) & (shares > began + GROWN))
        least = min(PASSES, len(steps))
        if (start := lasting(is_many, least)) is not None:
            found.append((name, steps, shares, start))
    if not found:
        return
    # what feeds a dead layer is not its victim, and what it feeds is
    name, steps, shares, row = min(found, key=lambda each: (int(each[1][each[3]]), -float(each[2][-1])))
    others = [each[0] for each in found if each[0] != name]
    share, since = float(shares[-1]), int(steps[row])
    units = recording.collection.layers[name].units
    stage = recording.collection.layers[name].stage
    is_all = share > ALMOST_ALL
    is_bad = is_harmed(recording, since) or is_all
    word = "silent" if which == "dead_fraction" else "saturated"
    yield rule.finding(
        severity="critical" if is_all else "warning" if is_bad else "note",
        title=f"{stage}: {share:.0%} of {units:,} units are {word} for every sample, since step {since:,}."
        if which == "dead_fraction"
        else f"{stage}: {share:.0%} of {units:,} units are saturated, since step {since:,}.",
        why="No gradient comes through them: neither they nor what feeds them through them can learn.",
        layers=[stage, *([name] if name != stage else [])],
        affected=others,
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The learning rate was too high at some step.", "Update ratio and bias of this layer then."),
            Cause("The bias or the weights began far off.", "The share at step 0."),
            Cause("What comes in is not scaled.", "Mean and spread of the layer before."),
        ],
        evidence=[
            Evidence(tab="network", step=since, layer=stage),
            Evidence(tab="timeline", step=since, layer=name, series=f"{metric}/{name}"),
        ],
        figures={"share": share, "share at the start": float(shares[0])},
    )


def _is_last(recording: Recording, name: str) -> bool:
    """Whether nothing reads its units: an output is meant to saturate."""
    stage = recording.collection.layers[name].stage
    return not any(stage in each.reads for each in recording.collection.layers.values())


DEAD = Rule(
    name="dead-units",
    title="Units that are silent for the whole probe, pass after pass",
    judge=partial(judge, which="dead_fraction"),
    needs=(units("dead_fraction", "a ReLU or the like"),),
    formula="share of a layer's units that are 0 for every sample of the probe at every position",
    threshold="> 20 % of the layer, or grown by 10 points since step 50, in the last 3 passes; > 90 % is critical",
    source="silent for all samples, after Lu et al. 2019; not the share of zero values, which is normal",
    stays_silent="where the loss goes on falling it is a note",
    explains=frozenset(
        (
            "vanishing-gradient",
            "no-gradient",
            "not-updated",
            "loss-plateau",
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
    formula="share of a hidden layer's units of which 95 % of the values lie beyond 0.99 of the way to a bound",
    threshold="> 20 % of the layer, or grown by 10 points since step 50, in the last 3 passes; > 90 % is critical",
    source="Glorot and Bengio 2010",
    stays_silent="outputs and gates are meant to saturate; where the loss goes on falling it is a note",
    explains=frozenset(("vanishing-gradient", "loss-plateau")),
)
RULES_BY_METRIC = {"dead_fraction": DEAD, "saturated_fraction": SATURATED}
RULES = (DEAD, SATURATED)
