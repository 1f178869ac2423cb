"""What is known of the pinned unit."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.figures import true_signs
from app.analysis.graph.graph import build_graph
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayState
from app.views.unit.analysis.unit_history import Trace, UnitHistory, UnitHistoryReader
from app.views.unit.frame import UnitFrame, prepare
from app.views.unit.panel import UnitPanel
from app.window.theme import apply_theme
from tests.app.plots import click
from tests.app.scanning import read_all


@pytest.fixture
def frame_of(opened: OpenedCollection) -> Callable[..., UnitFrame]:
    """Prepares what is shown of a pass of the small collection."""

    def prepared(number: int, sample: int = 0) -> UnitFrame:
        view = opened.view_of(ReplayState(pass_number=number, sample=sample))
        assert view is not None
        return prepare(opened, view, opened.passes.get(number))

    return prepared


@pytest.fixture
def panel(show: Callable[..., None], opened: OpenedCollection, frame_of: Callable[..., UnitFrame]) -> UnitPanel:
    panel = UnitPanel()
    show(panel, 320, 760)
    show_run(panel, opened)
    panel.show_frame(frame_of(2, sample=1))
    return panel


def show_run(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_run(opened.graph, opened.collection.layers, opened.collection.passes.steps, opened.last_step)


def history_of(opened: OpenedCollection, stage: str, number: int) -> UnitHistory:
    column = opened.graph.columns[opened.graph.column_number(stage)]
    return read_all(opened.collection.passes, UnitHistoryReader(column, int(column.positions[number])))


def test_that_without_a_unit_the_panel_says_how_to_choose_one(panel: UnitPanel) -> None:
    assert panel.empty_state.label.isVisible()
    assert panel.numbers()[1] == []
    assert panel.weight_numbers()[1] == []


def test_that_a_unit_is_shown_with_the_figures_of_the_current_pass(
    panel: UnitPanel, opened: OpenedCollection, frame_of: Callable[..., UnitFrame]
) -> None:
    panel.show_unit("conv1", 3)
    assert panel.title_label.text() == "conv1 · channel 3"
    for number in (2, 4):
        panel.show_frame(frame_of(number, sample=1))
        facts = dict(panel._facts)
        assert facts["bias"] == true_signs(f"{opened.collection.passes[number].layers['conv1'].bias[3]:.4g}")


def test_that_the_last_state_says_that_no_step_follows_and_so_no_gradient(
    panel: UnitPanel, opened: OpenedCollection, frame_of: Callable[..., UnitFrame]
) -> None:
    panel.show_unit("conv1", 3)
    panel.show_frame(frame_of(4))
    assert dict(panel._facts)["gradient norm"] == "not recorded", "not yet known: its history is not read"
    history = history_of(opened, "conv1", 3)
    panel.show_history(history)
    assert dict(panel._facts)["gradient norm"] == "no step follows"
    assert panel.plots.headings[-1].figure == "no step follows"
    panel.show_frame(frame_of(3))
    assert dict(panel._facts)["gradient norm"] == f"{history.gradient_norm.values[3]:.4g}"


class WithoutGradient(UnitFrame):
    """A pass at which conv1 had no gradient."""

    def has_no_gradient(self, layer: str) -> bool:
        return layer == "conv1"


def test_that_a_unit_of_a_layer_that_had_no_gradient_says_so(
    panel: UnitPanel, frame_of: Callable[..., UnitFrame]
) -> None:
    frame = frame_of(4)
    panel.show_unit("conv1", 3)
    panel.show_frame(WithoutGradient(frame.graph, frame.series))
    assert dict(panel._facts)["gradient norm"] == "no gradient"


class UpdatedEarlier(UnitFrame):
    """A pass in whose step conv1's optimizer makes no update."""

    def updated_at(self, layer: str) -> int | None:
        return 1 if layer == "conv1" else None


