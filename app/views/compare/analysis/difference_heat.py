"""How much a measure of the layers differs over the steps, as a picture: a row for each layer.

`L` layers, `S` steps, `W` columns of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.layer_names import tails
from app.analysis.step_picture import step_picture
from collector.comparing.difference_map import DifferenceMap

NOT_RECORDED, SAME, NO_RATIO = 0, 127, 255
"""Numbers of the picture: 1 and 253 stand for -scale and +scale."""

_LEVELS = 126
_WITHOUT_RATIO = np.iinfo(np.uint16).max
_ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
_TAIL = 0.98
_NEARLY_ONE = 1.05
"""A ratio below this has a digit more, or 1.014 and 1.007 would be the same."""


@dataclass(frozen=True, eq=False)
class DifferenceHeat:
    """A measure of all layers with a partner.

    Attributes:
        title: what is measured.
        map: its log ratios.
        scale: log₂ of B ÷ A at which a colour is full.
        has_noise: whether what is inside of the noise is shown as the same.
    """

    title: str
    map: DifferenceMap
    scale: float
    has_noise: bool

    @property
    def layers(self) -> tuple[str, ...]:
        """Names in A, a row for each."""
        return self.map.layers

    @property
    def short_names(self) -> tuple[str, ...]:
        """The same for where there is little room."""
        return tails(self.map.layers)

    @property
    def notes(self) -> Mapping[int, str]:
        """None: only layers with a partner have a row."""
        return {}

    @property
    def stride(self) -> int:
        """Usual distance of steps; a value stands for so many."""
        steps = self.map.steps
        return max(int(np.median(np.diff(steps))), 1) if len(steps) > 1 else 1

    @property
    def has_no_ratio(self) -> bool:
        """Whether anything differs that has no ratio."""
        return bool((np.isnan(self.map.values) & self.map.differs).any())

    def text_at(self, layer: int, step: float) -> str:
        """The ratio at a step in words, as ``×1.83, log₂ +0.87``; empty where there is none."""
        steps = self.map.steps
        at = int(np.searchsorted(steps, step, side="right")) - 1
        if at < 0 or step - steps[at] >= self.stride:
            return ""
        value, differs = float(self.map.values[layer, at]), bool(self.map.differs[layer, at])
        words = _ratio_text(value)
        if np.isnan(value):
            return "no ratio: signs differ, or one has no number" if differs else ""
        if differs:
            return f"B {words} A, at step {int(self.map.steps_b[at]):,} of B"
        return f"B {words} A, which is inside of the noise" if self.has_noise and value else "the same"

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        """Numbers uint8 ``[L, W]`` from step ``low`` to ``high``; of many steps the one of the largest difference."""
        sizes = step_picture(self._sizes(), self.map.steps, self.stride, low, high, width)
        levels = sizes // 2
        numbers = np.where(sizes % 2 == 0, SAME - (levels - 1.0), SAME + (levels - 1.0))
        numbers = np.where(sizes == 0, NOT_RECORDED, np.where(sizes == _WITHOUT_RATIO, NO_RATIO, numbers))
        return numbers.astype(np.uint8)

    def _sizes(self) -> np.ndarray:
        """Twice the level of each cell, and one more for those above 0; uint16 ``[L, S]``, rising with what counts."""
        values, differs = self.map.values, self.map.differs
        there = np.nan_to_num(values, posinf=self.scale, neginf=-self.scale)
        levels = np.rint(np.clip(there / self.scale, -1, 1) * _LEVELS)
        levels = np.where(differs, np.where(levels == 0, np.sign(there), levels), 0)
        sizes = 2 * (np.abs(levels) + 1) + ~np.signbit(levels)
        sizes = np.where(np.isnan(values), np.where(differs, _WITHOUT_RATIO, 0), sizes)
        return sizes.astype(np.uint16)


def difference_heat(found: DifferenceMap, title: str, *, has_noise: bool) -> DifferenceHeat:
    """A map with a scale that its largest differences fill, but for the last two in a hundred."""
    sizes = np.abs(found.values[found.differs & np.isfinite(found.values)])
    reach = float(np.quantile(sizes, _TAIL)) if len(sizes) else 0.0
    scale = next((each for each in _ROUND if each >= reach), _ROUND[-1])
    return DifferenceHeat(title, found, scale, has_noise)


def scale_ticks(scale: float) -> list[tuple[float, str]]:
    """Places in -1…1 on a scale of log ratios, and what stands there: round ratios, where there are any."""
    inner = float(round(scale / 2)) if scale >= 2 else scale / 2
    less, more = (
        [f"÷{_short(2.0**each)}" for each in (scale, inner)],
        [f"×{_short(2.0**each)}" for each in (inner, scale)],
    )
    places = (-1.0, -inner / scale, 0.0, inner / scale, 1.0)
    return list(zip(places, (*less, "the same", *more), strict=True))


def _ratio_text(log_ratio: float) -> str:
    if log_ratio == np.inf:
        return "is not 0, unlike"
    if log_ratio == -np.inf:
        return "is 0, unlike"
    ratio = _short(2.0 ** abs(log_ratio))
    return f"is 1/{ratio} of" if np.signbit(log_ratio) else f"is {ratio} times"


def _short(ratio: float) -> str:
    if ratio >= 100:
        return f"{ratio:,.0f}"
    return f"{ratio:.3g}" if ratio >= _NEARLY_ONE else f"{ratio:.4g}"
