"""The scalars of a run as a table."""

import csv
import math
from collections.abc import Iterator
from typing import TextIO

import numpy as np

from collector.storage import Collection

_ROWS = 2_000
"""So many rows are made at a time: all of a long run would not fit into memory."""


def write_scalars(collection: Collection, file: TextIO) -> None:
    """CSV: a row for each step, a column for each scalar. A cell is empty where the file has no value of that step."""
    names = list(collection.series)
    columns = [collection.series.recorded(name) for name in names]
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(each for each, _ in columns)]))
    writer = csv.writer(file)
    writer.writerow(["step", *names])
    for start in range(0, len(steps), _ROWS):
        writer.writerows(_rows(steps[start : start + _ROWS], columns))


def _rows(steps: np.ndarray, columns: list[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple]:
    cells: list[list] = [steps.tolist()]
    for own, values in columns:
        first, stop = np.searchsorted(own, steps[0]), np.searchsorted(own, steps[-1], side="right")
        column: list[int | float | None] = [None] * len(steps)
        for place, value in zip(
            np.searchsorted(steps, own[first:stop]).tolist(), values[first:stop].tolist(), strict=True
        ):
            column[place] = _short(value)
        cells.append(column)
    return zip(*cells, strict=True)


def _short(value: float) -> int | float:
    """Counts without a point."""
    return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 2**53 else value
