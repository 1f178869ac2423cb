"""Batches that come again and again."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import Rule

ROWS = 5
WINDOW = 10
SHARE = 0.25


def judge(recording: Recording) -> Iterator[Finding]:
    """The same batch at consecutive steps, where an epoch has several."""
    steps, hashes = recording.scalar("batch_crc32/total")
    per_epoch = recording.collection.run.steps_per_epoch
    most = 2 if per_epoch is None else max(1, int(per_epoch) // 2)
    ago = _steps_since(steps, hashes)
    # rows far behind the one before say nothing
    rows = np.flatnonzero(np.diff(steps, prepend=-np.inf) <= most)
    is_same = ago[rows] <= most
    start = lasting(_share(is_same) > SHARE, ROWS)
    if start is None or is_same.sum() < ROWS:
        return
    first = max(0, start - WINDOW)
    row = int(rows[first + int(np.argmax(is_same[first:]))])
    n_batches = len(np.unique(hashes[row:]))
    since = int(steps[row] - ago[row])
    row = int(np.searchsorted(steps, since))
    is_whole = per_epoch is not None and per_epoch <= 1
    yield RULE.finding(
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
        figures={"share of steps": float(is_same[first:].mean()), "batches": n_batches},
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
    return "which batches were taken is not in this file: it was imported, or an earlier Strobe recorded it"


RULE = Rule(
    name="repeated-batch",
    title="The same batch again and again",
    judge=judge,
    needs=(_hashes,),
    formula="steps since a batch of the same CRC-32 of the first argument",
    threshold="at most half an epoch (2 where its length is not known), at a quarter of the last recorded steps that "
    "have another one so shortly before",
    source="by definition",
    stays_silent="a full batch, and where the length of an epoch is not known, is a note",
    explains=frozenset(("overfitting",)),
)
RULES = (RULE,)
