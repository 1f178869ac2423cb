"""Reads tiles of the sign raster from the file, on another thread than the window's."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np

from app.views.gradients.analysis.raster_range import TILE, TileKey
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest, SignTile
from app.views.gradients.analysis.sign_colours import UNREADABLE, colour_numbers
from app.views.gradients.analysis.sign_shares import (
    N_CLASSES,
    bits_of_spans,
    counts_of_bits,
    pooled_columns,
    pooled_rows,
    shares_of_bits,
    shares_of_spans,
)
from app.views.gradients.analysis.signs_difference import SignsDifference
from collector.storage import CollectionError
from collector.storage.schema import Band
from collector.storage.signs import Signs

GROUP_LEVEL = 8
"""Cells of at least ``2**8`` columns are made of the overviews, finer ones of the bits."""

MOST_KEPT_CELLS = 4096
"""Of each row the overview is kept in no more cells than this, so that the whole run is read once only."""

MOST_SAID = 20
"""Of so many damaged rows each is told."""

_ROWS_AT_ONCE = 32
_PLANES = 4

Tell = Callable[[SignAnswer], bool]
"""Takes a part of the answer; whether any more of it is wanted."""


class SignTiles:
    """The pyramid of a raster. Only what is asked for is made, of no more of the file than it takes."""

    def __init__(self, signs: Signs | SignsDifference, say: Callable[[str], None], bands: Sequence[Band] = ()) -> None:
        """The pyramid of some rows; ``say`` is told of rows that cannot be read, once.

        Args:
            bands: of the header, whose numbers the rows give.
        """
        self._signs = signs
        self._spans = [(band.first, band.first + band.columns) for band in bands]
        self._warn = say
        self._unreadable: set[int] = set()
        self._kept: dict[int, np.ndarray] = {}
        self._kept_level = GROUP_LEVEL
        while -(-signs.n_columns >> self._kept_level) > MOST_KEPT_CELLS:
            self._kept_level += 1

    def read(self, request: SignRequest, tell: Tell) -> None:
        """Read what is wished, as far as there is any, and tell it part by part for as long as it is wanted."""
        n_rows, n_columns = min(request.n_rows, len(self._signs)), self._signs.n_columns
        if request.counted and request.counted[0] < n_rows and not tell(self._counted(*request.counted)):
            return
        there = (key for key in request.keys if key.column * TILE << key.level_x < n_columns)
        for (level_x, level_y, row), keys in groupby(there, key=lambda key: (key[0], key[1], key[3])):
            if not self._read_row_of_tiles(level_x, level_y, row, [key.column for key in keys], n_rows, tell):
                return

    def _counted(self, row: int, start: int, stop: int) -> SignAnswer:
        counts = None
        if row not in self._unreadable:
            try:
                counts = counts_of_bits(self._planes(row, start // 8, -(-stop // 8)), start, stop)
            except CollectionError as error:
                self._pass_over(row, error)
        return SignAnswer(self._signs, counted=(row, start, stop), counts=counts)

    def _read_row_of_tiles(
        self, level_x: int, level_y: int, row: int, columns: list[int], n_rows: int, tell: Tell
    ) -> bool:
        """Tiles side by side are read together: each row of the file is looked for once."""
        first, stop = min(columns) * TILE, (max(columns) + 1) * TILE
        start_row, stop_row = row * TILE << level_y, min((row + 1) * TILE << level_y, n_rows)
        parts = []
        for start, end in _blocks(start_row, stop_row, level_y):
            shares, is_readable = self._shares(level_x, first, stop, start, end)
            parts.append(pooled_rows(shares, is_readable, level_y))
            if not tell(SignAnswer(self._signs)):
                return False
        if not parts:
            return True
        shares = np.concatenate([part for part, _ in parts], axis=1)
        is_readable = np.concatenate([part for _, part in parts])
        tiles = []
        for column in dict.fromkeys(columns):
            at = column * TILE - first
            part = np.ascontiguousarray(shares[..., at : at + TILE])
            numbers = colour_numbers(part)
            numbers[~is_readable] = UNREADABLE
            tiles.append(SignTile(TileKey(level_x, level_y, column, row), part, numbers, is_readable, n_rows))
        return tell(SignAnswer(self._signs, tiles))

    def _shares(self, level: int, first: int, stop: int, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Shares of cells ``first`` ≤ cell < ``stop`` of some rows, uint8 ``[5, R, W]``, and bool ``[R]``."""
        if level >= GROUP_LEVEL:
            rows = [self._overview(row, level, first, stop) for row in range(start, end)]
            width = min(stop, -(-self._signs.n_columns >> level)) - first
            empty = np.zeros((N_CLASSES, width), np.uint8)
            shares = np.stack([empty if row is None else row for row in rows], axis=1)
            return shares, np.array([row is not None for row in rows])
        left, right = first << level, min(stop << level, self._signs.n_columns)
        rows = [self._bits(row, left // 8, -(-right // 8)) for row in range(start, end)]
        empty = np.zeros((_PLANES, -(-right // 8) - left // 8), np.uint8)
        bits = np.stack([empty if row is None else row for row in rows])
        return shares_of_bits(bits, level, right - left), np.array([row is not None for row in rows])

    def _bits(self, row: int, start: int, stop: int) -> np.ndarray | None:
        if row in self._unreadable:
            return None
        try:
            return self._planes(row, start, stop)
        except CollectionError as error:
            self._pass_over(row, error)
            return None

    def _planes(self, row: int, start: int, stop: int) -> np.ndarray:
        """Bytes of the planes that `sign_shares` counts, uint8 ``[4, stop - start]``."""
        bits = self._signs.bits(row, start, stop)
        planes = np.zeros((_PLANES, bits.shape[1]), np.uint8)
        planes[:2], planes[2] = bits, self._signs.not_finite(row, start, stop)
        if spans := self._without_gradient(row):
            planes[3] = bits_of_spans(spans, start, start + bits.shape[1])
        return planes

    def _without_gradient(self, row: int) -> list[tuple[int, int]]:
        return [self._spans[number] for number in self._signs.no_gradient(row) if number < len(self._spans)]

    def _whole_overview(self, row: int) -> np.ndarray:
        """Shares of each 256 columns, uint8 ``[5, G]``."""
        overview, not_finite = self._signs.overview(row), self._signs.not_finite_overview(row)
        missing = shares_of_spans(self._without_gradient(row), GROUP_LEVEL, self._signs.n_columns)
        return np.concatenate([overview, not_finite[None], missing[None]])

    def _overview(self, row: int, level: int, first: int, stop: int) -> np.ndarray | None:
        if row in self._unreadable:
            return None
        kept = self._kept.get(row)
        if kept is None or level < self._kept_level:
            try:
                overview = self._whole_overview(row)
            except CollectionError as error:
                self._pass_over(row, error)
                return None
            if kept is None:
                kept = self._kept[row] = _pooled(overview, self._kept_level - GROUP_LEVEL)
            if level < self._kept_level:
                finer = level - GROUP_LEVEL
                return _pooled(overview[:, first << finer : stop << finer], finer)
        coarser = level - self._kept_level
        return _pooled(kept[:, first << coarser : stop << coarser], coarser)

    def _pass_over(self, row: int, error: CollectionError) -> None:
        self._unreadable.add(row)
        if len(self._unreadable) <= MOST_SAID:
            self._warn(str(error))


def _blocks(start: int, stop: int, level: int) -> Iterator[tuple[int, int]]:
    """Some rows at a time, so that nobody waits long; always whole cells."""
    size = max(_ROWS_AT_ONCE, 1 << level)
    return ((first, min(first + size, stop)) for first in range(start, stop, size))


def _pooled(overview: np.ndarray, level: int) -> np.ndarray:
    return pooled_columns(overview[:, None], level)[:, 0]
