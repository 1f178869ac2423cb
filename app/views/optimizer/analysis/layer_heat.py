"""A measure of all layers over the run as a picture: a row for each layer.

`L` layers, `S` steps that any of them was measured at, `W` columns of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.curve import NO_GRADIENT_TEXT, Measured, measured_of
from app.analysis.layer_names import tails
from app.analysis.measures import Measure
from app.analysis.scalar_names import WHOLE_MODEL, WHOLE_MODEL_WORDS, parse
from app.analysis.step_picture import step_picture
from app.analysis.two_curves import TwoCurves
from collector.comparing.noise import Band

if TYPE_CHECKING:
    from collector.storage import Collection

NOT_RECORDED, ZERO, LOWEST, HIGHEST, NO_GRADIENT, NOT_FINITE = 0, 1, 2, 253, 254, 255
"""Numbers of the picture. They rise with what must not be overlooked where many steps share a column."""

_MOST_DECADES = 8.0
_TAIL = 0.005
_SHARED_SCALE = {"gradient_angle": (0.0, 180.0), "moment_angle": (0.0, 180.0)}


@dataclass(frozen=True)
class HeatScale:
    """Which values the first and the last colour stand for, the last one a larger one."""

    low: float
    high: float
    is_log: bool

    def place_of(self, value: float) -> float:
        """0 at ``low``, 1 at ``high``."""
        if self.is_log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, eq=False)
class LayerHeat:
    """A measure of all layers that have it.

    Attributes:
        measure: what is shown.
        layers: names, in order of execution; behind them `WHOLE_MODEL_WORDS`, where that has it too.
        steps: rising, int ``[S]``.
        values: float64 ``[L, S]``; NaN also where nothing was recorded.
        numbers: uint8 ``[L, S]``, of each value for a table of colours.
        stride: usual distance of steps; a value stands for so many.
        scale: what the colours mean.
        curves: the same, of each layer by itself.
        difference: from what it is compared with; None where nothing is.
        two: of a difference, both curves of each layer of A that has the measure; those that only B has are not in it.
        bands: of a difference, where one more repeat of A would lie, of each layer; None where that is not known.
    """

    measure: Measure
    layers: tuple[str, ...]
    steps: np.ndarray
    values: np.ndarray
    numbers: np.ndarray
    stride: int
    scale: HeatScale
    curves: tuple[Measured, ...] = ()
    difference: LayerHeat | None = None
    two: tuple[TwoCurves, ...] = ()
    bands: tuple[Band | None, ...] = ()

    @property
    def shown(self) -> LayerHeat:
        """What the picture is of."""
        return self.difference or self

    @property
    def meaning(self) -> str:
        """What its numbers are: their unit."""
        return self.measure.unit

    @property
    def notes(self) -> Mapping[int, str]:
        """Row → why it is empty."""
        return {}

    @property
    def title(self) -> str:
        """What is measured."""
        return self.measure.title

    @cached_property
    def short_names(self) -> tuple[str, ...]:
        """Names of the layers for where there is little room."""
        return tails(self.layers)

    def row_of(self, layer: str | None) -> int | None:
        """That of a layer; of one that has no number, and of none, that of the whole model, where there is one."""
        row = layer if layer in self.layers else WHOLE_MODEL_WORDS
        return self.layers.index(row) if row in self.layers else None

    @property
    def is_estimate(self) -> bool:
        """Whether any layer's was measured on a sample."""
        return any(curve.is_estimate for curve in self.curves)

    def value_at(self, layer: int, step: float) -> float | None:
        """The last value at or before a step, as the picture shows it; None where none was recorded, or could be."""
        at = self._place_at(layer, step)
        return None if at is None or self.numbers[layer, at] == NO_GRADIENT else float(self.values[layer, at])

    def text_at(self, layer: int, step: float, digits: int = 4) -> str:
        """The same in words, as ``0.97 ± 0.01 (estimate)`` or ``no gradient``; empty where none was recorded."""
        at = self._place_at(layer, step)
        if at is None:
            return ""
        words, curve = self.curves[layer].text_at(int(self.steps[at]), digits=digits), self.curves[layer]
        return f"{words} (estimate)" if curve.is_estimate and words != NO_GRADIENT_TEXT else words

    def _place_at(self, layer: int, step: float) -> int | None:
        at = int(np.searchsorted(self.steps, step, side="right")) - 1
        is_there = at >= 0 and step - self.steps[at] < self.stride and self.numbers[layer, at] != NOT_RECORDED
        return at if is_there else None

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        """Numbers uint8 ``[L, W]`` of ``width`` columns from step ``low`` to ``high``; of many steps the strongest."""
        return self._columns(self.numbers, low, high, width)

    def _columns(self, numbers: np.ndarray, low: float, high: float, width: int) -> np.ndarray:
        """The highest of some numbers ``[L, S]`` in each column."""
        return step_picture(numbers, self.steps, self.stride, low, high, width)


