"""Angles between vectors of millions of dimensions, right however small they are.

A cosine cannot tell an angle below 0.03 degrees in float32, nor one below 1e-6 in float64. So of two vectors of parts
x₁…, y₁… each part has its norms ‖xᵢ‖, ‖yᵢ‖ and its *gap* 1 − cos φᵢ = ½ ‖xᵢ/‖xᵢ‖ − yᵢ/‖yᵢ‖‖², and of the whole

    1 − cos φ = ½ Σ (uᵢ − vᵢ)² + Σ uᵢ vᵢ (1 − cos φᵢ),   uᵢ = ‖xᵢ‖ ÷ ‖x‖,  vᵢ = ‖yᵢ‖ ÷ ‖y‖

in which nothing of note cancels (after Kahan 2006, How Futile are Mindless Assessments of Roundoff, §12).
"""

from collections.abc import Callable
from math import isfinite

import numpy as np

from collector.metrics.norms import norm

ALIKE = 0.99
"""Of parts with a greater cosine the gap is made of their differences."""

_CHUNK = 2**16


def gap(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """‖x‖, ‖y‖ and 1 − cos of the angle between two vectors ``[D]``; NaN where one is 0 or not finite."""
    scales = [norm(each) for each in (x, y)]
    if not all(isfinite(each) and each > 0 for each in scales):
        return scales[0], scales[1], float("nan")
    parts = [slice(start, start + _CHUNK) for start in range(0, x.size, _CHUNK)]

    def unit(part: slice) -> list[np.ndarray]:
        return [np.divide(each[part], scale, dtype=np.float64) for each, scale in zip((x, y), scales, strict=True)]

    ones = np.sqrt(np.sum([[each.dot(each) for each in unit(part)] for part in parts], axis=0))
    apart = [u / ones[0] - v / ones[1] for u, v in map(unit, parts)]
    return scales[0] * ones[0], scales[1] * ones[1], sum(float(each.dot(each)) for each in apart) / 2


def joined_gap(
    parts: tuple[np.ndarray, np.ndarray, np.ndarray], add: Callable[[np.ndarray], np.ndarray], owners: np.ndarray
) -> np.ndarray:
    """1 − cos of the angle between vectors that are made of parts.

    Args:
        parts: norms and gaps of the parts, ``[…, M]``.
        add: sums of the parts of each vector, ``[…, L]`` of ``[…, M]``.
        owners: int ``[M]``, the vector of each part.

    Returns:
        float64 ``[…, L]``; NaN where one of the two vectors is 0 or not finite.
    """
    x, y, gaps = parts
    x, y = (each / _largest(each) for each in (x, y))  # no square is too large
    lengths = [np.sqrt(add(np.square(each))) for each in (x, y)]
    u, v = x / lengths[0][..., owners], y / lengths[1][..., owners]
    both = u * v
    found: np.ndarray = add(np.square(u - v)) / 2 + add(np.where(both > 0, both * gaps, 0 * both))
    return found


def _largest(norms: np.ndarray) -> np.ndarray:
    largest = np.where(np.isfinite(norms), norms, 0).max(axis=-1, keepdims=True)
    return np.where(largest > 0, largest, 1)


def degrees(gaps: np.ndarray) -> np.ndarray:
    """The angle in degrees, 0…180, of 1 − cos."""
    halves = np.clip(gaps / 2, 0, 1)
    return np.degrees(2 * np.arctan2(np.sqrt(halves), np.sqrt(1 - halves)))
