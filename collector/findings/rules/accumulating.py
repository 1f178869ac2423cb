"""Gradients that are added up from step to step, since nobody sets them to zero."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import metric
from collector.findings.recording import Recording
from collector.findings.robust import stretches
from collector.findings.rule import Rule

ANGLE = 30.0
ROWS = 3
STEPS = 20
TIMES = 3.0


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, since the step at which the sum begins."""
    steps, angles = recording.scalar("gradient_angle/total")
    own, norms = recording.scalar("gradient_norm/total")
    both, one, other = np.intersect1d(steps, own, return_indices=True)
    angles, norms = angles[one], norms[other]
    if len(both) < 2 * ROWS:
        return
    with np.errstate(invalid="ignore"):
        is_sum = angles < ANGLE
    for start, stop in stretches(is_sum, ROWS):
        length = int(both[stop - 1] - both[start])
        least = np.nanmedian(norms[max(0, start - 5) : start]) if start else np.nanmin(norms[start : start + ROWS])
        grown = float(np.nanmax(norms[start:stop]) / least) if least > 0 else 0.0
        if length > STEPS and grown > TIMES and _grows_like_a_sum(both[start:stop], norms[start:stop]):
            since = int(both[start])
            yield RULE.finding(
                severity="warning",
                title=f"Gradients add up from step {since:,} on: their norm is {grown:.3g} times what it was.",
                why="Each step goes on in the direction of all the steps before it.",
                since=since,
                since_range=recording.before(both, start),
                until=None if stop == len(both) else int(both[stop - 1]),
                causes=[Cause("optimizer.zero_grad() is not called.", "Where it is called, and whether at each step.")],
                evidence=[Evidence(tab="optimizer", step=since, series="gradient_norm/total")],
                figures={"times": grown, "angle between steps, degrees": float(np.nanmedian(angles[start:stop]))},
            )
            return


def _grows_like_a_sum(steps: np.ndarray, norms: np.ndarray) -> bool:
    """Whether the norm rises over the first part of the stretch; a full batch's falls."""
    n = max(ROWS, len(norms) // 2)
    return bool(np.nanmedian(norms[n // 2 : n]) > 1.3 * np.nanmin(norms[: max(1, n // 4)]))


RULE = Rule(
    name="accumulating-gradients",
    title="Gradients that are not set to zero between steps",
    judge=judge,
    needs=(metric("gradient_norm"), metric("gradient_angle")),
    formula="angle between the gradients of two consecutive steps; ‖g‖ against its own start",
    threshold="below 30 degrees for more than 20 steps, while the norm grows more than threefold",
    source="a sum of t gradients turns by 1 ÷ t from step to step",
    stays_silent="accumulation on purpose: steps are the optimizer's; full batches, whose norm falls",
    explains=frozenset(
        (
            "exploding-gradient",
            "diverging-loss",
            "loss-spike",
            "update-too-large",
            "learning-rate-too-high",
            "dead-units",
            "loss-plateau",
        )
    ),
)
RULES = (RULE,)
