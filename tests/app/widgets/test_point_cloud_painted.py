"""What is painted around and between points of a plane: rings, lines to another run, the way of a drag."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.point_cloud import PointCloud, Tool
from app.window.theme import apply_theme
from tests.app.painted import Shape, painted
from tests.app.pointer import move, press, release
from tests.app.widgets.corners import COLOURS, GROUPS, POINTS


@pytest.fixture
def cloud(cloud: PointCloud) -> PointCloud:
    """In two groups."""
    cloud.show_groups(GROUPS, np.array([True, True]))
    return cloud


def around(cloud: PointCloud, sample: int) -> QRectF:
    at, radius = cloud.pixel_of(sample), cloud.radius() + 4
    return QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)


def rings(cloud: PointCloud, colour: str) -> list[Shape]:
    return [
        each for each in painted(cloud).lines(colour) if each.place.width() == pytest.approx(2 * cloud.radius() + 8)
    ]


def test_that_the_sample_of_the_views_and_that_under_the_pointer_have_rings_while_they_are_seen(
    cloud: PointCloud,
) -> None:
    assert not rings(cloud, active().text) and not rings(cloud, active().hovered)
    cloud.show_current(0)
    cloud.point_at(3)
    for sample, colour in ((0, active().text), (3, active().hovered)):
        (ring,) = rings(cloud, colour)
        assert ring.px == 2
        assert ring.place.center().x() == pytest.approx(around(cloud, sample).center().x(), abs=0.01)
        assert ring.place.center().y() == pytest.approx(around(cloud, sample).center().y(), abs=0.01)
    cloud.show_groups(GROUPS, np.array([False, True]))
    assert not rings(cloud, active().text) and rings(cloud, active().hovered)
    cloud.show_current(4)
    cloud.hovered_sample = 4
    assert not rings(cloud, active().text) and not rings(cloud, active().hovered), "there is no such sample"


def test_that_it_has_a_frame_of_one_px(cloud: PointCloud) -> None:
    (frame,) = painted(cloud).lines(active().line)
    assert (frame.place.left(), frame.place.top(), frame.place.right(), frame.place.bottom()) == (
        0.5,
        0.5,
        299.5,
        299.5,
    )
    assert frame.px == 1


def lines(cloud: PointCloud, colour: str) -> set[tuple[int, ...]]:
    found = painted(cloud).lines(colour)
    return {tuple(round(value) for value in each.place.getCoords()) for each in found if each.place.width() < 60}


def expected_lines(cloud: PointCloud, samples: list[int]) -> set[tuple[int, ...]]:
    assert cloud.view is not None
    ends = cloud.view.to_pixels(POINTS + 1)
    found = set()
    for sample in samples:
        (x, y), (other_x, other_y) = cloud.places[sample], ends[sample]
        found.add((round(x), round(other_y), round(other_x), round(y)))
    return found


def test_that_lines_lead_to_where_another_run_has_a_sample_of_what_is_seen_or_chosen_alone(cloud: PointCloud) -> None:
    faint, hovered = active().faint_text, active().hovered
    cloud.show_ends(POINTS + 1)
    assert lines(cloud, faint) == expected_lines(cloud, [0, 1, 2, 3])
    cloud.show_groups(GROUPS, np.array([True, False]))
    assert lines(cloud, faint) == expected_lines(cloud, [0, 2])
    cloud.show_selection(np.array([True, True, False, False]))
    assert lines(cloud, faint) == expected_lines(cloud, [0])
    cloud.point_at(2)
    told = [each for each in painted(cloud).lines(hovered) if each not in rings(cloud, hovered)]
    assert [tuple(round(value) for value in each.place.getCoords()) for each in told] == list(
        expected_lines(cloud, [2])
    )
    assert told[0].px == 2
    for nothing in (None, (POINTS + 1)[:3]):
        cloud.show_ends(nothing)
        assert lines(cloud, faint) == set()


@pytest.mark.parametrize(("n", "strength"), [(2, 0.4), (200, 0.4), (400, 0.2), (1000, 0.08), (4000, 0.05)])
def test_that_the_more_lines_there_are_the_fainter_each_is_but_none_is_lost(
    qtbot: QtBot, qapp: QApplication, n: int, strength: float
) -> None:
    apply_theme(qapp)
    cloud = PointCloud()
    qtbot.addWidget(cloud)
    cloud.resize(300, 300)
    points = np.tile([0.0, 0.0], (n, 1))
    points[0] = (0.0, 10.0)
    ends = points.copy()
    ends[0] = (10.0, 10.0)
    cloud.show_points(points, np.array([[0.0, 0.0], [10.0, 10.0]]))
    cloud.show_ends(ends)
    at = cloud.pixel_of(0).toPoint()
    found = cloud.grab().toImage().pixelColor(at.x() + 100, at.y())
    ground, full = QColor(active().background), QColor(active().faint_text)
    wanted = ground.red() + strength * (full.red() - ground.red())
    assert found.red() == pytest.approx(wanted, abs=2)


@pytest.mark.parametrize("tool", [Tool.RECTANGLE, Tool.LASSO])
def test_that_the_way_of_a_drag_is_seen_until_it_ends(cloud: PointCloud, tool: Tool) -> None:
    def way() -> list[Shape]:
        return [each for each in painted(cloud).lines(active().hovered) if each not in rings(cloud, active().hovered)]

    cloud.tool = tool
    press(cloud, QPointF(100, 120))
    for at in (QPointF(180, 120), QPointF(180, 200), QPointF(140, 220)):
        move(cloud, at, Qt.MouseButton.LeftButton)
    whole = way()[0].place
    for each in way():
        whole = whole.united(each.place)
    expected = QRectF(100, 120, 40, 100) if tool is Tool.RECTANGLE else QRectF(100, 120, 80, 100)
    assert (whole.left(), whole.top(), whole.right(), whole.bottom()) == pytest.approx(expected.getCoords(), abs=6)
    assert {each.px for each in way()} == {1.5}
    release(cloud, QPointF(140, 220))
    assert way() == []


def test_that_what_is_not_chosen_has_a_fifth_of_its_colour_and_lies_below(cloud: PointCloud) -> None:
    cloud.show_points(np.tile([0.0, 0.0], (4, 1)) + POINTS * 1e-9, POINTS)
    at = cloud.pixel_of(0).toPoint()

    def colour() -> tuple[int, ...]:
        return cloud.grab().toImage().pixelColor(at).getRgb()[:3]

    assert colour() == tuple(COLOURS[1]), "the last lies on top"
    cloud.show_selection(np.array([True, False, False, False]))
    assert colour() == tuple(COLOURS[0])
    cloud.show_selection(np.array([False, False, False, False]))
    ground = np.array(QColor(active().background).getRgb()[:3], float)
    assert colour() == pytest.approx(tuple(ground + (COLOURS[1] - ground) * 0.22), abs=1.5)


def test_that_points_without_groups_are_grey(cloud: PointCloud) -> None:
    cloud.show_points(POINTS[:3], POINTS)
    at = cloud.pixel_of(0).toPoint()
    assert cloud.grab().toImage().pixelColor(at).getRgb()[:3] == (128, 128, 128)


@pytest.mark.parametrize("size", [(300, 300), (420, 180)])
def test_that_the_names_of_a_plane_stand_in_the_middle_of_its_lower_and_its_left_border(
    cloud: PointCloud, size: tuple[int, int]
) -> None:
    width, height = size
    cloud.resize(width, height)
    cloud.show_axes("right", "up")
    found = painted(cloud)
    right, up = found.word("right"), found.word("up")
    assert right.place.center().x() == pytest.approx(width / 2, abs=2)
    assert height - 6 - 16 < right.place.top() < right.place.bottom() < height - 6
    assert up.place.center().y() == pytest.approx(height / 2, abs=2)
    assert 6 <= up.place.left() < up.place.right() < 24
    assert up.place.height() > 0


def test_that_a_long_name_of_the_left_border_ends_above_that_of_the_lower_one(cloud: PointCloud) -> None:
    long = "a name that is longer than there is height for it at this border"
    cloud.show_axes("right", long)
    found = painted(cloud)
    (up,) = [each for each in found.words if each.text.startswith("a name")]
    assert up.text.endswith("…")
    assert up.place.bottom() <= found.word("right").place.top()
    assert up.place.top() >= 5
    cloud.resize(300, 600)
    assert painted(cloud).word(long).place.center().y() == pytest.approx(300, abs=2)
