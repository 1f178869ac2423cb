"""Noisy curves made readable."""

import numpy as np

_MANY = 200
_SHARE = 50


def moving_average(values: np.ndarray, window: int) -> np.ndarray:
    """Mean of the last ``window`` finite values up to each place, float64 ``[S]``.

    Near the start of fewer, as many as there are; NaN where none of them is finite.
    """
    finite = np.isfinite(values)
    sums = np.cumsum(np.where(finite, values, 0.0))
    counts = np.cumsum(finite)
    sums[window:] -= sums[:-window].copy()
    counts[window:] -= counts[:-window].copy()
    return np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)


def smoothed(values: np.ndarray) -> np.ndarray | None:
    """Moving average over a fiftieth of many values, float64 ``[S]``; None for few, which are read as they are."""
    return moving_average(values, len(values) // _SHARE) if len(values) >= _MANY else None
