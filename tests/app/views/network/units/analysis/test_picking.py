"""Which unit is at a point, and which line is near it, against a slow and obvious version."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.graph.graph import Graph, build_graph
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.analysis.picking import DrawnLines, unit_at
from tests.app.made_up import chain

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


def test_that_a_line_shorter_than_a_pixel_is_met_at_its_end() -> None:
    lines = DrawnLines(np.array([[10.0, 0.0]]), np.array([[10.5, 0.0]]))
    assert lines.nearest(11.5, 0, 1) == 0
    assert lines.nearest(11.6, 0, 1) is None


def laid_out(*stages: tuple[str, int], picture: tuple[int, int, int] = (1, 8, 8)) -> tuple[Graph, Layout]:
    run = chain(*stages, picture=picture)
    graph = build_graph(run.layers, run.probe)
    return graph, place(graph, 900, 600)


@pytest.mark.parametrize("units", [5, 40, 300])
def test_that_neurons_at_the_borders_of_their_column_are_met_around_it(units: int) -> None:
    graph, layout = laid_out(("fc", units), ("fc", 3))
    spot = layout.columns[1]
    away = spot.radius + 3 - 0.01
    for axis, sign in ((0, -1), (0, 1), (1, -1), (1, 1)):
        outermost = int(np.argmax(sign * spot.centres[:, axis]))
        point = spot.centres[outermost].copy()
        point[axis] += sign * away
        assert unit_at(graph, layout, *point) == (1, outermost)


def test_that_a_neuron_is_met_as_far_away_as_its_reach() -> None:
    graph, layout = laid_out(("fc", 4), ("fc", 3))
    x, y = layout.columns[2].centres[1]
    assert (layout.columns[2].radius, y % 0.5) == (13, 0), "numbers that are added without a rest"
    for sign in (-1, 1):
        assert unit_at(graph, layout, x, y + sign * 16) == (2, 1)
        assert unit_at(graph, layout, x, y + sign * 16.001) is None


def test_that_pixels_leave_no_gap_between_them_and_end_where_the_picture_ends() -> None:
    graph, layout = laid_out(("fc", 3), picture=(1, 4, 4))
    body, pitch = layout.columns[0].body, layout.columns[0].grid.pitch
    assert (pitch, body.x % 0.5, body.y % 0.5) == (75, 0, 0), "numbers that are added without a rest"
    for row in range(4):
        for across in range(4):
            x, y = body.x + across * pitch, body.y + row * pitch
            before = 4 * max(row - 1, 0) + max(across - 1, 0)
            assert unit_at(graph, layout, x, y) == (0, before), "of several at once the first"
            assert unit_at(graph, layout, x + pitch, y + pitch) == (0, 4 * row + across)
    for x, y in ((body.x - 0.1, body.y), (body.x, body.y - 0.1), (body.right + 0.1, body.y), (body.x, body.bottom + 1)):
        assert unit_at(graph, layout, x, y) is None


def test_that_a_tile_is_met_over_its_width_and_its_height() -> None:
    graph, layout = laid_out(("conv", 4), ("fc", 3), picture=(1, 4, 12))
    spot = layout.columns[1]
    (x, y), (width, height) = spot.centres[3], spot.size
    assert width > 2 * height
    for away, met in ((0.499, (1, 3)), (0.501, None)):
        assert unit_at(graph, layout, x + away * width, y) == met
        assert unit_at(graph, layout, x, y + away * height) == met
