"""Samples whose labels are probably wrong: the network is sure of another class, and so are their neighbours."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.recording import Recording
from collector.findings.rule import NotJudgedError, Rule
from collector.findings.suspicion import Suspicion, suspicion_of

LEAST_SURE = 200
LEAST_CLASSES = 3
SHARE = 0.01
ERRORS = 2.0
ALARMS = (
    "never on 20 trainings of 10,000 pictures of MNIST or CIFAR-10 with the labels as they are; with 5 % of them "
    "planted wrong it was told in 18 of 20 (`python -m tests.label_noise`)"
)
NAMED = 8
"""So many samples are named; the view shows all."""
MOST_SHOWN = 1000
"""So many suspicious samples are pointed at."""


def need(recording: Recording) -> str:
    """Stories of samples with class labels, at two measurements or more."""
    stories = recording.collection.stories
    if stories.header is None:
        return "of no samples it was recorded again and again what the network makes of them: Collector(…, stories=…)"
    if not stories.has_samples:
        return "the samples whose stories are told are not in the file yet"
    if stories.header.of == "held-out":
        return "the samples are held out, and those that are trained on are needed: Collector(…, story_of='training')"
    return "" if len(stories) > 1 else "there are fewer than two measurements of stories"


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of all suspicious samples."""
    stories = recording.collection.stories
    found = suspicion_of(stories)
    if found is None:
        raise NotJudgedError("the samples have no class labels, or the network has learnt too little to be asked")
    if found.n_classes < LEAST_CLASSES:
        raise NotJudgedError("of two classes the label is always the likeliest but one, so that nothing can be told")
    n_sure = int(found.is_sure.sum())
    if n_sure < LEAST_SURE:
        raise NotJudgedError(f"the network is sure of fewer than {LEAST_SURE} of the samples")
    unlikely = found.is_unlikely.sum() / n_sure
    if unlikely - ERRORS * np.sqrt(unlikely * (1 - unlikely) / n_sure) >= SHARE:
        yield _finding(recording, found, float(unlikely))


def _finding(recording: Recording, found: Suspicion, unlikely: float) -> Finding:
    stories = recording.collection.stories
    samples = stories.samples
    assert samples is not None and samples.labels is not None
    ranked = found.order[found.is_suspicious[found.order]]
    named = []
    for place in ranked[:NAMED].tolist():
        label, said = (_name(recording, int(each[place])) for each in (samples.labels, found.said))
        named.append(f"{samples.numbers[place]} ({label}, said to be {said})")
    steps = stories.steps[found.measurements]
    n_suspicious, n_sure = int(found.is_suspicious.sum()), int(found.is_sure.sum())
    return RULE.finding(
        severity="warning",
        title=f"{n_suspicious:,} of {len(samples):,} samples look mislabelled: {', '.join(named[:3])}, …",
        why="The network is sure of another class, and so are their neighbours; what they teach is wrong.",
        since=int(steps[0]),
        since_range=(int(steps[0]), int(steps[0])),
        causes=[
            Cause("Labels are wrong.", "These samples by eye, the most suspicious first."),
            Cause("Two classes hold the same things.", "Whether it is the same pair of classes again and again."),
        ],
        evidence=[Evidence(tab="stories", step=int(stories.steps[-1]), stories=tuple(ranked[:MOST_SHOWN].tolist()))],
        figures={
            "share of wrong labels, estimated": n_suspicious / n_sure,
            "suspicious samples": n_suspicious,
            "sure samples": n_sure,
            "share with a label that is unlikely even among the others": unlikely,
            "the most suspicious": ", ".join(named),
        },
        confidence="estimate",
        why_estimate="Only of samples of which the network is sure it can be told.",
    )


def _name(recording: Recording, number: int) -> str:
    probe = recording.collection.probe
    names = () if probe is None else probe.class_names
    return names[number] if number < len(names) else str(number)


RULE = Rule(
    name="label-noise",
    title="Samples whose labels are probably wrong",
    judge=judge,
    needs=(need,),
    formula="of the samples of which the network is sure (a class that it says at half of the measurements or more, "
    "with 70 % or more), those are suspicious whose label is another class and has no more of their neighbours' votes; "
    "their share is the estimate. Ranked by the area under the margin: mean over the measurements of the label's logit "
    "less the largest other one",
    threshold="of 1 % or more, 2 standard errors taken off, the label is suspicious and no likelier than the mean of "
    "the other classes: where a sample is only hard its label comes next, as a rule, and on pictures of CIFAR-10 of "
    "which a network knew 70 %, 0.4 % were so by themselves",
    source="Pleiss et al., NeurIPS 2020 (area under the margin); Swayamdipta et al., EMNLP 2020; Baldock et al., "
    "NeurIPS 2021 (votes of neighbours); the share measured on our trainings",
    stays_silent="samples that are only hard, of which the network is not sure or whose label comes next; labels that "
    "are mistaken for the most similar class; two classes; fewer than 200 samples of which it is sure",
    alarms=ALARMS,
)
RULES = (RULE,)