def layer_heat(collection: Collection, measure: Measure) -> LayerHeat | None:
    """A measure of a run's layers; None where no layer has it."""
    series = collection.series
    known = [name for name in collection.layers if measure.column(name) in series]
    others = [parse(text).layer for text in series if text.startswith(f"{measure.key}/")]
    layers = tuple(dict.fromkeys([*known, *(each for each in others if each != WHOLE_MODEL)]))
    if measure.is_own and WHOLE_MODEL in others:
        layers += (WHOLE_MODEL_WORDS,)
    if not layers:
        return None
    curves = [curve for name in layers if (curve := measured_of(series, measure.column(name))) is not None]
    first = curves[0].steps
    is_shared = all(curve.steps is first or np.array_equal(curve.steps, first) for curve in curves)
    steps = first if is_shared else np.unique(np.concatenate([curve.steps for curve in curves]))
    values = np.full((len(layers), len(steps)), np.nan)
    numbers = np.zeros(values.shape, np.uint8)
    for row, curve in enumerate(curves):
        values[row, slice(None) if is_shared else np.searchsorted(steps, curve.steps)] = curve.values
    scale = _scale(values, measure)
    for row, curve in enumerate(curves):
        of_row = _numbers(curve.values, scale)
        of_row[np.flatnonzero(curve.is_missing)] = NO_GRADIENT
        numbers[row, slice(None) if is_shared else np.searchsorted(steps, curve.steps)] = of_row
    stride = int(np.median(np.diff(steps))) if len(steps) > 1 else 1
    return LayerHeat(measure, layers, steps, values, numbers, max(stride, 1), scale, tuple(curves))


def _scale(values: np.ndarray, measure: Measure) -> HeatScale:
    if measure.metric in _SHARED_SCALE:
        return HeatScale(*_SHARED_SCALE[measure.metric], is_log=False)
    some = values[:, :: max(values.shape[1] // 2000, 1)]
    shown = some[np.isfinite(some) & (some > 0 if measure.is_log else True)]
    if not len(shown):
        return HeatScale(0.0, 1.0, is_log=False)
    if not measure.is_log:
        low, high = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
        return HeatScale(low, high if high > low else 1.0, is_log=False)
    low, high = (float(each) for each in np.quantile(shown, (_TAIL, 1 - _TAIL)))
    low = max(low, high * 10**-_MOST_DECADES)
    return HeatScale(low * 0.9, high * 1.1, is_log=True)


def _numbers(values: np.ndarray, scale: HeatScale) -> np.ndarray:
    """Numbers uint8 ``[S]`` of values that were recorded."""
    finite = np.isfinite(values)
    with np.errstate(all="ignore"):
        if scale.is_log:
            place = np.log(values / scale.low) / np.log(scale.high / scale.low)
        else:
            place = (values - scale.low) / (scale.high - scale.low)
        place = np.where(finite & (values > 0 if scale.is_log else True), place, 0.0)
    levels = np.rint(np.clip(place, 0, 1) * (HIGHEST - LOWEST)).astype(np.uint8) + LOWEST
    numbers = levels.astype(np.uint8)
    if scale.is_log:
        numbers[values <= 0] = ZERO
    numbers[~finite] = NOT_FINITE
    return numbers
