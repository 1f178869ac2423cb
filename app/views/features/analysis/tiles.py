"""Small pictures side by side: the filters of a layer, or its feature maps.

`T` tiles of ``[h, w]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.analysis import colours
from app.analysis.figures import figure, figures_of_two
from app.analysis.graph.scales import largest


class ScaleRule(Enum):
    """Which value has the full colour."""

    RUN = "one scale: the run's largest"
    PASS = "one scale: this pass's largest"
    OWN = "a scale for each"


@dataclass(frozen=True, eq=False)
class Tiles:
    """Tiles and what their colours mean.

    Attributes:
        values: float32 ``[T, h, w]``, or ``[T, h, w, 3]`` where three channels are shown as red, green and blue.
        units: true number of each tile's unit, int ``[T]``.
        names: of each tile, as ``filter 5``.
        scale: the value of the full colour.
        rule: where that comes from; with ``OWN`` each tile has its own.
        sides: the values of A and of B where these are B less A; None: they are of one pass.
        rows, columns: of a tile in words, where they have names.
        labels: of each tile, where there is room for more than its number.
        n_columns: tiles of a row where they stand in a table; 0 where they stand as they fit.
        column_names: of the table's columns.
    """

    values: np.ndarray
    units: np.ndarray
    names: tuple[str, ...]
    scale: float
    rule: ScaleRule
    n_columns: int = 0
    column_names: tuple[str, ...] = ()
    sides: tuple[np.ndarray, np.ndarray] | None = None
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def is_colour(self) -> bool:
        """Whether the tiles are in red, green and blue."""
        return self.values.ndim == 4

    @property
    def is_signed(self) -> bool:
        """Whether any value is negative, or may be as a difference."""
        return self.sides is not None or bool(np.nanmin(self.values, initial=0) < 0)

    @property
    def is_same(self) -> bool:
        """Whether there is no difference at all."""
        return self.sides is not None and not self.values.any()

    def scale_of(self, tile: int) -> float:
        """The value of the full colour in a tile."""
        return largest(self.values[tile]) if self.rule is ScaleRule.OWN else self.scale

    def pixels(self) -> np.ndarray:
        """Every value's colour, RGBA uint8 ``[T, h, w, 4]``."""
        values, scale = self.values, self.scale
        if self.rule is ScaleRule.OWN:
            each = np.array([largest(tile) for tile in values], np.float32)
            each[each == 0] = 1
            values, scale = values / each.reshape(-1, *[1] * (values.ndim - 1)), 1.0
        if self.is_colour:
            return _rgb(values, scale)
        if self.is_signed:
            return _looked_up(colours.DIVERGING, colours.diverging_numbers(values, scale))
        return _looked_up(colours.GREY, colours.grey_numbers(values, scale))

    def tell(self, tile: int, row: int, column: int) -> str:
        """A pixel in words, and what the full colour is."""
        value = self.values[tile, row, column]
        figures = ", ".join(figure(float(each)) for each in np.atleast_1d(value))
        if self.sides is not None and not self.is_colour:
            a, b = (float(each[tile, row, column]) for each in self.sides)
            figures = figures_of_two(a, b, float(value))
        place = f" · row {row}, column {column}" if self.values[0].size > 1 else ""
        if self.rows:
            place = f"\n{self.rows[row]}\n{self.columns[column]}\n"
        return f"{self.names[tile]}{place}: {figures}\nfull colour at {figure(self.scale_of(tile))}"


def _looked_up(table: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """``table[numbers]`` for a table of four bytes a colour, which is several times as fast as one number each."""
    return table.view(np.uint32)[:, 0].take(numbers).view(np.uint8).reshape(*numbers.shape, 4)


def _rgb(values: np.ndarray, scale: float) -> np.ndarray:
    """Grey for 0, full red for +scale in the first channel, none for −scale."""
    numbers = colours.diverging_numbers(values, scale)
    pixels = np.full((*values.shape[:3], 4), 255, np.uint8)
    pixels[..., :3] = np.minimum(numbers, colours.LEVELS - 1)
    pixels[(numbers == colours.NOT_FINITE).any(axis=-1), :3] = colours.NOT_FINITE_RGB
    return pixels
