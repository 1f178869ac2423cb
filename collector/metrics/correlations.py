"""How strongly the features of layers correlate: means over the Pearson matrix of each pair of layers.

The features come from `collector.metrics.features.standardised`, once for each layer.
"""

from collections.abc import Sequence

import numpy as np

from collector.metrics.features import RESOLUTION

_ROWS = 256
"""Rows of a Pearson matrix made at once, so that they are still in the processor's cache when they are summed."""

_CHUNK = 4096


def clipped_means(layers: Sequence[np.ndarray]) -> np.ndarray:
    """Mean of each pair's Pearson matrix with negative values as 0, its diagonal included.

    This is the number that the original feature-signal study followed (``corr_means.json``).

    Args:
        layers: standardised features ``[N, D_i]`` of each layer; those that are constant are left out of the mean.

    Returns:
        float64 ``[L, L]``, symmetric; NaN for a layer without any feature that varies.
    """
    varying = [_varying(layer) for layer in layers]
    means = np.full((len(layers), len(layers)), np.nan)
    for i, one in enumerate(varying):
        for j, other in enumerate(varying[: i + 1]):
            if one.size and other.size:
                means[i, j] = means[j, i] = _clipped_sum(one, other) / (one.shape[1] * other.shape[1])
    return means


def plain_means(layers: Sequence[np.ndarray]) -> np.ndarray:
    """Mean of each pair's Pearson matrix, without making it: the product of the sums of both layers' features.

    Args:
        layers: standardised features ``[N, D_i]`` of each layer; those that are constant are left out of the mean.

    Returns:
        float64 ``[L, L]``, symmetric; NaN for a layer without any feature that varies.
    """
    varying = [_varying(layer) for layer in layers]
    if not varying:
        return np.zeros((0, 0))
    with np.errstate(invalid="ignore"):
        mean_features = np.stack([layer.sum(axis=1, dtype=np.float64) / layer.shape[1] for layer in varying])
    means: np.ndarray = mean_features @ mean_features.T
    return means


def stability(features: np.ndarray) -> np.ndarray:
    """Pearson correlation, over all features, of each sample with the first.

    Args:
        features: ``[A, D]``.

    Returns:
        float64 ``[A]``; NaN where the features of either are all alike.
    """
    n_samples, n_features = features.shape
    products, squares, largest = np.zeros(n_samples), np.zeros(n_samples), np.zeros(n_samples)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = features.mean(axis=1, dtype=np.float64)
        for start in range(0, n_features, _CHUNK):
            values = features[:, start : start + _CHUNK].astype(np.float64)
            np.maximum(largest, np.abs(values).max(axis=1), out=largest)
            values -= means[:, None]
            products += values @ values[0]
            squares += np.einsum("ad,ad->a", values, values)
        squares[squares <= n_features * (RESOLUTION * largest) ** 2] = np.nan
        correlations: np.ndarray = products / np.sqrt(squares * squares[0])
    return correlations


def _varying(layer: np.ndarray) -> np.ndarray:
    """The features that are not constant, of which every value is 0."""
    varies = layer.any(axis=0)
    return layer if varies.all() else layer[:, varies]


def _clipped_sum(one: np.ndarray, other: np.ndarray) -> float:
    total = 0.0
    ones = np.ones(other.shape[1], np.float32)
    for start in range(0, one.shape[1], _ROWS):
        matrix = one[:, start : start + _ROWS].T @ other
        np.maximum(matrix, 0, out=matrix)  # a matrix product sums the rows faster than a sum does
        total += float((matrix @ ones).sum(dtype=np.float64))
    return total
