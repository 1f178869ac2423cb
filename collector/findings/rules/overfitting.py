"""Held-out loss that rises while the training's falls."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import loss_that_should_fall
from collector.findings.percent import percent
from collector.findings.progress import HeldOut, chance_loss, held_out_loss, progress
from collector.findings.recording import Recording
from collector.findings.robust import theil_sen
from collector.findings.rule import Rule

BEFORE = 0.7
RISEN = 0.1
FAR = 0.5
RATHER_FAR, APART = 0.25, 0.2
"""Where a guess's loss is known: it has risen by so much, to this share of it at least."""
EARLY = 0.15
GUESS = 0.95


def need(recording: Recording) -> str:
    """A held-out loss at several steps."""
    if why := loss_that_should_fall(recording):
        return why
    held_out = held_out_loss(recording)
    if held_out is None:
        return "no held-out loss was logged: collector.log(val_loss=…) where you measure it, or end_epoch(test_loss=…)"
    if len(held_out.values) < 4:
        return "the held-out loss was measured fewer than 4 times"
    return ""


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, since the step at which the held-out loss was best."""
    held_out = held_out_loss(recording)
    assert held_out is not None
    steps, values = held_out.steps, held_out.values
    best = int(np.argmin(values))
    learnt = progress(recording)
    chance = chance_loss(recording)
    if chance and values[best] > GUESS * chance and learnt is not None and learnt.last < GUESS * learnt.first:
        yield _never(held_out, chance, learnt.fell)
        return
    end = float(np.median(values[-3:]))
    risen = (end - values[best]) / max(abs(values[best]), 1e-30)
    is_early = steps[best] < BEFORE * recording.n_steps
    if not is_early or risen < RISEN or learnt is None or theil_sen(values[best:]) <= 0 or learnt.fell <= 0:
        return
    is_never = steps[best] <= EARLY * recording.n_steps and learnt.fell < 0.9
    since = int(steps[best])
    causes = [
        Cause("More parameters than samples, for too long.", "Stop at this step; regularise; more data."),
        Cause("Labels do not belong to inputs.", "Some samples by eye; gradients of half batches."),
    ]
    yield RULE.finding(
        severity="warning" if risen > (RATHER_FAR if chance else FAR) and end > APART * chance else "note",
        title=f"{held_out.name} was best at step {since:,} and has risen by {percent(risen)} since, while the training "
        "loss falls.",
        why="What is learnt since holds for the training's samples only.",
        since=since,
        since_range=recording.before(steps, min(best + 1, len(steps) - 1)),
        causes=causes[::-1] if is_never else causes,
        evidence=[Evidence(tab="timeline", step=since, series=held_out.series)],
        figures={"risen by": risen, "training loss fell by": learnt.fell},
    )


def _never(held_out: HeldOut, chance: float, fell: float) -> Finding:
    since = int(held_out.steps[0])
    return RULE.finding(
        severity="warning",
        title=f"{held_out.name} has never been below that of a guess ({chance:.3g}): {held_out.values[-1]:.3g} at the "
        f"end, while the training loss has fallen by {percent(fell)}.",
        why="What is learnt of the training's samples holds for no other.",
        since=since,
        since_range=(0, since),
        causes=[
            Cause("Labels do not belong to inputs.", "Some samples by eye; whether one of the two is shuffled alone."),
            Cause("The held-out samples are prepared in another way.", "Their scale, against that of the training's."),
        ],
        evidence=[Evidence(tab="timeline", step=since, series=held_out.series)],
        figures={"lowest": float(held_out.values.min()), "of a guess": chance},
    )


RULE = Rule(
    name="overfitting",
    title="Held-out loss that rises while the training's falls",
    judge=judge,
    needs=(need,),
    formula="median of the last 3 held-out losses ÷ the lowest; Theil-Sen slope since",
    threshold="lowest before 70 % of the run, risen by 10 % (a note) and rising, training falling; a warning where it "
    "has risen by 50 %, of C classes by 25 % to 0.2 ln C and more; or never below 0.95 ln C of C classes",
    source="Prechelt 1998 for early stopping; thresholds measured on our trainings",
    stays_silent="a held-out loss that is near nothing all the same, or has risen by less: a note",
)
RULES = (RULE,)
