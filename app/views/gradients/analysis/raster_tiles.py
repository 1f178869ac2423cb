"""Tiles of the sign raster: what is wished, what comes of it, and the picture that is put together of them."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from app.views.gradients.analysis.raster_range import TILE, RasterRange, TileKey
from app.views.gradients.analysis.sign_colours import NOT_READ
from app.views.gradients.analysis.signs_difference import SignsDifference
from collector.storage.signs import Signs

MOST_BYTES = 192 * 2**20
"""Memory of the tiles that are kept."""


@dataclass(frozen=True, eq=False)
class SignTile:
    """A tile that was read.

    Attributes:
        shares: uint8 ``[5, h, w]`` of the classes of `sign_shares` in 255ths of each cell, rounded up.
        numbers: uint8 ``[h, w]``, each cell's number in `sign_colours.colour_table`.
        is_readable: bool ``[h]``, False where every row of a cell is damaged.
        n_rows: rows that the raster had then; a tile at its end is read again when there are more.
    """

    key: TileKey
    shares: np.ndarray
    numbers: np.ndarray
    is_readable: np.ndarray
    n_rows: int

    @property
    def is_full(self) -> bool:
        """Whether rows that are still to come cannot change it."""
        return (self.key.row + 1) * TILE << self.key.level_y <= self.n_rows

    @property
    def n_bytes(self) -> int:
        return self.shares.nbytes + self.numbers.nbytes


@dataclass(frozen=True)
class SignRequest:
    """What a picture lacks.

    Attributes:
        keys: tiles, the most wanted first.
        n_rows: rows of the raster as the asker knows it.
        counted: a row, and the columns ``start`` ≤ column < ``stop`` of it, to be counted exactly.
        signs: the rows that it is of.
    """

    keys: tuple[TileKey, ...]
    n_rows: int
    counted: tuple[int, int, int] | None = None
    signs: Signs | SignsDifference | None = None


@dataclass(frozen=True, eq=False)
class SignAnswer:
    """A part of what was wished.

    Attributes:
        signs: the rows it was read from, by which an answer of another run is known.
        counted: as in the request.
        counts: larger, and of each class of `sign_shares`, int ``[6]``; None where the row cannot be read.
    """

    signs: object
    tiles: list[SignTile] = field(default_factory=list)
    counted: tuple[int, int, int] | None = None
    counts: np.ndarray | None = None


class TileStore:
    """The tiles that were shown last, up to a number of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._tiles: OrderedDict[TileKey, SignTile] = OrderedDict()
        self._levels: Counter[tuple[int, int]] = Counter()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._tiles)

    def put(self, tile: SignTile) -> None:
        """Keep a tile; those that were not looked at for longest go."""
        self._drop(tile.key)
        self._tiles[tile.key] = tile
        self._levels[tile.key[:2]] += 1
        self._bytes += tile.n_bytes
        while self._bytes > self._most_bytes and len(self._tiles) > 1:
            self._drop(next(iter(self._tiles)))

    def clear(self) -> None:
        """Forget all."""
        self._tiles.clear()
        self._levels.clear()
        self._bytes = 0

    def get(self, key: TileKey) -> SignTile | None:
        """The tile, if it is there, now looked at."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def lacks(self, keys: Iterable[TileKey], n_rows: int) -> list[TileKey]:
        """Those that are not there, or have become longer since they were read."""
        found = ((key, self.get(key)) for key in keys)
        return [key for key, tile in found if tile is None or not (tile.is_full or tile.n_rows >= n_rows)]

    def nearest(self, key: TileKey) -> SignTile | None:
        """The tile, or the finest coarser one that covers it."""
        if (tile := self.get(key)) is not None:
            return tile
        coarser = [level for level in self._levels if level[0] >= key.level_x and level[1] >= key.level_y]
        for level_x, level_y in sorted(coarser, key=sum):
            over = TileKey(level_x, level_y, key.column >> level_x - key.level_x, key.row >> level_y - key.level_y)
            if (tile := self.get(over)) is not None:
                return tile
        return None

    def _drop(self, key: TileKey) -> None:
        tile = self._tiles.pop(key, None)
        if tile is None:
            return
        self._bytes -= tile.n_bytes
        self._levels[key[:2]] -= 1
        if not self._levels[key[:2]]:
            del self._levels[key[:2]]


def picture_of(view: RasterRange, width: int, height: int, tiles: TileStore) -> np.ndarray:
    """Number of the colour of each pixel, uint8 ``[height, width]``, ``width`` rounded up to a multiple of 4.

    A pixel shows the cell that its middle lies in. Where a tile is still to be read, a coarser one stands in.
    """
    picture = np.full((height, -(-width // 4) * 4), NOT_READ, np.uint8)
    level_x, level_y = view.levels(width, height)
    across = cells(view.left, view.right, width, level_x, view.n_columns)
    down = cells(view.top, view.bottom, height, level_y, view.n_rows)
    for row, ys in _by_tile(down):
        for column, xs in _by_tile(across):
            tile = tiles.nearest(TileKey(level_x, level_y, column, row))
            if tile is None:
                continue
            x = (across[xs] >> tile.key.level_x - level_x) - tile.key.column * TILE
            y = (down[ys] >> tile.key.level_y - level_y) - tile.key.row * TILE
            # a tile that was read while there were fewer rows ends early
            n_there = int(np.searchsorted(y, tile.numbers.shape[0]))
            part = tile.numbers.take(y[:n_there], axis=0).take(x, axis=1)
            picture[ys.start : ys.start + n_there, xs] = part
    return picture


def cells(low: float, high: float, pixels: int, level: int, n: int) -> np.ndarray:
    """The cell that the middle of each pixel lies in, rising, int ``[pixels]``."""
    middles = low + (np.arange(pixels) + 0.5) * ((high - low) / max(pixels, 1))
    return np.clip(middles.astype(np.int64), 0, max(n - 1, 0)) >> level


def _by_tile(cells_of_pixels: np.ndarray) -> list[tuple[int, slice]]:
    """The tiles of rising cells, each with its pixels."""
    numbers = cells_of_pixels // TILE
    borders = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return [(int(numbers[a]), slice(a, b)) for a, b in pairwise(borders) if b > a]
