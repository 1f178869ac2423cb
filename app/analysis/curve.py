"""One scalar over the run as it is drawn.

`R` recorded values, `E` epochs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.measured import Measured, measured_of
from collector.storage.states import is_error

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.schema import EpochRecord

_ENOUGH = 5_000
"""So many values tell a median or a quantile well enough."""

_TOPS = 0.995
"""A few wild steps may stand above the plot: they would flatten the rest."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve(Measured):
    """A scalar that was recorded.

    Attributes:
        dot_steps: steps at which epochs ended, int ``[E]``.
        dots: the same scalar on the test set there, float64 ``[E]``.
    """

    dot_steps: np.ndarray
    dots: np.ndarray


def scalars_of(collection: Collection) -> list[str]:
    """Names of everything that can be drawn: the scalars of steps first, then the results of epochs."""
    names = dict.fromkeys(name for name in collection.series if not is_error(name))
    names.update(dict.fromkeys(name for epoch in collection.epochs for name in epoch.metrics))
    return list(names)


def curve_of(collection: Collection, name: str) -> Curve | None:
    """A scalar of the run; None where it was not recorded."""
    own = measured_of(collection.series, name)
    if own is not None:
        steps, values = _results(collection.epochs, f"test_{name}")
        return Curve(**vars(own), dot_steps=steps, dots=values)
    steps, values = _results(collection.epochs, name)
    return Curve(name=name, steps=steps, values=values, dot_steps=steps, dots=values) if len(steps) else None


def _results(epochs: Iterable[EpochRecord], metric: str) -> tuple[np.ndarray, np.ndarray]:
    points = [(each.step, each.metrics[metric]) for each in epochs if metric in each.metrics]
    numbers = [(step, value) for step, value in points if isinstance(value, float | int)]
    return np.array([step for step, _ in numbers], np.int64), np.array([value for _, value in numbers], np.float64)


def y_range(values: Iterable[np.ndarray], *, least: float | None = None) -> tuple[float, float] | None:
    """Bounds that show the finite values of some curves, but for the tops of a few wild steps; None for no value.

    Args:
        values: of each curve; only the first is noisy.
        least: the lower bound is not above this.
    """
    lows, highs = [], []
    for number, each in enumerate(values):
        finite = each[np.isfinite(each)]
        if len(finite):
            lows.append(float(finite.min()))
            some = finite[:: max(len(finite) // _ENOUGH, 1)]
            highs.append(float(np.quantile(some, _TOPS) if number == 0 and len(some) > 200 else finite.max()))
    if not lows:
        return None
    low, high = min(lows), max(highs)
    low = low if least is None else min(low, least)
    if high <= low:
        spread = abs(low) * 0.1 or 1.0
        return low - spread, high + spread
    return low, high
