"""A scalar at the steps it was measured at, and what its values are.

`R` steps at which there was something to measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.unit_facts import figure
from collector.storage.states import NO_GRADIENT, UNDEFINED

if TYPE_CHECKING:
    from collector.storage.series import Series

NO_GRADIENT_WORDS = "no gradient"
NOT_FINITE_MARK = "✕"
NO_GRADIENT_MARK = "○"

WITHIN = 1.96
"""Of 100 estimates 95 are within so many standard errors of the truth."""


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

    def words_at(self, step: int, *, counts: bool = False, digits: int = 4) -> str:
        """The last value at or before a step in words, as ``0.972 ± 0.004`` or ``no gradient``; empty for none.

        Args:
            counts: whole numbers have all their digits.
            digits: of other numbers.
        """
        at = self.place_at(step)
        if at is None:
            return ""
        if self._lacks(at):
            return NO_GRADIENT_WORDS
        value = float(self.values[at])
        is_count = counts and value.is_integer() and abs(value) < 1e9
        words = f"{value:,.0f}" if is_count else figure(value, digits)
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
    _, at, of = np.intersect1d(steps, found[0], assume_unique=True, return_indices=True)
    errors[at] = found[1][of]
    return errors
