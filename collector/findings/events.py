"""What moved all layers at once: changes of the learning rate, hard batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from collector.findings.finding import GlobalEvent
from collector.findings.recording import Recording, Table
from collector.findings.robust import past_median

WINDOW = 50
_STRONG = 6.0
_LEAST = np.log10(3.0)
_MOST = 50


@dataclass(frozen=True)
class RateJump:
    """A learning rate that changes at once.

    Attributes:
        group: whose rate it is; empty where there is one for all.
        step: the first with the new rate.
        before: the old rate.
        after: the new one.
    """

    group: str
    step: int
    before: float
    after: float


def shared_log_change(recording: Recording, table: Table) -> np.ndarray:
    """How far all layers together are from their own past, in powers of ten ``[R]``; NaN where there is no past.

    Formula: x = log₁₀ value, d = x − median of the layer's 50 rows before; what all share of d.
    """
    logs, medians, _ = recording.usual(table, WINDOW)
    changes = logs - medians
    return recording.running(f"shared {table.metric}", changes, lambda rows, start: (shared_change(rows[start:])[1],))[
        0
    ]


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
    """Steps at which the learning rate jumped, or all gradients or updates moved together by more than 3×."""
    events = [_of_rate(each) for each in rate_jumps(recording)]
    for metric, what in (("gradient_norm", "The gradients"), ("update_norm", "The updates")):
        table = recording.table(metric)
        if len(table.layers) < 2 or len(table.steps) < WINDOW // 2:
            continue
        shared = shared_log_change(recording, table)
        _, spread = recording.running(
            f"shared {metric}, {WINDOW} before",
            shared[:, None],
            lambda rows, start: past_median(rows, WINDOW, start=start),
        )
        spread = spread[:, 0]
        with np.errstate(invalid="ignore"):
            is_far = (np.abs(shared) > _LEAST) & (np.abs(shared) > _STRONG * np.fmax(spread, 0.02))
        for row in np.flatnonzero(is_far & ~np.concatenate([[False], is_far[:-1]]))[:_MOST]:
            times = f"{10 ** abs(shared[row]):.3g} times {'larger' if shared[row] > 0 else 'smaller'}"
            events.append(GlobalEvent(int(table.steps[row]), f"{what} of all layers are {times} than before."))
    return sorted(events, key=lambda each: each.step)


def _of_rate(jump: RateJump) -> GlobalEvent:
    of = f" of {jump.group}" if jump.group else ""
    return GlobalEvent(jump.step, f"The learning rate{of} goes from {jump.before:.3g} to {jump.after:.3g}.")


def rate_jumps(recording: Recording) -> Iterator[RateJump]:
    """Steps at which a learning rate changes to more than 3 times or less than a third of what it was."""
    for name, (steps, values) in recording.rates.items():
        if len(values) < 2:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            jumps = np.abs(np.diff(np.log10(np.abs(values))))
        for row in np.flatnonzero(np.nan_to_num(jumps, posinf=99.0) > _LEAST)[:_MOST] + 1:
            yield RateJump(name.partition("/")[2], int(steps[row]), float(values[row - 1]), float(values[row]))
