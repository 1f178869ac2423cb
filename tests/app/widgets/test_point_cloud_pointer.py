"""What the pointer does on points of a plane: what is told, when, and what is as it was before."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, QSize, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.point_cloud import PointCloud, Tool
from app.widgets.sample_card import SampleCard
from tests.app.painted import painted
from tests.app.pointer import RIGHT, drag, move, press, release, turn
from tests.app.widgets.corners import GROUPS, POINTS

KEY = Qt.Key
MIDDLE = QPointF(150, 150)


def test_that_a_pointer_is_on_a_point_within_7_px_and_each_change_is_told_once(
    cloud: PointCloud, heard: list[object]
) -> None:
    at = cloud.pixel_of(2)
    for px in (8, 7, 3, 0, -7, -8):
        move(cloud, at + QPointF(px, 0))
    assert heard == [("on", 2), ("on", -1)]
    move(cloud, at)
    move(cloud, cloud.pixel_of(3))
    QApplication.sendEvent(cloud, QEvent(QEvent.Type.Leave))
    assert heard[2:] == [("on", 2), ("on", 3), ("on", -1)]


def test_that_a_large_point_can_be_pointed_at_2_px_beside_it(cloud: PointCloud, heard: list[object]) -> None:
    cloud.zoom(100.0, 0)
    assert cloud.radius() == 9
    for px in (12, 11):
        move(cloud, cloud.pixel_of(0) + QPointF(px, 0))
    assert heard == [("on", 0)]
    heard.clear()
    move(cloud, cloud.pixel_of(0) + QPointF(11.5, 0))
    assert heard == [("on", -1)]


def test_that_of_a_hidden_point_nothing_is_told_and_it_is_never_selected(
    cloud: PointCloud, heard: list[object]
) -> None:
    cloud.show_groups(GROUPS, np.array([True, False]))
    move(cloud, cloud.pixel_of(1))
    drag(cloud, cloud.pixel_of(1))
    assert heard == []
    cloud.tool = Tool.RECTANGLE
    drag(cloud, QPointF(1, 1), QPointF(299, 299))
    assert heard == [[0, 2]]
    drag(cloud, cloud.pixel_of(1) - QPointF(20, 20), cloud.pixel_of(1) + QPointF(20, 20))
    assert heard == [[0, 2], None], "there is nothing to select"
    assert cloud.selection is None


def test_that_a_pointer_that_drags_is_on_no_point(cloud: PointCloud, heard: list[object]) -> None:
    at = cloud.pixel_of(0)
    move(cloud, at)
    press(cloud, at)
    move(cloud, at + QPointF(4, 0))
    assert heard == [("on", 0)], "so far it is a click"
    move(cloud, at + QPointF(5, 0))
    move(cloud, at)
    assert heard == [("on", 0), ("on", -1)]
    release(cloud, at)
    assert heard == [("on", 0), ("on", -1)], "and no click where it began"
    move(cloud, cloud.pixel_of(0))
    assert heard[2:] == [("on", 0)]


@pytest.mark.parametrize(("px", "is_click"), [(4, True), (5, False)])
def test_that_a_press_and_a_release_are_a_click_within_4_px(
    cloud: PointCloud, heard: list[object], px: int, is_click: bool
) -> None:
    at = cloud.pixel_of(0)
    press(cloud, at)
    release(cloud, at + QPointF(px, 0))
    assert heard == [("click", 0)] * is_click


def test_that_other_buttons_move_select_and_click_nothing(cloud: PointCloud, heard: list[object]) -> None:
    before = cloud.places.copy()
    drag(cloud, MIDDLE, QPointF(200, 200), button=RIGHT)
    drag(cloud, cloud.pixel_of(0), button=RIGHT)
    release(cloud, cloud.pixel_of(0))
    assert heard == []
    press(cloud, MIDDLE)
    release(cloud, MIDDLE, RIGHT)
    move(cloud, QPointF(170, 150))
    assert cloud.places - before == pytest.approx(np.tile([20, 0], (4, 1))), "the left one is still held"


def test_that_a_view_is_dragged_by_what_the_pointer_moved_from_the_press_on(cloud: PointCloud) -> None:
    before = cloud.places.copy()
    drag(cloud, MIDDLE, QPointF(153, 150), QPointF(160, 150), QPointF(155, 140))
    assert cloud.places - before == pytest.approx(np.tile([5, -10], (4, 1)))


@pytest.mark.parametrize(("tool", "chosen"), [(Tool.RECTANGLE, [2]), (Tool.LASSO, None)])
def test_that_a_single_move_draws_a_rectangle_and_no_line_around_anything(
    cloud: PointCloud, heard: list[object], tool: Tool, chosen: list[int] | None
) -> None:
    cloud.tool = tool
    drag(cloud, cloud.pixel_of(2) + QPointF(-20, -20), cloud.pixel_of(2) + QPointF(20, 20))
    assert heard == [chosen]


def test_that_a_lasso_begins_where_it_was_pressed_and_goes_through_every_place(
    cloud: PointCloud, heard: list[object]
) -> None:
    cloud.tool = Tool.LASSO
    start = cloud.pixel_of(2) + QPointF(-15, -15)
    drag(cloud, start, start + QPointF(30, 0), start + QPointF(30, 2), start + QPointF(1, 30), start)
    assert heard == [[2]]
    drag(cloud, MIDDLE)
    assert heard == [[2], None], "a new press begins anew"


def test_that_a_small_lasso_is_drawn_on_where_it_is_near_its_start(cloud: PointCloud, heard: list[object]) -> None:
    cloud.tool = Tool.LASSO
    at = cloud.pixel_of(1)
    drag(cloud, at + QPointF(-2, -2), at + QPointF(5, -2), at + QPointF(-1, 5), at + QPointF(-2, -1))
    assert heard == [[1]]


def test_that_escape_lets_a_selection_go_once(cloud: PointCloud, heard: list[object], qtbot: QtBot) -> None:
    cloud.show_selection(np.array([True, False, False, False]))
    qtbot.keyClick(cloud, KEY.Key_A)
    assert heard == []
    qtbot.keyClick(cloud, KEY.Key_Escape)
    qtbot.keyClick(cloud, KEY.Key_Escape)
    assert heard == [None]
    drag(cloud, MIDDLE)
    assert heard == [None], "nor is there anything to let go by a click"


def test_that_a_click_on_a_point_keeps_the_selection(cloud: PointCloud, heard: list[object]) -> None:
    cloud.show_selection(np.array([True, False, False, False]))
    drag(cloud, cloud.pixel_of(3))
    assert heard == [("click", 3)]
    assert cloud.selection is not None


@pytest.mark.parametrize("up", [120, -240])
def test_that_the_wheel_zooms_around_the_pointer(cloud: PointCloud, up: int) -> None:
    at = cloud.pixel_of(2)
    before = cloud.places.copy()
    assert turn(cloud, at, up)
    factor = 1.0015**up
    assert cloud.places - (at.x(), at.y()) == pytest.approx((before - (at.x(), at.y())) * factor)
    assert not turn(cloud, at, 0, across=120)


def test_that_what_was_zoomed_stays_so_until_everything_is_to_be_seen(cloud: PointCloud) -> None:
    whole = cloud.places.copy()
    turn(cloud, MIDDLE, 240)
    zoomed = cloud.places.copy()
    cloud.show_points(POINTS, POINTS * 3)
    assert cloud.places == pytest.approx(zoomed)
    cloud.fit()
    cloud.show_points(POINTS, POINTS)
    assert cloud.places == pytest.approx(whole)
    cloud.show_points(POINTS * 2, POINTS * 2)
    assert cloud.places == pytest.approx(whole), "and it goes with what has to fit in"


def test_that_everything_is_seen_at_another_size_and_what_was_zoomed_keeps_its_middle(cloud: PointCloud) -> None:
    cloud.resize(500, 500)
    assert cloud.places.max() == pytest.approx(500 - 0.06 * 500)
    cloud.zoom(4.0, 0)
    from_middle = cloud.places - 250
    cloud.resize(250, 300)
    assert cloud.places - (125, 150) == pytest.approx(from_middle / 2)


def test_that_other_points_of_another_number_lose_what_was_told_of_the_ones_before(cloud: PointCloud) -> None:
    chosen = np.array([True, False, False, False])
    cloud.show_selection(chosen)
    cloud.point_at(2)
    cloud.show_points(POINTS[::-1], POINTS)
    assert (cloud.selection is chosen, cloud.hovered_sample) == (True, 2)
    cloud.show_points(POINTS[:3], POINTS)
    assert (cloud.selection, cloud.hovered_sample) == (None, -1)


def test_that_points_of_another_number_than_the_groups_are_all_seen(cloud: PointCloud) -> None:
    cloud.show_groups(GROUPS, np.array([False, True]))
    assert cloud.shown().tolist() == [False, True, False, True]
    cloud.show_points(POINTS[:3], POINTS)
    assert cloud.shown().tolist() == [True] * 3


def test_that_a_card_is_told_in_words_to_those_who_do_not_see_until_the_pointer_goes(cloud: PointCloud) -> None:
    cloud.point_at(1)
    cloud.show_card(SampleCard(None, [("sample 1", "text"), ("a bee", "wrong")]))
    assert cloud.accessibleDescription() == "sample 1, a bee"
    assert {"sample 1", "a bee"} <= set(painted(cloud).texts)
    cloud.point_at(1)
    assert "a bee" in painted(cloud).texts, "it is on the same point"
    cloud.point_at(None)
    assert painted(cloud).texts == []
    cloud.show_card(None)
    assert cloud.accessibleDescription() == ""


def test_that_it_asks_for_room_and_says_what_it_is(cloud: PointCloud) -> None:
    assert cloud.sizeHint() == QSize(640, 480)
    assert cloud.minimumSize() == QSize(160, 120)
    assert cloud.accessibleName() == "Samples as points"
    assert cloud.focusPolicy() == Qt.FocusPolicy.StrongFocus
