"""Curves of many values drawn with few points.

`R` values, `B` points.
"""

import numpy as np

_MANY_CROSSINGS = 30


def thinned(steps: np.ndarray, values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values ``[B]``, about ``most`` at most, that keep the lowest and highest value of each stretch.

    Args:
        steps: rising ``[R]``.
        values: float ``[R]``; NaN is passed over where there is a number beside it.
        most: points that can be told apart.
    """
    if len(values) <= max(most, 4):
        return steps, values
    size = -(-len(values) * 2 // max(most, 4))
    n = len(values) // size
    parts = values[: n * size].reshape(n, size)
    missing = np.isnan(parts)
    if missing.any():
        lows = np.where(missing, np.inf, parts).argmin(axis=1)
        highs = np.where(missing, -np.inf, parts).argmax(axis=1)
    else:
        lows, highs = parts.argmin(axis=1), parts.argmax(axis=1)
    first, second = np.minimum(lows, highs), np.maximum(lows, highs)
    places = np.empty(2 * n + 1, np.int64)
    starts = np.arange(n) * size
    places[:-1:2], places[1::2] = starts + first, starts + second
    places[-1] = len(values) - 1
    if n * size < len(values):
        rest = values[n * size :]
        if not np.isnan(rest).all():
            places = np.append(places, [n * size + int(np.nanargmin(rest)), n * size + int(np.nanargmax(rest))])
    places = np.unique(places)
    return steps[places], values[places]


def standing_alone(values: np.ndarray) -> np.ndarray:
    """Which values no line would reach, as neither neighbour is a finite number, bool ``[R]``."""
    finite = np.isfinite(values)
    has_neighbour = np.zeros(len(values), bool)
    has_neighbour[1:] |= finite[:-1]
    has_neighbour[:-1] |= finite[1:]
    return finite & ~has_neighbour


def is_jagged(values: np.ndarray) -> bool:
    """Whether a curve crosses its own range many times."""
    finite = values[np.isfinite(values)]
    return len(finite) > _MANY_CROSSINGS and bool(np.abs(np.diff(finite)).sum() > _MANY_CROSSINGS * np.ptp(finite))
