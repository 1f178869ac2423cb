"""A schedule that ended long before the training."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import rates
from collector.findings.percent import percent
from collector.findings.progress import progress
from collector.findings.recording import Recording
from collector.findings.robust import stretches
from collector.findings.rule import NOT_LEARNING, Rule

SHARE_OF_RATE = 1e-6
SHARE_OF_RUN = 0.1


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, where every group's rate has ended."""
    steps = np.unique(np.concatenate([own for own, _ in recording.rates.values()]))
    rate = recording.rate_at(steps)
    largest = np.nanmax(rate, initial=0.0)
    if largest <= 0:
        if len(steps):
            yield _found(recording, int(steps[0]), (int(steps[0]), int(steps[0])), 1.0, None)
        return
    with np.errstate(invalid="ignore"):
        is_over = rate < SHARE_OF_RATE * largest
    for start, stop in stretches(is_over):
        end = recording.n_steps if stop == len(steps) else int(steps[stop])
        share = (end - int(steps[start])) / max(recording.n_steps, 1)
        if share > SHARE_OF_RUN and start > 0:
            until = None if stop == len(steps) else int(steps[stop - 1])
            yield _found(recording, int(steps[start]), recording.before(steps, start), share, until)
            return


def _found(recording: Recording, since: int, between: tuple[int, int], share: float, until: int | None) -> Finding:
    learnt = progress(recording)
    is_learnt = learnt is not None and learnt.last < 0.05 * abs(learnt.first)
    name = next(iter(recording.rates))
    return RULE.finding(
        severity="note" if is_learnt else "warning",
        title=f"The learning rate is zero for {percent(share)} of the run, from step {since:,} on.",
        why="Gradients go on coming, and nothing is learnt from them.",
        since=since,
        since_range=between,
        until=until,
        causes=[
            Cause("The schedule was made for fewer steps than are taken.", "Its T_max or total_steps."),
            Cause("The schedule is stepped at each step and counts epochs.", "Where scheduler.step() is called."),
        ],
        evidence=[Evidence(tab="optimizer", step=since, series=name)],
        figures={"share of the run": share},
    )


RULE = Rule(
    name="learning-rate-zero",
    title="A learning rate of zero for a large part of the run",
    judge=judge,
    needs=(rates,),
    formula="the largest rate of any group ÷ its largest value in the run",
    threshold="< 1e-6 for more than 10 % of the run",
    source="by definition; the share measured on our trainings",
    stays_silent="the last steps of a cosine; a run that has learnt all there is",
    explains=NOT_LEARNING | {"not-updated", "update-too-small", "learning-rate-too-low", "overfitting"},
)
RULES = (RULE,)
