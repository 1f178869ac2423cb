"""The scalars of measured steps: the names of the columns, and their values out of the metrics of gradient dynamics."""

from collections.abc import Sequence

import numpy as np

from collector.capture.dynamics_metrics import (
    ANGLES,
    FLIPS,
    NORMS,
    OF_ONE_STEP,
    OF_TWO_STEPS,
    Angles,
    Counted,
    DynamicsMetric,
    Flips,
    NearZero,
    Norms,
    State,
)
from collector.capture.layer_sums import LayerSums
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.step_results import StepResults


class InsightRows:
    """Makes the rows of measured steps.

    Args:
        layers: of the parameters.
        layout: of the parameters; where it is sampled, there are standard errors too: of all totals, and of the
            layers' fractions and angles.
        thresholds: near zero is |x| ≤ threshold.
        averages: whether moving averages were followed too.
        estimates_updates: whether the sizes of updates may be estimates.

    Attributes:
        columns: the names of a row's values.
    """

    def __init__(
        self,
        layers: LayerSums,
        layout: FlatLayout,
        thresholds: Sequence[float],
        *,
        averages: bool,
        estimates_updates: bool = False,
    ) -> None:
        self._layers, self._layout = layers, layout
        courses = ("", "~ema") if averages else ("",)
        limits = [f"@{limit:g}{course}" for course in courses for limit in thresholds]
        estimated: list[str] = []
        has_error: list[bool] = []
        for metrics, endings in (((*OF_ONE_STEP, *OF_TWO_STEPS), limits), (FLIPS, courses), (ANGLES, ("",))):
            for metric in metrics:
                names = layers.columns([metric.name + ending for ending in endings])
                is_share = metric.name.endswith("_fraction") or metric in ANGLES
                estimated += names
                has_error += [
                    layout.is_sampled and metric.error is not None and (is_share or name.endswith("/total"))
                    for name in names
                ]
        for of_norms in NORMS:
            names = layers.columns([of_norms.name])
            estimated += names
            has_error += [estimates_updates and of_norms.error is not None] * len(names)
        self._has_error = np.array(has_error)
        errors = [name.replace("/", "~se/", 1) for name, has in zip(estimated, has_error, strict=True) if has]
        self.columns = (*estimated, *errors)

    def table(self, measured: StepResults) -> np.ndarray:
        """The values of `columns` at `S` steps, float64 ``[S, columns]``; NaN: nothing can be told."""
        has_gradient, has_moment, *courses = measured.there.swapaxes(0, 1)
        followed = np.stack(courses, axis=1)
        with np.errstate(all="ignore"):
            near = NearZero(measured, self._layers, self._layout, has_gradient, followed)
            flips = Flips(measured, self._layers, self._layout, followed)
            angles = Angles(measured, self._layers, self._layout, np.stack((courses[0], has_moment), axis=1))
            norms = Norms(measured, self._layers, has_gradient)
            parts = [
                *(self._estimated(metric, near, near.now) for metric in OF_ONE_STEP),
                *(self._estimated(metric, near, near.both) for metric in OF_TWO_STEPS),
                *(self._estimated(metric, flips, flips.both) for metric in FLIPS),
                *(self._estimated(metric, angles) for metric in ANGLES),
                *(self._estimated(metric, norms) for metric in NORMS),
            ]
        values, errors = (np.concatenate(each, axis=1) for each in zip(*parts, strict=True))
        return np.concatenate((values, errors[:, self._has_error]), axis=1)

    def _estimated(
        self, metric: DynamicsMetric[State], state: State, counted: Counted | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The values and their standard errors, ``[S, columns]`` each.

        Args:
            counted: what the values are of; NaN where that is nothing.
        """
        values = metric.compute(state)
        if counted is not None:
            values = np.where(counted.is_empty, np.nan, values)
        errors = np.full_like(values, np.nan)
        if self._layout.is_sampled and metric.error is not None:
            errors = np.where(np.isnan(values), np.nan, metric.error(state))
            if counted is not None:
                errors = np.where(counted.is_sure, np.nan, errors)
        return values.reshape(len(values), -1), errors.reshape(len(values), -1)
