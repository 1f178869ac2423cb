"""The scalars of measured steps: their names, and how the parameters' numbers become the layers'."""

from collections.abc import Sequence

import numpy as np

from collector.capture.layer_sums import LayerSums
from collector.metrics.angles import degrees, joined_gap
from collector.metrics.errors import Covariances, error_of_angle, error_of_ratio, error_of_sum
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.sign_history import COUNTS
from collector.metrics.spread import COUNT_PAIRS, FLIP_PAIRS, GAP_PAIRS
from collector.metrics.step_results import Measured

COUNTED = (
    *("near_zero", "near_zero_fraction", "released", "released_fraction", "retained", "retained_fraction"),
    *("sign_flips", "flip_fraction", "minima", "maxima", "minima_original", "maxima_original"),
    *("still_change_mean", "still_change_max", "still_change_norm"),
)
"""With a threshold; in the order of `_counted`."""
FLIPS = ("flips_all", "flips_all_fraction")
ANGLES = ("gradient_angle", "moment_angle")
NORMS = ("gradient_norm", "update_norm", "weight_norm", "update_ratio", "step_size")

ESTIMATED = (*COUNTED, *FLIPS, *ANGLES)
"""What is an estimate where not all values are counted."""

_BOUND = "still_change_max"
"""The largest of a sample is no estimate with an error, but a bound."""

Part = tuple[np.ndarray, np.ndarray]
"""Of some metrics the values, and their standard errors, ``[M, S, …, L + 1]``."""


