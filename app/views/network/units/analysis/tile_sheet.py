"""All tiles of a column as one picture, so that they are drawn in one stroke.

`U` tiles of ``[H, W]`` map pixels. Each is repeated to some size, so that the space between two tiles, whole pixels
of the sheet, stays narrow.
"""

import numpy as np

_LEAST_SIDE = 14


def tile_shares(height: int, width: int) -> tuple[float, float]:
    """Part of a cell's width and of its height that the tile takes; the rest is space."""
    times, gap = _times_and_gap(height, width)
    return width * times / (width * times + gap), height * times / (height * times + gap)


def tile_sheet(tiles: np.ndarray, rows: int, columns: int, empty: int) -> np.ndarray:
    """Tiles side by side, row by row, each in the upper left corner of its cell.

    Args:
        tiles: ``[U, H, W]``, ``U <= rows * columns``.
        rows: of tiles.
        columns: of tiles.
        empty: what stands between them.

    Returns:
        of the tiles' type, ``[rows * cell height, columns * cell width]``.
    """
    units, height, width = tiles.shape
    times, gap = _times_and_gap(height, width)
    tiles = tiles.repeat(times, axis=1).repeat(times, axis=2)
    height, width = tiles.shape[1:]
    sheet = np.full((rows * columns, height + gap, width + gap), empty, tiles.dtype)
    sheet[:units, :height, :width] = tiles
    cells = sheet.reshape(rows, columns, height + gap, width + gap)
    return cells.transpose(0, 2, 1, 3).reshape(rows * (height + gap), columns * (width + gap))


def _times_and_gap(height: int, width: int) -> tuple[int, int]:
    times = -(-_LEAST_SIDE // max(min(height, width), 1))
    return times, max(1, round(min(height, width) * times * 0.07))
