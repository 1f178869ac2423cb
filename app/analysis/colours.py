"""Numbers to colours. Colours of data only: those of text and background belong to the theme.

Values are scaled so that ``scale`` is the full colour. What is not finite and what was not recorded have marks of
their own, so that neither looks like a number.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

LEVELS = 255
"""Numbers of the diverging table run from 0 (−scale) over 127 (zero) to 254 (+scale)."""

NOT_FINITE = 255
"""Number of NaN and Inf in the diverging table."""

NOT_RECORDED = 256
"""Number of what was not recorded in the diverging table."""

NOT_FINITE_RGB = (255, 0, 220)
NOT_RECORDED_RGB = (74, 77, 86)

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class SceneColours:
    """Colours that depend on what they are drawn on: thin lines have to stand out, what was not recorded must not."""

    positive: RGB
    negative: RGB
    not_finite: RGB
    not_recorded: RGB
    are_on_light: bool


ON_DARK = SceneColours((255, 92, 82), (84, 148, 255), NOT_FINITE_RGB, NOT_RECORDED_RGB, are_on_light=False)
ON_LIGHT = SceneColours((206, 34, 30), (24, 88, 214), (214, 0, 186), (176, 180, 189), are_on_light=True)

_LIFT = 0.6
"""Most values of a run are far below its largest: colours change faster near zero. The legend shows the table."""

_BLUE, _WHITE, _RED = np.array([(38, 98, 232), (248, 248, 250), (226, 44, 40)])
_FROM_ZERO = np.linspace(-1, 1, LEVELS)[:, None]
_ENDS = np.repeat([_BLUE, _RED], [127, 128], axis=0)

DIVERGING = np.full((257, 4), 255, np.uint8)
"""Blue, white, red and two marks, RGBA uint8 ``[257, 4]``."""

DIVERGING[:LEVELS, :3] = np.round(_WHITE + (_ENDS - _WHITE) * np.abs(_FROM_ZERO) ** _LIFT)
DIVERGING[NOT_FINITE, :3] = NOT_FINITE_RGB
DIVERGING[NOT_RECORDED, :3] = NOT_RECORDED_RGB

DIVERGING_ON_LIGHT = DIVERGING.copy()
"""The same for a light ground."""

DIVERGING_ON_LIGHT[NOT_RECORDED, :3] = ON_LIGHT.not_recorded

GREY = np.full((256, 4), 255, np.uint8)
"""Dark to light for values that are never negative, and the mark of what is not finite, RGBA uint8 ``[256, 4]``."""

GREY[:LEVELS, :3] = np.round(12 + 243 * np.linspace(0, 1, LEVELS) ** _LIFT)[:, None]
GREY[NOT_FINITE, :3] = NOT_FINITE_RGB


def diverging_numbers(values: np.ndarray, scale: float) -> np.ndarray:
    """Number in `DIVERGING` of each value, int16 of the same shape: 127 for 0, 0 and 254 at ∓``scale`` and beyond."""
    with np.errstate(invalid="ignore"):  # what is not finite gets its number below
        numbers = np.rint(np.clip(values * _per_level(scale, 127), -127, 127)).astype(np.int16) + 127
    numbers[~np.isfinite(values)] = NOT_FINITE
    return numbers


def grey_numbers(values: np.ndarray, scale: float) -> np.ndarray:
    """Number in `GREY` of each value, uint8 of the same shape: 0 at 0 and below, 254 at ``scale`` and beyond."""
    with np.errstate(invalid="ignore"):
        numbers = np.clip(values * _per_level(scale, 254), 0, 254).astype(np.uint8)
    numbers[~np.isfinite(values)] = NOT_FINITE
    return numbers


def half_numbers(values: np.ndarray, scale: float) -> tuple[np.ndarray, bool]:
    """The numbers of float16 values, uint8 of the same shape, and whether they are those of `DIVERGING`.

    They are where one is negative, else those of `GREY`. For each of the 2^16 values they are worked out once a scale.
    """
    bits = values.view(np.uint16)
    is_signed = bool(((bits > _MINUS_ZERO) & (bits <= _MINUS_INF)).any())
    return _of_halves(scale, is_signed)[bits], is_signed


@lru_cache(64)
def _of_halves(scale: float, is_signed: bool) -> np.ndarray:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
    return (diverging_numbers if is_signed else grey_numbers)(halves, scale).astype(np.uint8)


def strengths(values: np.ndarray, scale: float) -> np.ndarray:
    """How strong each value is drawn, uint8 of the same shape: 0 for 0, 254 at ±``scale``, 255 for NaN and Inf."""
    return grey_numbers(np.abs(values), scale)


def diverging_rgba(values: np.ndarray, scale: float) -> np.ndarray:
    """Colour of each value, RGBA uint8 ``[…, 4]``."""
    return DIVERGING[diverging_numbers(values, scale)]


_MINUS_ZERO, _MINUS_INF = 0x8000, 0xFC00
"""As float16; the bits between them are of negative numbers."""


def _per_level(scale: float, levels: int) -> float:
    # a scale so small that its inverse overflows is as good as none
    return levels / scale if scale > 1e-36 else 0.0
