"""An optimizer that has forgotten what it had gathered."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.progress import is_harmed
from collector.findings.recording import Recording
from collector.findings.robust import column_median, median
from collector.findings.rule import Rule
from collector.findings.rules.update_size import update_ratios

TIMES = 3.0


def need(recording: Recording) -> str:
    """The age of the optimizer's state."""
    if "optimizer_age/total" in recording.collection.series:
        return ""
    return "the age of the optimizer's state was not recorded: it keeps none, or an earlier Strobe recorded it"


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding: the age is lower than it was."""
    steps, ages = recording.scalar("optimizer_age/total")
    falls = np.flatnonzero(np.diff(ages) < 0) + 1
    if not len(falls):
        return
    row = int(falls[0])
    since = int(steps[row])
    ratios = update_ratios(recording)
    at = int(np.searchsorted(ratios.steps, since))
    jump = float("nan")
    if 0 < at < len(ratios.steps):
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = median(ratios.values[at] / column_median(ratios.values[max(0, at - 10) : at]))
    is_resumed = any(each.step == since for each in recording.collection.resumes)
    is_bad = jump > TIMES or is_harmed(recording, since)
    yield RULE.finding(
        severity="warning" if is_bad else "note",
        title=f"The optimizer begins anew at step {since:,}: its state was {ages[row - 1]:,.0f} steps old."
        + (f" Updates are {jump:.3g} times larger." if jump > TIMES else ""),
        why="Its averages are gone; the first steps after that are taken blindly.",
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The run went on from a checkpoint without the optimizer's state.", "What was saved and loaded.")
            if is_resumed
            else Cause("A new optimizer was made in the middle of the run.", "Where it is made.")
        ],
        evidence=[Evidence(tab="optimizer", step=since, series="optimizer_age/total")],
        figures={"age before": float(ages[row - 1]), "age after": float(ages[row])},
    )


RULE = Rule(
    name="optimizer-state-lost",
    title="An optimizer whose state begins anew",
    judge=judge,
    needs=(need,),
    formula="steps that the optimizer's state has seen; update ratio after ÷ before",
    threshold="the age falls; a warning where updates become more than 3 times larger or the loss does not fall",
    source="by definition",
    stays_silent="a state that is set back without harm is a note",
    explains=frozenset(("loss-spike", "diverging-loss", "update-too-large", "learning-rate-too-high")),
)
RULES = (RULE,)
