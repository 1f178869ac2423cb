"""The picture of layers over steps: what it tells where, and what the pointer asks of it."""

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.widgets.heat_map import LEFT_PX, RIGHT_PX, HeatMap
from tests.app.looks.pieces.widgets_plots import NAMES, N, make_map
from tests.app.made_up_findings import finding

WIDTH, ROW = 600 - LEFT_PX - RIGHT_PX, 30


@pytest.fixture
def shown(qtbot: QtBot) -> HeatMap:
    """Four rows of 30 px over the steps 0 to 60, 8 px each."""
    made = make_map(NAMES)()
    qtbot.addWidget(made)
    made.resize(600, 4 * ROW)
    made.show_range(0, N)
    made.show()
    return made


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (LEFT_PX, 0, "conv1\nstep 0\nMade up: 0 at 0"),
        (LEFT_PX + WIDTH / 2, ROW - 1, "conv1\nstep 30\nMade up: 0 at 30"),
        (LEFT_PX + WIDTH / 2, ROW, "conv2\nstep 30\nMade up: 1 at 30"),
        (599, 4 * ROW - 1, "fc2\nstep 60\nMade up: 3 at 60"),
        (LEFT_PX - 1, 0, "conv1"),
        (5, 2 * ROW + 3, "fc1"),
        (LEFT_PX, -1, ""),
        (LEFT_PX, 4 * ROW, ""),
    ],
)
def test_that_a_point_tells_layer_step_and_value_and_a_name_itself(
    shown: HeatMap, x: float, y: float, expected: str
) -> None:
    assert shown.text_at(QPointF(x, y)) == expected


def test_that_a_name_tells_what_is_found_of_its_layer(shown: HeatMap) -> None:
    shown.show_health(health_of([finding("dead-units", "critical", ["fc1"], 0)]))
    (row,) = shown.marked_rows
    assert row == 2
    told = shown.text_at(QPointF(5, 2 * ROW + 3)).splitlines()
    assert told[0] == "fc1" and len(told) == 2
    assert shown.text_at(QPointF(5, 3)) == "conv1"


def test_that_a_click_asks_for_a_step_and_a_layer_and_one_on_a_name_for_the_layer_alone(
    shown: HeatMap, qtbot: QtBot
) -> None:
    steps: list[float] = []
    layers: list[str] = []
    shown.step_requested.connect(steps.append)
    shown.layer_requested.connect(layers.append)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(LEFT_PX + WIDTH // 4, ROW + 2))
    assert steps[-1] == pytest.approx(15, abs=0.2)
    assert layers == ["conv2"]
    n_steps = len(steps)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(20, 3 * ROW + 2))
    assert len(steps) == n_steps
    assert layers == ["conv2", "fc2"]
