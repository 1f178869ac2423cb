"""What repeats of a run differ by, so that not every difference is taken for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.comparing.clocks import Alignment
from collector.comparing.pairing import paired
from collector.storage.reader import Collection

FEWEST = 2
"""Repeats beside A without which nothing can be said of the spread."""

_T95 = (4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""97.5th percentile of Student's t with 2, 3, … degrees of freedom."""


@dataclass(frozen=True)
class Band:
    """Where one more repeat lies in 95 of 100 cases, at the steps of A.

    Attributes:
        steps: int ``[R]``.
        low, high: float64 ``[R]``; NaN where too few runs have a value.
    """

    steps: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def outside(self, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Which values lie outside, bool ``[R]``; where the band has no such step, or no bounds, none does."""
        if not len(self.steps):
            return np.zeros(len(values), bool)
        at = np.clip(np.searchsorted(self.steps, steps), 0, len(self.steps) - 1)
        is_known = self.steps[at] == steps
        with np.errstate(invalid="ignore"):
            is_out = (values < self.low[at]) | (values > self.high[at])
        return np.asarray(is_out & is_known)


class Noise:
    """The spread of A and its repeats.

    Args:
        a: the run that stands as A.
        repeats: the same training with other seeds.
        alignment: of each repeat's steps with those of A, in their order.

    Raises:
        ValueError: there are fewer than two repeats.
    """

    def __init__(self, a: Collection, repeats: Sequence[Collection], alignments: Sequence[Alignment]) -> None:
        if len(repeats) < FEWEST:
            raise ValueError(f"{len(repeats)} repeat tells no spread; give at least {FEWEST}")
        self._a, self._repeats, self._alignments = a, repeats, alignments
        self._partners: list[Mapping[str, str]] = [
            {each.a: each.b for each in paired(a.layers, repeat.layers).pairs} for repeat in repeats
        ]
        self._bands: dict[str, Band | None] = {}
        self._usuals: dict[str, float] = {}

    def __len__(self) -> int:
        return 1 + len(self._repeats)

    @property
    def text(self) -> str:
        """What it is estimated from."""
        return f"the spread of {len(self)} runs; outside is what one more would show in 5 of 100 cases"

    def band(self, name: str) -> Band | None:
        """Of a scalar of A; None where a repeat does not have it."""
        if name not in self._bands:
            self._bands[name] = self._made(name)
        return self._bands[name]

    def _made(self, name: str) -> Band | None:
        found = self._values(name)
        if found is None:
            return None
        steps, values = found
        return Band(steps, *prediction_band(values, least=self._usual(name.partition("/")[0])))

    def _usual(self, metric: str) -> float:
        """Median over layers and steps of the spread of logarithms; 0 where the metric is not always above 0."""
        if metric not in self._usuals:
            every = [self._values(f"{metric}/{layer}") for layer in self._a.layers]
            spreads = [_spread(np.log(values)) for _, values in filter(None, every) if is_positive(values)]
            known = np.concatenate([np.zeros(0), *spreads])
            known = known[np.isfinite(known)]
            self._usuals[metric] = float(np.median(known)) if len(known) else 0.0
        return self._usuals[metric]

    def _values(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Steps of A ``[R]`` and the scalar of all runs ``[n, R]``; None where one of them has none."""
        if name not in self._a.series:
            return None
        steps, own = self._a.series.recorded(name)
        values = [own]
        front, stroke, layer = name.partition("/")
        for repeat, alignment, partner in zip(self._repeats, self._alignments, self._partners, strict=True):
            other = f"{front}{stroke}{partner.get(layer, layer)}"
            if other not in repeat.series:
                return None
            steps_b, of_b = repeat.series.recorded(other)
            aligned = alignment.of(steps, steps_b)
            row = np.full(len(steps), np.nan)
            row[np.searchsorted(steps, aligned.a)] = of_b[np.searchsorted(steps_b, aligned.b)]
            values.append(row)
        return steps, np.stack(values)


def is_positive(values: np.ndarray) -> bool:
    """Whether all numbers are above 0, so that their logarithms tell them best."""
    return bool((values[np.isfinite(values)] > 0).all())


def prediction_band(values: np.ndarray, least: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Where one more of the same lies in 95 of 100 cases: m ± t s √(1 + 1/n).

    With m the mean, s the standard deviation and t Student's 97.5th percentile with n − 1 degrees of freedom (Whitmore
    1986, The American Statistician 40); of values that are all above 0 on their logarithms. The smallest and the
    largest of three runs would hold only half of further ones: order statistics need 39 runs for 95 of 100. As the
    spread of few runs is near 0 by chance here and there, it is at least the median of its neighbours, and that of all
    layers. Measured on two networks of six seeds each, every run against each three of the others: 0.6 % of cells lie
    outside in the mean, and more than 5 % of them in 2 of 120 cases.

    Args:
        values: ``[n, R]`` of n runs; NaN where there is none.
        least: of values that are all above 0, their logarithms spread by this at least.

    Returns:
        lower and upper bounds ``[R]``; NaN where fewer than 3 runs have a value.
    """
    is_log = is_positive(values)
    own = np.log(values) if is_log else values
    n = np.isfinite(own).sum(axis=0)
    spread = _spread(own)
    spread = np.fmax(spread, np.where(np.isnan(spread), np.nan, np.fmax(_smoothed(spread), least if is_log else 0.0)))
    t = np.array(_T95)[np.clip(n - 1 - FEWEST, 0, len(_T95) - 1)]
    reach = t * spread * np.sqrt(1 + 1 / np.maximum(n, 1))
    mean = _mean(own)
    low, high = mean - reach, mean + reach
    with np.errstate(over="ignore"):
        return (np.exp(low), np.exp(high)) if is_log else (low, high)


def _mean(values: np.ndarray) -> np.ndarray:
    """Of the finite ones in each column ``[R]``."""
    is_there = np.isfinite(values)
    mean: np.ndarray = np.where(is_there, values, 0).sum(axis=0) / np.maximum(is_there.sum(axis=0), 1)
    return mean


def _spread(values: np.ndarray) -> np.ndarray:
    """Standard deviation of each column ``[R]``; NaN where fewer than 3 are finite."""
    is_there = np.isfinite(values)
    counts = is_there.sum(axis=0)
    squares = np.where(is_there, np.square(values - _mean(values)), 0).sum(axis=0)
    return np.where(counts > FEWEST, np.sqrt(squares / np.maximum(counts - 1, 1)), np.nan)


def _smoothed(values: np.ndarray, width: int = 9) -> np.ndarray:
    """Median of each value and its neighbours ``[R]``; of fewer values, of all that are known."""
    known = values[np.isfinite(values)]
    if len(known) < len(values) or len(values) < width:
        return np.full(len(values), np.median(known) if len(known) else np.nan)
    padded = np.pad(values, width // 2, mode="edge")
    medians: np.ndarray = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return medians
