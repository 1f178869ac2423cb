"""What keys do on points of a plane, and what is brought into sight for them."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from app.analysis.class_groups import grouped
from app.widgets.point_cloud import PointCloud
from tests.app.pointer import drag
from tests.app.widgets.corners import COLOURS, GROUPS

KEY = Qt.Key
MIDDLE = QPointF(150, 150)


@pytest.mark.parametrize(
    ("at", "moved"),
    [((150, 150), (0, 0)), ((5, 150), (5.5, 0)), ((150, 297), (0, -7.5)), ((400, -20), (-110.5, 30.5))],
)
def test_that_what_is_brought_into_sight_is_moved_no_further_than_it_takes_to_see_its_ring(
    cloud: PointCloud, at: tuple[int, int], moved: tuple[float, float]
) -> None:
    assert cloud.radius() == 4.5
    here = cloud.pixel_of(0)
    drag(cloud, here, QPointF(*at))
    cloud.bring_into_sight(0)
    assert cloud.places[0] == pytest.approx(np.array(at) + moved)


def test_that_what_is_in_sight_leaves_everything_fitted(cloud: PointCloud) -> None:
    cloud.bring_into_sight(0)
    cloud.resize(600, 600)
    assert cloud.places.max() == pytest.approx(600 - 0.06 * 600)


def ring(cloud: PointCloud) -> QRectF | None:
    return cloud.walk.place()


def test_that_keys_begin_at_the_sample_of_the_views_and_go_from_point_to_point(
    cloud: PointCloud, heard: list[object], qtbot: QtBot
) -> None:
    cloud.show_current(3)
    qtbot.keyClick(cloud, KEY.Key_Return)
    at, around = cloud.pixel_of(3), cloud.radius() + 6
    assert ring(cloud) == QRectF(at.x() - around, at.y() - around, 2 * around, 2 * around)
    for key in (KEY.Key_Left, KEY.Key_Left, KEY.Key_Space, KEY.Key_Down, KEY.Key_Space):
        qtbot.keyClick(cloud, key)
    assert heard == [("on", 2), ("click", 2), ("on", 0), ("click", 0)]
    cloud.show_current(1)
    assert cloud.walk.sample == 0, "where the keys went"
    qtbot.keyClick(cloud, KEY.Key_Escape)
    assert heard[4:] == [("on", -1)]


@pytest.mark.parametrize("current", [None, 1, 4, 9])
def test_that_keys_begin_at_the_first_point_that_is_seen_where_the_sample_of_the_views_is_not(
    cloud: PointCloud, current: int | None
) -> None:
    cloud.show_groups(grouped(np.array([1, 1, 0, 0]), ("ant", "bee"), COLOURS), np.array([True, False]))
    cloud.show_current(current)
    assert cloud.walk.sample == 2


def test_that_without_a_point_that_is_seen_keys_do_nothing(
    cloud: PointCloud, heard: list[object], qtbot: QtBot
) -> None:
    cloud.show_groups(GROUPS, np.array([False, False]))
    before = cloud.places.copy()
    for key in (KEY.Key_Return, KEY.Key_Left, KEY.Key_Space, KEY.Key_Plus):
        qtbot.keyClick(cloud, key)
    assert cloud.walk.sample is None
    assert ring(cloud) is None
    assert not cloud.walk.ring.isVisible()
    assert heard == []
    assert cloud.places == pytest.approx(before)


def test_that_plus_and_minus_zoom_around_the_sample_of_the_keys(cloud: PointCloud, qtbot: QtBot) -> None:
    cloud.show_current(1)
    qtbot.keyClick(cloud, KEY.Key_Return)
    before, at = cloud.places.copy(), cloud.places[1].copy()
    qtbot.keyClick(cloud, KEY.Key_Plus)
    assert cloud.places - at == pytest.approx((before - at) * 1.25)
    qtbot.keyClick(cloud, KEY.Key_Minus)
    assert cloud.places == pytest.approx(before)


def test_that_a_point_that_keys_go_to_is_brought_into_sight(cloud: PointCloud, qtbot: QtBot) -> None:
    cloud.show_current(0)
    cloud.zoom(4.0, 0)
    qtbot.keyClick(cloud, KEY.Key_Return)
    qtbot.keyClick(cloud, KEY.Key_Right)
    assert cloud.hovered_sample == 1
    assert cloud.places[1, 0] == pytest.approx(300 - cloud.radius() - 6)
