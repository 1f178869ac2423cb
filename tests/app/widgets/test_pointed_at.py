"""What the pointer does on points of a plane, and the keys on a plot over steps."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.point_cloud import PointCloud, Tool
from tests.app.pointer import drag
from tests.app.widgets.corners import POINTS


@pytest.fixture
def cloud(qtbot: QtBot) -> PointCloud:
    made = PointCloud()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show_points(POINTS, POINTS)
    made.show()
    return made


def test_that_dragging_moves_all_points_as_far_as_the_pointer_went(cloud: PointCloud) -> None:
    before = cloud.places.copy()
    drag(cloud, QPointF(150, 150), QPointF(160, 152), QPointF(190, 120))
    assert cloud.places - before == pytest.approx(np.tile([40, -30], (4, 1)))
    cloud.fit()
    assert cloud.places == pytest.approx(before)


def test_that_a_click_is_one_that_hardly_moved_and_on_a_point(cloud: PointCloud) -> None:
    clicked: list[int] = []
    cloud.clicked.connect(clicked.append)
    for sample in range(4):
        at = cloud.pixel_of(sample)
        drag(cloud, at, at + QPointF(2, 1))
    assert clicked == [0, 1, 2, 3]
    drag(cloud, QPointF(150, 150), QPointF(151, 150))
    drag(cloud, cloud.pixel_of(0), cloud.pixel_of(0) + QPointF(9, 0))
    assert clicked == [0, 1, 2, 3]


def test_that_a_rectangle_selects_what_is_in_it_and_a_click_beside_all_points_lets_it_go(cloud: PointCloud) -> None:
    selected: list[list[bool] | None] = []
    cloud.selected.connect(lambda chosen: selected.append(None if chosen is None else chosen.tolist()))
    cloud.tool = Tool.RECTANGLE
    drag(cloud, cloud.pixel_of(0) + QPointF(-9, 9), cloud.pixel_of(2), cloud.pixel_of(2) + QPointF(9, -9))
    drag(cloud, QPointF(150, 150), QPointF(150, 150))
    assert selected == [[True, False, True, False], None]


def test_that_a_lasso_selects_what_is_within_its_line(cloud: PointCloud) -> None:
    selected: list[list[bool]] = []
    cloud.selected.connect(lambda chosen: selected.append(chosen.tolist()))
    cloud.tool = Tool.LASSO
    right, above, corner = (cloud.pixel_of(number) for number in (1, 2, 3))
    drag(cloud, above + QPointF(-9, -9), corner + QPointF(9, -9), right + QPointF(9, 9))
    assert selected == [[False, True, True, True]]


def test_that_points_are_larger_the_fewer_and_the_nearer_they_are(cloud: PointCloud) -> None:
    assert cloud.radius() == 4.5
    cloud.zoom(100.0, 0)
    assert cloud.radius() == 9.0
    for n, expected in ((1000, 4.5), (1001, 3.0), (4000, 3.0), (4001, 2.0)):
        points = np.stack([np.arange(n), np.arange(n)], axis=1).astype(float)
        cloud.fit()
        cloud.show_points(points, points)
        assert cloud.radius() == expected


def test_that_keys_on_a_plot_go_from_value_to_value_and_tell_the_step(qtbot: QtBot) -> None:
    plot = CurvePlot([LineStyle("bar")])
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.show_lines([Line(np.array([0, 500, 2000]), np.array([1.0, 2.0, 3.0]))], 2000)
    plot.show_step(500)
    plot.show()
    asked: list[float] = []
    plot.step_requested.connect(asked.append)
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert asked == [2000]
    assert plot.accessibleDescription() == "step 2,000"
