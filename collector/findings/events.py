"""What moved all layers at once: changes of the learning rate, hard batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from collector.findings.finding import GlobalEvent
from collector.findings.recording import Recording, Table
from collector.findings.robust import median_before, past_median

WINDOW, SHORT = 50, 5
"""Recorded steps that tell what is usual, and what was just before."""
_STRONG = 6.0
_LEAST = np.log10(3.0)
_LITTLE = 1e-2
_MOST = 50


@dataclass(frozen=True)
class RateJump:
    """A learning rate that changes at once.

    Attributes:
        series: of the rate.
        step: the first with the new rate.
        since_range: the recorded steps between which it changed.
        before: the old rate.
        after: the new one.
        highest: the largest one so far.
    """

    series: str
    step: int
    since_range: tuple[int, int]
    before: float
    after: float
    highest: float

    def __str__(self) -> str:
        group = self.series.partition("/")[2]
        of = f" of {group}" if group else ""
        return f"The learning rate{of} goes from {self.before:.3g} to {self.after:.3g}"


def shared_jumps(recording: Recording, table: Table) -> np.ndarray:
    """How far all layers together are from where they were just before, in powers of ten ``[R]``.

    Formula: x = log₁₀ value, d = x − median of the layer's 5 rows before; what all share of d. What falls slowly, as
    gradients do while a training learns, does not jump.
    """

    def work(rows: np.ndarray, start: int) -> tuple[np.ndarray, ...]:
        return (shared_change(rows[start:] - median_before(rows, SHORT, start))[1],)

    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(table.values)
    logs[~np.isfinite(logs)] = np.nan
    return recording.running(f"{table.metric}, jumps that all share", logs, work)[0]


def shared_change(changes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What changed in each layer by itself, and what changed in all.

    What all layers share is the median of their changes; of an even number of layers that of the middle two which is
    nearer to none. So of two layers the smaller of what both did, and one layer alone shares nothing.

    Args:
        changes: of the layers, ``[R, L]``; NaN where there is none.

    Returns:
        each layer's own ``[R, L]``, and the shared ones ``[R]``; NaN where no layer has any.
    """
    if not changes.shape[1]:
        return changes, np.full(len(changes), np.nan)
    ordered = np.sort(changes, axis=1)  # NaN last
    counts = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(changes))
    low, high = ordered[rows, np.maximum(counts - 1, 0) // 2], ordered[rows, counts // 2 % changes.shape[1]]
    shared = np.where(np.abs(low) < np.abs(high), low, high)
    shared[(low * high < 0) | (counts == 1)] = 0.0
    shared[counts == 0] = np.nan
    return changes - shared[:, None], shared


def global_events(recording: Recording) -> list[GlobalEvent]:
    """Steps at which a learning rate jumped, or all gradients or updates moved together by more than 3 times.

    Updates that only follow their rate, or the gradients, are told with these.
    """
    jumps: dict[int, dict[str, float]] = {}
    for metric, what in (("gradient_norm", "gradients"), ("update_norm", "updates")):
        table = recording.table(metric)
        if len(table.layers) < 2 or len(table.steps) < WINDOW // 2:
            continue
        shared = shared_jumps(recording, table)
        if metric == "update_norm":
            shared = shared - _of_rates(recording, table.steps)
        _, spread = recording.running(
            f"shared {metric}, {WINDOW} before",
            shared[:, None],
            lambda rows, start: past_median(rows, WINDOW, start=start),
        )
        is_far = (np.abs(shared) > _LEAST) & (np.abs(shared) > _STRONG * np.fmax(spread[:, 0], 0.02))
        # gradients fall fast while a run begins to learn, and what is usual is not known there
        is_far &= np.isfinite(spread[:, 0]) | (shared > 0)
        for row in np.flatnonzero(is_far & ~np.concatenate([[False], is_far[:-1]]))[:_MOST]:
            jumps.setdefault(int(table.steps[row]), {})[what] = float(shared[row])
    events = [GlobalEvent(each.step, f"{each}.") for each in rate_jumps(recording)]
    events += [GlobalEvent(step, _of_layers(moved)) for step, moved in jumps.items()]
    return sorted(events, key=lambda each: each.step)


def _of_rates(recording: Recording, steps: np.ndarray) -> np.ndarray:
    """How far the learning rate is from where it was just before, in powers of ten ``[R]``; 0 where none is known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(recording.rate_at(steps))
        change = logs - median_before(logs[:, None], SHORT)[:, 0]
    return np.where(np.isfinite(change), change, 0.0)


def _of_layers(moved: dict[str, float]) -> str:
    (what, jump), *others = moved.items()
    text = f"The {what} of all layers are {_times(jump)} than before"
    if not others:
        return f"{text}."
    other, far = others[0]
    return f"{text}, and so are the {other}." if _times(far) == _times(jump) else f"{text}, the {other} {_times(far)}."


def _times(jump: float) -> str:
    return f"{10 ** min(abs(jump), 300):.3g} times {'larger' if jump > 0 else 'smaller'}"


def rate_jumps(recording: Recording) -> Iterator[RateJump]:
    """Steps at which a learning rate changes to more than 3 times or less than a third of what it was.

    The first step of a warm-up from 0 is none, nor is what happens below a hundredth of the largest rate.
    """
    for name, (steps, values) in recording.rates.items():
        before, after = np.abs(values[:-1]), np.abs(values[1:])
        with np.errstate(divide="ignore", invalid="ignore"):
            is_jump = np.abs(np.log10(after) - np.log10(before)) > _LEAST
        is_jump &= np.fmax(before, after) >= _LITTLE * np.fmax.reduce(np.abs(values), initial=0.0)
        is_jump[:1] &= before[:1] > 0
        highest = np.fmax.accumulate(values)
        for row in np.flatnonzero(is_jump)[:_MOST] + 1:
            around, rates = recording.before(steps, row), (values[row - 1], values[row], highest[row - 1])
            yield RateJump(name, int(steps[row]), around, *map(float, rates))
