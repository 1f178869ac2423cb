"""Scalars on their way to the file."""

from collections.abc import Iterator
from typing import Any

import numpy as np


class Waiting:
    """Scalars by name and step, until they are written."""

    def __init__(self) -> None:
        self._values: dict[str, dict[int, Any]] = {}

    def put(self, name: str, step: int, value: object) -> None:
        """One scalar; a later one of the same step replaces it."""
        values = self._values.get(name)
        if values is None:
            values = self._values[name] = {}
        values[step] = value

    def take(self, up_to: int) -> Iterator[tuple[str, int, np.ndarray]]:
        """Name, first step and values ``[S]`` of each scalar below step ``up_to``, NaN between those that are there.

        They are taken out. Of several steps float32 where that loses nothing, else float64.
        """
        for name, values in self._values.items():
            steps = [step for step in values if step < up_to]
            if len(steps) == 1:
                yield name, steps[0], np.array([float(values.pop(steps[0]))])
            elif steps:
                start = min(steps)
                column = np.full(max(steps) + 1 - start, np.nan)
                for step in steps:
                    column[step - start] = float(values.pop(step))
                yield name, start, narrowed(column)


def narrowed(column: np.ndarray) -> np.ndarray:
    """The same numbers as float32 where it holds them all exactly."""
    with np.errstate(over="ignore", under="ignore"):
        narrow = column.astype(np.float32)
    return narrow if np.array_equal(narrow, column, equal_nan=True) else column