def test_that_a_gradient_of_an_earlier_step_says_of_which(
    panel: UnitPanel, opened: OpenedCollection, frame_of: Callable[..., UnitFrame]
) -> None:
    frame = frame_of(3)
    panel.show_unit("conv1", 3)
    panel.show_frame(UpdatedEarlier(frame.graph, frame.series))
    norm = history_of(opened, "conv1", 3).gradient_norm.values[3]
    assert dict(panel._facts)["gradient norm"] == f"{norm:.4g}, of step 1"


def test_that_a_run_without_gradients_has_none_recorded_at_its_last_state_either(
    panel: UnitPanel, opened: OpenedCollection, frame_of: Callable[..., UnitFrame]
) -> None:
    panel.show_unit("conv1", 3)
    panel.show_frame(frame_of(4))
    history = history_of(opened, "conv1", 3)
    panel.show_history(replace(history, gradient_norm=Trace(np.zeros(0, np.int64), np.zeros(0))))
    assert dict(panel._facts)["gradient norm"] == "not recorded"


def test_that_the_history_is_drawn_for_the_shown_sample(
    panel: UnitPanel, opened: OpenedCollection, frame_of: Callable[..., UnitFrame]
) -> None:
    panel.show_unit("fc2", 0)
    history = history_of(opened, "fc2", 0)
    panel.show_history(history)
    own = panel.plots.activation.lines[1]
    assert own.steps.tolist() == [0, 3, 6, 9, 12]
    expected = [pass_.layers["fc2"].activation[1, 0] for pass_ in opened.collection.passes]
    assert own.values == pytest.approx(expected)
    panel.show_frame(frame_of(2, sample=4))
    assert panel.plots.activation.lines[1].values == pytest.approx(history.of_sample(4).values)
    assert panel.plots.gradient_norm.lines[0].steps.tolist() == [0, 3, 6, 9]


