"""Units whose tiny gradients become full steps, since Adam divides by next to nothing."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import optimizers
from collector.findings.progress import is_harmed
from collector.findings.recording import Recording
from collector.findings.robust import median
from collector.findings.rule import Rule

EPS = 1e-11


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding for the groups with such an eps."""
    layers: list[str] = []
    eps = 1.0
    for group in recording.groups:
        own = group.options.get("eps")
        if isinstance(own, float) and own < EPS and "adam" in group.optimizer.lower():
            layers += group.layers
            eps = min(eps, own)
    if not layers:
        return
    steps, largest = recording.scalar("still_change_max@1e-07/total")
    rate = recording.rate_at(steps)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = largest / rate
    is_spiky = median(share) > 0.5
    yield RULE.finding(
        severity="warning" if is_spiky and is_harmed(recording) else "note",
        title=f"eps is {eps:.0e}: gradients of next to nothing become full steps.",
        why="Units that hardly ever get a gradient jump when they do.",
        layers=layers,
        since=0,
        since_range=(0, 0),
        causes=[Cause("eps is too small for these gradients.", "1e-8 is the default.")],
        evidence=[Evidence(tab="optimizer", step=0, layer=layers[0])],
        figures={"eps": eps},
    )


RULE = Rule(
    name="spiky-units",
    title="An Adam whose eps is too small",
    judge=judge,
    needs=(optimizers,),
    formula="eps of the group; largest change of weights whose gradient is below 1e-7 ÷ rate",
    threshold="eps < 1e-11; a warning where such weights move by more than half of the rate and the loss does not fall",
    source="Kingma and Ba 2015, eps = 1e-8",
)
RULES = (RULE,)
