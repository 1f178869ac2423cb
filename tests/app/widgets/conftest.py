"""A plane of points on the screen, and what it tells."""

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.point_cloud import PointCloud
from app.window.theme import apply_theme
from tests.app.widgets.corners import POINTS


@pytest.fixture
def cloud(qtbot: QtBot, qapp: QApplication) -> PointCloud:
    """Four points at the corners, 244 px apart."""
    apply_theme(qapp)
    made = PointCloud()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show_points(POINTS, POINTS)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def heard(cloud: PointCloud) -> Iterator[list[object]]:
    """What it tells, in its order."""
    found: list[object] = []
    cloud.hovered.connect(lambda sample: found.append(("on", sample)))
    cloud.clicked.connect(lambda sample: found.append(("click", sample)))
    cloud.selected.connect(lambda chosen: found.append(None if chosen is None else np.flatnonzero(chosen).tolist()))
    yield found
