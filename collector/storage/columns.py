"""Scalar columns over the run, gathered record by record."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from collector.storage.blocks import MAX_COUNT, Array, exactly, to_array, to_whole_numbers
from collector.storage.errors import BlockError
from collector.storage.schema import Column, StepsRecord

Steps = range | np.ndarray
"""Steps in the order in which they came. Most columns have one at every step, and a range takes no room."""


class Columns:
    """Gathers the columns of ``steps`` records as they come. Nothing is joined or widened before it is asked for."""

    def __init__(self) -> None:
        self._steps: dict[str, list[Steps]] = {}
        self._values: dict[str, list[np.ndarray]] = {}

    def add(self, start: int, columns: Mapping[str, np.ndarray], every: int = 1) -> None:
        """Take the values of steps ``start``, ``start + every``, …, ``[S]`` for each column; they are copied."""
        joined: dict[Steps, range] = {}  # which most columns share
        for name, values in columns.items():
            if name not in self._values:
                self._values[name], self._steps[name] = [], []
            self._values[name].append(np.array(values))
            runs = self._steps[name]
            stop = start + every * len(values)
            last = runs[-1] if runs else None
            if isinstance(last, range) and last.step == every and last.stop == start:
                runs[-1] = joined.setdefault(last, range(last.start, stop, every))
            else:
                runs.append(range(start, stop, every))

    def put(self, name: str, steps: Steps, values: np.ndarray) -> None:
        """Take a whole column: steps ``[R]`` and values ``[R]``."""
        self._steps[name], self._values[name] = [steps], [values]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def column(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Rising steps int ``[R]`` and values float64 ``[R]`` of what was recorded.

        Files of earlier writers may hold a column's steps in another order, and one of them twice: then the value that
        was recorded last counts.

        Raises:
            KeyError: no column of this name.
        """
        values = _joined(self._values[name]).astype(np.float64, copy=False)
        if len(self._steps[name]) == 1 and isinstance(self._steps[name][0], range):
            self._values[name] = [values]
            return _as_array(self._steps[name][0]), values
        steps = _joined([_as_array(each) for each in self._steps[name]])
        if (steps[1:] <= steps[:-1]).any():
            # Seen from its end, the first value of a step is the one that was recorded last.
            steps, last = np.unique(steps[::-1], return_index=True)
            values = values[::-1][last]
        self.put(name, steps, values)
        return steps, values

    def all_steps(self) -> np.ndarray:
        """The steps at which any column has a value, rising, int ``[A]``."""
        every = [each for runs in self._steps.values() for each in runs]
        ranges = {each for each in every if isinstance(each, range)}
        arrays = [each for each in every if not isinstance(each, range)]
        return np.unique(_joined([np.zeros(0, np.int64), *map(_as_array, ranges), *arrays]))

    def to_schema(self) -> dict[str, Column]:
        """The columns as the summary holds them."""
        return {name: _to_schema(*self.column(name)) for name in self}


def _as_array(steps: Steps) -> np.ndarray:
    return _array_of(steps) if isinstance(steps, range) else steps


@lru_cache(8)
def _array_of(steps: range) -> np.ndarray:
    """The same array for all columns that have these steps; it cannot be written to."""
    array = np.arange(steps.start, steps.stop, steps.step)
    array.flags.writeable = False
    return array


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _to_schema(steps: np.ndarray, values: np.ndarray) -> Column:
    # A value beyond float32, as in a run that diverges, becomes Inf here and keeps the column at float64.
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    exact = np.array_equal(narrow, values, equal_nan=True)
    gapless = np.array_equal(steps, np.arange(len(steps)))
    kept_steps = None if gapless else steps.astype(np.int32 if steps.max() < 2**31 else np.int64)
    return Column(values=narrow if exact else values, steps=kept_steps)  # type: ignore[arg-type]


def _check_vector(shape: tuple[int, ...]) -> None:
    if len(shape) != 1:
        raise BlockError(f"a column has shape {shape}, and is no vector")


def read_columns(columns: Mapping[str, Column]) -> dict[str, tuple[Steps, np.ndarray]]:
    """Steps ``[R]`` and values ``[R]`` of a summary's columns, by name.

    Those that follow each other and have the same steps share them: so do most of thousands of layers.

    Raises:
        BlockError: the two have different lengths or are not vectors.
    """
    read: dict[str, tuple[Steps, np.ndarray]] = {}
    written: Array | None = None
    steps: Steps = range(0)
    for name, column in columns.items():
        values = to_array(column.values, "<f8", _check_vector)
        if column.steps is None:
            read[name] = range(values.size), values
            continue
        if column.steps != written or len(steps) != len(values):
            steps, written = _read_steps(column.steps, len(values)), column.steps
        read[name] = steps, values
    return read


def _read_steps(written: Array, n: int) -> np.ndarray:
    steps = to_whole_numbers(written, exactly(n))
    if (steps < 0).any() or (steps > MAX_COUNT).any():
        raise BlockError("a column of the summary has values of steps that there cannot be")
    return steps


def steps_arrays(record: StepsRecord) -> dict[str, np.ndarray]:
    """The columns of a record.

    Raises:
        BlockError: one that cannot be read, or has not a value for each step.
    """
    n_steps = len(record.steps)

    def check(shape: tuple[int, ...]) -> None:
        if shape != (n_steps,):
            raise BlockError(f"a column of steps {record.start} to {record.stop} has another length")

    read = _plain_columns(record.columns, n_steps)
    return {
        name: read[name] if name in read else to_array(value, "<f8", check) for name, value in record.columns.items()
    }


def _plain_columns(columns: Mapping[str, Array], n_steps: int) -> dict[str, np.ndarray]:
    """Those that stand there as lists of numbers, read all at once: a large network has thousands of a few values."""
    plain = {name: value for name, value in columns.items() if isinstance(value, list) and len(value) == n_steps > 0}
    try:
        together = to_array(list(plain.values()), "<f8")
    except BlockError:  # it is told of where each is read by itself
        return {}
    return dict(zip(plain, together, strict=True)) if together.shape == (len(plain), n_steps) else {}
