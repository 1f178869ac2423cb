"""What each value of a scalar is: a number, not a number, no gradient, or nothing to measure."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from collector.storage.columns import Columns

NUMBER, NOT_A_NUMBER, NO_GRADIENT, UNDEFINED = range(4)
"""A finite number. NaN or Inf that was computed. NaN where the layer had no gradient at that step. NaN where there was
nothing to count, to compare with or to divide by, or that an earlier writer put between the values of a sparse scalar.
"""

_OF_GRADIENTS = frozenset(
    ("gradient_norm", "step_size", "update_ratio", "gradient_angle", "moment_angle", "flips_all", "flips_all_fraction")
)
"""Without a threshold; those with one are all of gradients."""
_NORMS = frozenset(("weight_norm", "update_norm", "first_moment_norm", "second_moment_mean"))
_NOT_FINITE = ("nan", "plus_inf", "minus_inf", "not_finite", "not_finite_weight", "not_finite_update")
_TOTAL = "total"
_ENOUGH = 5_000
"""So many values tell a median well enough."""


class States:
    """Tells what the values of columns are.

    What is written of a step's gradients says it: ``no_gradient/layer`` counts the values without one, ``nan/layer``
    and its like those that are no numbers. In files without any ``no_gradient`` column, which an earlier Strobe may
    have written, NaN is no gradient where the gradients were measured and none of them was seen to be no number.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._bad: dict[str, np.ndarray] = {}
        self._missing: dict[str, np.ndarray] = {}

    def of(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Steps int ``[R]`` and state uint8 ``[R]`` of each value.

        Raises:
            KeyError: no column of this name.
        """
        steps, values = self._columns.column(name)
        is_number = np.isfinite(values)
        if is_number.all():
            return steps, np.full(len(steps), NUMBER, np.uint8)
        states = np.where(is_number, NUMBER, NOT_A_NUMBER).astype(np.uint8)
        front, _, layer = name.partition("/")
        metric = front.partition("~")[0].partition("@")[0]
        is_nan = np.isnan(values)
        if "@" in front or metric in _OF_GRADIENTS:
            self._tell_of_gradients(metric, layer, steps, is_nan, states)
        elif metric not in _NORMS:
            states[_filled(steps, is_nan)] = UNDEFINED
        return steps, states

    def _tell_of_gradients(
        self, metric: str, layer: str, steps: np.ndarray, is_nan: np.ndarray, states: np.ndarray
    ) -> None:
        is_bad = np.isin(steps, self._steps_not_finite(layer))
        if metric == "gradient_norm":
            states[is_nan & ~is_bad & np.isin(steps, self._steps_without_gradient(layer))] = NO_GRADIENT
            return
        # what compares two steps is no number where the step before was none
        is_bad |= np.isin(steps - 1, self._steps_not_finite(layer))
        unknown = is_nan & ~is_bad
        states[unknown] = UNDEFINED
        if metric != "update_ratio":
            states[unknown & np.isin(steps, self._steps_without_gradient(layer))] = NO_GRADIENT

    def _steps_not_finite(self, layer: str) -> np.ndarray:
        """Steps at which a gradient, weight or update of a layer is known to be NaN or Inf."""
        if layer not in self._bad:
            self._bad[layer] = self._steps_of_any(_NOT_FINITE, layer)
        return self._bad[layer]

    def _steps_without_gradient(self, layer: str) -> np.ndarray:
        """Steps at which NaN means that a layer had no gradient, as far as nothing else explains it."""
        if layer not in self._missing:
            self._missing[layer] = (
                self._steps_of_any(("no_gradient",), layer)
                if self._tells_of_missing
                else self._steps_of_norm_without_number(layer)
            )
        return self._missing[layer]

    @cached_property
    def _tells_of_missing(self) -> bool:
        return any(name.startswith("no_gradient/") for name in self._columns)

    def _steps_of_norm_without_number(self, layer: str) -> np.ndarray:
        """The rule for files of earlier writers."""
        measured = f"not_finite/{_TOTAL}"
        if measured not in self._columns or f"gradient_norm/{layer}" not in self._columns:
            return np.zeros(0, np.int64)
        steps, norms = self._columns.column(f"gradient_norm/{layer}")
        steps = np.intersect1d(steps[np.isnan(norms)], self._columns.column(measured)[0])
        return np.setdiff1d(steps, self._steps_not_finite(layer))

    def _steps_of_any(self, metrics: tuple[str, ...], layer: str) -> np.ndarray:
        """Steps at which one of these counts is above 0: of a layer, or of any for the whole model."""
        wanted = {f"{metric}/{layer}" for metric in metrics}
        names: Iterator[str] = (name for name in wanted if name in self._columns)
        if layer == _TOTAL:
            names = (name for name in self._columns if name.partition("/")[0] in metrics)
        found = [np.zeros(0, np.int64)]
        for name in names:
            steps, counts = self._columns.column(name)
            found.append(steps[counts > 0])
        return np.unique(np.concatenate(found))


def _filled(steps: np.ndarray, is_nan: np.ndarray) -> np.ndarray:
    """NaN between the values of a sparse scalar, as earlier writers filled their columns, bool ``[R]``.

    A scalar logged at every tenth step has nine NaN between two values there, at each step one. Such a gap is told
    from a measured NaN by the usual distance between values: where the next value was due, NaN was measured.
    """
    present = np.flatnonzero(~is_nan)
    some = present[:_ENOUGH]
    stride = int(np.median(np.diff(steps[some]))) if len(some) > 2 else 1
    filled = np.zeros(len(steps), bool)
    if stride > 1:
        next_to = np.diff(steps) == 1
        is_between = np.append(next_to, True) & np.insert(next_to, 0, True)
        filled = is_nan & is_between & ((steps - steps[present[0]]) % stride != 0)
    return filled


_ERROR = "~se"


def is_error(name: str) -> bool:
    """Whether this is the column of an estimate's standard error."""
    return _ERROR in name and name.partition("/")[0].endswith(_ERROR)


def is_checksum(name: str) -> bool:
    """Whether this is a column of checksums of a module or layer, which tell the same from another and are no curve."""
    return "_crc32/" in name and not name.startswith("batch_")


def error_name(name: str) -> str:
    """Name of the column of an estimate's standard error."""
    front, stroke, layer = name.partition("/")
    return f"{front}{_ERROR}{stroke}{layer}"


_MEASURED_ON_SAMPLES = _OF_GRADIENTS | {"update_norm", "weight_norm"}


def is_estimate(name: str, estimated: frozenset[str], sampled: Mapping[str, int], *, is_older_sample: bool) -> bool:
    """Whether the values of a column were made on a sample of what they stand for.

    Args:
        name: of the column.
        estimated: metrics that are, as the header says.
        sampled: layers of which not all values were counted.
        is_older_sample: the header is of an earlier Strobe, which says only that there was a sample.
    """
    front, _, layer = name.partition("/")
    metric = front.partition("~")[0].partition("@")[0]
    if is_error(name):
        return False
    if is_older_sample:
        return bool(layer) and ("@" in front or metric in _MEASURED_ON_SAMPLES)
    return metric in estimated and (layer == _TOTAL or layer in sampled)
