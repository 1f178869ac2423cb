"""Counts by sign and power of two as a picture has them: one axis from the largest negative to the largest positive.

The bins are those of `collector.storage.schema.PassRecord.histograms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.figures import true_signs

MIDDLE = 64
"""The bin of what is next to nothing: |x| < 2⁻⁴⁸."""

_LOWEST_POWER = -48
_LEAST_BINS = 6
_ZERO_PX = 8
"""Half of the number in the middle, and some room."""
_LOG10_2 = float(np.log10(2))


@dataclass(frozen=True)
class BinRange:
    """Which bins of either sign are shown: distances from the middle, 1…64, both included."""

    near: int
    far: int

    @property
    def n_bars(self) -> int:
        """Bars of both signs and the middle one."""
        return 2 * (self.far - self.near + 1) + 1

    def joined(self, other: BinRange) -> BinRange:
        """Both."""
        return BinRange(min(self.near, other.near), max(self.far, other.far))

    def bars(self, counts: np.ndarray) -> np.ndarray:
        """Counts from the largest negative over the middle to the largest positive; int ``[n_bars]``.

        What is nearer to 0 than the range goes to the middle.
        """
        below = counts[MIDDLE - self.far : MIDDLE - self.near + 1]
        above = counts[MIDDLE + self.near : MIDDLE + self.far + 1]
        middle = counts[MIDDLE - self.near + 1 : MIDDLE + self.near].sum()
        return np.concatenate([below, [middle], above])

    def ticks(self, bar_px: float, text_px: float) -> list[tuple[float, str]]:
        """Places in bars and texts, powers of ten of both signs and 0, as many as fit at this width of a bar."""
        first = int(np.ceil((_LOWEST_POWER + self.near - 1) * _LOG10_2))
        last = int(np.floor((_LOWEST_POWER + self.far) * _LOG10_2))
        every = max(int(np.ceil(text_px * _LOG10_2 / max(bar_px, 1e-6))), 1)
        n_side = self.far - self.near + 1
        ticks = [(n_side + 0.5, "0")]
        for power in range(last, first - 1, -every):
            distance = power / _LOG10_2 - _LOWEST_POWER - self.near + 1
            text = "1" if power == 0 else true_signs(f"1e{power}")
            if distance * bar_px >= text_px / 2 + _ZERO_PX:
                ticks += [(n_side + 1 + distance, text), (n_side - distance, f"−{text}")]
        return sorted(ticks)


def range_of(counts: np.ndarray) -> BinRange | None:
    """The bins that hold all but a thousandth next to 0; None for no count."""
    sides = counts[MIDDLE + 1 :] + counts[MIDDLE - 1 :: -1]
    total = int(sides.sum())
    if not total:
        return BinRange(1, _LEAST_BINS) if counts[MIDDLE] else None
    sums = np.cumsum(sides)
    near = int(np.searchsorted(sums, total * 0.001, side="right")) + 1
    far = int(np.flatnonzero(sides)[-1]) + 1
    near = max(min(near, far - _LEAST_BINS + 1), 1)
    return BinRange(near, max(far, min(near + _LEAST_BINS - 1, 64)))


QUANTILES = (0.5, 0.95)
"""Of absolute values, by which two histograms are told apart."""


def log2_quantile(counts: np.ndarray, share: float) -> float:
    """log₂ of the absolute value below which a share of all lies, as far as bars tell: evenly spread in each of them.

    Args:
        counts: int ``[129]``.
        share: 0…1.

    Returns:
        −Inf where that is next to nothing, NaN for no count.
    """
    sides = counts[MIDDLE + 1 :] + counts[MIDDLE - 1 :: -1]
    wanted = share * (int(counts[MIDDLE]) + int(sides.sum())) - int(counts[MIDDLE])
    if not counts.any():
        return float("nan")
    if wanted <= 0:
        return float("-inf")
    sums = np.cumsum(sides)
    bar = int(np.searchsorted(sums, wanted))
    return _LOWEST_POWER + bar + float((wanted - (sums[bar] - sides[bar])) / sides[bar])


def quantile_changes(a: np.ndarray, b: np.ndarray) -> list[float]:
    """log₂ of the `QUANTILES` of B ÷ those of A; NaN where one of both is next to nothing."""
    both = [(log2_quantile(a, share), log2_quantile(b, share)) for share in QUANTILES]
    return [other - one if np.isfinite(one) and np.isfinite(other) else float("nan") for one, other in both]


def summed(histograms: Iterable[Mapping[str, np.ndarray]], kind: str) -> np.ndarray | None:
    """Counts of a kind over several layers, int ``[129]``; None where none has it."""
    found = [kinds[kind] for kinds in histograms if kind in kinds]
    return np.sum(found, axis=0) if found else None
