"""Scalars over the steps of a run: what was measured, how it is drawn, and as a table.

`R` steps at which there was something to measure, `S` values, `E` epochs, `L` layers.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import figure, true_signs
from collector.storage.states import NO_GRADIENT, UNDEFINED, error_name, is_checksum, is_error

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.schema import EpochRecord
    from collector.storage.series import Series

NO_GRADIENT_TEXT = "no gradient"
NOT_FINITE_MARK = "✕"
NO_GRADIENT_MARK = "○"

WITHIN = 1.96
"""Of 100 estimates 95 are within so many standard errors of the truth."""

_ENOUGH = 5_000
"""So many values tell a median or a quantile well enough."""

_TOPS = 0.995
"""A few wild steps may stand above the plot: they would flatten the rest."""

_NEAR_TOP = 0.25
"""A value that stands above the plot by so much of its height is worth a word."""

_MANY = 200
"""Fewer values are read as they are."""

_SMOOTHED_SHARE = 50
"""A moving mean is over a fiftieth of the values."""

Row = tuple[int | float | str | None, ...]


@dataclass(frozen=True, eq=False)
class Measured:
    """A scalar where there was something to measure.

    Attributes:
        name: of its column.
        steps: rising, int ``[R]``.
        values: float64 ``[R]``; NaN too where there was no gradient.
        is_missing: where there was no gradient, bool ``[R]``; empty for nowhere.
        is_estimate: whether it was measured on a sample.
        errors: standard errors, float64 ``[R]``, NaN where there is none; None where none was recorded.
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    is_missing: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    is_estimate: bool = False
    errors: np.ndarray | None = None

    @property
    def not_finite(self) -> np.ndarray:
        """Steps at which NaN or Inf came out, int."""
        bad = ~np.isfinite(self.values)
        return self.steps[bad & ~self.is_missing if len(self.is_missing) else bad]

    @property
    def without_gradient(self) -> np.ndarray:
        """Steps at which there was no gradient, int."""
        return self.steps[self.is_missing] if len(self.is_missing) else self.steps[:0]

    def place_at(self, step: int) -> int | None:
        """Number of the last value at or before a step; None where there is none."""
        at = int(np.searchsorted(self.steps, step, side="right")) - 1
        return at if at >= 0 else None

    def value_at(self, step: int) -> float | None:
        """The last value at or before a step; None where there is none, and where it had no gradient."""
        at = self.place_at(step)
        return None if at is None or self._lacks(at) else float(self.values[at])

    def text_at(self, step: int, *, counts: bool = False, digits: int = 4) -> str:
        """The last value at or before a step in words, as ``0.972 ± 0.004`` or ``no gradient``; empty for none.

        Args:
            counts: whole numbers have all their digits.
            digits: of other numbers.
        """
        at = self.place_at(step)
        if at is None:
            return ""
        if self._lacks(at):
            return NO_GRADIENT_TEXT
        value = float(self.values[at])
        is_count = counts and value.is_integer() and abs(value) < 1e9
        words = true_signs(f"{value:,.0f}") if is_count else figure(value, digits)
        error = np.nan if self.errors is None else float(self.errors[at])
        return f"{words} ± {short_error(WITHIN * error)}" if np.isfinite(error) else words

    def _lacks(self, at: int) -> bool:
        return bool(len(self.is_missing)) and bool(self.is_missing[at])


def measured_of(series: Series, name: str) -> Measured | None:
    """A column without the steps at which there was nothing to measure; None where it was not recorded."""
    if name not in series:
        return None
    steps, values = series.recorded(name)
    _, states = series.states(name)
    is_estimate, errors = series.is_estimate(name), _errors(series, name, steps)
    if not states.any():
        return Measured(name, steps, values, is_estimate=is_estimate, errors=errors)
    kept = states != UNDEFINED
    return Measured(
        name,
        steps[kept],
        values[kept],
        states[kept] == NO_GRADIENT,
        is_estimate,
        None if errors is None else errors[kept],
    )


def together(curves: Mapping[str, Measured]) -> tuple[np.ndarray, np.ndarray]:
    """Curves of several layers on one axis: steps int ``[R]`` and values float64 ``[L, R]``, NaN where one has none."""
    steps = [each.steps for each in curves.values()]
    if not steps:
        return np.zeros(0, np.int64), np.zeros((0, 0))
    if all(each is steps[0] or np.array_equal(each, steps[0]) for each in steps):
        return steps[0], np.array([each.values for each in curves.values()])
    every = np.unique(np.concatenate(steps))
    values = np.full((len(curves), len(every)), np.nan)
    for row, each in zip(values, curves.values(), strict=True):
        row[np.searchsorted(every, each.steps)] = each.values
    return every, values


def short_error(value: float) -> str:
    """An uncertainty in two digits: more of them would say nothing."""
    return "0" if value == 0 else f"{value:.2g}"


def _errors(series: Series, name: str, steps: np.ndarray) -> np.ndarray | None:
    found = series.standard_error(name)
    if found is None:
        return None
    errors = np.full(len(steps), np.nan)
    is_known = np.isin(found[0], steps)
    errors[np.searchsorted(steps, found[0][is_known])] = found[1][is_known]
    return errors


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve(Measured):
    """A scalar that was recorded.

    Attributes:
        dot_steps: steps at which epochs ended, int ``[E]``.
        dots: the same scalar on the test set there, float64 ``[E]``.
    """

    dot_steps: np.ndarray
    dots: np.ndarray

    def dot_at(self, step: int) -> float | None:
        """The last of them at or before a step; None where there is none."""
        at = int(np.searchsorted(self.dot_steps, step, side="right")) - 1
        return float(self.dots[at]) if at >= 0 else None


