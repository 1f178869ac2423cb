"""Scalars that come many at a time, on their way to the file."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Names = tuple[str, ...]
Finish = Callable[[Sequence[Any]], np.ndarray]
"""Makes the table ``[S, names]`` of what was put at ``S`` steps: of all at once that costs little more than of one."""


class Rows:
    """Rows of scalars under the same names, until they are written. A row costs one list entry, not one a name."""

    def __init__(self) -> None:
        self._rows: dict[Names, dict[int, Any]] = {}
        self._finish: dict[Names, Finish] = {}
        self._begun: dict[Names, np.ndarray] = {}
        """Which of the columns ever had a number."""

    def put(self, names: Names, step: int, values: Any, finish: Finish = np.stack) -> None:
        """The scalars of one step, float64 ``[names]``, or what ``finish`` makes them of; NaN: there is no number.

        Not to be changed afterwards. Give the same ``finish`` with the same names.
        """
        self._rows.setdefault(names, {})[step] = values
        self._finish[names] = finish

    def take(self) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
        """Steps at even distances ``[S]`` and the columns ``[S]`` recorded at them; they are taken out.

        A column begins with the first flush that has a number for it, so that what is never there is not in the file.
        """
        for names, rows in self._rows.items():
            for steps in _even(sorted(rows)):
                table = self._finish[names]([rows[step] for step in steps]).T
                narrow = _narrowed(table)
                begun = np.logical_or(self._begun.get(names, False), ~np.isnan(table).all(axis=1))
                self._begun[names] = begun
                yield steps, {name: row for name, row, has_begun in zip(names, narrow, begun, strict=True) if has_begun}
        self._rows = {}


def _narrowed(table: np.ndarray) -> list[np.ndarray]:
    """Each column as float32, where that keeps whole numbers as they are and of others seven digits."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        narrow = table.astype(np.float32)
        loses = (narrow != table) & ((table == np.rint(table)) | (np.abs(narrow) < np.finfo(np.float32).tiny))
    is_wide = (loses & ~np.isnan(table)).any(axis=1)
    return [wide if is_it else slim for slim, wide, is_it in zip(narrow, table, is_wide, strict=True)]


def _even(steps: list[int]) -> Iterator[range]:
    """Rising steps as ranges of even distances."""
    start = 0
    while start < len(steps):
        every = steps[start + 1] - steps[start] if start + 1 < len(steps) else 1
        stop = start + 1
        while stop < len(steps) and steps[stop] - steps[stop - 1] == every:
            stop += 1
        yield range(steps[start], steps[stop - 1] + 1, every)
        start = stop
