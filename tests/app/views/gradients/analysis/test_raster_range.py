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
    assert 0 <= view.left < view.right <= view.n_columns
    assert 0 <= view.top < view.bottom <= view.n_rows
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


def test_that_who_turns_the_wheel_on_and_back_sees_all_again_and_goes_on_seeing_all() -> None:
    for n in range(21, 400):
        view = RasterRange.whole(n, n).zoomed(n / 10, n / 10, 0.8, 0.8).zoomed(n / 10, n / 10, 1.25, 1.25)
        assert view == RasterRange.whole(n, n)
        assert view.grown(n + 1).bottom == n + 1


def test_that_who_sees_all_rows_goes_on_seeing_all_and_others_stay_where_they_are() -> None:
    assert RasterRange.whole(100, 10).grown(20) == RasterRange.whole(100, 20)
    part = RasterRange.whole(100, 10).zoomed(0, 0, 1, 0.7)
    assert (part.grown(20).top, part.grown(20).bottom, part.grown(20).n_rows) == (part.top, part.bottom, 20)


@pytest.mark.parametrize(
    ("span", "pixels", "level"),
    [(100, 100, 0), (101, 100, 1), (200, 100, 1), (201, 100, 2), (400, 100, 2), (10, 100, 0), (0, 9, 0)],
)
def test_that_cells_are_the_finest_that_are_a_pixel_large(span: float, pixels: int, level: int) -> None:
    view = RasterRange(1000, 1000, 7.0, 7.0 + span, 3.0, 3.0 + span)
    assert view.levels(pixels, pixels) == (level, level)


@pytest.mark.parametrize(
    ("left", "right", "ring", "columns"),
    [
        (0, 256, 0, [0]),
        (0, 257, 0, [0, 1]),
        (256, 512, 0, [1]),
        (255, 512, 0, [0, 1]),
        (256, 512, 1, [0, 1, 2]),
        (700, 1000, 0, [2, 3]),
        (768, 1000, 1, [2, 3]),
        (0, 1000, 1, [0, 1, 2, 3]),
    ],
)
def test_that_the_tiles_are_those_in_sight_and_around(left: float, right: float, ring: int, columns: list[int]) -> None:
    view = RasterRange(1000, 5, left, right, 0.0, 5.0)
    assert [key.column for key in view.keys(1000, 5, ring)] == columns
    assert {(key.level_x, key.level_y, key.row) for key in view.keys(1000, 5, ring)} == {(0, 0, 0)}


def test_that_it_is_moved_as_far_as_there_is_anything() -> None:
    view = RasterRange(100, 50, 40.0, 60.0, 10.0, 20.0)
    assert view.moved(5, -3) == RasterRange(100, 50, 45.0, 65.0, 7.0, 17.0)
    assert view.moved(-50, 99) == RasterRange(100, 50, 0.0, 20.0, 40.0, 50.0)
    assert view.moved(50, -99) == RasterRange(100, 50, 80.0, 100.0, 0.0, 10.0)


def test_that_no_closer_is_come_than_some_columns_and_rows() -> None:
    view = RasterRange.whole(100, 50).zoomed(50, 25, 1e-9, 1e-9)
    assert (view.left, view.right, view.top, view.bottom) == pytest.approx((40, 60, 22, 28))
    few = RasterRange.whole(7, 3).zoomed(2, 1, 0.1, 0.1)
    assert few == RasterRange.whole(7, 3), "of which there are fewer"
    nothing = RasterRange.whole(0, 0)
    assert nothing.zoomed(0, 0, 0.5, 0.5) == nothing


@pytest.mark.parametrize(("bottom", "is_whole"), [(10.0, True), (9.5, False)])
def test_that_all_rows_are_in_sight_or_not(bottom: float, is_whole: bool) -> None:
    view = RasterRange(5, 10, 0.0, 5.0, 0.0, bottom)
    assert view.is_whole_height == is_whole
    assert view.grown(12).bottom == (12 if is_whole else bottom)


def test_that_the_lower_rows_alone_are_not_all() -> None:
    view = RasterRange(5, 10, 0.0, 5.0, 6.0, 10.0)
    assert not view.is_whole_height
    assert view.grown(12).bottom == 10.0
