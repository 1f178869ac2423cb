"""Which line is near a point, against a slow and obvious version."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.views.network.units.analysis.picking import DrawnLines

random = np.random.default_rng(3)
STARTS = random.random((60, 2)) * 500
ENDS = random.random((60, 2)) * 500


def distance(x: float, y: float, start: np.ndarray, end: np.ndarray) -> float:
    along = end - start
    part = np.clip(((np.array([x, y]) - start) @ along) / (along @ along), 0, 1)
    return float(np.hypot(*(start + part * along - (x, y))))


@given(st.floats(0, 500), st.floats(0, 500))
def test_that_the_nearest_line_is_found(x: float, y: float) -> None:
    distances = [distance(x, y, start, end) for start, end in zip(STARTS, ENDS, strict=True)]
    found = DrawnLines(STARTS, ENDS).nearest(x, y, 1e9)
    assert found is not None and distances[found] < min(distances) + 1e-2


def test_that_a_line_beyond_reach_is_not_met() -> None:
    lines = DrawnLines(np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]]))
    assert lines.nearest(50, 4.9, 5) == 0
    assert lines.nearest(50, 5.1, 5) is None
    assert lines.nearest(106, 0, 5) is None, "a line ends where it ends"


def test_that_of_lines_upon_each_other_the_upper_one_is_met() -> None:
    starts = np.array([[0.0, 0.0], [0.0, 9.0], [0.0, 0.0]])
    assert DrawnLines(starts, starts + np.array([10, 0])).nearest(5, 1, 5) == 2


def test_that_no_lines_and_a_line_without_length_are_no_trouble() -> None:
    assert DrawnLines(np.zeros((0, 2)), np.zeros((0, 2))).nearest(0, 0, 5) is None
    point = np.array([[3.0, 3.0]])
    assert DrawnLines(point, point).nearest(4, 3, 5) == 0