class InsightRows:
    """Makes the rows of measured steps.

    Args:
        layers: of the parameters.
        layout: of the parameters; where it is sampled, there are standard errors too: of all totals, and of the
            layers' fractions and angles.
        thresholds: near zero is |x| ≤ threshold.
        averages: whether moving averages were followed too.

    Attributes:
        columns: the names of a row's values.
    """

    def __init__(self, layers: LayerSums, layout: FlatLayout, thresholds: Sequence[float], *, averages: bool) -> None:
        self._layers, self._layout = layers, layout
        suffixes = ("", "~ema") if averages else ("",)
        marked = [f"{each}@{limit:g}{suffix}" for each in COUNTED for suffix in suffixes for limit in thresholds]
        estimated = layers.columns([*marked, *(each + suffix for each in FLIPS for suffix in suffixes), *ANGLES])
        self._with_error = np.array([layout.is_sampled and _has_error(name) for name in estimated])
        errors = [name.replace("/", "~se/", 1) for name, has in zip(estimated, self._with_error, strict=True) if has]
        self.columns = (*estimated, *layers.columns(NORMS), *errors)

    def table(self, measured: Measured) -> np.ndarray:
        """The values of `columns` at `S` steps, float64 ``[S, columns]``; NaN: nothing can be told."""
        has_gradient, has_moment, *courses = measured.there.swapaxes(0, 1)
        followed = np.stack(courses, axis=1)
        with np.errstate(all="ignore"):
            parts = (
                self._counted(measured, has_gradient[:, None, None], followed[:, :, None]),
                self._all_flips(measured, has_gradient[:, None], followed),
                self._angles(measured, np.stack((courses[0], has_moment), axis=1)),
            )
            estimated, errors = (np.concatenate([_flat(part[kind]) for part in parts], axis=1) for kind in (0, 1))
            norms = _flat(self._norms(measured.norms, has_gradient))
        return np.concatenate((estimated, norms, errors[:, self._with_error]), axis=1)

    def _size(self, there: np.ndarray) -> np.ndarray:
        """How many values the parameters have that are ``there``: of a sample as it estimates it, like the counts."""
        return self._layers.count(there * (self._layout.counted * self._layout.weights))

    def _sure(self, there: np.ndarray) -> np.ndarray:
        """Where all values were counted, so that nothing is estimated, bool ``[…, L + 1]``."""
        return self._layers.count(there & (self._layout.weights > 1)) == 0

    def _least(self, there: np.ndarray) -> np.ndarray:
        """How many values one in the sample stands for at the most, where it does not stand for itself alone."""
        weights = self._layout.weights
        return self._layers.largest(there * np.where(weights > 1, weights, 0))

    def _counted(self, measured: Measured, has_gradient: np.ndarray, followed: np.ndarray) -> Part:
        """The metrics `COUNTED`, ``[15, S, C, T, L + 1]``; the arrays are ``[S, C, T, P]``, some axes 1."""
        layers, weights, size = self._layers, self._layout.weights, self._size(has_gradient)
        counts, still = measured.counts.swapaxes(0, 1) * weights, measured.still.swapaxes(0, 1)
        near = layers.count(counts[0] * has_gradient)
        retained, flips, minima, maxima, minima_original, maxima_original, before = layers.count(counts[1:] * followed)
        sums, squares, largest = np.zeros((3, *retained.shape))
        if retained.any():
            sums, squares = layers.add(np.where(followed, still[:2] * weights, 0))
            largest = layers.largest(np.where(followed, still[2], 0))
        row = np.empty((len(COUNTED), *near.shape))
        row[0], row[1] = near, near / size
        row[2], row[3] = before - retained, (before - retained) / before
        row[4], row[5] = retained, retained / before
        row[6], row[7] = flips, flips / retained
        row[8:12] = minima, maxima, minima_original, maxima_original
        row[12], row[13], row[14] = sums / retained, largest, np.sqrt(squares)
        row[13:, retained == 0] = np.nan
        row[:2, np.broadcast_to(size == 0, near.shape)] = np.nan
        row[2:, np.broadcast_to(layers.count(followed) == 0, near.shape)] = np.nan
        errors = np.full_like(row, np.nan)
        if self._layout.is_sampled:
            of_near = Covariances(COUNT_PAIRS, measured.count_spread, has_gradient, layers.add)
            of = Covariances(COUNT_PAIRS, measured.count_spread, followed, layers.add)
            near_least, least = self._least(has_gradient), self._least(followed)
            errors[0] = error_of_sum(of_near("near_zero"), near_least)
            errors[1] = error_of_ratio(of_near, "near_zero", "size", row[1], size, near_least)
            released = of("near_before") - 2 * of("retained", "near_before") + of("retained")
            errors[2], errors[4] = error_of_sum(released, least), error_of_sum(of("retained"), least)
            errors[3] = errors[5] = error_of_ratio(of, "retained", "near_before", row[5], before, least)
            errors[7] = error_of_ratio(of, "sign_flips", "retained", row[7], retained, least)
            for number, name in zip((6, 8, 9, 10, 11), COUNTS[2:7], strict=True):
                errors[number] = error_of_sum(of(name), least)
            errors[12] = error_of_ratio(of, "still", "retained", row[12], retained)
            errors[14] = error_of_sum(of("still_squares")) / (2 * row[14])
            errors[:2, np.broadcast_to(self._sure(has_gradient), near.shape)] = np.nan
            errors[2:, np.broadcast_to(self._sure(followed), near.shape)] = np.nan
            errors[np.isnan(row)] = np.nan
        return row, errors

    def _all_flips(self, measured: Measured, has_gradient: np.ndarray, followed: np.ndarray) -> Part:
        """The metrics `FLIPS`, ``[2, S, C, L + 1]``; the arrays are ``[S, C, P]``."""
        n_flips = self._layers.count(measured.flips * self._layout.weights * followed)
        size = self._size(followed)
        row = np.stack((n_flips, n_flips / size))
        row[:, size == 0] = np.nan
        errors = np.full_like(row, np.nan)
        if self._layout.is_sampled:
            of = Covariances(FLIP_PAIRS, measured.flip_spread, followed, self._layers.add)
            least = self._least(followed)
            errors[0] = error_of_sum(of("flips"), least)
            errors[1] = error_of_ratio(of, "flips", "size", row[1], size, least)
            errors[:, self._sure(followed) | (size == 0)] = np.nan
        return row, errors

    def _angles(self, measured: Measured, there: np.ndarray) -> Part:
        """The metrics `ANGLES`, ``[2, S, L + 1]``; ``there`` is ``[S, 2, P]``."""
        layers = self._layers
        scales = np.sqrt(self._layout.weights)
        x, y = (np.where(there, measured.gaps[:, :, number] * scales, 0) for number in (0, 1))
        gaps = measured.gaps[:, :, 2]
        parts = layers.gathered(x), layers.gathered(y), layers.gathered(gaps)
        found = joined_gap(parts, layers.add_gathered, layers.owners)
        row, errors = degrees(found), np.full_like(found, np.nan)
        if self._layout.is_sampled:
            for pair in (0, 1):
                of = Covariances(GAP_PAIRS, measured.gap_spread[:, pair], there[:, pair], layers.add)
                lengths = layers.norm(x[:, pair]), layers.norm(y[:, pair])
                errors[:, pair] = error_of_angle(of, *lengths, found[:, pair])
            errors[self._sure(there) | np.isnan(row)] = np.nan
        return row.swapaxes(0, 1), errors.swapaxes(0, 1)

    def _norms(self, norms: np.ndarray, has_gradient: np.ndarray) -> np.ndarray:
        """The metrics `NORMS`, ``[5, S, L + 1]``, of the parameters' ``[S, 3, P]``."""
        own = np.stack((np.where(has_gradient, norms[:, 0], 0), norms[:, 1], norms[:, 2]))
        gradient, weight, update = self._layers.norm(own)
        gradient[self._layers.count(has_gradient) == 0] = np.nan
        ratios = [
            np.where(below > 0, update / below, np.where(below == 0, np.nan, below)) for below in (weight, gradient)
        ]
        return np.stack((gradient, update, weight, *ratios))


def _has_error(column: str) -> bool:
    metric, _, layer = column.partition("/")
    base = metric.partition("@")[0].partition("~")[0]
    return base != _BOUND and (layer == "total" or base.endswith("_fraction") or base in ANGLES)


def _flat(values: np.ndarray) -> np.ndarray:
    """``[S, …]`` in one axis, of ``[M, S, …]``."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)
