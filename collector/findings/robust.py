"""Numbers that a few odd values do not move."""

from functools import lru_cache

import numpy as np

SIGMA = 1.4826
"""Median absolute deviation × this = standard deviation, of normal values."""

_AT_ONCE = 2**21
"""Values that are put in order at once."""


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
    one, other = _pairs(len(here))
    x, y = places[here], np.asarray(values, float)[here]
    return float(np.median((y[other] - y[one]) / (x[other] - x[one])))


@lru_cache(8)
def _pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(n, 1)


def past_median(values: np.ndarray, window: int, *, stride: int = 10, start: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Of each row, median and median absolute deviation × 1.4826 of the rows before it.

    They are made anew at each ``stride``-th row, of the ``window`` rows in front of it, so that a long run costs
    little; rows with fewer than ``stride`` before them have NaN. What is not finite is left out.

    Args:
        values: ``[R, L]``.
        window: at most so many rows are looked back on.
        stride: rows that share a median.
        start: only of the rows from this one on.

    Returns:
        medians ``[R - start, L]`` and spreads ``[R - start, L]``.
    """
    first = start - start % stride
    blocks = range(max(first, stride), len(values), stride)
    offset = max(first - window, 0)
    finite = np.where(np.isfinite(values[offset:]), values[offset:], np.nan)
    medians, spreads = (np.full((len(values) - first, values.shape[1]), np.nan) for _ in range(2))
    early = [each for each in blocks if each < window]
    for each in early:
        rows = slice(each - first, each - first + stride)
        medians[rows], spreads[rows] = _median_and_spread(finite[: each - offset].T)
    late = np.array(blocks[len(early) :], int)
    if len(late):
        windows = np.lib.stride_tricks.sliding_window_view(finite, window, axis=0)
        for some in np.array_split(late, 1 + len(late) * window * values.shape[1] // _AT_ONCE):
            of_blocks = _median_and_spread(windows[some - window - offset])
            for results, found in zip((medians, spreads), of_blocks, strict=True):
                rows = slice(some[0] - first, some[-1] - first + stride)
                results[rows] = np.repeat(found, stride, axis=0)[: len(results[rows])]
    return medians[start - first :], spreads[start - first :]


def _median_and_spread(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and median absolute deviation × 1.4826 over the last axis."""
    median = median_of_last(values)
    return median, SIGMA * median_of_last(np.abs(values - median[..., None]))


def median_before(values: np.ndarray, width: int, start: int = 0) -> np.ndarray:
    """Median of the ``width`` rows before each row from ``start`` on, ``[R - start, L]``; NaN where there are fewer."""
    medians = np.full((len(values) - start, values.shape[1]), np.nan)
    first = max(start, width)
    if len(values) > first:
        windows = np.lib.stride_tricks.sliding_window_view(values[first - width : -1], width, axis=0)
        medians[first - start :] = median_of_last(windows)
    return medians


def running_median(values: np.ndarray, width: int, *, most: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Median of a value and the ``width - 1`` before it; before the first its like is taken.

    Args:
        values: ``[R]``, finite.
        width: of fewer values all have the same median, that of all.
        most: of more values, that of every other, every third, …, up to the last.

    Returns:
        places int ``[M]``, rising, and their medians ``[M]``.
    """
    n = len(values)
    places = np.arange(n - 1, -1, -max(1, -(-n // most)))[::-1]
    if n <= width:
        return places, np.full(len(places), np.median(values) if n else np.nan)
    padded = np.concatenate([np.full(width - 1, values[0]), values])
    return places, np.median(np.lib.stride_tricks.sliding_window_view(padded, width)[places], axis=1)


def median(values: np.ndarray) -> float:
    """Of all values without NaN; NaN where there is nothing else: `numpy.nanmedian` warns of that."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def column_median(values: np.ndarray) -> np.ndarray:
    """Median of each column without NaN ``[L]``; NaN where there is nothing else.

    `numpy.nanmedian` warns of that, and is slow.
    """
    return median_of_last(values.T)


def median_of_last(values: np.ndarray) -> np.ndarray:
    """The same of the last axis."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)  # NaN last
    counts = np.isfinite(ordered).sum(axis=-1)
    low, high = np.maximum(counts - 1, 0) // 2, np.minimum(counts // 2, values.shape[-1] - 1)
    with np.errstate(invalid="ignore"):
        middle = sum(np.take_along_axis(ordered, place[..., None], axis=-1)[..., 0] for place in (low, high)) / 2
    return np.where(counts > 0, middle, np.nan)


def stretches(flags: np.ndarray, least: int = 1) -> list[tuple[int, int]]:
    """Where a condition holds for at least so many rows in a row: first row, and the row behind the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2) if stop - start >= least]


def lasting(flags: np.ndarray, least: int = 1) -> int | None:
    """The first row from which on a condition holds up to the last, for at least so many rows; None: it does not."""
    if not flags[-1:].any():
        return None
    start = len(flags) - (len(flags) if flags.all() else int(np.argmin(flags[::-1])))
    return start if len(flags) - start >= least else None
