"""The scalars of a run as a reader sees them."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from collector.storage.columns import Columns
from collector.storage.schema import Insight
from collector.storage.states import States, error_name, is_estimate


class Series(Mapping[str, np.ndarray]):
    """Every scalar of the run on one axis.

    ``series["loss"]`` is float64 ``[S]`` on ``series.steps`` (int ``[S]``), NaN where it was not recorded;
    ``series.recorded("gradient_norm/fc1")`` gives only the recorded steps and values, those of the state after the
    last step included. ``series.states("gradient_norm/fc1")`` tells NaN from a gradient that is not there, and
    ``series.is_estimate`` and ``series.standard_error`` what was measured on a sample, and how well.
    """

    def __init__(self, columns: Columns, n_steps: int, insight: Insight | None = None) -> None:
        self._columns = columns
        self._n_steps = n_steps
        self._insight = insight
        self._states = States(columns)

    @cached_property
    def steps(self) -> np.ndarray:
        """The steps of the run that have any scalar, rising, int ``[S]``."""
        every = self._columns.all_steps()
        return every[every < self._n_steps]

    def recorded(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Rising steps int ``[R]`` and values float64 ``[R]`` where the scalar was recorded.

        Raises:
            KeyError: no scalar of this name.
        """
        return self._columns.column(name)

    def states(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The steps of `recorded` int ``[R]`` and what each value is, uint8 ``[R]``; see `collector.storage.states`.

        ``NUMBER``: finite. ``NOT_A_NUMBER``: NaN or Inf came out. ``NO_GRADIENT``: the layer had no gradient at that
        step. ``UNDEFINED``: there was nothing to count, to compare with or to divide by. Of files of an earlier Strobe
        it is told as well as it can be: that a layer had no gradient only where the gradients were followed.

        Raises:
            KeyError: no scalar of this name.
        """
        return self._states.of(name)

    def is_estimate(self, name: str) -> bool:
        """Whether a scalar was measured on a sample of the values that it stands for, and is an estimate for all."""
        insight = self._insight
        if insight is None:
            return False
        is_older_sample = not insight.estimated and insight.sample < insight.parameters
        return is_estimate(name, frozenset(insight.estimated), insight.sampled, is_older_sample=is_older_sample)

    def standard_error(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Steps int ``[R]`` and standard error float64 ``[R]`` of an estimate; None where it was not recorded.

        Of many draws of the sample, 95 of 100 have the true value within 1.96 standard errors of the estimate.
        """
        error = error_name(name)
        return self._columns.column(error) if error in self._columns else None

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
