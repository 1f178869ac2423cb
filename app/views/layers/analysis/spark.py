"""A curve so small that it fits into a table's cell.

`R` recorded values, `B` at most `MOST_POINTS` points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.curve import Measured
from collector.report.thinning import thinned

MOST_POINTS = 240
_DECADES = 2.0
"""Curves that span more powers of ten than this are drawn on a log scale."""


@dataclass(frozen=True, eq=False)
class Spark:
    """A curve scaled to a unit square.

    Attributes:
        across: 0 at step 0, 1 at the run's last step, float64 ``[B]``.
        up: 0 at the lowest value, 1 at the highest, NaN where a value is not finite, float64 ``[B]``.
        not_finite: places of NaN and Inf, 0…1, float64, thinned out.
        without_gradient: places where there was no gradient, likewise.
        low: the lowest finite value; of a log scale the lowest above 0.
        high: the highest finite value.
        is_log: whether ``up`` is on a log scale.
        n_not_finite: how many values were NaN or Inf.
        n_without_gradient: at how many steps there was no gradient.
    """

    across: np.ndarray
    up: np.ndarray
    not_finite: np.ndarray
    without_gradient: np.ndarray
    low: float
    high: float
    is_log: bool
    n_not_finite: int
    n_without_gradient: int


def spark_of(curve: Measured, last_step: int, *, beside: Measured | None = None) -> Spark:
    """Make a curve small.

    Args:
        curve: what is drawn.
        last_step: of the run, at least 1; where ``across`` is 1.
        beside: another one that is drawn in the same square, on the same scale.
    """
    bad, missing = curve.not_finite, curve.without_gradient
    steps, values = thinned(curve.steps, np.where(np.isfinite(curve.values), curve.values, np.nan), MOST_POINTS)
    good = values[np.isfinite(values)]
    if beside is not None:
        good = np.concatenate([good, beside.values[np.isfinite(beside.values)]])
    low, high = (float(good.min()), float(good.max())) if len(good) else (np.nan, np.nan)
    is_log = low > 0 and bool(np.log10(high) - np.log10(low) > _DECADES)
    with np.errstate(all="ignore"):
        shown = np.log10(values) if is_log else values
        bottom, top = (np.log10(low), np.log10(high)) if is_log else (low, high)
        up = (shown - bottom) / (top - bottom) if top > bottom else np.where(np.isnan(shown), np.nan, 0.5)
    of_bad, of_missing = (np.unique((each / last_step * MOST_POINTS).round()) / MOST_POINTS for each in (bad, missing))
    return Spark(steps / last_step, up, of_bad, of_missing, low, high, is_log, len(bad), len(missing))
