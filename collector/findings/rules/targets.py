"""Targets of a size that no network begins near to."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import logits, loss_graph
from collector.findings.progress import progress
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

FAR = 30.0
LEFT = 0.1
"""Share of the first loss that is still there at the end: they have not been reached."""
_ERRORS = frozenset(("mseloss", "l1loss", "smoothl1loss", "huberloss"))
"""The last two are as large as the distance where it is large."""


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, where the first loss lies far outside of what the outputs reach, and the last one too."""
    loss, outputs, learnt = recording.collection.losses[0], recording.snapshots[0].logits, progress(recording)
    operation = next(iter(loss.operations), "").lower()
    if operation not in _ERRORS or loss.reduction == "sum" or outputs is None or learnt is None:
        return
    spread = float(np.std(outputs)) or 1.0
    distance = float(np.sqrt(learnt.first)) if operation == "mseloss" else learnt.first
    if not (distance > FAR * max(spread, 1.0) and learnt.last > LEFT * learnt.first):
        return
    layer = loss.layer or next(reversed(recording.layers), "")
    yield RULE.finding(
        severity="warning",
        title=f"Targets lie about {distance:.3g} away from the outputs, which differ by {spread:.2g}.",
        why="The last bias has to travel there before anything else is learnt.",
        layers=[layer] if layer else [],
        since=0,
        since_range=(0, 0),
        causes=[Cause("Targets are not scaled.", "(y − mean) ÷ std, as of the training set.")],
        evidence=[Evidence(tab="network", step=0, layer=layer or None)],
        figures={"distance": distance, "spread of the outputs": spread},
    )


RULE = Rule(
    name="target-scale",
    title="Targets that are not scaled",
    judge=judge,
    needs=(loss_graph, logits),
    formula="first loss (of a squared error its root), against the standard deviation of the outputs for the probe",
    threshold="more than 30 times it and more than 30, and at the end still a tenth of the first loss",
    source="measured on our trainings",
    stays_silent="targets that are reached all the same",
    explains=NOT_LEARNING
    | {
        "constant-output",
        "representation-collapse",
        "exploding-gradient",
        "dead-units",
        "saturated-units",
        "vanishing-gradient",
        "no-gradient",
        "update-too-small",
        "update-too-large",
        "learning-rate-too-low",
        "learning-rate-too-high",
        "diverging-loss",
        "bad-initialization",
    },
)
RULES = (RULE,)
