import re

import numpy as np
import pytest

from collector.report.curve import Mark, curve_picture, spark
from collector.report.markup import markup
from collector.report.matrix import matrix_picture

LEFT, RIGHT, TOP, BOTTOM = 66.0, 410.0, 24.0, 130.0
"""Edges of a curve of 420 × 150 pixels."""


def places(drawn: str) -> list[tuple[float, float]]:
    path = re.search(r'd="([^"]+)" class="curve"', drawn)
    assert path is not None
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path[1])]


def test_that_each_value_has_its_place() -> None:
    drawn = markup(curve_picture(np.array([0, 5, 10]), np.array([1.0, 3.0, 2.0]), title="loss", last=10))
    middle = (LEFT + RIGHT) / 2
    assert places(drawn) == [(LEFT, BOTTOM), (middle, TOP), (RIGHT, (TOP + BOTTOM) / 2)]


def test_that_values_over_decades_are_on_a_log_scale_which_is_said() -> None:
    drawn = markup(curve_picture(np.arange(3), np.array([1e-4, 1e-2, 1.0]), title="norm", last=2))
    assert "norm (log scale)" in drawn
    assert [y for _, y in places(drawn)] == [BOTTOM, (TOP + BOTTOM) / 2, TOP]


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_that_what_is_no_number_is_a_cross_and_breaks_the_line(odd: float) -> None:
    values = np.array([1.0, 2.0, odd, 1.0, 2.0])
    drawn = markup(curve_picture(np.arange(5), values, title="loss", last=4))
    assert drawn.count('class="odd"') == 1
    assert re.search(r'd="(M[^M]+M[^M]+)" class="curve"', drawn)
    assert "nan" not in drawn.lower()
    assert "inf" not in drawn.lower()


def test_that_a_value_without_neighbours_is_a_dot() -> None:
    drawn = markup(curve_picture(np.array([3]), np.array([0.5]), title="accuracy", last=6))
    assert f'<circle cx="{(LEFT + RIGHT) / 2:.1f}" cy="{(TOP + BOTTOM) / 2:.1f}"' in drawn


def test_that_nothing_recorded_and_nothing_finite_are_drawn_too() -> None:
    for values in (np.empty(0), np.full(3, np.nan)):
        drawn = markup(curve_picture(np.arange(len(values)), values, title="loss", last=3))
        assert 'class="curve"' not in drawn
        assert drawn.count('class="odd"') == len(values)


def test_that_values_as_far_apart_as_floats_can_be_have_places() -> None:
    largest = float(np.finfo(np.float64).max)
    drawn = markup(curve_picture(np.arange(2), np.array([-largest, largest]), title="loss", last=1))
    assert [y for _, y in places(drawn)] == [BOTTOM, TOP]


def test_that_a_mark_stands_at_its_step() -> None:
    drawn = markup(curve_picture(np.arange(3), np.ones(3), title="loss", last=2, marks=[Mark(1, "critical")]))
    middle = (LEFT + RIGHT) / 2
    assert re.search(rf'<line x1="{middle}" [^>]*x2="{middle}" [^>]*class="mark critical"', drawn)


def test_that_a_long_curve_keeps_its_extremes_in_few_points() -> None:
    values = np.sin(np.arange(100_000) / 500)
    values[54_321] = 7.0
    drawn = markup(curve_picture(np.arange(100_000), values, title="loss", last=99_999))
    assert len(places(drawn)) < 2_000
    assert min(y for _, y in places(drawn)) == TOP
    assert len(places(markup(spark(np.arange(100_000), values, 99_999)))) < 600


def test_that_a_matrix_has_a_cell_for_each_value_as_strong_as_it_is_large() -> None:
    drawn = markup(matrix_picture(np.array([[1.0, -2.0], [np.nan, 0.0]]), title="fc1", rows="samples", columns="units"))
    assert re.findall(r'class="(plus|minus)" fill-opacity="([\d.]+)"', drawn) == [("plus", "0.500"), ("minus", "1.000")]
    assert drawn.count("cell-odd") == 1
    assert "2 samples down, 2 units across; red above 0, blue below, ±2" in drawn


def test_that_a_large_matrix_says_how_much_of_it_is_shown() -> None:
    drawn = markup(matrix_picture(np.ones((200, 3000)), title="fc1", rows="samples", columns="units"))
    assert drawn.count('class="plus"') == 24 * 48
    assert "24 of 200 samples down, 48 of 3,000 units across" in drawn
