"""One scalar over the run as it is drawn.

`R` recorded values, `E` epochs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.schema import EpochRecord

_ENOUGH = 5_000
"""So many values tell a median or a quantile well enough."""

_TOPS = 0.995
"""A few wild steps may stand above the plot: they would flatten the rest."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A scalar that was recorded.

    Attributes:
        steps: rising, int ``[R]``.
        values: float64 ``[R]``; what is not finite was measured so.
        dot_steps: steps at which epochs ended, int ``[E]``.
        dots: the same scalar on the test set there, float64 ``[E]``.
    """

    steps: np.ndarray
    values: np.ndarray
    dot_steps: np.ndarray
    dots: np.ndarray

    @property
    def not_finite(self) -> np.ndarray:
        """Steps at which NaN or Inf was measured, int."""
        return self.steps[~np.isfinite(self.values)]

    def value_at(self, step: int) -> float | None:
        """The last value at or before a step; None where there is none."""
        at = int(np.searchsorted(self.steps, step, side="right")) - 1
        return float(self.values[at]) if at >= 0 else None


def scalars_of(collection: Collection) -> list[str]:
    """Names of everything that can be drawn: the scalars of steps first, then the results of epochs."""
    names = dict.fromkeys(collection.series)
    names.update(dict.fromkeys(name for epoch in collection.epochs for name in epoch.metrics))
    return list(names)


def curve_of(collection: Collection, name: str) -> Curve | None:
    """A scalar of the run; None where it was not recorded."""
    if name in collection.series:
        steps, values = without_gaps(*collection.series.recorded(name))
        return Curve(steps, values, *_results(collection.epochs, f"test_{name}"))
    steps, values = _results(collection.epochs, name)
    return Curve(steps, values, steps, values) if len(steps) else None


def _results(epochs: Iterable[EpochRecord], metric: str) -> tuple[np.ndarray, np.ndarray]:
    points = [(each.step, each.metrics[metric]) for each in epochs if metric in each.metrics]
    numbers = [(step, value) for step, value in points if isinstance(value, float | int)]
    return np.array([step for step, _ in numbers], np.int64), np.array([value for _, value in numbers], np.float64)


def without_gaps(steps: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values that were measured, without the NaN that the file has between those of a sparse scalar.

    A scalar logged at every tenth step has a column with nine NaN between two values. Such a gap is told from a
    measured NaN by the usual distance between values: a NaN that stands where the next value was due was measured.
    """
    missing = np.isnan(values)
    if not missing.any():
        return steps, values
    present = np.flatnonzero(~missing)
    some = present[:_ENOUGH]
    stride = int(np.median(np.diff(steps[some]))) if len(some) > 2 else 1
    if stride <= 1:
        return steps, values
    was_due = (steps - steps[present[0]]) % stride == 0
    kept = ~missing | was_due
    return steps[kept], values[kept]


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
