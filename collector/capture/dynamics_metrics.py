"""The metrics of gradient dynamics: by name, how each is made of what was measured of the parameters.

A step is measured once, parameter by parameter, for all of them (`collector.metrics.step_measure`); each metric here is
a number of each layer, and of the whole model, made of that, with its standard error where only a sample was counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np

from collector.capture.layer_sums import LayerSums
from collector.metrics.angles import degrees, joined_gap
from collector.metrics.errors import Covariances, error_of_angle, error_of_ratio, error_of_sum
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.sign_history import COUNTS
from collector.metrics.spread import COUNT_PAIRS, FLIP_PAIRS, GAP_PAIRS, Pairs
from collector.metrics.step_results import StepResults

State = TypeVar("State")


@dataclass(frozen=True)
class DynamicsMetric(Generic[State]):
    """A metric of `S` measured steps.

    Attributes:
        name: in front of threshold and layer.
        compute: its values ``[S, …, L + 1]``; NaN where nothing can be told.
        error: their standard errors, of a sample; None: it is no estimate, or a bound.
    """

    name: str
    compute: Callable[[State], np.ndarray]
    error: Callable[[State], np.ndarray] | None = None


class Counted:
    """Of some parameters how many values they have, and how sure what is counted in a sample of them is.

    Args:
        there: bool ``[S, …, P]``, the parameters that count.
        pairs, spread: names and values of the covariances of their totals; see `Covariances`.
    """

    def __init__(
        self,
        layers: LayerSums,
        layout: FlatLayout,
        there: np.ndarray,
        pairs: Pairs,
        spread: np.ndarray,
    ) -> None:
        self._layers, self._weights, self._there = layers, layout.weights, there
        self._pairs, self._spread = pairs, spread
        self.size = layers.count(there * (layout.counted * layout.weights))
        """Values of the layers, of a sample as it estimates it, like the counts: ``[S, …, L + 1]``."""
        self.is_empty = layers.count(there) == 0

    @cached_property
    def covariances(self) -> Covariances:
        """Of the layers' totals."""
        return Covariances(self._pairs, self._spread, self._there, self._layers.add)

    @cached_property
    def least(self) -> np.ndarray:
        """How many values one in the sample stands for at the most, where it does not stand for itself alone."""
        return self._layers.largest(self._there * np.where(self._weights > 1, self._weights, 0))

    @cached_property
    def is_sure(self) -> np.ndarray:
        """Where all values were counted, so that nothing is estimated."""
        return self._layers.count(self._there & (self._weights > 1)) == 0

    def error_of(self, *totals: str) -> np.ndarray:
        """Of one total."""
        return error_of_sum(self.covariances(*totals), self.least)

    def error_of_fraction(self, part: str, whole: str, fraction: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Of the quotient of two totals, of which ``total`` is the second."""
        return error_of_ratio(self.covariances, part, whole, fraction, total, self.least)


class NearZero:
    """What is near zero at a threshold, on a course: ``[S, C, T, L + 1]``.

    Attributes:
        now: the parameters that have a gradient.
        both: those whose gradient at this step is compared with the one before.
        near_zero: near zero now.
        near_before: near zero before.
        retained: both.
        drift_sum, drift_squares, drift_max: of |Δw| over the retained.
    """

    def __init__(
        self, measured: StepResults, layers: LayerSums, layout: FlatLayout, there: np.ndarray, followed: np.ndarray
    ) -> None:
        self.now = Counted(layers, layout, there[:, None, None], COUNT_PAIRS, measured.count_spread)
        self.both = Counted(layers, layout, followed[:, :, None], COUNT_PAIRS, measured.count_spread)
        counts = dict(zip(COUNTS, measured.counts.swapaxes(0, 1) * layout.weights, strict=True))
        of_both = {name: layers.count(each * followed[:, :, None]) for name, each in counts.items()}
        self.near_zero = layers.count(counts["near_zero"] * there[:, None, None])
        self.near_before, self.retained = of_both["near_before"], of_both["retained"]
        self.sign_flips = of_both["sign_flips"]
        self.minima, self.maxima = of_both["minima"], of_both["maxima"]
        self.minima_original, self.maxima_original = of_both["minima_original"], of_both["maxima_original"]
        self.drift_sum = self.drift_squares = self.drift_max = np.zeros(self.retained.shape)
        if self.retained.any():
            drift = measured.drift.swapaxes(0, 1)
            self.drift_sum, self.drift_squares = layers.add(
                np.where(followed[:, :, None], drift[:2] * layout.weights, 0)
            )
            self.drift_max = layers.largest(np.where(followed[:, :, None], drift[2], 0))

    def where_retained(self, values: np.ndarray) -> np.ndarray:
        """The values, and NaN where nothing is retained."""
        return np.where(self.retained == 0, np.nan, values)


def _released_error(near: NearZero) -> np.ndarray:
    of = near.both.covariances
    variance = of("near_before") - 2 * of("retained", "near_before") + of("retained")
    return error_of_sum(variance, near.both.least)


def _retained_fraction_error(near: NearZero) -> np.ndarray:
    fraction = near.retained / near.near_before
    return near.both.error_of_fraction("retained", "near_before", fraction, near.near_before)


def _drift_mean_error(near: NearZero) -> np.ndarray:
    mean = near.drift_sum / near.retained
    return error_of_ratio(near.both.covariances, "drift", "retained", mean, near.retained)


def _drift_norm_error(near: NearZero) -> np.ndarray:
    norm = near.where_retained(np.sqrt(near.drift_squares))
    return error_of_sum(near.both.covariances("drift_squares")) / (2 * norm)


OF_ONE_STEP = (
    DynamicsMetric[NearZero](
        "near_zero",
        lambda near: near.near_zero,
        lambda near: near.now.error_of("near_zero"),
    ),
    DynamicsMetric[NearZero](
        "near_zero_fraction",
        lambda near: near.near_zero / near.now.size,
        lambda near: near.now.error_of_fraction("near_zero", "size", near.near_zero / near.now.size, near.now.size),
    ),
)
"""With a threshold; known at the first of two steps already."""

OF_TWO_STEPS = (
    DynamicsMetric[NearZero]("released", lambda near: near.near_before - near.retained, _released_error),
    DynamicsMetric[NearZero](
        "released_fraction",
        lambda near: (near.near_before - near.retained) / near.near_before,
        _retained_fraction_error,
    ),
    DynamicsMetric[NearZero](
        "retained",
        lambda near: near.retained,
        lambda near: near.both.error_of("retained"),
    ),
    DynamicsMetric[NearZero](
        "retained_fraction", lambda near: near.retained / near.near_before, _retained_fraction_error
    ),
    DynamicsMetric[NearZero](
        "sign_flips",
        lambda near: near.sign_flips,
        lambda near: near.both.error_of("sign_flips"),
    ),
    DynamicsMetric[NearZero](
        "flip_fraction",
        lambda near: near.sign_flips / near.retained,
        lambda near: near.both.error_of_fraction(
            "sign_flips", "retained", near.sign_flips / near.retained, near.retained
        ),
    ),
    *(
        DynamicsMetric[NearZero](
            name,
            lambda near, name=name: getattr(near, name),  # type: ignore[misc]
            lambda near, name=name: near.both.error_of(name),  # type: ignore[misc]
        )
        for name in ("minima", "maxima", "minima_original", "maxima_original")
    ),
    DynamicsMetric[NearZero]("still_change_mean", lambda near: near.drift_sum / near.retained, _drift_mean_error),
    # The largest of a sample is no estimate with an error, but a bound.
    DynamicsMetric[NearZero]("still_change_max", lambda near: near.where_retained(near.drift_max)),
    DynamicsMetric[NearZero](
        "still_change_norm", lambda near: near.where_retained(np.sqrt(near.drift_squares)), _drift_norm_error
    ),
)
"""With a threshold."""


class Flips:
    """How many signs of all values flipped, on a course: ``[S, C, L + 1]``."""

    def __init__(self, measured: StepResults, layers: LayerSums, layout: FlatLayout, followed: np.ndarray) -> None:
        self.both = Counted(layers, layout, followed, FLIP_PAIRS, measured.flip_spread)
        self.flips = layers.count(measured.flips * layout.weights * followed)


FLIPS = (
    DynamicsMetric[Flips]("flips_all", lambda of: of.flips, lambda of: of.both.error_of("flips")),
    DynamicsMetric[Flips](
        "flips_all_fraction",
        lambda of: of.flips / of.both.size,
        lambda of: of.both.error_of_fraction("flips", "size", of.flips / of.both.size, of.both.size),
    ),
)


class Angles:
    """The angles between the gradients of two steps, and between gradient and first moment: ``[S, 2, L + 1]``.

    Args:
        there: bool ``[S, 2, P]``, the parameters that have both of the vectors.
    """

    def __init__(self, measured: StepResults, layers: LayerSums, layout: FlatLayout, there: np.ndarray) -> None:
        self._measured, self._layers = measured, layers
        self._counted = Counted(layers, layout, there, GAP_PAIRS, measured.gap_spread)
        self._there = there
        self.is_sure = self._counted.is_sure
        scales = np.sqrt(layout.weights)
        self._x, self._y = (np.where(there, measured.gaps[:, :, number] * scales, 0) for number in (0, 1))
        parts = layers.gathered(self._x), layers.gathered(self._y), layers.gathered(measured.gaps[:, :, 2])
        self._gaps = joined_gap(parts, layers.add_gathered, layers.owners)

    def degrees(self, number: int) -> np.ndarray:
        """The first angle or the second, ``[S, L + 1]``."""
        return degrees(self._gaps)[:, number]

    def error(self, number: int) -> np.ndarray:
        """Its standard error."""
        spread, there = self._measured.gap_spread[:, number], self._there[:, number]
        lengths = self._layers.norm(self._x[:, number]), self._layers.norm(self._y[:, number])
        of = Covariances(GAP_PAIRS, spread, there, self._layers.add)
        errors = error_of_angle(of, *lengths, self._gaps[:, number])
        return np.where(self.is_sure[:, number], np.nan, errors)


ANGLES = (
    DynamicsMetric[Angles]("gradient_angle", lambda angles: angles.degrees(0), lambda angles: angles.error(0)),
    DynamicsMetric[Angles]("moment_angle", lambda angles: angles.degrees(1), lambda angles: angles.error(1)),
)


class Norms:
    """2-norms of the layers, of all values: ``[S, L + 1]``. That of the update may be estimated."""

    def __init__(self, measured: StepResults, layers: LayerSums, has_gradient: np.ndarray) -> None:
        gradient, weight, update = measured.norms.swapaxes(0, 1)
        self.gradient = layers.norm(np.where(has_gradient, gradient, 0))
        self.gradient[layers.count(has_gradient) == 0] = np.nan
        self.weight, self.update = layers.norm(weight), layers.norm(update)
        self.update_error = error_of_sum(layers.add(measured.update_spread)) / (2 * self.update)
        self.update_error[layers.add(measured.update_spread) == 0] = np.nan


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / whole, np.where(whole == 0, np.nan, whole))


NORMS = (
    DynamicsMetric[Norms]("gradient_norm", lambda norms: norms.gradient),
    DynamicsMetric[Norms]("update_norm", lambda norms: norms.update, lambda norms: norms.update_error),
    DynamicsMetric[Norms]("weight_norm", lambda norms: norms.weight),
    DynamicsMetric[Norms](
        "update_ratio",
        lambda norms: _ratio(norms.update, norms.weight),
        lambda norms: norms.update_error / norms.weight,
    ),
    DynamicsMetric[Norms](
        "step_size",
        lambda norms: _ratio(norms.update, norms.gradient),
        lambda norms: norms.update_error / norms.gradient,
    ),
)
"""Those with an error are exact where there is memory for a copy of the weights."""

COUNTED: tuple[DynamicsMetric[Any], ...] = (*OF_ONE_STEP, *OF_TWO_STEPS, *FLIPS, *ANGLES)
"""Those that are estimates where not all values are counted."""
