"""A probe that was not prepared as the training's inputs are."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.recording import Recording
from collector.findings.robust import median
from collector.findings.rule import Rule

TIMES = 5.0
AWAY = 3.0
STEPS = 50


def need(recording: Recording) -> str:
    """A probe of measures, and what the one input of the training was like."""
    probe = recording.collection.probe
    if probe is None or not probe.inputs.size:
        return "the network has no probe: Collector(…, probe=(inputs, labels))"
    if probe.whole_numbers:
        return "the network is given whole numbers, as those of words: they have no scale"
    if len(recording.metrics.get("input_std", ())) != 1:
        return "the training's inputs were not recorded, or are several"
    return ""


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, where the probe's values are spread otherwise, or lie elsewhere, than those of the first batches."""
    probe = recording.collection.probe
    assert probe is not None
    (name,) = recording.metrics["input_std"]
    spreads, means = (recording.scalar(f"{metric}/{name}")[1][:STEPS] for metric in ("input_std", "input_mean"))
    spread, mean = median(spreads), median(means)
    inputs = np.asarray(probe.inputs, float)
    own_spread, own_mean = float(inputs.std()), float(inputs.mean())
    if not np.isfinite([spread, mean, own_spread, own_mean]).all() or spread <= 0 or own_spread <= 0:
        return
    # batches of values with heavy tails differ by more than a probe may
    lowest, highest = float(np.nanmin(spreads)), float(np.nanmax(spreads))
    is_alike = lowest / TIMES <= own_spread <= highest * TIMES
    away = max(np.nanmin(means) - own_mean, own_mean - np.nanmax(means))
    if is_alike and away <= AWAY * spread:
        return
    first = next(iter(recording.layers), "")
    yield RULE.finding(
        severity="warning",
        title=f"The probe is not like the training's inputs: it lies around {own_mean:.3g} (standard deviation "
        f"{own_spread:.3g}), they around {mean:.3g} ({spread:.3g}).",
        why="What the network makes of the probe, at every pass, is not what it makes of its data.",
        layers=[first] if first else [],
        since=0,
        since_range=(0, 0),
        causes=[Cause("The probe is not prepared as the batches are.", "Give it scaled, cropped and converted alike.")],
        evidence=[Evidence(tab="sample", step=0)],
        figures={
            "mean of the probe": own_mean,
            "standard deviation of the probe": own_spread,
            "mean of the training": mean,
            "standard deviation of the training": spread,
        },
    )


RULE = Rule(
    name="probe-scale",
    title="A probe that is not like the training's inputs",
    judge=judge,
    needs=(need,),
    formula="mean and standard deviation of the probe, against those of each of the first 50 recorded batches",
    threshold="5 times the largest standard deviation or a fifth of the least, or 3 of their median from all means",
    source="by fact; thresholds far from what 8 samples differ by",
    stays_silent="several inputs, of which it is not known which one the probe is; whole numbers that are indices",
    explains=frozenset(
        (
            "dead-units",
            "saturated-units",
            "constant-output",
            "representation-collapse",
            "bad-initialization",
            "class-imbalance",
        )
    ),
)
RULES = (RULE,)
