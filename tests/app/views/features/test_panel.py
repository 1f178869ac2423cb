"""The Features panel: its pixels are the arrays' values, driven by real clicks."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.analysis.figures import figure
from app.palette import DARK, LIGHT, active
from app.replay.frame import Frame, read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.state import ReplayState
from app.views.features.analysis.activation_strips import AFTER, BEFORE, Strip
from app.views.features.analysis.feature_history import FeatureHistoryReader
from app.views.features.analysis.feature_tiles import RGB
from app.views.features.analysis.tiles import ScaleRule
from app.views.features.frame import NAME, derive, prepare
from app.views.features.panel import NO_STAGES, NO_UNITS, NOTHING, FeaturesPanel
from app.views.features.strips_view import StripsView
from app.views.features.tile_grid import TileGrid
from app.widgets.picture_view import to_image
from app.window.theme import apply_theme
from tests.app.growing_run import GrowingRun
from tests.app.painted import painted
from tests.app.scanning import read_all
from tests.app.views.features.features_run import DEAD, write_features_run

PanelOf = tuple[FeaturesPanel, Callable[..., Frame]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenedCollection]:
    opened = open_for_replay(write_features_run(tmp_path / "run.json"))
    yield replace(opened, derived={NAME: derive(opened)})
    opened.collection.close()


@pytest.fixture
def shown(show: Callable[..., None], run: OpenedCollection) -> PanelOf:
    """The panel at the third pass, with its history read, and what shows another frame."""
    panel = FeaturesPanel()

    def frame(number: int, sample: int = 0) -> Frame:
        view = run.view_of(ReplayState(pass_number=number, sample=sample))
        assert view is not None
        made = read_frame(run, view, {NAME: prepare})
        panel.show_step(made.step)
        panel.show_frame(made)
        return made

    show(panel, 1200, 700)
    panel.show_collection(run.collection, run.derived[NAME])
    panel.show_history(read_all(run.collection.passes, FeatureHistoryReader(run.derived[NAME], run.n_passes)))
    frame(2)
    return panel, frame


def choose(panel: FeaturesPanel, rule: ScaleRule) -> None:
    """Choose a scale as a user does."""
    panel.scale_box.choose(rule)
    panel.scale_box.activated.emit(panel.scale_box.currentIndex())


def colours_of(grid: TileGrid, tile: int) -> np.ndarray:
    """The colours of a tile as they are painted, RGB ``[h, w, 3]``, read at the middle of each value."""
    picture = grid.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    assert grid.tiles is not None
    height, width = grid.tiles.values.shape[1:3]
    place = grid.rect_of(tile)
    found = np.zeros((height, width, 3), np.uint8)
    for row in range(height):
        for column in range(width):
            x = place.left() + (column + 0.5) * place.width() / width
            y = place.top() + (row + 0.5) * place.height() / height
            found[row, column] = picture.pixelColor(int(x), int(y)).getRgb()[:3]
    return found


def test_that_the_prediction_has_the_colour_of_the_theme(qapp: QApplication, shown: PanelOf) -> None:
    panel, _ = shown
    apply_theme(qapp, "light")
    on_light = panel.sample.words.text()
    apply_theme(qapp, "dark")
    on_dark = panel.sample.words.text()
    told = [[each in words for each in (LIGHT.right, LIGHT.wrong)] for words in (on_light, on_dark)]
    assert sorted(told[0]) == [False, True]
    assert told[1] == [False, False]
    assert [DARK.right in on_dark, DARK.wrong in on_dark] == told[0]


@pytest.mark.parametrize("number", [0, 2, 4])
def test_that_pixels_are_the_maps_before_and_after_activation_at_every_pass(shown: PanelOf, number: int) -> None:
    panel, frame = shown
    made = frame(number, 1)
    choose(panel, ScaleRule.PASS)
    for titled, layer, table in ((panel.before, "conv", colours.DIVERGING), (panel.after, "relu", colours.GREY)):
        maps = made.taken.layers[layer].feature_maps[1].astype(np.float32)
        scale = float(np.abs(maps).max())
        to_numbers = colours.diverging_numbers if layer == "conv" else colours.grey_numbers
        for tile in (0, 2, 4):  # none of these is ever dead
            expected = table[to_numbers(maps[tile], scale)][..., :3]
            np.testing.assert_array_equal(colours_of(titled.grid, tile), expected)
        assert titled.scale.high == f"{scale:.4g}"


def test_that_pixels_are_the_filters_in_colour_and_of_one_channel(shown: PanelOf) -> None:
    panel, frame = shown
    made = frame(0)
    choose(panel, ScaleRule.PASS)
    weight = made.taken.layers["conv"].weight
    scale = float(np.abs(weight).max())
    assert panel.channel_box.choice == RGB
    expected = np.minimum(colours.diverging_numbers(weight[4].transpose(1, 2, 0), scale), 254)
    np.testing.assert_array_equal(colours_of(panel.filters.grid, 4), expected)
    panel.channel_box.choose("blue")
    panel.channel_box.activated.emit(panel.channel_box.currentIndex())
    numbers = colours.diverging_numbers(weight[0, 2], scale)
    np.testing.assert_array_equal(colours_of(panel.filters.grid, 0), colours.DIVERGING[numbers][..., :3])


def test_that_the_runs_scale_stays_from_pass_to_pass_and_an_own_one_is_said_to_be_one(shown: PanelOf) -> None:
    panel, frame = shown
    highs = set()
    for number in range(len(DEAD)):
        frame(number)
        highs.add((panel.filters.scale.high, panel.before.scale.high))
    assert len(highs) == 1
    choose(panel, ScaleRule.OWN)
    assert panel.before.scale.high == "largest"
    assert "of each tile" in panel.before.scale.words


def test_that_the_pointer_tells_unit_value_and_scale_and_a_click_asks_for_the_unit(
    shown: PanelOf, qtbot: QtBot
) -> None:
    panel, frame = shown
    made = frame(2)
    grid = panel.before.grid
    place = grid.rect_of(3)
    at = QPointF(place.left() + 2.5 * place.width() / 6, place.top() + 1.5 * place.height() / 6)
    value = float(made.taken.layers["conv"].feature_maps[0, 3, 1, 2])
    assert "channel 6" in grid.tip(at)
    assert f"row 1, column 2: {figure(value)}" in grid.tip(at)
    assert f"full colour at {panel.before.scale.high}" in grid.tip(at)
    with qtbot.waitSignal(panel.unit_requested) as asked:
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert asked.args == ["conv", 6], "the true number, of which every other one is kept"
    qtbot.mouseMove(grid, at.toPoint())
    panel.show_unit(("conv", 6))
    assert not grid.grab().isNull()


def test_that_dead_units_are_crossed_with_the_pass_since_when(shown: PanelOf) -> None:
    panel, frame = shown
    frame(4)
    grid = panel.after.grid
    assert "dead since the pass at step 10" in grid.tip(grid.rect_of(1).center())
    assert "dead since the pass at step 40" in grid.tip(grid.rect_of(3).center())
    assert "dead" not in grid.tip(grid.rect_of(0).center())
    assert "2 dead" in panel.after.scale.toolTip()
    marked = colours_of(grid, 1)
    assert (marked != marked[0, 0]).any() or (marked[0, 0] != colours.GREY[0, :3]).any(), "a cross lies on its zeros"
    frame(0)
    assert "dead" not in panel.after.scale.toolTip()


def test_that_maps_that_were_not_kept_say_how_to_keep_them(shown: PanelOf) -> None:
    panel, frame = shown
    assert panel.before.scale.accessibleName().startswith("colours from −")
    frame(1, 2)
    assert panel.before.scale.accessibleName() == "", "there are no colours to tell of"
    assert panel.before.grid.tiles is None
    assert "--feature_samples 3" in panel.before.grid.message
    assert panel.after.grid.tiles is not None


def test_that_strips_show_activations_and_logits_in_figures(shown: PanelOf, qtbot: QtBot) -> None:
    panel, frame = shown
    made = frame(2, 1)
    panel.show_layer("fc")
    (strip,) = panel.strips.strips
    name = painted(panel.strips).word("fc")
    assert (name.is_bold, name.colour) == (True, active().hovered), "it is the chosen layer"
    logits = made.taken.logits[1]
    np.testing.assert_array_equal(strip.values, logits)
    scale = max(float(np.abs(each.layers["fc"].activation).max()) for each in _passes(made, panel))
    expected = colours.DIVERGING[colours.diverging_numbers(logits, scale)][:, :3]
    image = panel.strips.image(0)
    assert [image.pixelColor(x, 0).getRgb()[:3] for x in range(4)] == [tuple(each) for each in expected.tolist()]
    cell = panel.strips.cell_of(0, 2)
    assert figure(float(logits[2])) in panel.strips.tip(cell.center())
    assert "class “cat”" in panel.strips.tip(cell.center())
    with qtbot.waitSignal(panel.unit_requested) as asked:
        qtbot.mouseClick(panel.strips, Qt.MouseButton.LeftButton, pos=cell.center().toPoint())
    assert asked.args == ["fc", 2]
    with qtbot.waitSignal(panel.layer_requested) as named:
        qtbot.mouseClick(panel.strips, Qt.MouseButton.LeftButton, pos=QPoint(20, int(cell.center().y())))
    assert named.args == ["fc"]
    truth, guess = made.sample.true_class, made.sample.predicted_class
    for what, number in (("predicted", guess), ("label", truth)):
        words = f"{what} {made.sample.class_names[number]}: {float(logits[number]):.4g}"
        assert words.replace("-", "−") in panel.strips.verdicts(strip)
    panel.strips.resize(160, 200)  # where not every class has room for its figure
    assert not panel.strips.grab().isNull()


def test_that_strips_show_what_is_before_or_after_activation_and_its_scale(
    show: Callable[..., None], opened: OpenedCollection, frame_of: Callable[..., Frame]
) -> None:
    panel = FeaturesPanel()
    show(panel, 900, 560)
    panel.show_collection(opened.collection, opened.derived[NAME])
    panel.show_layer("fc1")
    panel.show_frame(frame_of(2, 1))
    for choice, layer in ((BEFORE, "fc1"), (AFTER, "relu2")):
        panel.activation_box.choose(choice)
        panel.activation_box.activated.emit(panel.activation_box.currentIndex())
        layers = opened.passes.get(2).layers
        np.testing.assert_array_equal(panel.strips.strips[0].values, layers[layer].activation[1])
        largest = max(float(np.abs(layers[each].activation[1]).max()) for each in (layer, "fc2"))
        assert (panel.strips_scale.low, panel.strips_scale.high) == (f"−{largest:.4g}", f"{largest:.4g}")


def _passes(made: Frame, panel: FeaturesPanel) -> list:
    assert panel._collection is not None
    return list(panel._collection.passes)


def test_that_the_picture_of_the_sample_stands_above_its_words(shown: PanelOf) -> None:
    panel, frame = shown
    for sample in (1, 0):
        made = frame(2, sample)
        assert panel.sample.picture.image == to_image(made.sample.picture)
        assert panel.sample.words.text().startswith(f"sample {sample + 1} of 3<br>")


def test_that_the_heading_tells_what_the_layer_is_and_how_many_of_its_units_are_kept(shown: PanelOf) -> None:
    panel, _ = shown
    assert panel.heading.title == "Conv2d with 10 channels"
    assert panel.heading.about == "5 of them kept (--neuron_cap 0 keeps all)"
    panel.show_layer("fc")
    assert (panel.heading.title, panel.heading.about) == ("Linear with 4 units", "")


def test_that_a_sample_is_one_click_away_and_the_next_one_another(shown: PanelOf, qtbot: QtBot) -> None:
    panel, frame = shown
    made = frame(3)
    confidence, right = made.samples.confidence, made.samples.is_right
    for name, best in (("Most confident", confidence.argmax()), ("Least confident", confidence.argmin())):
        with qtbot.waitSignal(panel.sample_requested) as asked:
            qtbot.mouseClick(panel.sample.buttons[name], Qt.MouseButton.LeftButton)
        assert asked.args == [best]
    frame(3, int(confidence.argmin()))
    with qtbot.waitSignal(panel.sample_requested) as asked:
        qtbot.mouseClick(panel.sample.buttons["Least confident"], Qt.MouseButton.LeftButton)
    assert asked.args == [np.argsort(confidence)[1]]
    wrong = panel.sample.order_of("Wrong")
    assert set(wrong) == set(np.flatnonzero(~right).tolist())
    assert panel.sample.buttons["Wrong"].isEnabled() == bool(wrong)


def test_that_the_chooser_and_the_session_choose_the_layer(shown: PanelOf, qtbot: QtBot) -> None:
    panel, _ = shown
    with qtbot.waitSignal(panel.layer_requested) as asked:
        panel.stage_box.choose("fc")
        panel.stage_box.activated.emit(1)
    assert asked.args == ["fc"]
    panel.show_layer("relu")
    assert panel.stage.name == panel.stage_box.choice == "conv"
    panel.show_layer(None)
    assert panel.stage.name == "conv"


def test_that_the_curve_of_dead_units_has_its_figure_at_the_playhead(shown: PanelOf) -> None:
    panel, frame = shown
    (curve,) = panel.dead_units.chosen
    np.testing.assert_allclose(curve.values, [len(dead) / 5 for dead in DEAD], rtol=1e-6)
    frame(2)
    assert panel.dead_units.heading.figure == "40 %" or panel.dead_units.heading.figure.startswith("40")
    assert (panel.dead_units.heading.title, panel.dead_units.plot.message) == ("Dead units", "")
    (low, high), curve = panel.dead_units.plot.getPlotItem().vb.viewRange()[1], panel.dead_units.chosen[-1]
    assert low < 0 and high > 100, "per cent, as the figure above it"
    drawn = [line.values for line in panel.dead_units.plot.lines if len(line.values) == len(curve.values)]
    assert any(np.allclose(values, 100 * curve.values, equal_nan=True) for values in drawn)
    panel.show_layer("fc")
    assert not panel.dead_units.chosen
    assert panel.dead_units.heading.title == "Dead and saturated units"
    assert "none can be dead" in panel.dead_units.heading.about


def test_that_numbers_are_those_of_the_layer_at_this_pass(shown: PanelOf) -> None:
    panel, frame = shown
    made = frame(4, 1)
    names, rows = panel.numbers()
    assert names == ("layer", "unit", "activation", "activation_mean", "dead", "dead_since")
    activation = made.taken.layers["relu"].activation
    for place, row in enumerate(rows):
        assert row[:3] == ("relu", 2 * place, float(activation[1, place]))
        assert row[4] == (place in DEAD[4])
    assert [row[5] for row in rows] == [None, 10, None, 40, None]


def test_that_maps_with_nothing_behind_them_are_neither_before_nor_after_activation(
    shown: PanelOf, run: OpenedCollection
) -> None:
    panel, frame = shown
    assert panel.before.heading.title == "Before activation"
    panel.show_collection(run.collection, [replace(run.derived[NAME][0], carriers=())])
    frame(2)
    assert panel.before.heading.title == "Feature maps"
    assert not panel.after.isVisible()


def test_that_empty_states_say_what_would_fill_them(show: Callable[..., None], run: OpenedCollection) -> None:
    panel = FeaturesPanel()
    show(panel, 900, 500)
    assert panel.empty_state.label.text() == NOTHING
    assert panel.empty_state.isVisible()
    assert panel.numbers()[1] == []
    panel.show_collection(GrowingRun().grow(loss=np.ones(3)), [])  # type: ignore[arg-type]
    assert panel.empty_state.label.text() == NO_UNITS
    norm = {"norm": SimpleNamespace(units=3)}
    panel.show_collection(GrowingRun(layers=norm).grow(loss=np.ones(3)), [])  # type: ignore[arg-type]
    assert panel.empty_state.label.text() == NO_STAGES
    panel.show_collection(run.collection, run.derived[NAME])
    assert not panel.empty_state.isVisible()


def test_that_the_real_collection_is_shown_at_every_pass_and_size(
    show: Callable[..., None], opened: OpenedCollection, frame_of: Callable[..., Frame]
) -> None:
    panel = FeaturesPanel()
    show(panel, 900, 560)
    asked: list[object] = []
    panel.history_requested.connect(asked.append)
    panel.show_collection(opened.collection, opened.derived[NAME])
    assert len(asked) == 1
    for layer in opened.collection.layers:
        panel.show_layer(layer)
        for number in range(opened.n_passes):
            panel.show_frame(frame_of(number))
            assert not panel.grab().isNull()
    panel.show_layer("conv1")
    panel.show_frame(frame_of(0))
    assert (panel.channel_box.count(), panel.channel_box.isVisible()) == (1, False), "there is nothing to choose"
    panel.resize(1400, 900)
    np.testing.assert_array_equal(
        panel.filters.grid.tiles.values, opened.passes.get(0).layers["conv1"].weight[:, 0], "one input channel"
    )


def test_that_of_thousands_of_strips_only_those_in_sight_are_painted(
    show: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def strip(number: int) -> Strip:
        return Strip(f"fc{number}", f"fc{number}", np.arange(4), 4, np.ones(4, np.float32), None, None)

    painted: list[str] = []
    paint = StripsView._paint_name
    monkeypatch.setattr(
        StripsView, "_paint_name", lambda self, *given: painted.append(given[2].stage) or paint(self, *given)
    )
    strips, scroll = StripsView(), QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(strips)
    strips.show_strips([strip(number) for number in range(3_000)], 1.0)
    show(scroll, 600, 300)
    scroll.grab()
    assert painted[0] == "fc0" and len(set(painted)) < 20
    painted.clear()
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    scroll.grab()
    assert "fc2999" in painted and "fc0" not in painted and len(set(painted)) < 20
    assert strips.image(2_999).pixelColor(0, 0) == strips.image(0).pixelColor(3, 0)
