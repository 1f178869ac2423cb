"""A network that says one class and hardly any other."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import logits
from collector.findings.percent import percent
from collector.findings.progress import has_high_loss
from collector.findings.recording import Recording
from collector.findings.robust import lasting, median
from collector.findings.rule import Rule
from collector.findings.snapshots import Snapshot

SAID = 0.3
TIMES = 2.5
PASSES = 3
MOST = 0.85
SAID_MORE = 1.5
LEAST_SAMPLES = 16


def need(recording: Recording) -> str:
    """Outputs for a probe with labels."""
    if why := logits(recording):
        return why
    probe = recording.collection.probe
    if recording.collection.task.kind not in ("classes", ""):
        return "the outputs are no classes"
    if probe is None or probe.labels is None:
        return "the probe has no labels: Collector(…, probe=(inputs, labels))"
    if recording.collection.task.kind != "classes":
        return "the outputs are not known to be classes: Collector(…, task='classes')"
    if len(probe.labels) < LEAST_SAMPLES:
        return f"the probe has fewer than {LEAST_SAMPLES} samples: one class may be said often by chance"
    return ""


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of the class that is said most, at the last passes."""
    probe = recording.collection.probe
    assert probe is not None and probe.labels is not None
    seen = [each for each in recording.snapshots if each.logits is not None and each.logits.shape[1] > 1]
    if len(seen) < PASSES:
        return
    labels = np.asarray(probe.labels)
    if np.isfinite(recording.scalar("largest_class_share/total")[1]).sum() >= PASSES:
        yield from _by_targets(recording, seen[-1], labels)
        return
    if has_high_loss(recording):
        return  # what a network says that has learnt nothing tells of nothing
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
    true = float((labels == which).mean())
    title = f"{percent(shares[-1])} of the probe are called {{name}}, which {percent(true)} are."
    yield _finding(recording, which, title, since, recording.before(steps, row), float(shares[-1]), true)


def _finding(
    recording: Recording, which: int, title: str, since: int, since_range: tuple[int, int], share: float, true: float
) -> Finding:
    probe = recording.collection.probe
    assert probe is not None
    name = probe.class_names[which] if which < len(probe.class_names) else str(which)
    last = next(reversed(recording.layers), "")
    return RULE.finding(
        severity="warning",
        title=title.format(name=name),
        why="The other classes are hardly learnt.",
        layers=[last] if last else [],
        since=since,
        since_range=since_range,
        causes=[
            Cause("The training has far more samples of this class.", "Samples of each class; weights of the loss."),
            Cause("Nothing of the input reaches the output.", "Whether outputs differ from sample to sample."),
        ],
        evidence=[Evidence(tab="sample", step=since)],
        figures={"share": share, "share true": true},
    )


def _by_targets(recording: Recording, last: Snapshot, labels: np.ndarray) -> Iterator[Finding]:
    """Of the training's own targets, where the network says their class more often than it is right."""
    own, shares = recording.scalar("largest_class_share/total")
    others, classes = recording.scalar("largest_class/total")
    steps, one, other = np.intersect1d(own, others, return_indices=True)
    shares, classes = shares[one], classes[other]
    if len(steps) < PASSES:
        return
    assert last.logits is not None
    which = int(np.nan_to_num(median(classes)))
    share = median(np.where(classes == which, shares, 0.0))
    n_classes = last.logits.shape[1]
    said, true = float((last.logits.argmax(axis=1) == which).mean()), float((labels == which).mean())
    if share < min(TIMES / n_classes, MOST) or said < SAID_MORE * true or share < SAID_MORE * true:
        return
    title = (
        f"{percent(share)} of the training's targets are {{name}}; of the probe {percent(true)} are, "
        f"{percent(said)} are called so."
    )
    yield _finding(recording, which, title, int(steps[0]), (int(steps[0]), int(steps[0])), share, true)


RULE = Rule(
    name="class-imbalance",
    title="One class that is said far more often than it is true",
    judge=judge,
    needs=(need,),
    formula="share of a class among the targets of the training (read off the gradient of the outputs), and of the "
    "probe that is given it, against its share among the probe's labels",
    threshold="of the targets more than 2.5 ÷ C or 85 %, and of the probe 1.5 times what is true; where the targets "
    "are not known > 30 % of the probe and more than 2.5 times what is true, in the last 3 passes and more",
    source="measured on our trainings",
    stays_silent="a probe that is itself of one class; a training loss above half of a guess's",
    explains=frozenset(("overfitting",)),
)
RULES = (RULE,)
