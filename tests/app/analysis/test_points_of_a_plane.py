"""What is seen of a plane, and the point that is met there: exact small cases beside the properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.plane_view import PlaneView
from app.analysis.point_raster import is_inside, nearest_point, next_point, point_codes

SQUARE = np.array([[0.0, 0.0], [2.0, 1.0]])


def test_that_the_longer_side_fills_what_the_margins_leave() -> None:
    view = PlaneView.fit(SQUARE, 1_000, 1_000)
    assert (view.x, view.y, view.scale, view.fitted, view.stretch) == (1.0, 0.5, 440.0, 440.0, 1.0)
    assert view.to_pixels(SQUARE).tolist() == [[60, 720], [940, 280]]
    assert PlaneView.fit(SQUARE, 256, 256).scale == 100, "28 px are left at each side at least"
    assert PlaneView.fit(SQUARE, 100, 1_000).scale == 25, "of little room half is used"
    assert PlaneView.fit(SQUARE[:, ::-1], 1_000, 256).scale == 100


def test_that_both_ways_are_filled_where_that_is_asked_for() -> None:
    view = PlaneView.fit(SQUARE, 1_000, 500, fills=True)
    assert (view.scale, view.stretch) == (440.0, 1.0)
    places = PlaneView.fit(SQUARE, 1_000, 256, fills=True).to_pixels(SQUARE)
    assert places.ravel().tolist() == pytest.approx([60, 228, 940, 28])


def test_that_a_plane_is_seen_from_a_fifth_to_four_hundred_times_as_near() -> None:
    view = PlaneView.fit(SQUARE, 1_000, 1_000)
    assert view.zoomed(2, 500, 500) == PlaneView(1.0, 0.5, 880.0, 440.0, 1_000, 1_000)
    assert view.zoomed(1e9, 500, 500).scale == 440 * 400
    assert view.zoomed(1e-9, 500, 500).scale == 440 * 0.2


@given(st.floats(0.3, 5), st.floats(0, 1_000), st.floats(0, 400))
def test_that_what_lies_under_the_pointer_stays_there_in_a_stretched_plane_too(
    factor: float, x: float, y: float
) -> None:
    view = PlaneView.fit(SQUARE, 1_000, 400, fills=True)
    point = np.array([[(x - 500) / view.scale / view.stretch + view.x, -(y - 200) / view.scale + view.y]])
    assert view.to_pixels(point)[0] == pytest.approx([x, y], abs=1e-6)
    assert view.zoomed(factor, x, y).to_pixels(point)[0] == pytest.approx([x, y], abs=1e-6)
    assert view.moved(3, -4).to_pixels(point)[0] == pytest.approx([x + 3, y - 4], abs=1e-6)


def test_that_another_window_has_the_same_middle_and_is_as_much_nearer_as_it_is_larger() -> None:
    view = PlaneView.fit(SQUARE, 1_000, 500)
    assert view.resized(500, 500) == PlaneView(view.x, view.y, view.scale / 2, view.fitted / 2, 500, 500)
    assert view.resized(3_000, 1_000).scale == view.scale * 2
    assert PlaneView(0, 0, 1, 1, 0, 0).resized(10, 20).scale == 10
    assert PlaneView(0, 0, 1, 1, 0, 0).resized(20, 10).scale == 10


@pytest.mark.parametrize("fills", [False, True])
def test_that_no_points_and_a_single_one_have_a_middle_and_a_window_without_room_a_scale(fills: bool) -> None:
    nothing = PlaneView.fit(np.zeros((0, 2)), 100, 100, fills=fills)
    assert (nothing.x, nothing.y) == (0, 0)
    one = PlaneView.fit(np.array([[3.0, -4.0]]), 100, 100, fills=fills)
    assert one.to_pixels(np.array([[3.0, -4.0]])).tolist() == [[50, 50]]
    assert one.scale == pytest.approx(50 / 1e-9)
    assert PlaneView.fit(SQUARE, 0, 0, fills=fills).scale > 0


@pytest.mark.parametrize("factor", [1e-4, 1.0, 1e4])
def test_that_what_lies_beside_nought_fits_in_however_large_it_is(factor: float) -> None:
    places = np.add(SQUARE, (5, 7)) * factor
    assert PlaneView.fit(places, 1_000, 1_000).to_pixels(places).ravel().tolist() == pytest.approx([60, 720, 940, 280])


POINTS = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [0.0, 0.0]])
ALL = np.ones(4, bool)


def test_that_a_point_is_met_up_to_its_reach_and_of_equals_the_first() -> None:
    assert nearest_point(POINTS, ALL, 0, 0, 0) == 0
    assert nearest_point(POINTS, ALL, 8, 0, 5) == 1
    assert nearest_point(POINTS, ALL, 8, 0, 4.99) is None
    assert nearest_point(POINTS, ~ALL, 0, 0, 9) is None


@pytest.mark.parametrize(
    ("at", "direction", "found"),
    [
        (0, (1, 0), 3),  # at the same place the one behind it
        (3, (1, 0), 1),
        (3, (-1, 0), 0),
        (0, (0, 1), 3),
        (3, (0, 1), 2),
        (1, (-1, 0), 0),
        (2, (0, -1), 3),
        (0, (-1, 0), None),
        (1, (1, 0), None),
        (1, (0, 1), 2),
        (2, (1, 0), None),
    ],
)
def test_that_the_next_point_lies_within_45_degrees(at: int, direction: tuple[int, int], found: int | None) -> None:
    assert next_point(POINTS, ALL, at, *direction) == found


def test_that_of_those_to_one_side_the_nearest_comes_next_and_45_degrees_are_just_enough() -> None:
    places = np.array([[0.0, 0.0], [5.0, 0.0], [2.0, 2.0], [1.0, 1.5], [3.0, 0.0]])
    shown = np.ones(5, bool)
    assert next_point(places, shown, 0, 1, 0) == 4
    shown[4] = False
    assert next_point(places, shown, 0, 1, 0) == 2
    shown[2] = False
    assert next_point(places, shown, 0, 1, 0) == 1
    assert next_point(places, shown, 0, 0, 1) == 3


@given(st.integers(0, 500), st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1)]))
def test_that_the_next_point_is_the_nearest_by_both_ways_of_those_within_45_degrees(
    seed: int, direction: tuple[int, int]
) -> None:
    random = np.random.default_rng(seed)
    places, shown = random.integers(0, 8, (12, 2)).astype(float), random.random(12) < 0.7
    dx, dy = direction
    costs = {}
    for number in range(12):
        x, y = places[number] - places[0]
        along, aside = (x * dx, abs(y)) if dx else (y * dy, abs(x))
        if shown[number] and number and (x or y) and along > 0 and aside <= along:
            costs[number] = along + aside
        elif shown[number] and not (x or y) and number * (dx + dy) > 0:
            costs[number] = 0
    found = next_point(places, shown, 0, dx, dy)
    assert (found is None) == (not costs)
    assert found is None or costs[found] == min(costs.values())


def test_that_the_last_point_lies_on_top_and_whole_pixels_over_rims() -> None:
    places = np.array([[10.0, 10.0], [12.0, 10.0]])
    one, other = (point_codes(places, np.array(order), 2.0, 24, 24) for order in ([0, 1], [1, 0]))
    assert ((one[10, 10] - 1) // 8, (one[10, 12] - 1) // 8, (one[10, 11] - 1) // 8) == (0, 1, 1)
    assert (other[10, 11] - 1) // 8 == 0
    assert one.dtype == np.int32


def slow_codes(places: np.ndarray, order: list[int], radius: float, width: int, height: int) -> list[list[int]]:
    """The same pixel by pixel: of those that cover one as a whole the last, else of all."""
    codes = []
    for y in range(height):
        row = []
        for x in range(width):
            levels = {}
            for number in order:
                away = np.hypot(*(np.rint(places[number]) - (x, y)))
                level = min(round((radius + 0.5 - away) * 8), 8)
                if level >= 1:
                    levels[number] = level
            on_top = [each for each in levels if levels[each] == 8] or [*levels]
            row.append(8 * on_top[-1] + levels[on_top[-1]] if on_top else 0)
        codes.append(row)
    return codes


@pytest.mark.parametrize(("seed", "radius"), [(0, 1.0), (1, 2.0), (2, 2.5), (3, 2.9), (4, 3.0)])
def test_that_a_pixel_belongs_to_the_last_point_that_covers_it_also_of_those_outside(seed: int, radius: float) -> None:
    random = np.random.default_rng(seed)
    places, order = random.uniform(-8, 20, (40, 2)), random.permutation(40)[:30]
    assert point_codes(places, order, radius, 12, 9).tolist() == slow_codes(places, order.tolist(), radius, 12, 9)


@pytest.mark.parametrize(("x", "y"), [(-2, 4), (11, 4), (4, -2), (4, 8)])
def test_that_the_rim_of_a_point_is_seen_at_each_side_though_its_middle_is_not(x: int, y: int) -> None:
    rims = point_codes(np.array([[x, y]], float), np.arange(1), 2.0, 10, 7)
    assert rims[min(max(y, 0), 6), min(max(x, 0), 9)] == 4
    assert np.count_nonzero(rims) == 3


def test_that_a_lasso_of_a_square_holds_its_left_and_upper_edge() -> None:
    corners = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)
    places = np.array([[0, 0], [1, 0], [0, 1], [2, 1], [1, 2], [1, 1], [3, 1], [-1, 1]], float)
    assert is_inside(places, corners).tolist() == [True, True, True, False, False, True, False, False]
    assert is_inside(places, corners[:0]).tolist() == [False] * 8


def test_that_a_point_is_met_by_its_distance_both_ways() -> None:
    assert nearest_point(POINTS, ALL, 3, 4, 3) == 2
    assert nearest_point(POINTS, ALL, 3, 4, 2.99) is None
    assert nearest_point(POINTS, ALL, 3, 1, 1) == 1
