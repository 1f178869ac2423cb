"""Which experts a router chooses: a row for each over the passes, as they are in the file."""

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.palette import active
from app.views.features.analysis.expert_choices import ExpertChoices, expert_choices
from app.views.features.dead_unit_plot import NO_CURVES
from app.views.features.expert_map import NOT_COUNTED, ExpertMap
from app.views.features.panel import FeaturesPanel
from app.widgets.heat_map import LEFT_PX, RIGHT_PX
from app.window.main_window import MainWindow
from tests.app.painted import painted
from tests.app.parts import part
from tests.app.views.features.expert_run import SHARES, write_expert_run


@pytest.fixture
def features(window: MainWindow, tmp_path: Path) -> FeaturesPanel:
    window.open(write_expert_run(tmp_path / "run.json"))
    panel: FeaturesPanel = part(window, "features")
    window._session.select_layer("gate")
    return panel


def shown(panel: FeaturesPanel) -> ExpertChoices:
    found = panel.experts.map.heat
    assert isinstance(found, ExpertChoices)
    return found


def place_of(experts: ExpertMap, expert: int, step: float) -> QPoint:
    """Where an expert's share at a step is painted, of a run of 20 steps."""
    heat = experts.map
    width, height = heat.width() - LEFT_PX - RIGHT_PX, heat.height() / 4
    return QPoint(round(LEFT_PX + step / 20 * width), round((expert + 0.5) * height))


def test_that_each_experts_share_is_shown_over_the_passes(features: FeaturesPanel, window: MainWindow) -> None:
    assert features.experts.isVisible()
    assert shown(features).steps.tolist() == [0, 10, 20]
    assert shown(features).shares.tolist() == SHARES.tolist()
    picture = features.experts.map.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    for step, row in ((4, SHARES[0]), (14, SHARES[1])):
        for expert, share in enumerate(row.tolist()):
            level = max(int(colours.grey_numbers(np.array([share]), 1.0)[0]), 1)
            assert picture.pixelColor(place_of(features.experts, expert, step)).red() == colours.GREY[level, 0]
    window._session.show_pass(0)
    assert features.experts.heading.figure == "most: expert 0, 25.0 %"
    window._session.show_pass(2)
    assert features.experts.heading.figure == "most: expert 0, 100 % · 3 of 4 never"
    assert "all alike would be 25.0 %" in features.experts.heading.about
    assert features.experts.scale.high == "1"


def test_that_a_router_of_another_kind_is_a_stage_too_and_shows_nothing_else(
    features: FeaturesPanel, window: MainWindow
) -> None:
    window._session.select_layer("mixture")
    assert shown(features).shares.tolist() == SHARES[:, ::-1].tolist()
    assert not features.strips.isVisible()
    window._session.select_layer("gate")
    assert features.strips.isVisible()


def test_that_a_layer_without_experts_shows_none(features: FeaturesPanel, window: MainWindow) -> None:
    window._session.select_layer("out")
    assert not features.experts.isVisible()
    assert "Features: experts" not in window.pages["features"].view.tables  # type: ignore[union-attr]


def test_that_a_sample_that_is_no_picture_takes_no_room_for_one(features: FeaturesPanel) -> None:
    assert features.sample.words.text().startswith("sample 1")
    assert not features.sample.picture.isVisible()


def test_that_a_click_moves_the_playhead_and_marks_the_expert(
    features: FeaturesPanel, window: MainWindow, qtbot: QtBot
) -> None:
    at = place_of(features.experts, 2, 10)
    qtbot.mouseClick(features.experts.map, Qt.MouseButton.LeftButton, pos=at)
    assert window._session.view is not None
    assert window._session.view.step == 10
    assert features.experts.map.text_at(at.toPointF()) == "expert 2\nstep 10\nshare of choices: 25.0 %"
    picture = features.experts.map.grab().toImage()
    frame = round(2 * features.experts.map.height() / 4)
    assert picture.pixelColor(LEFT_PX + 3, frame) == QColor(active().text)
    window._session.select_layer("mixture")
    assert features.experts.map.grab().toImage().pixelColor(LEFT_PX + 3, frame) != QColor(active().text)


def test_that_the_playhead_lies_on_the_picture_at_its_step(features: FeaturesPanel, window: MainWindow) -> None:
    heat = features.experts.map
    for number in (0, 1, 2):
        window._session.show_pass(number)
        (line,) = [each for each in painted(heat).lines(active().hovered) if each.place.width() < 1]
        assert line.place.left() == pytest.approx(place_of(features.experts, 0, 10 * number).x(), abs=2)


def test_that_the_wheel_zooms_and_a_double_click_shows_all_steps_again(features: FeaturesPanel, qtbot: QtBot) -> None:
    heat = features.experts.map
    heat.range_requested.emit(5.0, 15.0)
    assert heat.shown_range == (5.0, 15.0)
    qtbot.mouseDClick(heat, Qt.MouseButton.LeftButton, pos=place_of(features.experts, 0, 10))
    assert heat.shown_range == (0.0, 20.0)


def test_that_the_shares_are_saved_by_step_and_expert(features: FeaturesPanel, window: MainWindow) -> None:
    table = window.pages["features"].view.tables["Features: experts"]()  # type: ignore[union-attr]
    assert table.rows[4:8] == [(10, expert, float(share)) for expert, share in enumerate(SHARES[1])]
    assert table.about == {"layer": "gate"}


def test_that_passes_without_choices_are_left_out_and_a_run_without_any_says_so(
    features: FeaturesPanel, window: MainWindow, tmp_path: Path
) -> None:
    gap = np.array([[np.nan, np.nan], [0.5, 0.5]], np.float32)
    choices = expert_choices(np.array([0, 10]), gap)
    assert choices is not None
    assert choices.steps.tolist() == [10]
    assert choices.summary(5) == ""
    assert choices.text_at(0, 5) == ""
    assert choices.picture(0, 20, 4)[:, 0].tolist() == [0, 0]  # no pass was there yet
    assert expert_choices(np.array([0]), gap[:1]) is None
    empty = ExpertMap()
    empty.show_choices(None, "gate", 20, NOT_COUNTED)
    assert empty.heading.figure == ""
    assert " ".join(painted(empty.map).texts) == NOT_COUNTED


def test_that_in_a_run_without_rectifiers_no_unit_can_be_dead(features: FeaturesPanel) -> None:
    assert features.dead_units.plot.message == NO_CURVES
