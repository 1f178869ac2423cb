"""Sizes of a layer's parameters, gradients and updates, and how they compare."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from math import hypot, isfinite, isnan, sqrt
from typing import NamedTuple, TypeVar

import numpy as np

from collector.metrics.not_finite import not_finite

Key = TypeVar("Key", bound=Hashable)

_CHUNK = 2**16
_ROW = 2**10
"""So many products are added in the values' own precision, and all else in float64: float32 norms of the whole were
measured wrong by 5e-3 at 67 M values."""

_SAFE = {"f": (1e-24, 1e36), "d": (1e-280, 1e300)}
"""Between these, a sum of squares of float32, of float64 has lost nothing of note to underflow or overflow."""


def is_safe(squares: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Where sums of products of values of this type are what they would be in wider numbers, bool ``[…]``."""
    low, high = _SAFE[dtype.char]
    return (squares > low) & (squares < high)


def norm(array: np.ndarray) -> float:
    """‖x‖₂ of an array of any shape, of float32 or float64; of others as float32.

    NaN where a value is, else infinite where one is. No value is too small or too large.
    """
    with np.errstate(all="ignore"):
        flat = _flat(array)
        return _norm_of(flat, _square(flat))


def joint_norm(arrays: Sequence[np.ndarray]) -> float:
    """‖x‖₂ of the values of several arrays, see `norm`."""
    with np.errstate(all="ignore"):
        flats = [_flat(each) for each in arrays]
        total = sum(map(_square, flats))
        low, high = _SAFE["f"]
        return sqrt(total) if low < total < high else joined(map(norm, flats))


def sum_of(array: np.ndarray) -> float:
    """The sum of the values of an array of any shape, of which none is below 0; see `norm`."""
    with np.errstate(all="ignore"):
        flat = _flat(array)
        whole = flat.size // _ROW * _ROW
        rows = np.vecdot(flat[:whole].reshape(-1, _ROW), np.ones(_ROW, flat.dtype)).sum(dtype=np.float64)
        total = float(rows) + float(flat[whole:].sum(dtype=np.float64))
        low, high = _SAFE[flat.dtype.char]
        return total if low < total < high else float(flat.sum(dtype=np.float64))


def norm_of_change(after: np.ndarray, before: np.ndarray, *, is_kept: bool = False) -> float:
    """‖y − x‖₂, see `norm`; the changes are those that the values' own precision tells.

    Args:
        is_kept: the change takes the place of ``before``; both are contiguous then, and of one type.
    """
    with np.errstate(all="ignore"):
        if after.strides != before.strides:
            after, before = np.ascontiguousarray(after), np.ascontiguousarray(before)
        now, then = _flat(after), _flat(before)
        change, total = np.empty(min(_CHUNK, now.size), now.dtype), 0.0
        for part, earlier in zip(_chunks(now), _chunks(then), strict=True):
            total += _square(np.subtract(part, earlier, out=earlier if is_kept else change[: part.size]))
        low, high = _SAFE[now.dtype.char]
        return sqrt(total) if low < total < high else norm(before if is_kept else after - before)


def _flat(array: np.ndarray) -> np.ndarray:
    flat = array.ravel(order="K")  # as it lies in memory: sums do not ask for the order
    return flat if flat.dtype.char in _SAFE else flat.astype(np.float32)


def _chunks(flat: np.ndarray) -> Iterator[np.ndarray]:
    return (flat[start : start + _CHUNK] for start in range(0, flat.size, _CHUNK))


def _square(part: np.ndarray) -> float:
    whole = part.size // _ROW * _ROW
    if not whole:
        return float(part.dot(part))
    rows, rest = part[:whole].reshape(-1, _ROW), part[whole:]
    return float(np.vecdot(rows, rows).sum(dtype=np.float64)) + float(rest.dot(rest))


def _norm_of(flat: np.ndarray, total: float) -> float:
    """√ of the sum of squares, made anew from the values where that is not safe."""
    low, high = _SAFE[flat.dtype.char]
    if low < total < high:
        return sqrt(total)
    largest = float(max(flat.max(initial=0), -flat.min(initial=0)))
    if not (isfinite(largest) and largest > 0):
        return abs(largest)
    return largest * sqrt(sum(_square(np.divide(part, largest, dtype=np.float64)) for part in _chunks(flat)))


