"""A network that says one class and hardly any other."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import logits
from collector.findings.progress import is_poor
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import Rule

SAID = 0.3
TIMES = 2.5
PASSES = 3
LEAST_SAMPLES = 16


def need(recording: Recording) -> str:
    """Outputs for a probe with labels."""
    if why := logits(recording):
        return why
    probe = recording.collection.probe
    if probe is None or probe.labels is None:
        return "the probe has no labels: Collector(…, probe=(inputs, labels))"
    if len(probe.labels) < LEAST_SAMPLES:
        return f"the probe has fewer than {LEAST_SAMPLES} samples: one class may be said often by chance"
    return ""


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of the class that is said most, at the last passes."""
    if is_poor(recording):
        return  # what a network says that has learnt nothing tells of nothing
    probe = recording.collection.probe
    assert probe is not None and probe.labels is not None
    seen = [each for each in recording.snapshots if each.logits is not None and each.logits.shape[1] > 1]
    if len(seen) < PASSES:
        return
    labels = np.asarray(probe.labels)
    steps = np.array([each.step for each in seen])
    said = []
    for each in seen:
        assert each.logits is not None
        said.append(np.bincount(each.logits.argmax(axis=1), minlength=each.logits.shape[1]) / len(each.logits))
    shares = np.array([each.max() for each in said])
    which = int(said[-1].argmax())
    is_one = shares > np.maximum(SAID, TIMES * (labels == which).mean())
    row = lasting(is_one, PASSES)
    if row is None or len(np.unique(labels)) < 2:
        return
    since = int(steps[row])
    name = probe.class_names[which] if which < len(probe.class_names) else str(which)
    last = next(reversed(recording.layers), "")
    yield RULE.finding(
        severity="warning",
        title=f"{shares[-1]:.0%} of the probe are called {name}, which {(labels == which).mean():.0%} are.",
        why="The other classes are not learnt.",
        layers=[last] if last else [],
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The training has far more samples of this class.", "Samples of each class; weights of the loss."),
            Cause("Nothing of the input reaches the output.", "Whether outputs differ from sample to sample."),
        ],
        evidence=[Evidence(tab="sample", step=since)],
        figures={"share said": float(shares[-1]), "share true": float((labels == which).mean())},
    )


RULE = Rule(
    name="class-imbalance",
    title="One class that is said far more often than it is true",
    judge=judge,
    needs=(need,),
    formula="share of the probe that is given a class, against its share among the labels",
    threshold="> 30 % and more than 2.5 times what is true, in the last 3 passes and more",
    source="measured on our trainings",
    stays_silent="a probe that is itself of one class; a training loss above half of a guess's",
    explains=frozenset(("overfitting",)),
)
RULES = (RULE,)
