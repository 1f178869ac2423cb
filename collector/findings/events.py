"""What moved all layers at once: changes of the learning rate, hard batches."""

import numpy as np

from collector.findings.finding import GlobalEvent
from collector.findings.recording import Recording, Table
from collector.findings.robust import past_median

WINDOW = 50
_STRONG = 6.0
_LEAST = np.log10(3.0)
_MOST = 50


def log_changes(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """How far each layer is from its own past, and how far all of them are together, in powers of ten.

    Formula: x = log₁₀ value, d = x − median of the layer's 50 rows before; what all share is the median of d over the
    layers.

    Returns:
        d without what is shared ``[R, L]``, and what is shared ``[R]``; NaN where there is no past.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(table.values)
    logs[~np.isfinite(logs)] = np.nan
    medians, _ = past_median(logs, WINDOW)
    change = logs - medians
    shared = row_median(change)
    return change - shared[:, None], shared


def row_median(values: np.ndarray) -> np.ndarray:
    """Median of each row without NaN ``[R]``; NaN where there is nothing else."""
    ordered = np.sort(values, axis=1)
    counts = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(values))
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    low = np.maximum(counts - 1, 0) // 2
    high = np.minimum(counts // 2, values.shape[1] - 1)
    middle = (ordered[rows, low] + ordered[rows, high]) / 2
    return np.where(counts > 0, middle, np.nan)


def global_events(recording: Recording) -> list[GlobalEvent]:
    """Steps at which the learning rate jumped, or all gradients or updates moved together by more than 3×."""
    events = [*_rates(recording)]
    for metric, what in (("gradient_norm", "The gradients"), ("update_norm", "The updates")):
        table = recording.table(metric)
        if len(table.layers) < 2 or len(table.steps) < WINDOW // 2:
            continue
        _, shared = log_changes(table)
        spread = past_median(shared[:, None], WINDOW)[1][:, 0]
        with np.errstate(invalid="ignore"):
            is_far = (np.abs(shared) > _LEAST) & (np.abs(shared) > _STRONG * np.fmax(spread, 0.02))
        for row in np.flatnonzero(is_far & ~np.concatenate([[False], is_far[:-1]]))[:_MOST]:
            times = f"{10 ** abs(shared[row]):.3g} times {'larger' if shared[row] > 0 else 'smaller'}"
            events.append(GlobalEvent(int(table.steps[row]), f"{what} of all layers are {times} than before."))
    return sorted(events, key=lambda each: each.step)


def _rates(recording: Recording) -> list[GlobalEvent]:
    events = []
    for name, (steps, values) in recording.rates.items():
        if len(values) < 2:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            jumps = np.abs(np.diff(np.log10(np.abs(values))))
        which = name.partition("/")[2]
        of = f" of {which}" if which else ""
        for row in np.flatnonzero(np.nan_to_num(jumps, posinf=99.0) > _LEAST)[:_MOST] + 1:
            text = f"The learning rate{of} goes from {values[row - 1]:.3g} to {values[row]:.3g}."
            events.append(GlobalEvent(int(steps[row]), text))
    return events
