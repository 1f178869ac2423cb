"""Tiles side by side."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.views.network.units.analysis.grid import cell_centres, fit_grid
from app.views.network.units.analysis.tile_sheet import tile_shares, tile_sheet


def test_that_each_tile_stands_in_its_cell() -> None:
    tiles = np.arange(5)[:, None, None] * np.ones((1, 20, 30), int)
    sheet = tile_sheet(tiles, 2, 3, -1)
    height, width = sheet.shape[0] // 2, sheet.shape[1] // 3
    for number in range(5):
        row, column = divmod(number, 3)
        cell = sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
        assert (cell[:20, :30] == number).all()
        assert (cell[20:] == -1).all() and (cell[:, 30:] == -1).all()
    assert (sheet[height:, 2 * width :] == -1).all()


def test_that_the_space_between_tiles_is_what_the_layout_leaves() -> None:
    for shape in ((1, 1), (3, 3), (7, 7), (28, 28), (20, 30)):
        sheet = tile_sheet(np.zeros((1, *shape), int), 1, 1, 1)
        down, across = (sheet == 0).any(axis=1).mean(), (sheet == 0).any(axis=0).mean()
        assert (across, down) == tile_shares(*shape)
        assert min(across, down) > 0.85


@given(st.integers(1, 5000), st.floats(1, 500), st.floats(1, 1400), st.floats(0.25, 4))
def test_that_a_grid_fits_its_room(cells: int, width: float, height: float, aspect: float) -> None:
    grid = fit_grid(cells, width, height, 30, aspect)
    assert grid.rows * grid.columns >= cells
    assert grid.width <= width + 1e-6 and grid.height <= height + 1e-6
    assert grid.pitch <= 30
    centres = cell_centres(grid, cells)
    assert centres.min() > 0 and (centres < [grid.width, grid.height]).all()