def test_that_the_reading_of_the_history_shows_its_progress(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("fc2", 0)
    panel.show_progress(340, 819)
    assert panel.progress_label.text() == "reading 340 of 819 passes…"
    assert panel.progress_bar.isVisible()
    panel.show_history(history_of(opened, "fc2", 0))
    assert not panel.progress_bar.isVisible()
    assert not panel.progress_label.isVisible()


def test_that_a_history_of_another_unit_is_passed_over(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("fc2", 0)
    panel.show_history(history_of(opened, "fc2", 1))
    assert panel.numbers()[1] == []


def test_that_a_click_in_a_plot_asks_for_the_step(panel: UnitPanel, opened: OpenedCollection, qtbot: QtBot) -> None:
    panel.show_unit("conv1", 0)
    panel.show_history(history_of(opened, "conv1", 0))
    plot = panel.plots.activation
    with qtbot.waitSignal(panel.step_requested) as wish:
        click(qtbot, plot, 8.4)
    assert wish.args == [pytest.approx(8.4, abs=0.3)]


def test_that_the_playhead_stands_at_the_shown_pass(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("conv1", 0)
    panel.show_history(history_of(opened, "conv1", 0))
    panel.show_step(9)
    assert {plot.playhead.value() for plot in panel.plots.plots} == {9}


@pytest.mark.parametrize(
    ("stage", "number", "words", "tiles"),
    [
        ("conv1", 2, "1 kernel of 3×3 from input", (1, 3, 3)),
        ("fc1", None, "6 blocks of 6×6 from conv1", (6, 6, 6)),
        ("fc2", 1, "24 weights from fc1", (24, 1, 1)),
    ],
)
def test_that_incoming_weights_are_a_picture_of_what_they_read(
    panel: UnitPanel, opened: OpenedCollection, stage: str, number: int | None, words: str, tiles: tuple[int, ...]
) -> None:
    column = opened.graph.columns[opened.graph.column_number(stage)]
    number = int(column.kept[1]) if number is None else number
    panel.show_unit(stage, number)
    assert panel.weights_label.text() == words
    shown = panel.weights.incoming
    assert shown is not None
    assert shown.values.shape == tiles
    weight = opened.collection.passes[2].layers[stage].weight[column.positions[number]]
    assert sorted(shown.values.ravel().tolist()) == sorted(weight.ravel().tolist())
    assert len(panel.weight_numbers()[1]) == weight.size
    panel.grab()


def test_that_colours_of_weights_hold_along_the_run(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("fc2", 0)
    panel.show_history(history_of(opened, "fc2", 0))
    largest = max(float(np.abs(pass_.layers["fc2"].weight[0]).max()) for pass_ in opened.collection.passes)
    assert panel.colour_bar.scale == pytest.approx(largest)


def test_that_a_pixel_of_the_input_has_a_value_and_no_history(panel: UnitPanel) -> None:
    panel.show_unit("input", 30)
    assert "same at every pass" in panel.progress_label.text()
    assert not panel.plots.isVisible()
    assert not panel.weights.isVisible()


def test_that_a_unit_that_the_graph_does_not_have_changes_nothing(panel: UnitPanel) -> None:
    panel.show_unit("conv1", 3)
    for stage, number in (("conv1", 99), ("conv1", -1), ("no such layer", 0)):
        panel.show_unit(stage, number)
    assert panel.title_label.text() == "conv1 · channel 3"


def test_that_another_run_unpins_the_unit_and_a_grown_one_does_not(
    panel: UnitPanel, opened: OpenedCollection, qtbot: QtBot
) -> None:
    panel.show_unit("conv1", 3)
    show_run(panel, opened)
    assert panel.column is not None
    with_another = replace(opened, graph=build_graph(opened.collection.layers, opened.collection.probe))
    show_run(panel, with_another)
    assert panel.empty_state.label.isVisible()
    assert panel.column is None


def test_that_the_cross_asks_to_unpin(panel: UnitPanel, qtbot: QtBot) -> None:
    panel.show_unit("conv1", 3)
    with qtbot.waitSignal(panel.unpin_requested):
        qtbot.mouseClick(panel.unpin_button, Qt.MouseButton.LeftButton)


def test_that_the_numbers_have_a_row_for_each_pass(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("fc2", 0)
    panel.show_history(history_of(opened, "fc2", 0))
    names, rows = panel.numbers()
    assert names == ("step", "activation", "activation_mean", "bias", "gradient_norm")
    assert [row[0] for row in rows] == [0, 3, 6, 9, 12]
    assert rows[-1][-1] is None


def test_that_the_panel_is_shown_in_the_light_theme_too(panel: UnitPanel, opened: OpenedCollection, qapp) -> None:
    panel.show_unit("fc2", 0)
    panel.show_history(history_of(opened, "fc2", 0))
    before = panel.plots.bias.backgroundBrush().color()
    apply_theme(qapp, "light")
    assert panel.plots.bias.backgroundBrush().color() != before
    panel.grab()


@pytest.mark.parametrize("unit", [("conv1", 3), ("fc1", 0), ("fc2", 0)])
def test_that_in_a_low_window_all_plots_are_in_sight(
    panel: UnitPanel, opened: OpenedCollection, unit: tuple[str, int]
) -> None:
    panel.resize(300, 490)
    panel.show_unit(*unit)
    panel.show_history(history_of(opened, *unit))
    panel.grab()
    bar = panel._scroll.verticalScrollBar()
    assert bar is not None
    assert bar.maximum() == 0


def test_that_figures_stand_once_above_their_plots(panel: UnitPanel, opened: OpenedCollection) -> None:
    panel.show_unit("conv1", 3)
    facts = dict(panel._facts)
    figures = [heading.figure for heading in panel.plots.headings]
    assert figures == [facts["activation, this sample"], facts["bias"], facts["gradient norm"]]
    assert facts["mean over the probe"] in panel.plots.headings[0].about
    panel.show_unit("input", 5)
    assert panel._form.rowCount() == 1, "a pixel has no plots, so its value stands in a row"


def test_that_between_two_passes_it_says_of_which_it_is(panel: UnitPanel, qtbot: QtBot) -> None:
    panel.show_unit("conv1", 3)
    panel.show_step(7)
    assert panel.pass_note.isHidden()  # as long as the pass may be on its way
    qtbot.waitUntil(panel.pass_note.isVisible)
    assert panel.pass_note.text() == "pass of step 6"
    panel.show_step(6)
    assert panel.pass_note.isHidden()
