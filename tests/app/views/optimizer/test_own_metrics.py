"""Metrics that a training brought along, in the optimizer panel: also of the whole model, which is a row of its own."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.optimizer.panel import OptimizerPanel
from app.widgets.choice_box import ChoiceBox
from collector.storage.schema import Metric
from tests.app.growing_run import GrowingRun
from tests.app.views.optimizer.answering import answered_panel, at, draw

BEND = Metric("bend", "curvature", "How it bends.", is_linear=True)
SCALE = Metric("scale", "noise scale", "Noise.", "samples")


@pytest.fixture
def run() -> GrowingRun:
    run = GrowingRun(metrics={"bend": BEND, "scale": SCALE})
    n = np.arange(40.0)
    return run.grow(bend__total=n - 20, scale__fc1=n + 1, scale__fc2=2 * n + 1, scale__total=3 * n + 1)


@pytest.fixture
def panel(show: Callable[..., None], run: GrowingRun) -> OptimizerPanel:
    panel = answered_panel()
    show(panel, 1200, 700)
    panel.show_collection(run)  # type: ignore[arg-type]
    panel.show_step(10)
    draw(panel)
    return panel


def pick(panel: OptimizerPanel, title: str) -> None:
    """Choose in the box, as its list does."""
    box: ChoiceBox = panel.measure_box
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())
    draw(panel)


def words(panel: OptimizerPanel) -> str:
    return panel.curves_legend.accessibleName()


def test_that_what_only_the_whole_model_has_is_one_row_and_a_curve_on_a_linear_scale(panel: OptimizerPanel) -> None:
    pick(panel, "Curvature")

    assert panel.heat_map.heat is not None
    assert panel.heat_map.heat.layers == ("whole model",)
    assert panel.heat_map.height() < panel.curves.height()
    assert "Curvature · whole model -10" in words(panel).replace("−", "-")
    assert not panel.curves.getPlotItem().getAxis("left").logMode


def test_that_the_whole_model_is_the_last_row_and_the_strong_curve_until_a_layer_is_chosen(
    panel: OptimizerPanel, qtbot: QtBot
) -> None:
    pick(panel, "Noise scale")
    assert panel.heat_map.heat is not None
    assert panel.heat_map.heat.layers == ("fc1", "fc2", "whole model")
    assert "Noise scale · whole model 31" in words(panel)

    qtbot.mouseClick(panel.heat_map, Qt.MouseButton.LeftButton, pos=at(panel.heat_map, 10, 1))
    draw(panel)
    assert "Noise scale · fc2 21" in words(panel)

    pick(panel, "Curvature")
    assert "Curvature · whole model" in words(panel)


def test_that_a_click_on_the_row_of_the_whole_model_chooses_no_layer(panel: OptimizerPanel, qtbot: QtBot) -> None:
    pick(panel, "Noise scale")
    chosen: list[str] = []
    panel.layer_requested.connect(chosen.append)
    qtbot.mouseClick(panel.heat_map, Qt.MouseButton.LeftButton, pos=at(panel.heat_map, 10, 2))

    assert not chosen