def scalars_of(collection: Collection) -> list[str]:
    """Names of everything that can be drawn: the scalars of steps first, then the results of epochs."""
    names = dict.fromkeys(name for name in collection.series if not (is_error(name) or is_checksum(name)))
    names.update(dict.fromkeys(name for epoch in collection.epochs for name in epoch.metrics))
    return list(names)


def logged_curves(names: Sequence[str]) -> list[str]:
    """What to show of a run while nobody has chosen: loss and accuracy, else other losses, else what was logged.

    Args:
        names: of all its scalars; see `scalars_of`.
    """
    usual = [name for name in ("loss", "accuracy") if name in names]
    own = [name for name in names if "/" not in name and not name.startswith(("test_", "train_", "learning_rate"))]
    others = [name for name in own if name not in usual]
    losses = [name for name in others if "loss" in name]
    if usual:
        return [*usual, *others[: 2 - len(usual)]]
    return losses[:3] or others[:2] or [name for name in names if "/" not in name][:2] or ["loss"]


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


def y_range(
    values: Iterable[np.ndarray], *, least: float | None = None, noisy: Container[int] = (0,)
) -> tuple[float, float] | None:
    """Bounds that show the finite values of some curves, but for the tops of a few wild steps; None for no value.

    Args:
        values: of each curve.
        least: the lower bound is not above this.
        noisy: numbers of the curves whose tops are left out.
    """
    lows, highs = [], []
    for number, each in enumerate(values):
        finite = each[np.isfinite(each)]
        if len(finite):
            lows.append(float(finite.min()))
            some = finite[:: max(len(finite) // _ENOUGH, 1)]
            highs.append(float(np.quantile(some, _TOPS) if number in noisy and len(some) > 200 else finite.max()))
    if not lows:
        return None
    low, high = min(lows), max(highs)
    low = low if least is None else min(low, least)
    if high <= low:
        spread = abs(low) * 0.1 or 1.0
        return low - spread, high + spread
    return low, high


def moving_average(values: np.ndarray, window: int) -> np.ndarray:
    """Mean of the last ``window`` finite values up to each place, float64 ``[S]``.

    Near the start of fewer, as many as there are; NaN where none of them is finite.
    """
    finite = np.isfinite(values)
    sums = _over_window(np.cumsum(np.where(finite, values, 0.0)), window)
    counts = _over_window(np.cumsum(finite, dtype=np.int32), window)
    with np.errstate(invalid="ignore"):
        return np.divide(sums, counts, out=sums)  # 0 / 0 is NaN


def _over_window(sums: np.ndarray, window: int) -> np.ndarray:
    """Of sums from the start up to each place, those of the last ``window`` values, in their place."""
    before = sums[:-window].copy()
    sums[window:] -= before
    return sums


def smoothing_window(n_values: int) -> int:
    """Over how many values their mean is taken; 1 for few, which are read as they are."""
    return n_values // _SMOOTHED_SHARE if n_values >= _MANY else 1


def smoothed(values: np.ndarray, above: np.ndarray | None = None) -> np.ndarray | None:
    """Moving average over a fiftieth of many values but for spikes, float64 ``[S]``; None for few.

    A spike of one step would be a plateau of many.

    Args:
        values: ``[S]``
        above: which of them are `spikes`, where that is known.
    """
    window = smoothing_window(len(values))
    if window <= 1:
        return None
    return moving_average(np.where(spikes(values) if above is None else above, np.nan, values), window)


def spikes(values: np.ndarray) -> np.ndarray:
    """Which values stand far above what `y_range` shows, bool ``[S]``: a few of many."""
    bounds = y_range([values])
    if bounds is None:
        return np.zeros(len(values), bool)
    low, high = bounds
    return np.isfinite(values) & (values > high + _NEAR_TOP * (high - low))


def smoothing_text(values: np.ndarray, above: np.ndarray | None = None) -> str:
    """What `smoothed` draws of the same, as ``mean of 12 values without spikes``; empty for few values."""
    window = smoothing_window(len(values))
    if window <= 1:
        return ""
    without = " without spikes" if (spikes(values) if above is None else above).any() else ""
    return f"mean of {window:,} values{without}"


def curve_table(curves: Sequence[Measured]) -> tuple[tuple[str, ...], list[Row]]:
    """Column names and a row for each step that any curve was measured at; None where one was not.

    What had no gradient says so. An estimate says so in its heading, and its standard error follows it.
    """
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(curve.steps for curve in curves)]))
    headings: list[str] = ["step"]
    columns: list[Sequence[int | float | str | None]] = [steps.tolist()]
    for curve in curves:
        places = np.searchsorted(steps, curve.steps).tolist()
        values: list[float | str] = curve.values.tolist()
        for place in np.flatnonzero(curve.is_missing).tolist():
            values[place] = NO_GRADIENT_TEXT
        headings.append(f"{curve.name} (estimate)" if curve.is_estimate else curve.name)
        columns.append(_placed(places, values, len(steps)))
        if curve.errors is not None:
            headings.append(error_name(curve.name))
            errors = [error if isfinite(error) else None for error in curve.errors.tolist()]
            columns.append(_placed(places, errors, len(steps)))
    return tuple(headings), list(zip(*columns, strict=True))


def _placed(places: Sequence[int], values: Sequence[float | str | None], length: int) -> list[float | str | None]:
    column: list[float | str | None] = [None] * length
    for place, value in zip(places, values, strict=True):
        column[place] = value
    return column
