"""Scalar columns over the run: gathered record by record, given back as arrays."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from collector.storage.blocks import BlockError, to_array
from collector.storage.schema import Column


class Columns:
    """Gathers the columns of ``steps`` records as they come."""

    def __init__(self) -> None:
        self._steps: dict[str, list[np.ndarray]] = {}
        self._values: dict[str, list[np.ndarray]] = {}

    def add(self, start: int, columns: Mapping[str, np.ndarray]) -> None:
        """Take the values of the steps from ``start`` on, one array ``[S]`` for each column."""
        for name, values in columns.items():
            values = np.asarray(values, np.float64)
            self._values.setdefault(name, []).append(values)
            self._steps.setdefault(name, []).append(np.arange(start, start + len(values)))

    def put(self, name: str, steps: np.ndarray, values: np.ndarray) -> None:
        """Take a whole column."""
        self._steps[name], self._values[name] = [steps], [values]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def column(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps int ``[R]`` and values float64 ``[R]`` of what was recorded, in order of recording."""
        if len(self._values[name]) > 1:
            self._steps[name] = [np.concatenate(self._steps[name])]
            self._values[name] = [np.concatenate(self._values[name])]
        return self._steps[name][0], self._values[name][0]

    def to_schema(self) -> dict[str, Column]:
        """The columns as the summary holds them; one that was recorded at every step needs no steps."""
        return {name: _to_schema(*self.column(name)) for name in self}


def _to_schema(steps: np.ndarray, values: np.ndarray) -> Column:
    narrow = values.astype(np.float32)
    exact = np.array_equal(narrow, values, equal_nan=True)
    gapless = np.array_equal(steps, np.arange(len(steps)))
    largest = steps.max(initial=0)
    kept_steps = None if gapless else steps.astype(np.int32 if largest < 2**31 else np.int64)
    return Column(values=narrow if exact else values, steps=kept_steps)  # type: ignore[arg-type]


def from_schema(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of a summary's column.

    Raises:
        BlockError: the two have different lengths or are not vectors.
    """
    values = to_array(column.values, "<f8").astype(np.float64)
    steps = np.arange(len(values)) if column.steps is None else to_array(column.steps, "<i8").astype(np.int64)
    if values.ndim != 1 or steps.shape != values.shape or (steps < 0).any():
        raise BlockError("a column of the summary does not have one value for each of its steps")
    return steps, values


class Series(Mapping[str, np.ndarray]):
    """Every scalar of the run on one axis.

    ``series["loss"]`` is float64 ``[S]`` on ``series.steps`` (int ``[S]``), NaN where it was not recorded;
    ``series.recorded("gradient_norm/fc1")`` gives only the recorded steps and values, those of the state after the
    last step included.
    """

    def __init__(self, columns: Columns, n_steps: int) -> None:
        self._columns = columns
        self._n_steps = n_steps

    @cached_property
    def steps(self) -> np.ndarray:
        """The steps of the run that have any scalar, rising, int ``[S]``."""
        axes = [self._columns.column(name)[0] for name in self._columns]
        every = np.unique(np.concatenate(axes)) if axes else np.zeros(0, np.int64)
        return every[every < self._n_steps]

    def recorded(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps int ``[R]`` and values float64 ``[R]`` where the scalar was recorded.

        Raises:
            KeyError: no scalar of this name.
        """
        return self._columns.column(name)

    def __getitem__(self, name: str) -> np.ndarray:
        steps, values = self._columns.column(name)
        inside = steps < self._n_steps
        filled = np.full(len(self.steps), np.nan)
        filled[np.searchsorted(self.steps, steps[inside])] = values[inside]
        return filled

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
