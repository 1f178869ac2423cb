"""Sizes of a layer's parameters, gradients and updates, and how they compare."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from math import sqrt
from typing import TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)

_CHUNK = 2**16
SAFE = (1e-30, 1e36)
"""Between these, a float32 sum of squares has lost nothing of note to underflow or overflow."""


def sums_of_squares(arrays: Iterable[np.ndarray]) -> list[float]:
    """Σx² of each float32 array, of any shape.

    In chunks whose sums are added in float64: float32 norms of the whole were measured wrong by 5e-3 at 67 M values.
    Very small and very large values are squared in float64, so that a vanishing gradient is not told as zero.
    """
    with np.errstate(all="ignore"):
        return [_sum_of_squares(array.reshape(-1)) for array in arrays]


def _sum_of_squares(flat: np.ndarray) -> float:
    total = 0.0
    for start in range(0, flat.size, _CHUNK):
        part = flat[start : start + _CHUNK]
        total += float(part.dot(part))  # BLAS: a third of the time of squaring and summing
    if SAFE[0] < total < SAFE[1]:
        return total
    return float(np.square(flat, dtype=np.float64).sum())


def sums_of_products(x: np.ndarray, y: np.ndarray, pieces: Sequence[slice]) -> np.ndarray:
    """Σxy of each piece at each of `S` steps, float64 ``[S, pieces]`` of float32 ``[S, D]``.

    Those that float32 may have lost something of are summed in float64.
    """
    found = np.empty((len(x), len(pieces)))
    for column, piece in enumerate(pieces):
        found[:, column] = np.vecdot(x[:, piece], y[:, piece])
    sizes = np.abs(found)
    is_safe = (sizes > SAFE[0]) & (sizes < SAFE[1])
    if not is_safe.all():
        for step, column in np.argwhere(~is_safe):
            own = (step, pieces[column])
            if x[own].any() and y[own].any():
                found[step, column] = np.dot(x[own].astype(np.float64), y[own].astype(np.float64))
    return found


def layer_norms(metric: str, squares: Mapping[Key, float], layers: Mapping[str, Sequence[Key]]) -> dict[str, float]:
    """‖x‖₂ of each layer and of the whole model.

    Args:
        metric: the name in front, as ``gradient_norm``.
        squares: Σx² of each tensor; a tensor that is missing was not there.
        layers: layer → its tensors. One that two layers share counts in both, and once in the total.

    Returns:
        ``metric/layer`` and ``metric/total`` → norm; layers without any tensor are left out.
    """
    norms = {}
    for layer, keys in layers.items():
        present = [squares[key] for key in keys if key in squares]
        if present:
            norms[f"{metric}/{layer}"] = _root(sum(present))
    if norms:
        norms[f"{metric}/total"] = _root(sum(squares.values()))
    return norms


def layer_ratios(metric: str, part: str, whole: str, norms: Mapping[str, float]) -> dict[str, float]:
    """``metric/layer`` = ``part/layer`` ÷ ``whole/layer`` for every layer that has both; NaN where the whole is 0."""
    ratios = {}
    for name, value in norms.items():
        kind, _, layer = name.partition("/")
        if kind == part and (divisor := norms.get(f"{whole}/{layer}")) is not None:
            ratios[f"{metric}/{layer}"] = value / divisor if divisor else float("nan")
    return ratios


def _root(square: float) -> float:
    """√ that passes NaN on instead of raising."""
    return sqrt(square) if square >= 0 else float("nan")
