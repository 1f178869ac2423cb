"""The axis of values of a plot, whose labels always fit and never touch."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from app.analysis.figures import numbers_alike, true_signs

WIDTH_PX = 54

_LABEL_PX = 18.0
_MOST_LABELS = 6
_MOST_LETTERS = 6
_FINE = (1.0, 2.0, 5.0)
_FINER = (1.0, 2.0, 3.0, 4.0, 5.0)
_CLOSEST_PX, _CUT_OFF_PX = 16.0, 6.0
"""Numbers in a low plot are no closer to each other, and those closer to an end are not seen."""

Ticks = tuple[float, list[float]]
"""How far apart they are at the least, and where."""


class ValueAxis(pg.AxisItem):
    """Small numbers have an exponent. A log scale has 1, 2 and 5 of each power of ten where there is room for them."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTextLevel=0)
        self.setWidth(WIDTH_PX)

    def tickValues(self, low: float, high: float, size: float) -> list[Ticks]:
        levels: list[Ticks] = super().tickValues(low, high, size)
        if self.logMode or not levels:
            return levels
        spacing, labelled = labelled_ticks(low, high, size)
        others = [value for _, values in levels for value in values]
        return [(spacing, labelled), (levels[-1][0], [value for value in others if value not in labelled])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return numbers_alike(np.power(10.0, np.clip(values, -300, 300)) * scale, 3)
        shown = np.asarray(values, np.float64) * scale
        step = float(np.log10(abs(spacing * scale) or 1.0))
        plain = [f"{value:,.{max(int(np.ceil(-step)), 0)}f}" for value in shown]
        if all(len(text) <= _MOST_LETTERS for text in plain):
            return [true_signs(text) for text in plain]
        largest = float(np.abs(shown).max())
        digits = int(np.floor(np.log10(largest)) - np.floor(step)) + 1 if largest else 1
        return [_short(value, digits) for value in shown.tolist()]

    def logTickValues(
        self, low: float, high: float, size: float, linear: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        # pyqtgraph marks all nine numbers of a decade, one on the other
        room = max(int(size / _LABEL_PX), 2)
        cut_off = (high - low) / size * _CUT_OFF_PX
        decades = np.arange(np.floor(low), np.ceil(high))
        fine, decades = (
            ticks[(ticks >= low + cut_off) & (ticks <= high - cut_off)]
            for ticks in ((decades[:, None] + np.log10(_FINE)).ravel(), decades)
        )
        for shown in (fine, decades):
            if 2 <= len(shown) <= room:
                return [(None, shown.tolist())]
        for shown in (decades, fine):
            if len(shown) > room:
                return [(None, shown[:: -(-len(shown) // room)].tolist())]
        values = np.linspace(low, high, min(room, 4) + 2)[1:-1]
        # too narrow for round numbers of a log scale: numbers of two digits
        rounded = [float(f"{value:.2g}") for value in np.power(10.0, np.clip(values, -300, 300))]
        return [(None, np.log10(np.unique(rounded)).tolist())]


def labelled_ticks(low: float, high: float, size: float) -> Ticks:
    """Where an axis of so many pixels has numbers: round ones, and where fewer than two would fit, two others."""
    per_px = (high - low) / size
    inside = low + per_px * _CUT_OFF_PX, high - per_px * _CUT_OFF_PX
    for apart_px, digits in ((max(_LABEL_PX, size / _MOST_LABELS), _FINE), (_CLOSEST_PX, _FINE), (_CLOSEST_PX, _FINER)):
        spacing = round_above(apart_px * per_px, digits)
        values = np.arange(np.ceil(low / spacing), np.floor(high / spacing) + 1) * spacing + 0.0  # or 0 may be -0
        if ((values >= inside[0]) & (values <= inside[1])).sum() >= 2:
            return spacing, values.tolist()
    for n_parts in (4, 8, 20):  # of more round numbers than have room those that are furthest apart
        spacing = round_above((high - low) / n_parts)
        first, last = np.ceil(inside[0] / spacing) * spacing, np.floor(inside[1] / spacing) * spacing
        if last - first >= _CLOSEST_PX * per_px:
            return spacing, [float(first) + 0.0, float(last) + 0.0]
    spacing = float(10.0 ** np.floor(np.log10((high - low) / 4)))
    return spacing, np.unique(np.round(np.linspace(low, high, 11)[[3, 7]] / spacing) * spacing).tolist()


def round_above(value: float, digits: Sequence[float] = _FINE) -> float:
    """The next of a power of ten times one of the digits."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(power * each for each in (*digits, 10.0) if power * each >= value * (1 - 1e-9)))


def _short(value: float, digits: int) -> str:
    """A number with so many digits and an exponent."""
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.{max(digits - 1, 0)}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return true_signs(f"{mantissa}e{power}")
