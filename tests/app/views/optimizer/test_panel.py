"""The optimizer panel: heat map, curves, learning rate and histograms, by clicks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.measures import Measure
from app.palette import active
from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.panel import OptimizerPanel
from app.widgets.heat_map import LEFT_PX, ROW_PX, HeatMap
from app.window.theme import apply_theme
from collector.storage import Collection
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import open_insight_run
from tests.app.painted import painted
from tests.app.plots import click
from tests.app.pointer import turn_wheel
from tests.app.views.optimizer.answering import answered_panel, at, draw

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def run(tmp_path: Path) -> Collection:
    return open_insight_run(tmp_path / "run.json", nan_at=150)


@pytest.fixture
def panel(show: Callable[..., None], run: Collection) -> OptimizerPanel:
    panel = answered_panel()
    show(panel, 1200, 700)
    panel.show_collection(run)
    draw(panel)
    panel.show_step(0)
    return panel


def wheel(heat_map: HeatMap, step: float, notches: int) -> None:
    turn_wheel(heat_map, at(heat_map, step, 0), notches)


def test_that_it_begins_with_the_update_ratio_and_marks_what_is_usual(panel: OptimizerPanel) -> None:
    assert panel.chosen == "update_ratio"
    assert panel.scale_bar.mark == 1e-3
    assert panel.curves._mark.isVisible()
    assert "Around 0.001 is usual" in panel.measure_box.toolTip()
    panel.choose("gradient_norm")
    draw(panel)
    assert panel.scale_bar.mark is None
    assert not panel.curves._mark.isVisible()


def test_that_every_measure_of_layers_can_be_chosen_and_painted(panel: OptimizerPanel) -> None:
    keys = panel.measure_box.offered
    assert {"gradient_norm", "step_size", "near_zero_fraction@1e-07", "gradient_angle"} <= set(keys)
    for key in keys:
        panel.choose(key)
        draw(panel)
        assert panel.measure_box.choice == key
        assert panel.chosen == key
        panel.grab()


def test_that_a_click_on_the_heat_map_chooses_the_layer_and_moves_the_playhead(
    panel: OptimizerPanel, qtbot: QtBot
) -> None:
    layers: list[str] = []
    steps: list[float] = []
    panel.layer_requested.connect(layers.append)
    panel.step_requested.connect(steps.append)
    qtbot.mouseClick(panel.heat_map, LEFT, pos=at(panel.heat_map, 120, 2))
    assert layers == ["fc1"]
    assert steps == [pytest.approx(120, abs=1)]
    qtbot.mouseClick(panel.heat_map, LEFT, pos=QPoint(LEFT_PX // 2, at(panel.heat_map, 0, 1).y()))
    assert layers == ["fc1", "conv2"]
    assert len(steps) == 1, "a name has no step"


def test_that_the_playhead_of_the_heat_map_can_be_dragged(panel: OptimizerPanel, qtbot: QtBot) -> None:
    steps: list[float] = []
    layers: list[str] = []
    panel.step_requested.connect(steps.append)
    panel.layer_requested.connect(layers.append)
    panel.show_step(50)
    heat_map = panel.heat_map
    qtbot.mousePress(heat_map, LEFT, pos=at(heat_map, 50, 0))
    qtbot.mouseMove(heat_map, at(heat_map, 100, 0))
    qtbot.mouseMove(heat_map, at(heat_map, 900, 0))
    qtbot.mouseRelease(heat_map, LEFT, pos=at(heat_map, 900, 0))
    assert steps == [pytest.approx(100, abs=1), 200.0]
    assert layers == []


def test_that_pointing_tells_layer_step_and_value(panel: OptimizerPanel, run: Collection) -> None:
    words = panel.heat_map.text_at(QPointF(at(panel.heat_map, 100, 1)))
    step = int(words.split("step ")[1].split("\n")[0])
    value = run.series["update_ratio/conv2"][step]
    assert words.startswith("conv2\n")
    assert f"{value:.4g}" in words
    assert abs(step - 100) <= 1
    panel.choose("gradient_norm")
    draw(panel)
    assert "NaN" in panel.heat_map.text_at(QPointF(at(panel.heat_map, 180, 3)))
    assert "not recorded" in panel.heat_map.text_at(QPointF(at(panel.heat_map, 0, 3)))


def test_that_nan_has_its_own_colour_and_gaps_have_none(panel: OptimizerPanel) -> None:
    panel.choose("gradient_norm")
    draw(panel)
    panel.show_step(10)
    image = panel.heat_map.grab().toImage()
    assert image.pixelColor(at(panel.heat_map, 180, 3)) == QColor(255, 0, 220)
    assert image.pixelColor(at(panel.heat_map, -2, 0)).name() == active().background
    assert [text for _, text in panel.scale_bar._marks] == ["NaN or Inf"]


def test_that_heat_map_and_curves_zoom_alike(panel: OptimizerPanel, qtbot: QtBot) -> None:
    whole = panel.heat_map.shown_range
    wheel(panel.heat_map, 100, 4)
    zoomed = panel.heat_map.shown_range
    assert whole[0] < zoomed[0] < 100 < zoomed[1] < whole[1]
    for plot in (panel.curves, panel.rates):
        assert plot.shown_range == pytest.approx(zoomed)
    start = at(panel.heat_map, 120, 0)
    qtbot.mousePress(panel.heat_map, LEFT, pos=start)
    qtbot.mouseMove(panel.heat_map, start + QPoint(60, 0))
    qtbot.mouseRelease(panel.heat_map, LEFT, pos=start + QPoint(60, 0))
    moved = panel.heat_map.shown_range
    assert moved[0] < zoomed[0]
    assert moved[1] - moved[0] == pytest.approx(zoomed[1] - zoomed[0])
    qtbot.mouseDClick(panel.heat_map, LEFT, pos=start)
    assert panel.heat_map.shown_range == pytest.approx(whole)


def test_that_zooming_never_leaves_the_run(panel: OptimizerPanel) -> None:
    whole = panel.heat_map.shown_range
    for notches in (8, -3, -20, 30, -50):
        wheel(panel.heat_map, 195, notches)
        low, high = panel.heat_map.shown_range
        assert whole[0] - 1e-6 <= low < high <= whole[1] + 1e-6
    assert panel.heat_map.shown_range == pytest.approx(whole)


def test_that_steps_stand_above_each_other_in_all_three(panel: OptimizerPanel) -> None:
    for step in (0, 77, 200):
        panel.show_step(step)
        places = [panel.heat_map._x_of(step), panel.curves._across(), panel.rates._across()]
        assert max(places) - min(places) <= 3


def test_that_the_chosen_layer_is_strong_and_the_others_thin(panel: OptimizerPanel, run: Collection) -> None:
    assert panel.curves.others[1].shape[0] == 4
    panel.show_layer("fc1")
    draw(panel)
    assert panel.curves.others[1].shape[0] == 3
    shown = panel.curves.lines[-1].values
    assert shown.tolist() == run.series.recorded("update_ratio/fc1")[1].tolist()
    panel.show_step(60)
    assert panel.curves_legend.entries[0].label == "Update ratio · fc1"
    assert panel.curves_legend.entries[0].figure == f"{run.series['update_ratio/fc1'][60]:.3g}"
    panel.show_layer("relu1")
    draw(panel)
    assert panel.curves.others[1].shape[0] == 4


def test_that_the_histograms_are_those_of_the_pass_and_the_layer(panel: OptimizerPanel, run: Collection) -> None:
    views = panel.histograms.views
    for number in (0, 2):
        taken = run.passes[number]
        panel.show_histograms(taken.histograms, taken.step)
        assert panel.histograms.place_label.text() == f"step {taken.step} · whole model"
        assert views["weight"].bars.sum() == sum(kinds["weight"].sum() for kinds in taken.histograms.values())
    panel.show_layer("conv2")
    draw(panel)
    assert panel.histograms.place_label.text() == "step 100 · conv2"
    assert views["update"].bars.sum() == run.passes[2].histograms["conv2"]["update"].sum()
    panel.show_histograms({}, 150)
    panel.grab()
    assert len(views["update"].bars) == 0


def test_that_the_numbers_are_those_of_the_layers_and_rates(panel: OptimizerPanel, run: Collection) -> None:
    headings, rows = panel.numbers()
    assert headings == ("step", *(f"update_ratio/{name}" for name in ("conv1", "conv2", "fc1", "fc2")), "learning_rate")
    assert [row[0] for row in rows] == list(range(200))
    assert rows[0][1] is None
    assert rows[7][2] == run.series["update_ratio/conv2"][7]


def test_that_a_grown_run_keeps_zoom_measure_and_layer(panel: OptimizerPanel, show: Callable[..., None]) -> None:
    run = GrowingRun().grow(gradient_norm__a=np.ones(100), update_norm__a=np.ones(100))
    panel.show_collection(run)  # type: ignore[arg-type]
    panel.choose("update_norm")
    panel.show_layer("a")
    draw(panel)
    wheel(panel.heat_map, 50, 4)
    zoomed = panel.heat_map.shown_range
    run.grow(gradient_norm__a=np.ones(50), update_norm__a=np.ones(50))
    panel.show_collection(run)  # type: ignore[arg-type]
    draw(panel)
    assert panel.chosen == "update_norm"
    assert panel.heat_map.shown_range == pytest.approx(zoomed)
    assert panel.curves.lines[-1].steps[-1] == 149


def test_that_click_on_a_curve_asks_for_a_step(panel: OptimizerPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.step_requested) as asked:
        click(qtbot, panel.rates, 84)  # type: ignore[arg-type]
    assert asked.args == [pytest.approx(84, abs=1)]


def test_that_a_run_without_layers_and_no_run_say_what_is_missing(panel: OptimizerPanel) -> None:
    panel.show_collection(GrowingRun().grow(loss=np.ones(3)))  # type: ignore[arg-type]
    draw(panel)
    assert "--insight_interval 10" in panel.empty_state.label.text()
    assert panel.empty_state.label.isVisible()
    assert panel.numbers() == (("step",), [])
    panel.show_collection(GrowingRun().grow(learning_rate=np.ones(3)))  # type: ignore[arg-type]
    draw(panel)
    assert not panel.empty_state.label.isVisible(), "a learning rate is something to see"
    panel.grab()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_sixteen_layers_have_a_row_each_that_a_name_fits_into(
    show: Callable[..., None], tmp_path: Path, qapp, theme: str
) -> None:
    apply_theme(qapp, theme)
    names = [f"features.block{number // 4}.conv{number}" for number in range(16)]
    panel = answered_panel()
    show(panel, 900, 500)
    panel.show_collection(open_insight_run(tmp_path / "many.json", layers=names, interval=10))
    draw(panel)
    panel.grab()
    assert panel.heat_map.height() >= 16 * ROW_PX
    assert panel.rates.height() >= 84


def test_that_plots_are_drawn_in_turns_and_what_is_chosen_meanwhile_is_drawn_once(panel: OptimizerPanel) -> None:
    before = panel.heat_map.heat
    panel.choose("gradient_norm")
    panel.choose("update_norm")
    assert panel.heat_map.heat is before
    assert len(panel._waiting) == 2
    panel._fill_next()
    assert panel.heat_map.heat.measure.key == "update_norm"
    assert panel.is_filling
    draw(panel)
    assert panel.curves_legend.entries[0].label.startswith("Update norm")


def test_that_nothing_is_drawn_of_a_run_that_is_gone(panel: OptimizerPanel) -> None:
    panel.choose("gradient_norm")
    panel.show_collection(GrowingRun().grow(loss=np.ones(3)))  # type: ignore[arg-type]
    assert not panel.is_filling
    QApplication.processEvents()
    assert panel.heat_map.heat is None


def test_that_a_drag_on_the_whole_picture_moves_the_playhead(panel: OptimizerPanel, qtbot: QtBot) -> None:
    heat_map, steps = panel.heat_map, []
    panel.step_requested.connect(steps.append)
    panel.show_step(0)
    whole = heat_map.shown_range
    qtbot.mousePress(heat_map, LEFT, pos=at(heat_map, 60, 1))
    qtbot.mouseMove(heat_map, at(heat_map, 90, 1))
    qtbot.mouseMove(heat_map, at(heat_map, 120, 1))
    qtbot.mouseRelease(heat_map, LEFT, pos=at(heat_map, 120, 1))
    assert steps[-1] == pytest.approx(120, abs=1)
    assert heat_map.shown_range == whole


def test_that_what_was_asked_for_before_comes_too_late(show: Callable[..., None], run: Collection) -> None:
    panel = OptimizerPanel()
    show(panel, 1200, 700)
    asked: list[Measure] = []
    panel.heat_requested.connect(lambda _, measure: asked.append(measure))
    panel.show_collection(run)
    panel.choose("gradient_norm")
    assert [measure.key for measure in asked] == ["update_ratio", "gradient_norm"]
    assert panel.is_filling
    for measure in reversed(asked):
        panel.show_heat(layer_heat(run, measure))
    draw(panel)
    assert panel.heat_map.heat is not None and panel.heat_map.heat.measure.key == "gradient_norm"


def test_that_what_a_run_lacks_is_said_in_its_place(panel: OptimizerPanel) -> None:
    panel.show_collection(GrowingRun().grow(learning_rate=np.ones(30)))  # type: ignore[arg-type]
    draw(panel)
    assert "--insight_interval 10" in " ".join(painted(panel.heat_map).texts)
    assert (panel.curves.message, panel.rates.message) == ("not recorded", "")
    assert not panel.measure_box.isVisible()
    panel.show_collection(GrowingRun().grow(gradient_norm__a=np.ones(30)))  # type: ignore[arg-type]
    draw(panel)
    assert "--insight_interval 10" not in " ".join(painted(panel.heat_map).texts)
    assert (panel.curves.message, panel.rates.message) == ("", "learning rate not recorded")


def test_that_another_run_is_seen_as_a_whole_with_nothing_of_the_one_before(
    panel: OptimizerPanel, run: Collection
) -> None:
    panel.show_histograms(run.passes[0].histograms, 0)
    wheel(panel.heat_map, 50, 4)
    assert panel.shown_steps is not None
    panel.show_collection(GrowingRun().grow(gradient_norm__a=np.ones(80)))  # type: ignore[arg-type]
    draw(panel)
    assert panel.shown_steps is None
    assert panel.heat_map.shown_range == pytest.approx((-1.6, 81.6))
    assert panel.histograms.place_label.text() == ""
    assert not any(len(view.bars) for view in panel.histograms.views.values())


def test_that_an_estimate_is_called_one_until_a_run_that_has_none(panel: OptimizerPanel, tmp_path: Path) -> None:
    panel.show_collection(open_insight_run(tmp_path / "sampled.json", sample=1000))
    panel.choose("near_zero_fraction@1e-05")
    draw(panel)
    assert panel.estimate_label.text() == "estimate"
    panel.show_collection(GrowingRun().grow(learning_rate=np.ones(30)))  # type: ignore[arg-type]
    draw(panel)
    assert panel.estimate_label.text() == ""


def test_that_thin_lines_have_the_playhead_and_the_lowest_plot_has_the_steps_of_all(
    panel: OptimizerPanel,
) -> None:
    assert not any(len(line.steps) for line in panel.curves.lines)
    assert panel.curves.playhead.isVisible()
    below = [plot.getPlotItem().getAxis("bottom").style["showValues"] for plot in panel.plots]
    assert below == [False, True]


def test_that_the_row_of_the_chosen_layer_is_framed(panel: OptimizerPanel) -> None:
    assert painted(panel.heat_map).lines(active().text) == []
    panel.show_layer("fc1")
    (frame,) = painted(panel.heat_map).lines(active().text)
    assert frame.place.center().y() == pytest.approx(at(panel.heat_map, 0, 2).y(), abs=2)


def test_that_the_playhead_of_the_picture_stands_at_the_step(panel: OptimizerPanel) -> None:
    for step in (30, 140):
        panel.show_step(step)
        (line,) = painted(panel.heat_map).lines(active().hovered)
        assert line.place.center().x() == pytest.approx(panel.heat_map._x_of(step), abs=1)


def test_that_a_step_stands_at_one_place_in_the_picture_and_in_the_plots_below_it(panel: OptimizerPanel) -> None:
    low, high = panel.rates.shown_range
    for step in (low, 90.0, high):
        across = panel.heat_map.mapTo(panel, QPoint()).x() + panel.heat_map._x_of(step)
        for plot in panel.plots:
            viewport = plot.viewport()
            assert viewport is not None
            place = plot.getPlotItem().vb.mapViewToScene(QPointF(step, 0.0)).x()
            assert viewport.mapTo(panel, QPoint()).x() + place == pytest.approx(across, abs=1.1)