def is_possible(told: np.ndarray, found: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Whether a norm that somebody tells can be that of values of which a sample is known: no less than it shows.

    It may be far more: a sample of values of which few are large knows neither them nor its own error.

    Args:
        told: float ``[…]``, NaN: nobody does.
        found, variance: the norm by the sample, and the variance of its square, ``[…]``; less than 5 standard errors
            and a fiftieth of the square counts as none.
    """
    with np.errstate(all="ignore"):
        can_be: np.ndarray = found**2 - told**2 <= 5 * np.sqrt(variance) + 0.02 * found**2
        return can_be


class Sizes(NamedTuple):
    """Of all values of each parameter, or of what belongs to it, whatever is counted of them.

    Attributes:
        norms: float64 ``[P]``.
        not_finite: int64 ``[P]``, how many values are NaN or Inf; below 0: none was looked at, and the norm is what
            somebody tells, or NaN.
    """

    norms: np.ndarray
    not_finite: np.ndarray


def sizes_of(arrays: Sequence[np.ndarray | None]) -> Sizes:
    """Those of arrays; 0 where there is none."""
    norms = np.array([0.0 if array is None else norm(array) for array in arrays])
    return Sizes(norms, _n_not_finite(norms, lambda number: arrays[number]))


def sizes_of_changes(after: Sequence[np.ndarray], before: Sequence[np.ndarray]) -> Sizes:
    """Those of the changes of arrays."""
    norms = np.array([norm_of_change(now, then) for now, then in zip(after, before, strict=True)])
    with np.errstate(all="ignore"):
        return Sizes(norms, _n_not_finite(norms, lambda number: after[number] - before[number]))


def _n_not_finite(norms: np.ndarray, values: Callable[[int], np.ndarray | None]) -> np.ndarray:
    """The norm tells where one has to look."""
    found = np.zeros(len(norms), np.int64)
    for number in np.flatnonzero(~np.isfinite(norms)).tolist():
        found[number] = not_finite(values(number)).sum()
    return found


def layer_norms(metric: str, norms: Mapping[Key, float], layers: Mapping[str, Sequence[Key]]) -> dict[str, float]:
    """‖x‖₂ of each layer and of the whole model.

    Args:
        metric: the name in front, as ``gradient_norm``.
        norms: ‖x‖₂ of each tensor; a tensor that is missing was not there.
        layers: layer → its tensors. One that two layers share counts in both, and once in the total.

    Returns:
        ``metric/layer`` and ``metric/total`` → norm; layers without any tensor are left out.
    """
    found = {}
    for layer, keys in layers.items():
        present = [norms[key] for key in keys if key in norms]
        if present:
            found[f"{metric}/{layer}"] = joined(present)
    if found:
        found[f"{metric}/total"] = joined(norms.values())
    return found


def layer_norm_errors(
    metric: str, norms: Mapping[Key, float], variances: Mapping[Key, float], layers: Mapping[str, Sequence[Key]]
) -> dict[str, float]:
    """``metric~se/layer`` → standard error of `layer_norms` whose squares are estimated: √Σ variance ÷ 2 ‖x‖."""
    found = {}
    for layer, keys in (*layers.items(), ("total", list(norms))):
        own = [key for key in keys if key in norms]
        variance = sum(variances.get(key, 0.0) for key in own)
        if variance > 0:
            found[f"{metric}~se/{layer}"] = sqrt(variance) / (2 * joined(norms[key] for key in own))
    return found


def layer_ratios(metric: str, part: str, whole: str, norms: Mapping[str, float]) -> dict[str, float]:
    """``metric/layer`` = ``part/layer`` ÷ ``whole/layer`` for every layer that has both; NaN where the whole is 0."""
    ratios = {}
    for name, value in norms.items():
        kind, _, layer = name.partition("/")
        if kind == part and (divisor := norms.get(f"{whole}/{layer}")) is not None:
            ratios[f"{metric}/{layer}"] = value / divisor if divisor else float("nan")
    return ratios


def joined(norms: Iterable[float]) -> float:
    """The norm of several parts together: NaN where one is."""
    parts = list(norms)
    return float("nan") if any(map(isnan, parts)) else hypot(*parts)
