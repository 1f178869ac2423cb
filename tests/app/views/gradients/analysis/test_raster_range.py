"""What is seen of the raster after any zooming and moving."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.gradients.analysis.raster_range import CLOSEST_COLUMNS, CLOSEST_ROWS, TILE, RasterRange
from app.views.gradients.analysis.raster_tiles import cells

SHARES = st.floats(0, 1)
FACTORS = st.floats(1e-4, 1e4)


@st.composite
def ranges(draw: st.DrawFn) -> RasterRange:
    """A range after some zooming and moving."""
    view = RasterRange.whole(draw(st.integers(1, 10**7)), draw(st.integers(1, 5000)))
    for _ in range(draw(st.integers(0, 4))):
        column = view.left + draw(SHARES) * (view.right - view.left)
        row = view.top + draw(SHARES) * (view.bottom - view.top)
        view = view.zoomed(column, row, draw(FACTORS), draw(FACTORS))
        view = view.moved(draw(st.floats(-1e7, 1e7)), draw(st.floats(-1e4, 1e4)))
    return view


@given(ranges())
def test_that_no_range_leaves_the_raster_or_comes_too_close(view: RasterRange) -> None:
    assert 0 <= view.left < view.right <= view.n_columns * (1 + 1e-9)
    assert 0 <= view.top < view.bottom <= view.n_rows * (1 + 1e-9)
    assert view.right - view.left >= min(CLOSEST_COLUMNS, view.n_columns) * (1 - 1e-6)
    assert view.bottom - view.top >= min(CLOSEST_ROWS, view.n_rows) * (1 - 1e-6)


@given(ranges(), st.integers(1, 3000), st.integers(1, 2000))
def test_that_the_tiles_of_a_range_are_those_of_its_pixels(view: RasterRange, width: int, height: int) -> None:
    level_x, level_y = view.levels(width, height)
    across = cells(view.left, view.right, width, level_x, view.n_columns)
    down = cells(view.top, view.bottom, height, level_y, view.n_rows)

    keys = set(view.keys(width, height))

    seen = {(x, y) for x in np.unique(across // TILE).tolist() for y in np.unique(down // TILE).tolist()}
    assert seen <= {(key.column, key.row) for key in keys}
    assert {key[:2] for key in keys} == {(level_x, level_y)}
    assert keys <= set(view.keys(width, height, ring=1))


@given(ranges(), st.integers(1, 3000))
def test_that_no_cell_in_sight_falls_between_pixels(view: RasterRange, width: int) -> None:
    level_x, _ = view.levels(width, 10)
    across = cells(view.left, view.right, width, level_x, view.n_columns)

    assert np.diff(across).max(initial=0) <= 1


def test_that_zooming_keeps_what_is_under_the_mouse() -> None:
    view = RasterRange.whole(1000, 100).zoomed(300, 40, 0.5, 0.25)

    assert (300 - view.left) / (view.right - view.left) == pytest.approx(0.3)
    assert (40 - view.top) / (view.bottom - view.top) == pytest.approx(0.4)
    assert view.zoomed(300, 40, 2, 4) == RasterRange.whole(1000, 100)


def test_that_who_sees_all_rows_goes_on_seeing_all_and_others_stay_where_they_are() -> None:
    assert RasterRange.whole(100, 10).grown(20) == RasterRange.whole(100, 20)
    part = RasterRange.whole(100, 10).zoomed(0, 0, 1, 0.7)
    assert (part.grown(20).top, part.grown(20).bottom, part.grown(20).n_rows) == (part.top, part.bottom, 20)
