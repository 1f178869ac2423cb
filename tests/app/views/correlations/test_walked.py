"""Keys walk over the cells of a matrix, over small matrices and over layers, and what is there is told."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from tests.app.views.correlations.made_up import matrix, waves


@pytest.fixture
def press(qtbot: QtBot) -> Callable[..., str]:
    """Shows a widget, presses keys, and gives what is told then to those who do not see."""

    def press(widget: QWidget, *keys: Qt.Key) -> str:
        if not widget.isVisible():
            qtbot.addWidget(widget)
            widget.resize(300, 200)
            widget.show()
            qtbot.waitExposed(widget)
        for key in keys:
            QTest.keyClick(widget, key)
        return widget.accessibleDescription()

    return press


ENTER, LEFT, RIGHT, UP, DOWN = (getattr(Qt.Key, f"Key_{name}") for name in ("Return", "Left", "Right", "Up", "Down"))


def test_that_keys_tell_each_cell_of_a_matrix_up_to_both_ends(press: Callable[..., str]) -> None:
    values = waves(3, 4)
    view = MatrixView()
    view.show_matrix(matrix(values))
    assert view.accessibleName() == "Matrix of correlations"

    def told(row: int, column: int) -> str:
        return f"row {row} × column {column} of a matrix that is told in words: {values[row, column]:.3f}"

    assert press(view, ENTER, RIGHT) == view.tip == told(0, 1)
    assert press(view, DOWN) == told(1, 1)
    assert press(view, *[DOWN, RIGHT] * 5) == told(2, 3)
    assert press(view, RIGHT) == told(2, 3)
    assert press(view, *[UP, LEFT] * 5) == told(0, 0)
    clicked: list[tuple[int, int]] = []
    view.cell_clicked.connect(lambda *cell: clicked.append(cell))
    press(view, RIGHT, ENTER)
    assert clicked == [(0, 1)]
    press(view, Qt.Key.Key_Escape)
    assert view.tip == ""


def test_that_where_there_is_no_matrix_it_is_told_why_and_keys_go_nowhere(press: Callable[..., str]) -> None:
    view = MatrixView()
    view.show_matrix(None, "It was not recorded.")
    assert press(view, ENTER, RIGHT) == "It was not recorded."
    assert view.walk.at is None
    view.show_matrix(matrix(np.zeros((0, 0))), "There is nothing.")
    assert press(view, RIGHT) == "There is nothing."


def test_that_keys_tell_each_small_matrix_and_ask_for_it(press: Callable[..., str]) -> None:
    strip = MatrixStrip()
    strip.show_matrices(lambda _: matrix(waves(4, 4)), list("01234"), [f"epoch {each}" for each in range(5)])
    assert strip.accessibleName() == "Measurements over the run"
    assert press(strip, ENTER, RIGHT) == "epoch 1"
    asked: list[int] = []
    strip.measurement_requested.connect(asked.append)
    press(strip, RIGHT, ENTER)
    press(strip, *[RIGHT] * 9, *[DOWN] * 9, ENTER)
    press(strip, *[LEFT] * 9, *[UP] * 9, ENTER)
    assert asked == [2, 4, 0]


def test_that_keys_tell_each_layer_and_ask_for_it(press: Callable[..., str]) -> None:
    bars = LayerBars()
    bars.setToolTip("1 is the same.")
    given = [
        LayerBar("block.conv1", "conv1", 0.75, 0.5, 0.9),
        LayerBar("block.fc1", "fc1", None),
        LayerBar("block.fc2", "fc2", -0.5, -0.7, 0.2, beside=0.25),
    ]
    bars.show_bars(given, "block.conv1")
    assert bars.accessibleName() == "Layers, by how stable they are"
    assert press(bars, ENTER, UP) == "block.conv1: 0.75; from 0.50 to 0.90 1 is the same."
    assert press(bars, DOWN) == "block.fc1: no number 1 is the same."
    assert press(bars, DOWN) == "block.fc2: −0.50, in B 0.25; from −0.70 to 0.20 1 is the same."
    asked: list[str] = []
    bars.layer_requested.connect(asked.append)
    press(bars, DOWN, ENTER)
    press(bars, UP, UP, UP, ENTER)
    assert asked == ["block.fc2", "block.conv1"]
