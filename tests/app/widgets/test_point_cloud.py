"""Points of a plane."""

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.point_cloud import PointCloud


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
