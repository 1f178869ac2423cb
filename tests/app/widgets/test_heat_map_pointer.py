"""Drags, the wheel and the cursor on the picture of layers over steps, and how often it is made."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.heat_map import LEFT_PX, HeatMap
from app.window.theme import apply_theme
from tests.app.looks.pieces.widgets_plots import NAMES, Heats, N
from tests.app.pointer import RIGHT, double_click, drag, move, press, release, told, turn
from tests.app.widgets.heat_maps import ROW, WHOLE, at, four_rows


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> HeatMap:
    apply_theme(qapp)
    return four_rows(qtbot)


@pytest.fixture
def asked(shown: HeatMap) -> Iterator[list[object]]:
    """What the map asks for, in its order: steps, pairs of steps, names of layers, and None for the whole run."""
    found: list[object] = []
    shown.step_requested.connect(lambda step: found.append(round(step, 6)))
    shown.range_requested.connect(lambda low, high: found.append((round(low, 6), round(high, 6))))
    shown.layer_requested.connect(found.append)
    shown.everything_requested.connect(lambda: found.append(None))
    yield found


def test_that_a_drag_over_all_steps_moves_the_playhead_up_to_the_ends_of_the_run(
    shown: HeatMap, asked: list[object]
) -> None:
    drag(shown, at(15), at(20), at(-2), at(60.5), at(58))
    assert asked == [20, 0, 60, 58], "no click at its end"


def test_that_a_press_that_moves_by_less_than_5_px_is_a_click(shown: HeatMap, asked: list[object]) -> None:
    for px in (4, -4):
        drag(shown, at(16), at(16) + QPointF(px, 0))
    assert asked == ["conv1", 16.5, "conv1", 15.5]
    asked.clear()
    for px in (5, -5):
        drag(shown, at(16), at(16) + QPointF(px, 0))
    assert asked == [16.625, 15.375]


def test_that_what_has_become_a_drag_stays_one_where_it_began(shown: HeatMap, asked: list[object]) -> None:
    drag(shown, at(16), at(20), at(16))
    assert asked == [20, 16]
    drag(shown, at(16), at(16))
    assert asked == [20, 16, "conv1", 16], "the next press begins anew"


def test_that_a_click_beyond_the_steps_is_one_at_the_nearest(shown: HeatMap, asked: list[object]) -> None:
    shown.show_range(*WHOLE)
    drag(shown, QPointF(LEFT_PX, 70))
    drag(shown, QPointF(shown.width() - 1, 100))
    assert asked == ["fc1", 0, "fc2", 60]


def test_that_a_click_left_of_the_steps_or_above_the_rows_asks_for_one_of_the_two(
    shown: HeatMap, asked: list[object]
) -> None:
    drag(shown, QPointF(LEFT_PX - 1, ROW))
    assert asked == ["conv2"]
    drag(shown, at(10, -1))
    assert asked == ["conv2", 10]


def test_that_without_a_measure_a_click_asks_for_a_step_alone(shown: HeatMap, asked: list[object]) -> None:
    shown.show_heat(None, N)
    drag(shown, at(10))
    assert asked == [10]
    assert shown.text_at(at(10)) == ""
    assert shown.marked_rows == {}


@pytest.mark.parametrize(("px", "expected"), [(-5, [18.5]), (5, [18.5]), (-6, [(24.25, 44.25)]), (6, [(24.75, 44.75)])])
def test_that_zoomed_in_a_drag_from_within_5_px_moves_the_playhead_and_any_other_the_steps(
    shown: HeatMap, asked: list[object], px: int, expected: list[object]
) -> None:
    shown.show_range(20, 40)
    playhead = QPointF(LEFT_PX + 10 * 24, 5)
    drag(shown, playhead + QPointF(px, 0), QPointF(LEFT_PX - 36, 5) if abs(px) == 5 else playhead + QPointF(-108, 0))
    assert asked == expected


def test_that_steps_go_along_from_where_they_were_when_it_was_pressed(shown: HeatMap, asked: list[object]) -> None:
    shown.show_range(20, 40)
    press(shown, QPointF(200, 5))
    for px in (24, 48):
        move(shown, QPointF(200 + px, 5))
        shown.show_range(*asked[-1])  # type: ignore[misc]
    release(shown, QPointF(248, 5))
    assert asked == [(19, 39), (18, 38)]


def test_that_a_picture_of_nearly_all_steps_can_be_moved_along(shown: HeatMap, asked: list[object]) -> None:
    shown.show_range(0, 59.5)
    drag(shown, at(10), at(14))
    assert len(asked) == 1 and isinstance(asked[0], tuple)


@pytest.mark.parametrize(("px", "expected"), [(48, (-1.2, 58.8)), (-48, (1.2, 61.2)), (-8, (1, 61)), (8, (-1, 59))])
def test_that_steps_go_along_no_further_than_the_margin_of_the_run(
    shown: HeatMap, asked: list[object], px: int, expected: tuple[float, float]
) -> None:
    drag(shown, QPointF(50, 5), QPointF(50 + px, 5))
    assert asked == [expected]


def test_that_who_drags_far_beyond_the_run_keeps_as_many_steps(shown: HeatMap, asked: list[object]) -> None:
    shown.show_range(10, 20)
    drag(shown, QPointF(200, 5), QPointF(1500, 5), QPointF(-4000, 5))
    assert asked == [(-1.2, 8.8), (51.2, 61.2)]


@pytest.mark.parametrize("wider", [0.0, 5.0])
def test_that_as_many_steps_as_there_are_are_the_whole_run(shown: HeatMap, asked: list[object], wider: float) -> None:
    shown.show_range(WHOLE[0], WHOLE[1] + wider)
    drag(shown, QPointF(50, 5), QPointF(60, 5))
    assert asked == [None]
    shown.show_range(WHOLE[0], WHOLE[1] - 0.5)
    drag(shown, QPointF(50, 5), QPointF(60, 5))
    assert asked == [None, (WHOLE[0], WHOLE[1] - 0.5)]


def test_that_only_the_left_button_asks_for_something(shown: HeatMap, asked: list[object]) -> None:
    drag(shown, at(15), at(30), button=RIGHT)
    drag(shown, at(15), button=RIGHT)
    release(shown, at(15))
    assert asked == []
    double_click(shown, at(15))
    assert asked == [None]


def test_that_the_cursor_tells_where_the_playhead_can_be_taken(shown: HeatMap) -> None:
    for px, shape in ((-6, "Arrow"), (-5, "SplitH"), (5, "SplitH"), (6, "Arrow")):
        move(shown, at(30) + QPointF(px, 0))
        assert shown.cursor().shape() == Qt.CursorShape[f"{shape}Cursor"]


@pytest.mark.parametrize(("step", "up"), [(30, 120), (0, 120), (60, 240), (45, 40)])
def test_that_the_wheel_shows_fewer_steps_around_that_at_the_pointer(
    shown: HeatMap, asked: list[object], step: float, up: int
) -> None:
    assert turn(shown, at(step), up)
    share = 1.15 ** (-up / 120)
    assert asked == [pytest.approx((step * (1 - share), step + (N - step) * share), abs=1e-5)]


def test_that_beside_the_steps_the_wheel_goes_to_the_first_or_the_last(shown: HeatMap, asked: list[object]) -> None:
    shown.show_range(20, 40)
    turn(shown, QPointF(20, 5), 120)
    turn(shown, QPointF(shown.width() - 1, 5), 120)
    n_steps = 20 / 1.15
    assert asked == [pytest.approx((20, 20 + n_steps), abs=1e-5), pytest.approx((40 - n_steps, 40), abs=1e-5)]


def test_that_the_wheel_shows_the_whole_run_in_the_end_and_never_fewer_than_4_steps(
    shown: HeatMap, asked: list[object]
) -> None:
    assert turn(shown, at(30), -120)
    assert asked == [None]
    asked.clear()
    shown.show_range(30, 30 + 4.01 * 1.15)
    turn(shown, at(30), 120)
    assert len(asked) == 1
    shown.show_range(30, 30 + 3.99 * 1.15)
    assert turn(shown, at(30), 120), "nothing around it scrolls either"
    assert len(asked) == 1


def test_that_a_wheel_that_is_turned_across_is_not_its_own(shown: HeatMap, asked: list[object]) -> None:
    assert not turn(shown, at(30), 0, across=120)
    assert asked == []


def test_that_a_pointer_that_rests_is_told_what_is_there(shown: HeatMap) -> None:
    assert told(shown, at(30, 35)) == "conv2\nstep 30\nMade up: 1 at 30"
    assert told(shown, QPointF(4, 5)) == "conv1"


def test_that_what_was_not_measured_is_said_and_a_run_of_one_step_has_the_steps_0_and_1(shown: HeatMap) -> None:
    class Silent(Heats):
        def text_at(self, layer: int, step: float) -> str:
            return ""

    shown.show_heat(Silent(NAMES), 0)
    assert shown.text_at(at(30)) == "conv1\nstep 1\nMade up: not recorded"


def test_that_the_keys_stand_on_the_names_and_choose_layers_without_moving_the_playhead(
    shown: HeatMap, asked: list[object], qtbot: QtBot
) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Space):
        qtbot.keyClick(shown, key)
    assert asked == ["fc1"]
    place = shown.walk.place()
    assert place is not None
    assert (place.left(), place.top(), place.width(), place.height()) == (0, 2 * ROW, LEFT_PX - 2, ROW)
    shown.show_heat(None, N)
    assert shown.walk.place() is None
