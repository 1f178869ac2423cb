"""How a measure of all layers differs in two runs, or from what it was at a step that is held, as a picture.

`L` layers, `S` steps of A, `W` columns of the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.analysis.beside import Beside
from app.analysis.curve import Measured, measured_of
from app.analysis.figures import true_signs
from app.analysis.two_curves import SAME, TwoCurves
from app.views.optimizer.analysis.layer_heat import (
    HIGHEST,
    NO_GRADIENT,
    NOT_FINITE,
    NOT_RECORDED,
    HeatScale,
    LayerHeat,
)
from collector.comparing.difference_map import log_ratio
from collector.comparing.noise import Noise

MIDDLE = 128
"""Number of what is the same in both, or differs by no more than rounding or repeats do."""

_REACH = HIGHEST - MIDDLE
_TAIL = 0.005


@dataclass(frozen=True, eq=False)
class HeatDifference(LayerHeat):
    """B less A, or log₂ of B ÷ A where the measure is above 0; on the steps and the layers of A.

    Attributes:
        is_ratio: whether it is log₂ of B ÷ A.
    """

    is_ratio: bool = True

    @property
    def meaning(self) -> str:
        """What its numbers are."""
        if self.is_ratio:
            return "log₂ B ÷ A"
        return f"B − A, {self.measure.unit}" if self.measure.unit else "B − A"

    @cached_property
    def notes(self) -> Mapping[int, str]:
        rows = range(len(self.layers))
        words = {row: self._lacking(row) for row in rows}
        return {row: text for row, text in words.items() if text}

    @property
    def is_same(self) -> bool:
        """Whether nothing differs anywhere."""
        return not self.notes and bool(np.isin(self.numbers, (MIDDLE, NOT_RECORDED, NO_GRADIENT)).all())

    def text_at(self, layer: int, step: float, digits: int = 3) -> str:
        if layer in self.notes:
            return self.notes[layer]
        figures = self.two[layer].figures_at(int(step), digits=digits)
        at = self._place_at(layer, step)
        value = np.nan if at is None else float(self.values[layer, at])
        is_told = self.is_ratio and np.isfinite(value) and figures.change != SAME
        return figures.text + (f" · {self.meaning} {true_signs(f'{value:+.2f}')}" if is_told else "")

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        """Numbers uint8 ``[L, W]``; of many steps in a column that which is furthest from the middle."""
        is_value = (self.numbers > NOT_RECORDED) & (self.numbers <= HIGHEST)
        turned = np.where(is_value, 2 * MIDDLE - self.numbers.astype(int), NOT_RECORDED).astype(np.uint8)
        highest, lowest = (self._columns(each, low, high, width) for each in (self.numbers, turned))
        is_lower = (highest <= HIGHEST) & (lowest > highest)
        return np.where(is_lower, 2 * MIDDLE - lowest.astype(int), highest).astype(np.uint8)

    def _lacking(self, row: int) -> str:
        if row >= len(self.two):
            return "only in B"
        return "only in A" if self.two[row].a is None else ""


def with_difference(heat: LayerHeat, beside: Beside, noise: Noise | None = None) -> LayerHeat:
    """The measure of A's layers, with how it differs in what A is compared with.

    Args:
        heat: of A, or of the run whose pass is held.
        beside: what is compared.
        noise: of A's repeats: what lies within their spread is the same.
    """
    pair, measure = beside.pair, heat.measure

    def of_b(name: str) -> Callable[[], Measured | None]:
        return lambda: measured_of(beside.b.series, pair.name_in_b(measure.column(name)))

    two = tuple(beside.curves(curve, of_b(name)) for name, curve in zip(heat.layers, heat.curves, strict=True))
    is_ratio = measure.is_log and all(_is_never_negative(each) for each in two)
    bands = tuple(None if noise is None else noise.band(measure.column(name)) for name in heat.layers)
    names = (*heat.layers, *_only_in_b(beside, heat))
    values = np.full((len(names), len(heat.steps)), np.nan)
    differs = np.zeros(values.shape, bool)
    numbers = np.full(values.shape, NOT_RECORDED, np.uint8)
    for row, (each, band) in enumerate(zip(two, bands, strict=True)):
        if each.a is None or each.b is None:
            continue
        at = np.searchsorted(heat.steps, each.a.steps)
        a, b = each.a.values, each.b.values
        with np.errstate(invalid="ignore"):
            values[row, at] = log_ratio(a, b) if is_ratio else b - a
            beyond = np.abs(b - a) > pair.tolerance * np.fmax(np.abs(a), np.abs(b))
        beyond |= np.isfinite(a) != np.isfinite(b)
        differs[row, at] = beyond if band is None else beyond & band.outside(each.a.steps, b)
        numbers[row, at] = MIDDLE
        for side in (each.a, each.b):
            numbers[row, at[np.flatnonzero(side.is_missing)]] = NO_GRADIENT
    scale = _scale(values[differs])
    shown = differs & (numbers == MIDDLE)
    with np.errstate(invalid="ignore"):
        levels = MIDDLE + np.rint(np.clip(values / scale.high, -1, 1) * _REACH)
    numbers[shown] = np.where(np.isnan(values[shown]), NOT_FINITE, levels[shown]).astype(np.uint8)
    parts = (measure, names, heat.steps, values, numbers, heat.stride, scale, heat.curves)
    return replace(heat, difference=HeatDifference(*parts, two=two, bands=bands, is_ratio=is_ratio))


def _is_never_negative(two: TwoCurves) -> bool:
    return all(each is None or not (each.values < 0).any() for each in (two.a, two.b))


def _only_in_b(beside: Beside, heat: LayerHeat) -> list[str]:
    """Layers of B that have the measure and no partner."""
    series = beside.b.series
    own = [] if beside.held_step is not None else beside.pair.layers.only_b
    return [name for name in own if heat.measure.column(name) in series and name not in heat.layers]


def _scale(differences: np.ndarray) -> HeatScale:
    """As far to both sides."""
    finite = np.abs(differences[np.isfinite(differences)])
    reach = float(f"{np.quantile(finite, 1 - _TAIL):.2g}") if len(finite) else 0.0
    return HeatScale(-(reach or 1.0), reach or 1.0, is_log=False)
