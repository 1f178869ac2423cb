"""Equal cells in a room, against every number of columns tried in turn."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.views.network.units.analysis.grid import Grid, cell_centres, fit_grid

NEARLY = 0.92
"""So much of the largest cells is nearly as large."""


def slow_grid(cells: int, width: float, height: float, largest: float, aspect: float) -> Grid:
    """Of all grids whose cells are nearly as large as can be the one with the fewest empty ones, in fewest columns."""
    tried = []
    for columns in range(1, cells + 1):
        rows = -(-cells // columns)
        tried.append(Grid(columns, rows, min(width / (columns * aspect), height / rows, largest), aspect))
    most = max(each.pitch for each in tried)
    fitting = [each for each in tried if each.pitch >= NEARLY * most]
    return min(fitting, key=lambda each: (each.columns * each.rows, each.columns))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 64), st.integers(10, 900), st.integers(10, 900), st.sampled_from((0.25, 1.0, 1.5, 4.0)))
@example(64, 100, 100, 1.0)
@example(65, 100, 100, 1.0)
@example(65, 900, 20, 1.0)
def test_that_cells_are_as_large_as_they_can_be_and_few_are_empty(
    cells: int, width: int, height: int, aspect: float
) -> None:
    for largest in (30.0, 1e6):
        found = fit_grid(cells, width, height, largest, aspect)
        assert found == slow_grid(cells, width, height, largest, aspect)


@pytest.mark.parametrize("room", [(100, 100), (900, 300), (300, 900), (1400, 60), (60, 1400), (0.5, 300), (300, 0.5)])
@pytest.mark.parametrize("aspect", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("cells", [65, 100, 401])
def test_that_of_many_cells_no_better_grid_is_passed_over(cells: int, aspect: float, room: tuple[float, float]) -> None:
    assert fit_grid(cells, *room, 110.0, aspect) == slow_grid(cells, *room, 110.0, aspect)


def test_that_cells_that_are_just_nearly_as_large_stand_in_fewer_columns() -> None:
    assert fit_grid(2, 200, 184, 999) == Grid(1, 2, 92.0)
    assert fit_grid(2, 200, 183.9, 999) == Grid(2, 1, 100.0)


def test_that_a_grid_is_as_wide_and_as_high_as_its_cells() -> None:
    grid = Grid(3, 2, 10.0, 1.5)
    assert (grid.width, grid.height) == (45.0, 20.0)
    assert Grid(1, 1, 1.0).aspect == 1.0


def test_that_cells_fill_columns_or_rows_one_after_another() -> None:
    grid = Grid(2, 3, 10.0, 2.0)
    assert cell_centres(grid, 4).tolist() == [[10, 5], [10, 15], [10, 25], [30, 5]]
    assert cell_centres(grid, 4, by_rows=True).tolist() == [[10, 5], [30, 5], [10, 15], [30, 15]]
    assert cell_centres(grid, 0).shape == (0, 2)
    np.testing.assert_array_equal(cell_centres(Grid(1, 1, 7.0), 1), [[3.5, 3.5]])
