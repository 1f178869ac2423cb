"""What part of the sign raster is seen, and which tiles of its pyramid that takes."""

from dataclasses import dataclass, replace
from math import ceil, floor, log2
from typing import NamedTuple

TILE = 256
"""Cells of a tile in either direction."""

CLOSEST_COLUMNS, CLOSEST_ROWS = 20, 6
"""No fewer can be zoomed into."""


class TileKey(NamedTuple):
    """A tile of the pyramid, whose cells are ``2**level_x`` columns of ``2**level_y`` rows."""

    level_x: int
    level_y: int
    column: int
    """Number of the tile from the left, at its level."""
    row: int
    """Number of the tile from the top, at its level."""


@dataclass(frozen=True)
class RasterRange:
    """Columns from ``left`` to ``right`` and rows from ``top`` to ``bottom``, of as many as there are."""

    n_columns: int
    n_rows: int
    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def whole(cls, n_columns: int, n_rows: int) -> "RasterRange":
        """All there is."""
        return cls(n_columns, n_rows, 0.0, float(n_columns), 0.0, float(n_rows))

    @property
    def is_whole_height(self) -> bool:
        return self.bottom - self.top >= self.n_rows

    def zoomed(self, column: float, row: float, x_factor: float = 1.0, y_factor: float = 1.0) -> "RasterRange":
        """The range so many times as wide and high, with the same place under ``column`` and ``row``."""
        left, right = _zoomed(self.left, self.right, column, x_factor, CLOSEST_COLUMNS, self.n_columns)
        top, bottom = _zoomed(self.top, self.bottom, row, y_factor, CLOSEST_ROWS, self.n_rows)
        return replace(self, left=left, right=right, top=top, bottom=bottom)

    def moved(self, columns: float, rows: float) -> "RasterRange":
        """The range moved on, as far as there is anything."""
        left, right = _moved(self.left, self.right, columns, self.n_columns)
        top, bottom = _moved(self.top, self.bottom, rows, self.n_rows)
        return replace(self, left=left, right=right, top=top, bottom=bottom)

    def grown(self, n_rows: int) -> "RasterRange":
        """The same range where there are more rows; who saw all of them goes on seeing all."""
        bottom = float(n_rows) if self.is_whole_height else self.bottom
        return replace(self, n_rows=n_rows, bottom=bottom)

    def levels(self, width: int, height: int) -> tuple[int, int]:
        """The finest levels whose cells are at least a pixel wide and high, so that no cell falls between pixels."""
        return _level(self.right - self.left, width), _level(self.bottom - self.top, height)

    def keys(self, width: int, height: int, ring: int = 0) -> list[TileKey]:
        """The tiles that are seen at this size in pixels, and so many around them."""
        level_x, level_y = self.levels(width, height)
        across = _tiles(self.left, self.right, level_x, self.n_columns, ring)
        down = _tiles(self.top, self.bottom, level_y, self.n_rows, ring)
        return [TileKey(level_x, level_y, column, row) for row in down for column in across]


def _zoomed(low: float, high: float, at: float, factor: float, closest: int, n: int) -> tuple[float, float]:
    span = min(max((high - low) * factor, min(closest, n)), n)
    if span > n * (1 - 1e-9):  # a hair less would not be all, and not grow with it
        return 0.0, float(n)
    share = (at - low) / (high - low) if high > low else 0.0
    return _moved(at - share * span, at + (1 - share) * span, 0.0, n)


def _moved(low: float, high: float, by: float, n: int) -> tuple[float, float]:
    span = high - low
    low = min(max(low + by, 0.0), max(n - span, 0.0))
    return low, min(low + span, float(n))  # a hair above it there is one more that is not there


def _level(span: float, pixels: int) -> int:
    # a hair above a power of two, as a float may be, is no reason for a coarser picture
    return max(ceil(log2(max(span / max(pixels, 1), 1.0)) - 1e-9), 0)


def _tiles(low: float, high: float, level: int, n: int, ring: int) -> range:
    size = TILE << level
    last = max(ceil(n / size) - 1, 0)
    return range(max(floor(low / size) - ring, 0), min(ceil(high / size) - 1 + ring, last) + 1)
