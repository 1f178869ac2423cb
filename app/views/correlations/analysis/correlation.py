"""Pearson correlation of features, and of samples.

`N` samples, `D` features.
"""

from __future__ import annotations

import numpy as np

RESOLUTION = float(np.finfo(np.float32).eps)
"""A feature whose standard deviation is at most so many times its largest absolute value is constant.

Outputs are float32, whose steps are that wide: what varies by less varies by rounding only.
"""

_ONE_THREAD = 2**18
"""OpenBLAS makes a product of so many multiplications alone. For a larger one it wakes a thread for each core, and
these wait busily when they are done: beside them the painting of the window took three times as long."""


def pearson(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlation of each column of one array with each of another, float64 ``[D_1, D_2]`` in −1…1.

    NaN in the row or column of a feature that is the same for every sample, or is not finite.

    Args:
        first: ``[N, D_1]``.
        second: of the same samples, ``[N, D_2]``.
    """
    left, right = _standardized(first), _standardized(second)
    return np.clip(_product(left, right), -1.0, 1.0)


def of_samples(features: np.ndarray) -> np.ndarray:
    """Correlation of each sample with each other over its features, float64 ``[N, N]`` in −1…1.

    The features are taken as they are, not centred over the samples, so that what all samples share counts as alike.
    NaN for a sample whose features are all the same, or not all finite.

    Args:
        features: ``[N, D]``.
    """
    return pearson(features.T, features.T)


def _product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """``left.T @ right``, in parts that one thread makes."""
    n_samples = max(_ONE_THREAD // max(left.shape[1] * right.shape[1], 1), 1)
    product = np.zeros((left.shape[1], right.shape[1]))
    for start in range(0, len(left), n_samples):
        product += left[start : start + n_samples].T @ right[start : start + n_samples]
    return product


def _standardized(columns: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and length 1; NaN where a column has no variance."""
    columns = np.asarray(columns, np.float64)
    with np.errstate(all="ignore"):
        centred = columns - columns.mean(0)
        spread = np.sqrt(np.square(centred).mean(0))
        has_variance = np.isfinite(spread) & (spread > RESOLUTION * np.abs(columns).max(0, initial=0.0))
        lengths = np.where(has_variance, np.sqrt(np.square(centred).sum(0)), np.nan)
        return centred / lengths
