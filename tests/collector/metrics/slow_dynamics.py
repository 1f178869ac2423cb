"""The dynamics of gradients the long way: one parameter at a time, from the formulas."""

from collections.abc import Sequence

import numpy as np


def counts_of(
    before: np.ndarray, now: np.ndarray, moved: np.ndarray, moves: np.ndarray, threshold: float
) -> dict[str, float]:
    """What `metric` is of one parameter.

    Args:
        before, now: the gradients of the step before and of this one, ``[D]``.
        moved: the change of the weights between the two, ``[D]``.
        moves: the change that follows, ``[D]``.
    """
    limit = float(np.float32(threshold))
    near = [abs(float(g)) <= limit for g in now]
    near_before = [abs(float(g)) <= limit for g in before]
    retained = [a and b for a, b in zip(near_before, near, strict=True)]
    flips = [is_flip(a, b) for a, b in zip(before, now, strict=True)]
    flipped = [a and b for a, b in zip(retained, flips, strict=True)]
    sizes = [abs(float(change)) for change, own in zip(moves, retained, strict=True) if own]
    n_released = sum(a and not b for a, b in zip(near_before, near, strict=True))
    found = {
        "near_zero": sum(near),
        "near_zero_fraction": ratio(sum(near), len(near)),
        "released": n_released,
        "retained": sum(retained),
        "released_fraction": ratio(n_released, sum(near_before)),
        "retained_fraction": ratio(sum(retained), sum(near_before)),
        "sign_flips": sum(flipped),
        "flip_fraction": ratio(sum(flipped), sum(retained)),
        "still_change_mean": ratio(sum(sizes), len(sizes)),
        "still_change_max": max(sizes, default=float("nan")),
        "still_change_norm": sum(size**2 for size in sizes) ** 0.5 if sizes else float("nan"),
    }
    for rule, change in (("", moved), ("_original", moves)):
        signs = [extremum(a, b, c) for a, b, c in zip(before, now, change, strict=True)]
        found[f"minima{rule}"] = sum(own and sign > 0 for own, sign in zip(flipped, signs, strict=True))
        found[f"maxima{rule}"] = sum(own and sign < 0 for own, sign in zip(flipped, signs, strict=True))
    return found


def is_flip(before: float, now: float) -> bool:
    """g₁·g₂ < 0, in numbers wide enough that the product does not vanish."""
    return bool(np.float64(before) * np.float64(now) < 0)


def extremum(before: float, now: float, change: float) -> float:
    """Positive at a minimum, negative at a maximum; NaN is neither."""
    return float(np.sign(change) * np.sign(np.float64(now) - np.float64(before)))


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def averaged(values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """m ← 0.9 m + 0.1 x, begun with the first, in float32."""
    means = [values[0]]
    for value in values[1:]:
        means.append(means[-1] * np.float32(0.9) + value * np.float32(0.1))
    return means


def averaged_changes(changes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The changes of the average of weights: the average of their changes, begun with 0."""
    return averaged([np.zeros_like(changes[0]), *changes])[1:]
