"""Points painted into an array, found in a lasso, seen through a window onto the plane."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPolygonF

from app.analysis.class_groups import class_colours
from app.analysis.plane_view import PlaneView
from app.analysis.point_raster import LEVELS, is_inside, nearest_point, painted, point_codes

SEEDS = st.integers(0, 999)


@given(SEEDS, st.sampled_from([1.0, 2.0, 3.5]))
def test_that_a_point_s_middle_is_its_own_unless_a_later_one_covers_it(seed: int, radius: float) -> None:
    random = np.random.default_rng(seed)
    places = random.uniform(-20, 80, (40, 2))
    order = random.permutation(40)[:30]
    codes = point_codes(places, order, radius, 60, 50)

    assert codes.shape == (50, 60)
    turn = {int(number): at for at, number in enumerate(order)}
    for number in order:
        x, y = np.rint(places[number]).astype(int)
        if 0 <= x < 60 and 0 <= y < 50:
            seen = (codes[y, x] - 1) // LEVELS
            assert seen == number or turn[int(seen)] > turn[int(number)]
    assert set(np.unique((codes[codes > 0] - 1) // LEVELS)) <= set(order.tolist())


@given(st.floats(1.0, 6.0))
def test_that_a_pixel_is_covered_as_far_as_it_lies_within_the_radius(radius: float) -> None:
    codes = point_codes(np.array([[20.0, 20.0]]), np.arange(1), radius, 41, 41)

    for y, x in np.ndindex(codes.shape):
        inside = min(max(radius + 0.5 - np.hypot(x - 20, y - 20), 0), 1)
        assert abs(codes[y, x] / LEVELS - inside) <= 0.5 / LEVELS + 1e-9


def test_that_no_point_is_painted_on_the_other_side() -> None:
    codes = point_codes(np.array([[59.0, 20.0], [-1.0, 30.0], [70.0, 5.0]]), np.arange(3), 3.0, 60, 50)

    assert (codes[15:26, :40] == 0).all()
    assert (codes[25:36, 20:] == 0).all()
    assert (codes[27:34, :2] > 0).any()  # the rim of one whose middle is outside


def test_that_whole_pixels_have_the_point_s_colour_and_rims_are_mixed_with_the_ground() -> None:
    colours = np.array([[200, 100, 0]], np.uint8)
    pixels = painted(np.array([[0, LEVELS, LEVELS // 2]], np.int32), colours, (0, 0, 100))

    assert [hex(each) for each in pixels[0]] == ["0xff000064", "0xffc86400", "0xff643232"]


@given(SEEDS, st.integers(3, 12))
def test_that_a_lasso_holds_what_qt_says_it_holds(seed: int, n_corners: int) -> None:
    random = np.random.default_rng(seed)
    places, corners = random.uniform(0, 10, (60, 2)), random.uniform(0, 10, (n_corners, 2))
    polygon = QPolygonF([QPointF(*corner) for corner in corners])

    expected = [polygon.containsPoint(QPointF(*place), Qt.FillRule.OddEvenFill) for place in places]
    assert is_inside(places, corners).tolist() == expected


@given(SEEDS)
def test_that_the_nearest_shown_point_within_reach_is_found(seed: int) -> None:
    random = np.random.default_rng(seed)
    places, shown = random.uniform(0, 20, (30, 2)), random.random(30) < 0.5
    found = nearest_point(places, shown, 10, 10, 3)

    near = [(np.hypot(*(place - 10)), number) for number, place in enumerate(places) if shown[number]]
    near = [each for each in near if each[0] <= 3]
    assert found == (min(near)[1] if near else None)
    assert nearest_point(np.zeros((0, 2)), np.zeros(0, bool), 1, 1, 5) is None


@given(SEEDS, st.integers(20, 900), st.integers(20, 900))
def test_that_everything_fits_in_and_the_pixel_under_the_pointer_stays(seed: int, width: int, height: int) -> None:
    random = np.random.default_rng(seed)
    positions = random.normal(size=(20, 2)) * random.uniform(0.1, 100)
    view = PlaneView.fit(positions, width, height)

    places = view.to_pixels(positions)
    assert (places >= 0).all()
    assert (places <= (width, height)).all()
    at = places[3]
    np.testing.assert_allclose(view.zoomed(3.0, *at).to_pixels(positions)[3], at, atol=1e-6)
    np.testing.assert_allclose(view.moved(7, -4).to_pixels(positions), places + np.array([7, -4]), atol=1e-6)
    assert (np.sign(np.diff(places[:, 1])) == -np.sign(np.diff(positions[:, 1]))).all()


@pytest.mark.parametrize("size", [(510, 320), (300, 240), (1200, 900)])
def test_that_what_is_fitted_in_leaves_the_border_to_the_names_of_the_axes(size: tuple[int, int]) -> None:
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    for fills in (False, True):
        places = PlaneView.fit(corners, *size, fills=fills).to_pixels(corners)
        assert min(places.min(), *(np.array(size) - places.max(0))) >= 27.9


def test_that_a_single_point_and_none_can_be_looked_at() -> None:
    assert PlaneView.fit(np.array([[3.0, 4.0]]), 100, 80).to_pixels(np.array([[3.0, 4.0]])).tolist() == [[50, 40]]
    assert np.isfinite(PlaneView.fit(np.zeros((0, 2)), 100, 80).scale)


@given(st.integers(1, 60))
def test_that_no_two_classes_have_the_same_colour(n_classes: int) -> None:
    assert len({tuple(each) for each in class_colours(n_classes).tolist()}) == n_classes
