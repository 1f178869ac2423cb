"""Labels that do not belong to their inputs: what one half of a batch teaches, the other does not confirm."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import loss_that_should_fall, measured
from collector.findings.progress import holds_elsewhere, is_near_floor, progress
from collector.findings.recording import Recording
from collector.findings.robust import median
from collector.findings.rule import Rule

ROWS = 5
BAND = 2.0


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, while there is much to learn."""
    learnt = progress(recording)
    if learnt is None or learnt.fell > 0.5 or is_near_floor(recording, learnt.last) or holds_elsewhere(recording):
        return
    per_layer = []
    for layer in recording.metrics.get("half_batch_cosine", ()):
        steps, cosines = recording.scalar(f"half_batch_cosine/{layer}")
        if layer == "total" or len(steps) < 2 * ROWS:
            continue
        n = recording.layers[layer].n_parameters if layer in recording.layers else 1
        late = cosines[len(cosines) // 2 :]
        error = 1.0 / np.sqrt(max(n, 2) * len(late))
        per_layer.append((median(late), error, layer))
    if not per_layer or not all(cosine < max(BAND * error, 0.02) for cosine, error, _ in per_layer):
        return
    steps = recording.scalar(f"half_batch_cosine/{per_layer[0][2]}")[0]
    yield RULE.finding(
        severity="warning",
        title="Gradients of half batches are unrelated in every layer, and the loss is far from its floor.",
        why="What one half of a batch teaches, the other does not confirm.",
        since=int(steps[len(steps) // 2]),
        since_range=(int(steps[0]), int(steps[len(steps) // 2])),
        causes=[
            Cause("Labels do not belong to inputs.", "Some samples by eye; whether one of the two is shuffled alone."),
            Cause("Batches are too small for what is left to learn.", "A larger batch, or accumulation."),
        ],
        evidence=[Evidence(tab="timeline", step=int(steps[-1]), series=f"half_batch_cosine/{per_layer[0][2]}")],
        figures={"largest median cosine": max(each[0] for each in per_layer)},
    )


RULE = Rule(
    name="noise-gradient",
    title="Labels that do not belong to their inputs",
    judge=judge,
    needs=(loss_that_should_fall, measured("half_batch_cosine")),
    formula="cosine of the gradients of two halves of a batch, median over the second half of the run",
    threshold="below 2 standard errors of unrelated directions (1 ÷ √n) or .02 in every layer, the loss fallen by less "
    "than half",
    source="gradient noise, McCandlish et al. 2018; stiffness, Fort et al. 2019",
    stays_silent="near the loss's floor; where a held-out loss has won a fifth, as labels of other inputs would "
    "not let it",
    explains=frozenset(("loss-plateau", "overfitting")),
)
RULES = (RULE,)
