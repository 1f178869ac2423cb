"""Scalar columns over the run, gathered record by record."""

from collections.abc import Iterator, Mapping

import numpy as np

from collector.storage.blocks import to_array, to_whole_numbers
from collector.storage.errors import BlockError
from collector.storage.schema import Column


class Columns:
    """Gathers the columns of ``steps`` records as they come."""

    def __init__(self) -> None:
        # Steps stay ranges until they are asked for: a training process only gathers, and should stay small.
        self._steps: dict[str, list[range | np.ndarray]] = {}
        self._values: dict[str, list[np.ndarray]] = {}

    def add(self, start: int, columns: Mapping[str, np.ndarray]) -> None:
        """Take the values of the steps from ``start`` on, one array ``[S]`` for each column; they are copied."""
        for name, values in columns.items():
            self._values.setdefault(name, []).append(np.array(values))
            self._steps.setdefault(name, []).append(range(start, start + len(values)))

    def put(self, name: str, steps: np.ndarray, values: np.ndarray) -> None:
        """Take a whole column: steps int ``[R]`` and values ``[R]``."""
        self._steps[name], self._values[name] = [steps], [values]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __len__(self) -> int:
        return len(self._values)

    def column(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps int ``[R]`` and values float64 ``[R]`` of what was recorded, in order of recording.

        Raises:
            KeyError: no column of this name.
        """
        steps, values = self._steps[name], self._values[name]
        if len(values) > 1 or isinstance(steps[0], range):
            axes = [np.arange(each.start, each.stop) if isinstance(each, range) else each for each in steps]
            self.put(name, np.concatenate(axes), np.concatenate(values).astype(np.float64))
        return self._steps[name][0], self._values[name][0]  # type: ignore[return-value]

    def to_schema(self) -> dict[str, Column]:
        """The columns as the summary holds them."""
        return {name: _to_schema(*self.column(name)) for name in self}


def _to_schema(steps: np.ndarray, values: np.ndarray) -> Column:
    # A value beyond float32, as in a run that diverges, becomes Inf here and keeps the column at float64.
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    exact = np.array_equal(narrow, values, equal_nan=True)
    gapless = np.array_equal(steps, np.arange(len(steps)))
    kept_steps = None if gapless else steps.astype(np.int32 if steps.max(initial=0) < 2**31 else np.int64)
    return Column(values=narrow if exact else values, steps=kept_steps)  # type: ignore[arg-type]


def from_schema(column: Column) -> tuple[np.ndarray, np.ndarray]:
    """Steps int ``[R]`` and values float64 ``[R]`` of a summary's column.

    Raises:
        BlockError: the two have different lengths or are not vectors.
    """
    values = to_array(column.values, "<f8").astype(np.float64)
    steps = np.arange(values.size) if column.steps is None else to_whole_numbers(column.steps)
    if values.ndim != 1 or steps.shape != values.shape or (steps < 0).any():
        raise BlockError("a column of the summary does not have one value for each of its steps")
    return steps, values
