"""Whether a number jumps, asked at each step in constant time."""

from collections import deque
from collections.abc import Callable
from math import isfinite, log10
from statistics import median

WINDOW = 50
STRONG = 6.0
SIGMA = 1.4826
"""Median absolute deviation × this = standard deviation, of normal values."""


class SpikeWatch:
    """Compares each value with those before it, as the rules of `collector.findings` do.

    Formula: z = (x − median of the 50 before) ÷ (1.4826 · MAD) > 6, a robust z (Iglewicz and Hoaglin 1993). Median and
    MAD are only worked out for a value above all of the 50 before: no other one begins a spike that was not told yet.

    Args:
        bar: median, 1.4826 · MAD → what a value has to exceed.
        least: values before the first that can be a spike.
        rows: so many values have to exceed it one after the other.
    """

    def __init__(self, bar: Callable[[float, float], float], *, least: int, rows: int = 1) -> None:
        self._bar_of, self._least, self._rows = bar, least, rows
        self._before: deque[float] = deque(maxlen=WINDOW)
        self._highest = float("-inf")
        self._bar: float | None = None
        self._n_far = 0

    def sees(self, value: float) -> bool:
        """Whether a spike is sure with this value; called with each, in order. What is not finite is left out."""
        if not isfinite(value):
            return False
        if self._bar is not None and value <= self._bar:
            self._bar, self._n_far = None, 0
        if self._bar is None and value > self._highest and len(self._before) >= self._least:
            middle = median(self._before)
            bar = self._bar_of(middle, SIGMA * median(abs(each - middle) for each in self._before))
            self._bar = bar if value > bar else None
        self._n_far += self._bar is not None
        self._keep(value)
        return self._bar is not None and self._n_far == self._rows

    def _keep(self, value: float) -> None:
        gone = self._before[0] if len(self._before) == WINDOW else float("-inf")
        self._before.append(value)
        if value >= self._highest:
            self._highest = value
        elif gone >= self._highest:
            self._highest = max(self._before)


def loss_spikes() -> SpikeWatch:
    """By the rule ``loss-spike``: z > 6, and more than twice the median."""
    return SpikeWatch(
        lambda middle, spread: max(2 * middle, middle + STRONG * max(spread, 0.02 * abs(middle))), least=5
    )


class GradientSpikes:
    """By the rule ``exploding-gradient``: of log₁₀ of a norm, z > 6 and 10 times the median, in 3 steps in a row."""

    def __init__(self) -> None:
        self._logs = SpikeWatch(lambda middle, spread: middle + max(1.0, STRONG * max(spread, 0.05)), least=10, rows=3)

    def sees(self, square: float) -> bool:
        """The same of the square of the norm."""
        return square > 0 and self._logs.sees(0.5 * log10(square))
