"""The picture of layers over steps: how often it is made, how tall it is, and what is painted over it."""

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.heat_map import LEFT_PX, RIGHT_PX, HeatMap
from app.window.theme import apply_theme
from tests.app.looks.pieces.widgets_plots import NAMES, Heats, N
from tests.app.painted import painted
from tests.app.widgets.heat_maps import PER_STEP, ROW, at, four_rows


class Counted(Heats):
    """Counts how often its picture is asked for."""

    n_pictures = 0

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        Counted.n_pictures += 1
        return super().picture(low, high, width)


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> HeatMap:
    apply_theme(qapp)
    return four_rows(qtbot)


@pytest.mark.parametrize(("n_rows", "expected"), [(0, 60), (4, 60), (5, 65), (16, 208), (17, 208), (40, 208)])
def test_that_each_of_16_rows_has_room_for_its_name(qtbot: QtBot, n_rows: int, expected: int) -> None:
    made = HeatMap(lambda _: np.zeros((256, 4), np.uint8))
    qtbot.addWidget(made)
    made.show_heat(Heats(tuple(map(str, range(n_rows)))) if n_rows else None, N)
    assert made.minimumHeight() == expected


def test_that_a_picture_is_made_anew_where_it_is_another_one_alone(shown: HeatMap, qapp: QApplication) -> None:
    def made(change: object = None) -> int:
        before = Counted.n_pictures
        if callable(change):
            change()
        shown.grab()
        return Counted.n_pictures - before

    shown.show_heat(Counted(NAMES), N)
    assert made() == 1
    for nothing in (
        lambda: shown.show_range(0, N),
        lambda: shown.show_step(12),
        lambda: shown.show_layer("fc1"),
        lambda: shown.show_held(4),
        lambda: shown.show_health({}),
    ):
        assert made(nothing) == 0
    for change in (
        lambda: shown.show_range(0, 50),
        lambda: shown.show_range(1, 50),
        lambda: shown.resize(400, 90),
        lambda: shown.show_heat(Counted(NAMES), N),
        lambda: apply_theme(qapp, "light"),
    ):
        assert made(change) == 1
    apply_theme(qapp)


@pytest.mark.parametrize(("step", "n_lines"), [(-1, 0), (0, 2), (60, 2), (61, 0)])
def test_that_a_playhead_and_a_held_step_are_seen_up_to_the_borders(shown: HeatMap, step: int, n_lines: int) -> None:
    shown.show_step(step)
    shown.show_held(step)
    lines = painted(shown).lines(active().hovered)
    assert [(each.place.center().x(), each.px) for each in lines] == [(at(step).x(), 1), (at(step).x(), 2)][:n_lines]


@pytest.mark.parametrize(("height", "has_lines"), [(120, False), (121, True)])
def test_that_rows_of_more_than_6_px_are_told_apart_by_lines(qtbot: QtBot, height: int, has_lines: bool) -> None:
    made = HeatMap(lambda _: np.zeros((256, 4), np.uint8))
    qtbot.addWidget(made)
    made.show_heat(Heats(tuple(map(str, range(20)))), N)
    made.setMinimumHeight(0)
    made.resize(400, height)
    level = [each for each in painted(made).lines(active().background) if each.place.height() <= 1]
    assert [round(each.place.center().y()) for each in level] == [
        round(row * height / 20) for row in range(1, 20) if has_lines
    ]
    assert {(each.place.left(), each.place.right()) for each in level} <= {(LEFT_PX, 400 - RIGHT_PX)}


def test_that_the_playhead_of_a_map_is_at_the_first_step_before_it_is_told_another(qtbot: QtBot) -> None:
    made = HeatMap(lambda _: np.zeros((256, 4), np.uint8))
    qtbot.addWidget(made)
    made.resize(LEFT_PX + N * PER_STEP + RIGHT_PX, 4 * ROW)
    assert made.shown_range == (0, 1)
    made.show_heat(Heats(NAMES), N)
    made.show_range(-1, N)
    (line,) = painted(made).lines(active().hovered)
    assert line.place.center().x() == pytest.approx(LEFT_PX + N * PER_STEP / (N + 1), abs=0.1)


def test_that_a_playhead_far_from_the_steps_that_are_shown_does_no_harm(shown: HeatMap) -> None:
    shown.show_range(2e9, 2e9 + 1)
    shown.show_step(0)
    shown.show_step(2_000_000_000)
    shown.grab()
