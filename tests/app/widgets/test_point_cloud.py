"""Points of a plane."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.point_cloud import PointCloud
from tests.app.painted import painted


@pytest.mark.parametrize(
    ("along", "least"), [(Qt.Orientation.Horizontal, QSize(160, 0)), (Qt.Orientation.Vertical, QSize(0, 120))]
)
def test_that_points_keep_room_to_be_told_apart_however_little_is_left_for_them(
    qtbot: QtBot, along: Qt.Orientation, least: QSize
) -> None:
    splitter, cloud = QSplitter(along), PointCloud()
    qtbot.addWidget(splitter)
    splitter.addWidget(cloud)
    splitter.addWidget(QWidget())
    splitter.setCollapsible(0, False)
    splitter.resize(600, 400)
    splitter.show()
    qtbot.waitExposed(splitter)
    splitter.setSizes([0, 600])
    assert cloud.size().expandedTo(least) == cloud.size()


POINTS = np.array([[0.0, 0.08], [0.04, 0.1], [0.25, 0.28], [0.1, 0.2], [0.0, 0.28], [0.25, 0.08]])
NAMES = ("variability of the label's probability", "mean probability of the label")


@pytest.mark.parametrize(
    "points", [POINTS, POINTS * (0.1, 0.3) + (0.0, 0.2), POINTS * 1000, POINTS - 0.15, POINTS * 0, POINTS * 0 + 0.3]
)
@pytest.mark.parametrize("size", [(390, 215), (450, 340), (240, 160), (1200, 700)])
def test_that_points_of_a_plot_lie_beside_its_names_and_its_numbers_which_are_two_at_least_and_whole(
    qtbot: QtBot, points: np.ndarray, size: tuple[int, int]
) -> None:
    cloud = PointCloud()
    qtbot.addWidget(cloud)
    cloud.is_plot = True
    cloud.resize(*size)
    cloud.show_points(points, points)
    cloud.show_axes(*NAMES)
    found = painted(cloud)
    around = [QRectF(x - 4, y - 4, 8, 8) for x, y in cloud.places]
    assert not any(each.place.intersects(point) for each in found.words for point in around)
    assert all(QRectF(cloud.rect()).contains(each.place) for each in found.words)
    numbers = [each for each in found.words if each.text.lstrip("−")[0].isdigit()]
    level = [each for each in numbers if each.place.bottom() > cloud.height() - 20]
    upright = [each for each in numbers if each not in level]
    for axis in (level, upright):
        values = [float(each.text.replace("−", "-")) for each in axis]
        assert len(axis) >= 2
        assert np.ptp(np.diff(values)) < 1e-6 * np.ptp(values)
        assert not any(one.place.intersects(other.place) for one, other in pairwise(axis))
    name = found.word(NAMES[1]) if NAMES[1] in found.texts else None
    assert name is None or all(each.place.right() < name.place.left() for each in upright)


def test_that_the_numbers_of_an_axis_are_written_alike(qtbot: QtBot) -> None:
    cloud = PointCloud()
    qtbot.addWidget(cloud)
    cloud.is_plot = True
    cloud.resize(900, 500)
    points = np.array([[-5e-5, 0.0], [2e-4, 1.0]])
    cloud.show_points(points, points)
    cloud.show_axes(*NAMES)
    level = [each.text for each in painted(cloud).words if each.place.bottom() > cloud.height() - 20]
    assert {"0", "5e−5", "1e−4", "1.5e−4"} <= set(level)
