"""Steps that a gradient scaler leaves out."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.percent import percent
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

NORMAL = 4
SHARE = 0.1


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, where it is many."""
    steps, counts = recording.scalar("skipped_steps")
    counts = np.nan_to_num(counts)
    total = float(counts.sum())
    if total <= NORMAL:
        return
    share = total / (total + recording.n_steps)
    which = np.flatnonzero(counts > 0)
    early = steps[which[0]]
    is_much = share > SHARE
    origins = [each for each in recording.collection.origins if each.skipped and each.name]
    names = dict.fromkeys(each.name for each in origins)
    layers = [name for name in names if name in recording.layers]
    yield RULE.finding(
        severity="critical" if share > 0.9 else "warning" if is_much else "note",
        title=f"{total:,.0f} steps were skipped, {percent(share)} of all: their gradients were not finite.",
        why="A skipped step teaches nothing." + (f" They arose in {' and '.join(names)}." if names else ""),
        layers=layers,
        since=int(early),
        since_range=(int(early), int(early)),
        until=None if steps[which[-1]] >= recording.n_steps - 1 else int(steps[which[-1]]),
        causes=[
            Cause("A part of the network overflows in half precision.", "The largest activations."),
            Cause("The loss scale is too large and is not lowered.", "The scaler's update()."),
        ],
        evidence=[Evidence(tab="timeline", step=int(early), series="skipped_steps")],
        figures={"skipped": total, "share": share},
    )


RULE = Rule(
    name="skipped-steps",
    title="Steps that a gradient scaler left out",
    judge=judge,
    formula="skipped ÷ (skipped + taken)",
    threshold="> 10 %; more than 4 is a note",
    source="by definition; two at the start are normal, Micikevicius et al. 2018",
    stays_silent="two at the start, one in some thousands",
    explains=NOT_LEARNING,
)
RULES = (RULE,)
