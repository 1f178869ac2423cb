"""Numbers that a few odd values do not move."""

import numpy as np

SIGMA = 1.4826
"""Median absolute deviation × this = standard deviation, of normal values."""


def theil_sen(values: np.ndarray, at: np.ndarray | None = None, *, most: int = 300) -> float:
    """The median slope between all pairs of points; NaN with fewer than two.

    Formula: H. Theil 1950, P. K. Sen 1968.

    Args:
        values: ``[R]``; what is not finite is left out.
        at: their places ``[R]``; None: 0, 1, ….
        most: of more points, so many evenly spread ones are taken.
    """
    places = np.arange(len(values), dtype=float) if at is None else np.asarray(at, float)
    here = np.flatnonzero(np.isfinite(values))
    if len(here) > most:
        here = here[np.linspace(0, len(here) - 1, most).round().astype(int)]
    if len(here) < 2:
        return float("nan")
    one, other = np.triu_indices(len(here), 1)
    x, y = places[here], np.asarray(values, float)[here]
    return float(np.median((y[other] - y[one]) / (x[other] - x[one])))


def past_median(values: np.ndarray, window: int, *, stride: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Of each row, median and median absolute deviation × 1.4826 of the rows before it.

    They are made anew at each ``stride``-th row, of the ``window`` rows in front of it, so that a long run costs
    little; rows with fewer than ``stride`` before them have NaN. What is not finite is left out.

    Args:
        values: ``[R, L]``.
        window: at most so many rows are looked back on.
        stride: rows that share a median.

    Returns:
        medians ``[R, L]`` and spreads ``[R, L]``.
    """
    n_rows = len(values)
    medians, spreads = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    finite = np.where(np.isfinite(values), values, np.nan)
    for start in range(stride, n_rows, stride):
        before = finite[max(0, start - window) : start]
        median = column_median(before)
        medians[start : start + stride] = median
        spreads[start : start + stride] = SIGMA * column_median(np.abs(before - median))
    return medians, spreads


def column_median(values: np.ndarray) -> np.ndarray:
    """Median of each column without NaN ``[L]``; NaN where there is nothing else.

    `numpy.nanmedian` warns of that, and is slow.
    """
    if not len(values):
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)  # NaN last
    counts = np.isfinite(ordered).sum(axis=0)
    low, high = np.maximum(counts - 1, 0) // 2, counts // 2
    columns = np.arange(values.shape[1])
    high = np.minimum(high, len(values) - 1)
    with np.errstate(invalid="ignore"):
        middle = (ordered[low, columns] + ordered[high, columns]) / 2
    return np.where(counts > 0, middle, np.nan)


def stretches(flags: np.ndarray, least: int = 1) -> list[tuple[int, int]]:
    """Where a condition holds for at least so many rows in a row: first row, and the row behind the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2) if stop - start >= least]
