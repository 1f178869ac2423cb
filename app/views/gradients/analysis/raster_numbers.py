"""What is on the screen of the sign raster, as a table."""

import numpy as np

from app.views.gradients.analysis.raster_range import TILE, RasterRange, TileKey
from app.views.gradients.analysis.raster_tiles import TileStore, cells
from app.views.gradients.analysis.sign_shares import N_CLASSES
from app.views.gradients.analysis.sign_words import OF_ONE, SignWords

_PLACE = ("first_step", "last_step", "first_column", "last_column")
HEADINGS = (*_PLACE, *OF_ONE.columns)


def raster_numbers(
    view: RasterRange, width: int, height: int, tiles: TileStore, steps: np.ndarray, words: SignWords = OF_ONE
) -> tuple[tuple[str, ...], list[tuple[int | float | None, ...]]]:
    """Column names and a row for each row of cells, from top to bottom.

    Shares are in 0…1, of the columns in view. Where a cell is a group, its shares were rounded up to 1/255, so that
    their mean may be that much too high. None where a tile is still to be read, or damaged.
    """
    rows: list[tuple[int | float | None, ...]] = []
    headings = (*_PLACE, *words.columns)
    if not len(steps) or not view.n_columns:
        return headings, rows
    level_x, level_y = view.levels(width, height)
    across = np.unique(cells(view.left, view.right, width, level_x, view.n_columns))
    first = int(across[0]) << level_x
    last = min((int(across[-1]) + 1) << level_x, view.n_columns) - 1
    sizes = np.minimum((across + 1) << level_x, view.n_columns) - (across << level_x)
    for row in np.unique(cells(view.top, view.bottom, height, level_y, view.n_rows)).tolist():
        top, bottom = row << level_y, min((row + 1) << level_y, len(steps)) - 1
        shares = _row_of_shares(tiles, level_x, level_y, row, across)
        known: tuple[float | None, ...] = (None,) * (1 + N_CLASSES)
        if shares is not None:
            means = (shares @ sizes) / (255 * sizes.sum())
            known = (max(1 - float(means.sum()), 0.0), *means.tolist())
        rows.append((int(steps[top]), int(steps[bottom]), first, last, *known))
    return headings, rows


def _row_of_shares(tiles: TileStore, level_x: int, level_y: int, row: int, across: np.ndarray) -> np.ndarray | None:
    """Shares of some cells of one row, ``[5, W]``; None where not all of them are there."""
    parts = []
    for column in np.unique(across // TILE).tolist():
        tile = tiles.get(TileKey(level_x, level_y, column, row // TILE))
        at = row % TILE
        if tile is None or at >= len(tile.is_readable) or not tile.is_readable[at]:
            return None
        parts.append(tile.shares[:, at, across[across // TILE == column] - column * TILE])
    return np.concatenate(parts, axis=1).astype(np.float64)
