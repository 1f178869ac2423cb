"""Where the classes of small gradients differ in two rasters of the same columns, as a raster of its own.

Its classes take the places of those of a raster: near zero in A alone that of negative ones, near zero in B alone that
of positive ones, near zero in both and on another side of it that of exact zeros; NaN or Inf in one alone, and without
a gradient in one alone, theirs. The rest is the same in both.
"""

from __future__ import annotations

import numpy as np

from app.analysis.beside import Beside
from app.analysis.figures import true_signs
from app.views.gradients.analysis.sign_shares import bits_of_spans, pooled_columns, shares_of_bits
from collector.storage import Collection
from collector.storage.signs import Signs

_OVERVIEW_LEVEL = 8


def why_not(beside: Beside) -> str:
    """Why two rasters cannot be laid over each other, in words; empty where they can."""
    if beside.held_step is not None:
        return ""
    one, other = beside.a.insight, beside.b.insight
    if one is None or not one.sign_columns:
        return ""
    if other is None or not other.sign_columns:
        return "B has no sign raster"
    if one.sign_threshold != other.sign_threshold:
        return f"the raster of B is of another threshold, {true_signs(f'{other.sign_threshold:g}')}"
    partner = beside.pair.partner
    columns = [(partner.get(each.layer, each.layer), each.parameter, each.first, each.columns) for each in one.bands]
    of_b = [(each.layer, each.parameter, each.first, each.columns) for each in other.bands]
    if one.sign_columns != other.sign_columns or columns != of_b:
        return "the raster of B has other columns"
    return "" if len(_aligned(beside)[0]) else "no row of the raster of B lies near one of A on this clock"


class SignsDifference:
    """Read as `Signs` are: a row for each of A's next to which B has one, or for each beside the one that is held."""

    def __init__(self, beside: Beside) -> None:
        """Rows of what is compared, see `why_not`."""
        self.take(beside)

    def take(self, beside: Beside) -> None:
        """What is compared has more rows now."""
        self._a, self._b = beside.a, beside.b
        self._rows = _aligned(beside)
        front = self._b if beside.held_step is not None else self._a
        self.steps = front.signs.steps[self._rows[1 if beside.held_step is not None else 0]]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def n_columns(self) -> int:
        """Columns of both."""
        return self._a.signs.n_columns

    def overview(self, row: int) -> np.ndarray:
        """The shares of each 256 columns, uint8 ``[3, ⌈n_columns/256⌉]``; of all bits of both.

        Raises:
            DamagedError: the row of one of both cannot be read.
        """
        return self._shares(row)[:3]

    def not_finite_overview(self, row: int) -> np.ndarray:
        """The share of those that are NaN or Inf in one alone, uint8 ``[⌈n_columns/256⌉]``.

        Raises:
            DamagedError: as `overview`.
        """
        share: np.ndarray = self._shares(row)[3]
        return share

    def no_gradient(self, row: int) -> tuple[int, ...]:
        """Numbers of the bands that have no gradient in one alone.

        Raises:
            DamagedError: as `overview`.
        """
        of_a, of_b = (set(signs.no_gradient(number)) for signs, number in self._both(row))
        return tuple(sorted(of_a ^ of_b))

    def bits(self, row: int, start: int, stop: int) -> np.ndarray:
        """The bytes of both planes, as `Signs.bits` has them, uint8 ``[2, stop - start]``.

        Raises:
            DamagedError: as `overview`.
        """
        a, b = (signs.bits(number, start, stop) for signs, number in self._both(row))
        near_a, near_b = a[0] | a[1], b[0] | b[1]
        differ = near_a & near_b & ((a[0] ^ b[0]) | (a[1] ^ b[1]))
        told = ~self._told_otherwise(row, start, start + a.shape[1])
        return np.stack([(near_a & ~near_b | differ) & told, (near_b & ~near_a | differ) & told])

    def not_finite(self, row: int, start: int, stop: int) -> np.ndarray:
        """The bytes that tell what is NaN or Inf in one alone, uint8 ``[stop - start]``.

        Raises:
            DamagedError: as `overview`.
        """
        a, b = (signs.not_finite(number, start, stop) for signs, number in self._both(row))
        return a ^ b

    def _both(self, row: int) -> list[tuple[Signs, int]]:
        return [(each.signs, int(rows[row])) for each, rows in zip((self._a, self._b), self._rows, strict=True)]

    def _told_otherwise(self, row: int, start: int, stop: int) -> np.ndarray:
        """Where a value is no number, or there is no gradient, in either."""
        found = np.zeros(stop - start, np.uint8)
        for signs, number in self._both(row):
            found |= signs.not_finite(number, start, stop)
            if numbers := signs.no_gradient(number):
                found |= bits_of_spans([_spans(self._a)[each] for each in numbers], start, stop)
        return found

    def _shares(self, row: int) -> np.ndarray:
        n_bytes = -(-self.n_columns // 8)
        planes = np.zeros((1, 4, n_bytes), np.uint8)
        planes[0, :2], planes[0, 2] = self.bits(row, 0, n_bytes), self.not_finite(row, 0, n_bytes)
        halves = shares_of_bits(planes, _OVERVIEW_LEVEL - 1, self.n_columns)
        return pooled_columns(halves, 1)[:, 0]


def _spans(collection: Collection) -> list[tuple[int, int]]:
    insight = collection.insight
    return [] if insight is None else [(band.first, band.first + band.columns) for band in insight.bands]


def _aligned(beside: Beside) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the rows of A and of B that belong together, int ``[R]`` each."""
    steps_a, steps_b = (each.signs.steps for each in (beside.a, beside.b))
    if beside.held_step is not None:
        held = max(int(np.searchsorted(steps_a, beside.held_step, side="right")) - 1, 0)
        return np.full(len(steps_b), held), np.arange(len(steps_b))
    aligned = beside.pair.alignment.of(steps_a, steps_b)
    return np.searchsorted(steps_a, aligned.a), np.searchsorted(steps_b, aligned.b)
