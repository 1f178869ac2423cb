"""Gradients that are cut at nearly every step."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import measured
from collector.findings.percent import percent
from collector.findings.progress import progress
from collector.findings.recording import Recording
from collector.findings.rule import Rule

SHARE = 0.5
TIMES = 3.0
ROWS = 10
WINDOW = 100


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, for the longest stretch of steps."""
    before_steps, before = recording.scalar("unclipped_gradient_norm/total")
    # an optimizer that clips for itself is given the gradients as they were
    does_itself = "clipped_gradient_norm/total" in recording.collection.series
    after_steps, after = recording.scalar("clipped_gradient_norm/total" if does_itself else "gradient_norm/total")
    steps, one, other = np.intersect1d(before_steps, after_steps, return_indices=True)
    if len(steps) < ROWS:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        times = before[one] / after[other]
        is_cut = np.isfinite(times) & (times > TIMES)
    # the share over windows of 100 steps; where fewer were recorded, over those that were
    per_window = max(ROWS, int(np.searchsorted(steps, steps[0] + WINDOW)))
    rows = np.flatnonzero(np.convolve(is_cut, np.ones(per_window), mode="valid") > SHARE * per_window)
    if not len(rows) or is_cut.mean() <= SHARE:
        return
    start = int(rows[0] + np.argmax(is_cut[rows[0] :]))
    size = float(np.median(times[is_cut]))
    learnt = progress(recording)
    is_bad = learnt is not None and learnt.fell < 0.1
    yield RULE.finding(
        severity="warning" if is_bad else "note",
        title=f"Clipping cuts the gradient at {percent(is_cut.mean())} of the steps, to a {_part(size)} of it.",
        why="The norm that is left is always the limit: large and small gradients count the same.",
        since=int(steps[start]),
        since_range=recording.before(steps, start),
        causes=[
            Cause("The limit is too low for this model.", "The norm before clipping, over the run."),
            Cause("The loss is a sum and not a mean.", "The loss's reduction."),
        ],
        evidence=[Evidence(tab="optimizer", step=int(steps[start]), series="unclipped_gradient_norm/total")],
        figures={"share of steps": float(is_cut.mean()), "times": size},
    )


def _part(size: float) -> str:
    return f"{round(size)}th" if round(size) > 3 else "third"


RULE = Rule(
    name="clipping-always",
    title="Gradients that are cut at most steps",
    judge=judge,
    needs=(measured("unclipped_gradient_norm"),),
    formula="‖g‖ when the backward pass ended ÷ ‖g‖ when the optimizer saw it",
    threshold="> 3 in more than half of 100 steps, and of the whole run",
    source="measured on our trainings",
    stays_silent="clipping in warm-up; where the loss falls all the same it is a note",
)
RULES = (RULE,)
