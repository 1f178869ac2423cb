"""Rows that are taken one after the other, of which the last ones are kept as the first of what follows."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Numbers = slice | np.ndarray
"""Numbers of rows, as a slice where they are evenly spread, so that the rows need not be copied."""


def evenly(numbers: Sequence[int]) -> Numbers:
    """Numbers as a slice, where they rise evenly."""
    if len(numbers) < 2:
        return slice(numbers[0], numbers[0] + 1) if numbers else slice(0, 0)
    every = numbers[1] - numbers[0]
    if every > 0 and all(b - a == every for a, b in pairwise(numbers)):
        return slice(numbers[0], numbers[-1] + 1, every)
    return np.array(numbers, np.intp)


class RowBuffer:
    """Rows of numbers, of zeros at first.

    Args:
        n_rows: how many.
        length: of a row.
        is_copied: whether rows are copied to the front to be kept there, so that rows that are asked for together lie
            together. Long rows, of which one is asked for at a time, had better change places by name only.

    Attributes:
        rows: all of them ``[n_rows, length]``, at their places.
    """

    def __init__(self, n_rows: int, length: int, dtype: np.dtype, *, is_copied: bool) -> None:
        self.rows = np.zeros((n_rows, length), dtype)
        self._places = list(range(n_rows))
        self._is_copied = is_copied

    def __getitem__(self, number: int) -> np.ndarray:
        """One row, to be read and written."""
        row: np.ndarray = self.rows[self._places[number]]
        return row

    def places(self, numbers: Sequence[int]) -> Numbers:
        """Where some rows lie in ``rows``."""
        return evenly([self._places[number] for number in numbers])

    def keep(self, numbers: Sequence[int]) -> None:
        """Let these rows, given in rising order, be the first ones; what the others hold is lost."""
        if not self._is_copied:
            others = [number for number in range(len(self._places)) if number not in numbers]
            self._places = [self._places[number] for number in (*numbers, *others)]
            return
        for to, number in enumerate(numbers):
            if to != number:
                self.rows[to] = self.rows[number]
