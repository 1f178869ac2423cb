"""Tables of colours for matrices, and how values find their place in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.analysis.figures import signed

LEVELS = 255
"""Colours of a table; the number after them stands for what has no value."""

NO_VALUE = 255
_MOST_DECIMALS = 3

_GREY = (128, 131, 139)
_BLUE, _WHITE, _RED = np.array((38, 98, 232)), np.array((248, 248, 250)), np.array((226, 44, 40))

# Where the red, the green and the blue of `hot` are full, as in matplotlib's colour map of this name.
_HOT_RED, _HOT_GREEN = 0.365079, 0.746032
_HOT_START = 0.0416


class Table(Enum):
    """A way of colouring."""

    HOT = "hot"
    """Black, red, yellow, white."""
    DIVERGING = "diverging"
    """Blue, white in the middle, red."""


def _hot() -> np.ndarray:
    place = np.linspace(0, 1, LEVELS)
    red = np.interp(place, (0, _HOT_RED), (_HOT_START, 1))
    green = np.interp(place, (_HOT_RED, _HOT_GREEN), (0, 1))
    blue = np.interp(place, (_HOT_GREEN, 1), (0, 1))
    return np.stack([red, green, blue], 1) * 255


def _diverging() -> np.ndarray:
    place = np.linspace(-1, 1, LEVELS)[:, None]
    return _WHITE + (np.where(place < 0, _BLUE, _RED) - _WHITE) * np.abs(place)


def _with_grey(colours: np.ndarray) -> np.ndarray:
    return np.vstack([np.round(colours), _GREY]).astype(np.uint8)


RGB = {Table.HOT: _with_grey(_hot()), Table.DIVERGING: _with_grey(_diverging())}
"""Table → uint8 ``[256, 3]``; the last colour is that of what has no value."""


@dataclass(frozen=True)
class MatrixScale:
    """Which values the first and the last colour of a table stand for; beyond them the colours stay."""

    low: float
    high: float
    table: Table

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Number of each value in the table, uint8 of the same shape; `NO_VALUE` where it is not finite."""
        finite = np.isfinite(values)
        per_value = (LEVELS - 1) / (self.high - self.low) if self.high > self.low else 0.0
        places = np.clip((np.where(finite, values, self.low) - self.low) * per_value, 0, LEVELS - 1)
        numbers = np.rint(places).astype(np.uint8)
        numbers[~finite] = NO_VALUE
        return numbers

    def tick_texts(self, most: int = 5) -> list[str]:
        """Values, evenly from the last colour to the first: an odd number of them at most, or two.

        Of more than two those whose numbers would be long are fewer.
        """
        ticks = np.linspace(self.high, self.low, most).tolist()
        if _decimals(ticks) > _MOST_DECIMALS and most > 2:
            ticks = ticks[::2]
        return [signed(tick, _decimals(ticks)) for tick in ticks]


def _decimals(ticks: list[float]) -> int:
    return next((each for each in range(6) if all(abs(tick - round(tick, each)) < 1e-9 for tick in ticks)), 6)


SIGNED = MatrixScale(-1.0, 1.0, Table.DIVERGING)
CLIPPED = MatrixScale(0.0, 1.0, Table.HOT)
"""As the original shows correlations: what is negative is black."""
