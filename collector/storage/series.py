"""The scalars of a run as a reader sees them."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from collector.storage.columns import Columns


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
        every = self._columns.all_steps()
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

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
