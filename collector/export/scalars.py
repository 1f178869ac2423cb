"""The scalars of a run as a table."""

import math
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

import numpy as np

from collector.export.csv_table import write_table
from collector.storage import Collection
from collector.storage.series import Series
from collector.storage.states import NOT_A_NUMBER, NUMBER, error_name, is_error

_ROWS = 2_000
"""So many rows are made at a time: all of a long run would not fit into memory."""


def write_scalars(collection: Collection, file: TextIO) -> None:
    """CSV: a row for each step, a column for each scalar.

    A cell is empty where the file has no value of that step, where a layer had no gradient (``no_gradient/layer``
    counts them), and where there was nothing to compare with or to divide by. What came out as NaN or Inf says so.
    The heading of what was measured on a sample says so, and the column of its standard error follows it, as
    ``near_zero@1e-07/total (estimate)`` and ``near_zero@1e-07~se/total``.
    """
    names = list(_in_order(collection.series))
    steps = np.unique(np.concatenate([np.zeros(0, np.int64), *(collection.series.recorded(name)[0] for name in names)]))
    columns = [_told(collection.series, name) for name in names]
    parts = (_rows(steps[start : start + _ROWS], columns) for start in range(0, len(steps), _ROWS))
    headings = [f"{name} (estimate)" if collection.series.is_estimate(name) else name for name in names]
    write_table(file, ["step", *headings], chain.from_iterable(parts))


def _told(series: Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values that are numbers, or should be."""
    (steps, values), (_, states) = series.recorded(name), series.states(name)
    is_told = (states == NUMBER) | (states == NOT_A_NUMBER)
    return steps[is_told], values[is_told]


def _in_order(series: Series) -> Iterator[str]:
    """The names as the file has them, each standard error behind its estimate."""
    for name in series:
        if not is_error(name) or name.replace("~se/", "/") not in series:
            yield name
            if (error := error_name(name)) in series:
                yield error


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
