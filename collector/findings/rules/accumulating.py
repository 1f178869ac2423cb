"""Gradients that are added up from step to step, since nobody sets them to zero."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import measured
from collector.findings.progress import has_opponents
from collector.findings.recording import Recording
from collector.findings.robust import median, stretches
from collector.findings.rule import Rule

ROWS = 3
SHARE = 0.1
"""Of the norm at the end of the backward pass, that which was there before it began."""


def need(recording: Recording) -> str:
    """Gradients of one optimizer."""
    if has_opponents(recording):
        return "several optimizers train at once: each may take what another's backward pass leaves"
    return measured("carried_gradient_norm")(recording)


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, since the step at which the sum begins."""
    steps, carried = recording.scalar("carried_gradient_norm/total")
    own, norms = recording.scalar("unclipped_gradient_norm/total")
    both, one, other = np.intersect1d(steps, own, return_indices=True)
    with np.errstate(invalid="ignore"):
        is_sum = carried[one] > SHARE * norms[other]
    for start, stop in stretches(is_sum, ROWS):
        since = int(both[start])
        share = median(carried[one][start:stop] / norms[other][start:stop])
        grown = float(np.nanmax(norms[other][start:stop]) / max(median(norms[other][: max(start, 1)]), 1e-30))
        yield RULE.finding(
            severity="warning",
            title=f"Gradients are not set to zero from step {since:,} on: {grown:.3g} times what one was.",
            why="Each step goes on in the direction of all the steps before it.",
            since=since,
            since_range=recording.before(both, start),
            until=None if stop == len(both) else int(both[stop - 1]),
            causes=[Cause("optimizer.zero_grad() is not called.", "Where it is called, and whether at each step.")],
            evidence=[Evidence(tab="optimizer", step=since, series="carried_gradient_norm/total")],
            figures={
                "times": grown,
                "carried / all": share,
            },
        )
        return


RULE = Rule(
    name="accumulating-gradients",
    title="Gradients that are not set to zero between steps",
    judge=judge,
    needs=(need,),
    formula="‖g‖ when the first backward pass of a step begins ÷ ‖g‖ when its last one ends",
    threshold="> 0.1 at 3 recorded steps one after the other",
    source="by definition",
    stays_silent="accumulation on purpose: at the first backward pass of a step there is nothing",
    explains=frozenset(
        (
            "exploding-gradient",
            "diverging-loss",
            "loss-spike",
            "update-too-large",
            "learning-rate-too-high",
            "dead-units",
            "loss-plateau",
            "noise-gradient",
            "constant-output",
            "class-imbalance",
        )
    ),
)
RULES = (RULE,)
