"""Batches that come again and again, and batches that pull in unrelated directions."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.needs import loss_that_should_fall, measured
from collector.findings.progress import progress
from collector.findings.recording import Recording
from collector.findings.robust import median, stretches
from collector.findings.rule import Rule

ROWS = 5
WINDOW = 10
BAND = 2.0


def repeated(recording: Recording) -> Iterator[Finding]:
    """The same batch at consecutive steps, where an epoch has several."""
    steps, hashes = recording.scalar("batch_crc32/total")
    per_epoch = recording.collection.run.steps_per_epoch
    most = 2 if per_epoch is None else max(1, int(per_epoch) // 2)
    ago = _steps_since(steps, hashes)
    is_same = ago <= most
    lasting = [each for each in stretches(_share(is_same) > 0.5, ROWS) if each[1] == len(steps)]
    if not lasting or is_same.sum() < ROWS:
        return
    row = int(np.flatnonzero(is_same[max(0, lasting[-1][0] - WINDOW) :])[0]) + max(0, lasting[-1][0] - WINDOW)
    n_batches = int(np.median(ago[row:][is_same[row:]]))
    row = max(0, row - n_batches)
    since = int(steps[row])
    is_whole = per_epoch is not None and per_epoch <= 1
    yield REPEATED.finding(
        severity="warning" if per_epoch is not None and not is_whole else "note",
        title=f"The same batch comes at every step, from step {since:,} on."
        if n_batches == 1
        else f"The same {n_batches} batches come again and again, from step {since:,} on.",
        why="The network learns these samples by heart."
        if not is_whole
        else "All samples are in one batch: that is what a full batch looks like.",
        since=since,
        since_range=recording.before(steps, row),
        causes=[
            Cause("The iterator is made anew at each step: next(iter(loader)).", "Where the batch is taken."),
            Cause("The whole data set is one batch, or one is learnt by heart on purpose.", "The size of the batch."),
        ],
        evidence=[Evidence(tab="timeline", step=since, series="batch_crc32/total")],
        figures={"share of steps": float(is_same[row:].mean()), "batches": n_batches},
    )


def _share(flags: np.ndarray) -> np.ndarray:
    """Share of each flag and the ``WINDOW - 1`` before it that are set ``[R]``."""
    counts = np.cumsum(np.concatenate([np.zeros(WINDOW), flags.astype(float)]))
    return (counts[WINDOW:] - counts[:-WINDOW]) / WINDOW


def _steps_since(steps: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    """Of each step how many ago its batch came last ``[R]``; infinite where it never did."""
    order = np.lexsort((steps, hashes))
    ago = np.full(len(steps), np.inf)
    same = np.flatnonzero(np.diff(hashes[order]) == 0)
    ago[order[same + 1]] = steps[order[same + 1]] - steps[order[same]]
    return ago


def _hashes(recording: Recording) -> str:
    """`batch_crc32`, which tells batches apart."""
    if "batch_crc32/total" in recording.collection.series:
        return ""
    return "which batches were taken is not in this file: an earlier Strobe recorded it"


def noise(recording: Recording) -> Iterator[Finding]:
    """Gradients of half batches that have nothing in common, while there is much to learn."""
    learnt = progress(recording)
    if learnt is None or learnt.fell > 0.5:
        return
    per_layer = []
    for layer in recording.metrics["half_batch_cosine"]:
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
    yield NOISE.finding(
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


REPEATED = Rule(
    name="repeated-batch",
    title="The same batch again and again",
    judge=repeated,
    needs=(_hashes,),
    formula="steps since a batch of the same CRC-32 of the first argument",
    threshold="at most half an epoch (2 where its length is not known), at more than half of the last steps",
    source="by definition",
    stays_silent="a full batch, and where the length of an epoch is not known, is a note",
    explains=frozenset(("overfitting",)),
)
NOISE = Rule(
    name="noise-gradient",
    title="Gradients of half batches that are unrelated",
    judge=noise,
    needs=(loss_that_should_fall, measured("half_batch_cosine")),
    formula="cosine of the gradients of two halves of a batch, median over the second half of the run",
    threshold="below 2 standard errors of unrelated directions (1 ÷ √n) or .02 in every layer, the loss fallen by less "
    "than half",
    source="gradient noise, McCandlish et al. 2018; stiffness, Fort et al. 2019",
    stays_silent="near the loss's floor",
    explains=frozenset(("loss-plateau", "overfitting")),
)
RULES = (REPEATED, NOISE)
