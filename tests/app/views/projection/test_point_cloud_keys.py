"""Points by keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.point_raster import next_point
from app.widgets.point_cloud import PointCloud
from app.widgets.sample_card import SampleCard

KEY = Qt.Key
CROSS = np.array([[0, 0], [10, 0], [-10, 0], [0, 10], [0, -10], [30, 4]], np.float32)
"""One in the middle, one at each side, y upwards, and one far at the right."""


@pytest.fixture
def cloud(show: Callable[..., None], qtbot: QtBot) -> PointCloud:
    made = PointCloud()
    show(made, 400, 300)
    made.show_points(CROSS, CROSS)
    made.show_current(0)
    made.hovered.connect(lambda sample: made.show_card(SampleCard(None, [(f"sample {sample}", "text")])))
    qtbot.waitUntil(made.isActiveWindow)
    made.clearFocus()  # which comes with the window
    made.setFocus(Qt.FocusReason.TabFocusReason)
    return made


@pytest.mark.parametrize(
    ("keys", "sample"),
    [
        ([KEY.Key_Right], 1),
        ([KEY.Key_Right, KEY.Key_Right, KEY.Key_Right], 5),
        ([KEY.Key_Left], 2),
        ([KEY.Key_Up], 3),
        ([KEY.Key_Down], 4),
    ],
)
def test_that_an_arrow_leads_to_the_next_point_at_that_side(
    cloud: PointCloud, keys: list[Qt.Key], sample: int, qtbot: QtBot
) -> None:
    clicked: list[int] = []
    cloud.clicked.connect(clicked.append)
    for key in keys:
        qtbot.keyClick(cloud, key)
    assert cloud.hovered_sample == sample
    assert cloud.accessibleDescription() == f"sample {sample}"
    assert cloud.walk.ring.geometry().contains(cloud.pixel_of(sample).toPoint())
    qtbot.keyClick(cloud, KEY.Key_Return)
    assert clicked == [sample]


def test_that_what_keys_go_to_is_brought_into_sight(cloud: PointCloud, qtbot: QtBot) -> None:
    for _ in range(12):
        qtbot.keyClick(cloud, KEY.Key_Plus)
    middle = cloud.pixel_of(0)
    assert not cloud.rect().contains(cloud.pixel_of(5).toPoint())
    for _ in range(2):
        qtbot.keyClick(cloud, KEY.Key_Right)
    assert cloud.rect().contains(cloud.pixel_of(5).toPoint())
    assert cloud.pixel_of(0).x() < middle.x()


def test_that_hidden_points_are_passed_over_and_those_at_one_place_come_one_by_one() -> None:
    places = np.array([[0, 0], [5, 0], [5, 0], [9, 0]], float)
    shown = np.ones(4, bool)
    assert [next_point(places, shown, at, 1, 0) for at in range(4)] == [1, 2, 3, None]
    assert [next_point(places, shown, at, -1, 0) for at in range(4)] == [None, 0, 1, 2]
    shown[1] = False
    assert next_point(places, shown, 0, 1, 0) == 2


def test_that_every_point_of_a_cloud_is_reached_by_arrows() -> None:
    places = np.random.default_rng(0).normal(size=(300, 2))
    reached, waiting = {0}, [0]
    while waiting:
        at = waiting.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            found = next_point(places, np.ones(300, bool), at, dx, dy)
            if found is not None and found not in reached:
                reached.add(found)
                waiting.append(found)
    assert len(reached) == 300


def test_that_a_click_keeps_escape_for_the_selection(cloud: PointCloud, qtbot: QtBot) -> None:
    cloud.clearFocus()
    cloud.show_selection(np.arange(6) < 2)
    qtbot.mouseClick(cloud, Qt.MouseButton.LeftButton, pos=cloud.pixel_of(1).toPoint())
    assert cloud.hasFocus() and cloud.walk.ring.isHidden()
    qtbot.keyClick(cloud, KEY.Key_Escape)
    assert cloud.selection is None
