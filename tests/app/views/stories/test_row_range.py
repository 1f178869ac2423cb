"""Which rows and columns are seen: zoomed, moved, and where they lie in pixels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF

from app.views.stories.row_range import RowRange

PLOT = QRectF(100, 20, 400, 200)
SIZES = st.integers(1, 500)
PLACES = st.floats(-50, 600)
FACTORS = st.floats(0.01, 20)


def seen(view: RowRange) -> tuple[float, float, float, float]:
    return view.top, view.bottom, view.left, view.right


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "whole"), [(7, 3, (0, 7, 0, 3)), (1, 1, (0, 1, 0, 1)), (0, 0, (0, 1, 0, 1))]
)
def test_that_at_first_everything_is_seen(n_rows: int, n_columns: int, whole: tuple[float, ...]) -> None:
    view = RowRange.whole(n_rows, n_columns)
    assert seen(view) == whole
    assert view.is_whole
    assert not RowRange(7, 3, 0, 7, 0, 2.5).is_whole


@pytest.mark.parametrize(
    ("row", "column", "factors", "expected"),
    [
        (50, 5, (0.5, 1.0), (25, 75, 0, 10)),
        (0, 0, (0.5, 0.5), (0, 50, 0, 5)),
        (100, 10, (0.25, 0.5), (75, 100, 5, 10)),
        (50, 5, (0.0001, 0.0001), (48, 52, 4, 6)),
        (50, 5, (9.0, 9.0), (0, 100, 0, 10)),
    ],
)
def test_that_zooming_keeps_a_place_down_to_four_rows_and_two_columns(
    row: float, column: float, factors: tuple[float, float], expected: tuple[float, ...]
) -> None:
    assert seen(RowRange.whole(100, 10).zoomed(row, column, *factors)) == pytest.approx(expected)


def test_that_of_few_rows_no_fewer_are_seen_than_there_are() -> None:
    assert seen(RowRange.whole(3, 1).zoomed(1, 0, 0.01, 0.01)) == (0, 3, 0, 1)


@given(SIZES, SIZES, PLACES, PLACES, FACTORS, FACTORS, PLACES, PLACES)
def test_that_however_it_is_zoomed_and_moved_only_what_is_there_is_seen(
    n_rows: int, n_columns: int, row: float, column: float, rows: float, columns: float, down: float, right: float
) -> None:
    view = RowRange.whole(n_rows, n_columns).zoomed(row, column, rows, columns)
    moved = view.moved(down, right)
    for each in (view, moved):
        assert -1e-6 <= each.top < each.bottom <= n_rows + 1e-6
        assert -1e-6 <= each.left < each.right <= n_columns + 1e-6
    assert moved.bottom - moved.top == pytest.approx(view.bottom - view.top)
    assert moved.right - moved.left == pytest.approx(view.right - view.left)


def test_that_it_moves_as_far_as_there_are_rows_and_columns() -> None:
    view = RowRange(100, 10, 20, 40, 2, 5)
    assert seen(view.moved(3, 1)) == (23, 43, 3, 6)
    assert seen(view.moved(-300, -300)) == (0, 20, 0, 3)
    assert seen(view.moved(300, 300)) == (80, 100, 7, 10)


@pytest.mark.parametrize(("row", "top"), [(20, 20), (30, 20), (39, 20), (40, 21), (99, 80), (19, 19), (0, 0)])
def test_that_it_moves_no_further_than_it_takes_to_see_a_row(row: float, top: float) -> None:
    view = RowRange(100, 10, 20, 40, 2, 5).showing(row)
    assert seen(view) == (top, top + 20, 2, 5)


def test_that_rows_and_columns_lie_evenly_in_the_plot_and_are_found_there() -> None:
    view = RowRange(100, 10, 20, 40, 2, 6)
    assert [view.y(row, PLOT) for row in (20, 30, 40)] == [20, 120, 220]
    assert [view.x(column, PLOT) for column in (2, 4, 6)] == [100, 300, 500]
    assert [view.row(y, PLOT) for y in (20, 120, 220)] == [20, 30, 40]
    assert [view.column(x, PLOT) for x in (100, 300, 500)] == [2, 4, 6]
