"""How the raster of stories is handled: presses, drags, the wheel and keys, at both ends of what there is."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.stories.row_range import RowRange
from app.views.stories.story_raster import ABOVE_PX, BELOW_PX, LEFT_PX, RIGHT_PX, StoryRaster
from app.widgets.sample_card import SampleCard
from tests.app.painted import Paints, painted
from tests.app.pointer import move, turn
from tests.app.views.stories.raster_user import HEIGHT, WIDTH, Told, at, shown

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def raster(qtbot: QtBot) -> StoryRaster:
    """Ten samples and five measurements: cells of 80 × 20 px."""
    raster = StoryRaster()
    qtbot.addWidget(raster)
    raster.resize(LEFT_PX + WIDTH + RIGHT_PX, ABOVE_PX + HEIGHT + BELOW_PX)
    raster.show()
    qtbot.waitExposed(raster)
    return shown(raster, 10, 5)


@pytest.fixture
def told(raster: StoryRaster) -> Told:
    return Told(raster)


def chosen(told: Told) -> list[tuple[object, ...]]:
    return [each for each in told.all if each[0] != "hovered"]


def drag(raster: StoryRaster, start: QPoint, by: QPoint) -> None:
    QTest.mousePress(raster, LEFT, pos=start)
    QTest.mouseMove(raster, start + by)
    QTest.mouseRelease(raster, LEFT, pos=start + by)


def seen(raster: StoryRaster) -> tuple[float, ...]:
    view = raster.view
    return view.top, view.bottom, view.left, view.right


# --- presses and drags


@pytest.mark.parametrize(("by", "is_click"), [((0, 0), True), ((4, 0), True), ((2, 2), True), ((3, 2), False)])
def test_that_more_than_four_pixels_are_a_drag(
    raster: StoryRaster, told: Told, by: tuple[int, int], is_click: bool
) -> None:
    raster.look(RowRange(10, 5, 2, 6, 1, 3))
    drag(raster, at(raster, 3, 2), QPoint(*by))
    assert chosen(told) == [("cell", 6, 2)] * is_click
    assert (seen(raster) == (2, 6, 1, 3)) == is_click


def test_that_once_it_is_a_drag_each_pixel_moves_along(raster: StoryRaster, told: Told) -> None:
    raster.look(RowRange(10, 5, 2, 6, 1, 3))  # a row of 50 px, a column of 200
    start = at(raster, 3, 2)
    QTest.mousePress(raster, LEFT, pos=start)
    for by, top, left in (((-10, 5), 1.9, 1.05), ((-11, 6), 1.88, 1.055), ((-10, 5), 1.9, 1.05)):
        QTest.mouseMove(raster, start + QPoint(*by))
        assert (raster.view.top, raster.view.left) == pytest.approx((top, left))
    QTest.mouseRelease(raster, LEFT, pos=start)
    assert chosen(told) == []
    QTest.mouseClick(raster, LEFT, pos=at(raster, 3, 2))
    assert chosen(told) == [("cell", 6, 2)], "the next press is a click again"


def test_that_a_release_without_a_press_chooses_nothing(raster: StoryRaster, told: Told) -> None:
    QTest.mouseRelease(raster, LEFT, pos=at(raster, 3, 2))
    QTest.mousePress(raster, RIGHT, pos=at(raster, 3, 2))
    QTest.mouseRelease(raster, LEFT, pos=at(raster, 3, 2))
    assert chosen(told) == []
    QTest.mousePress(raster, LEFT, pos=at(raster, 3, 2))
    QTest.mouseRelease(raster, RIGHT, pos=at(raster, 3, 2))
    QTest.mouseRelease(raster, LEFT, pos=at(raster, 4, 2))
    assert chosen(told) == [("cell", 5, 2)]


def test_that_a_drag_tells_of_no_cell_and_takes_the_card_away(raster: StoryRaster, told: Told) -> None:
    move(raster, at(raster, 3, 2))
    raster.show_card(SampleCard(None, [("sample #6", "text")]))
    assert "sample #6" in painted(raster).texts
    drag(raster, at(raster, 3, 2), QPoint(0, 30))
    assert told.all == [("hovered", 6, 2), ("hovered", -1, -1)]
    assert "sample #6" not in painted(raster).texts


def test_that_a_double_click_of_another_button_shows_what_is_shown(raster: StoryRaster) -> None:
    raster.look(RowRange(10, 5, 2, 6, 1, 3))
    QTest.mouseDClick(raster, RIGHT, pos=at(raster, 3, 2))
    assert seen(raster) == (2, 6, 1, 3)


def test_that_the_axis_of_steps_is_dragged_along_up_to_both_ends(raster: StoryRaster, told: Told) -> None:
    raster.look(RowRange(10, 5, 0, 10, 1, 4))
    below = ABOVE_PX + HEIGHT + 1
    QTest.mousePress(raster, LEFT, pos=QPoint(LEFT_PX + 10, below))
    for x in (LEFT_PX + 10, LEFT_PX + WIDTH - 10, 2, LEFT_PX + WIDTH + 13):
        QTest.mouseMove(raster, QPoint(x, below + 3))
    QTest.mouseRelease(raster, LEFT, pos=QPoint(LEFT_PX + 10, below))
    assert chosen(told) == [("step", each) for each in (10.0, 30.0, 0.0, 40.0, 10.0)]
    assert seen(raster) == (0, 10, 1, 4)


@pytest.mark.parametrize(("y", "row"), [(0, None), (5, None), (6, 0), (25, 0), (26, 1), (205, 9)])
def test_that_beside_the_rows_each_has_its_height_and_above_them_there_is_none(
    raster: StoryRaster, told: Told, y: int, row: int | None
) -> None:
    QTest.mouseClick(raster, LEFT, pos=QPoint(LEFT_PX - 1, y))
    assert chosen(told) == ([] if row is None else [("sample", 9 - row)])


def test_that_at_the_right_of_the_rows_and_of_no_rows_nothing_is_chosen(raster: StoryRaster, told: Told) -> None:
    QTest.mouseClick(raster, LEFT, pos=QPoint(LEFT_PX + WIDTH + 4, 50))
    raster.show_cells(None, np.zeros(0, int), np.zeros(0, int))
    for where in (QPoint(LEFT_PX - 5, 50), QPoint(LEFT_PX + 50, 50), QPoint(LEFT_PX + 50, ABOVE_PX + HEIGHT + 5)):
        QTest.mouseClick(raster, LEFT, pos=where)
    assert chosen(told) == []


def test_that_who_leaves_points_at_nothing(raster: StoryRaster, told: Told) -> None:
    move(raster, at(raster, 3, 2))
    for _ in range(2):
        QApplication.sendEvent(raster, QEvent(QEvent.Type.Leave))
    assert told.all == [("hovered", 6, 2), ("hovered", -1, -1)]


# --- the wheel


@pytest.mark.parametrize(
    ("turned", "held", "rows", "columns"),
    [
        ((0, 120), NONE, 8, 5),
        ((0, 240), NONE, 6.4, 5),
        ((0, 120), SHIFT, 10, 4),
        ((120, 0), SHIFT, 10, 4),
        ((120, 0), CTRL, 10, 4),
        ((0, -120), NONE, 10, 5),
    ],
)
def test_that_the_wheel_zooms_either_way_it_is_turned(
    raster: StoryRaster, turned: tuple[int, int], held: Qt.KeyboardModifier, rows: float, columns: float
) -> None:
    across, up = turned
    assert turn(raster, at(raster, 5, 2), up, across, held)
    assert raster.view.bottom - raster.view.top == pytest.approx(rows)
    assert raster.view.right - raster.view.left == pytest.approx(columns)


def test_that_the_wheel_is_left_to_others_where_there_is_nothing_to_zoom_into(raster: StoryRaster) -> None:
    raster.show_cells(None, np.zeros(0, int), np.zeros(0, int))
    assert not turn(raster, QPoint(200, 50), 120)
    assert raster.view.is_whole


# --- keys


@pytest.fixture
def press(raster: StoryRaster) -> Callable[..., tuple[int, int]]:
    """Presses keys and tells which row and column has the ring."""
    QTest.keyClick(raster, Qt.Key.Key_Return)

    def press(*keys: Qt.Key) -> tuple[int, int]:
        for key in keys:
            QTest.keyClick(raster, key)
        cell = raster.cell_at(QPointF(raster.walk.ring.geometry().center()))
        assert cell is not None
        return cell

    return press


UP, DOWN, BACK, ON = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right


@pytest.mark.parametrize(("current", "number", "cell"), [(None, None, (0, 0)), (9, 0, (0, 0)), (2, 3, (7, 3))])
def test_that_keys_begin_at_the_sample_and_the_playhead(
    raster: StoryRaster,
    press: Callable[..., tuple[int, int]],
    current: int | None,
    number: int | None,
    cell: tuple[int, int],
) -> None:
    raster.show_current(current)
    raster.show_number(number)
    raster.walk.mark()
    assert press() == cell
    assert press(DOWN, ON) == (cell[0] + 1, cell[1] + 1)


def test_that_keys_end_at_both_ends(raster: StoryRaster, press: Callable[..., tuple[int, int]], told: Told) -> None:
    assert press(UP, BACK) == (0, 0)
    assert press(*[DOWN] * 12, *[ON] * 7) == (9, 4)
    assert told.all[-1] == ("hovered", 0, 4)
    assert press(UP, BACK) == (8, 3)
    shown(raster, 4, 2)
    raster.walk.mark()
    assert press() == (3, 1), "of fewer the last is the nearest"


def test_that_of_rows_too_low_to_be_seen_keys_pass_over_as_many_as_lie_in_two_pixels(
    raster: StoryRaster, press: Callable[..., tuple[int, int]], told: Told
) -> None:
    shown(raster, 1000, 5)  # five rows a pixel
    press(DOWN)
    assert told.all[-1] == ("hovered", 999 - 10, 0)
    press(*[DOWN] * 100)
    assert told.all[-1] == ("hovered", 0, 0), "the last one"
    press(UP, Qt.Key.Key_Return)
    assert chosen(told) == [("cell", 10, 0)]
    shown(raster, 100, 5)  # half a row
    press(UP)
    assert told.all[-1] == ("hovered", 1, 0)


def test_that_keys_bring_a_row_into_sight(raster: StoryRaster, press: Callable[..., tuple[int, int]]) -> None:
    raster.look(RowRange(10, 5, 0, 4, 0, 5))
    assert press(*[DOWN] * 5) == (5, 0)
    assert seen(raster) == (2, 6, 0, 5)


def test_that_of_no_cells_keys_do_nothing(raster: StoryRaster, told: Told) -> None:
    raster.show_cells(None, np.zeros(0, int), np.zeros(0, int))
    for key in (Qt.Key.Key_Return, DOWN, ON, Qt.Key.Key_Plus, Qt.Key.Key_Return):
        QTest.keyClick(raster, key)
    assert not raster.walk.ring.isVisible()
    assert told.all == []
    assert raster.view.is_whole


# --- what is done once


def test_that_it_is_painted_anew_only_where_something_else_is_to_be_seen(raster: StoryRaster, qtbot: QtBot) -> None:
    raster.show_number(2)
    raster.show_current(3)
    qtbot.waitUntil(lambda: not QApplication.processEvents())
    paints = Paints(raster)

    def n_paints(do: Callable[[], object]) -> int:
        before = paints.n
        do()
        QApplication.processEvents()
        return paints.n - before

    QApplication.processEvents()
    for again, other in (
        (lambda: raster.show_number(2), lambda: raster.show_number(3)),
        (lambda: raster.show_current(3), lambda: raster.show_current(4)),
        (lambda: raster.show_cells(raster._cells, raster._steps, raster.order), lambda: shown(raster, 10, 5)),
        (lambda: move(raster, QPoint(3, 3)), lambda: move(raster, at(raster, 3, 3))),
    ):
        assert n_paints(again) == 0
        assert n_paints(other) == 1
    for other in (
        lambda: raster.show_selection(None),
        lambda: raster.show_card(None),
        lambda: raster.show_sides([], lambda _: None, lambda _: ""),
        raster.fit,
        lambda: QApplication.sendEvent(raster, QEvent(QEvent.Type.PaletteChange)),
    ):
        assert n_paints(other) == 1


def test_that_its_cells_are_made_into_a_picture_once_for_what_is_seen(raster: StoryRaster) -> None:
    first = raster._picture()
    assert raster._picture() is first
    raster.show_current(3)
    assert raster._picture() is first, "in sight already"
    raster.look(RowRange(10, 5, 0, 4, 0, 5))
    second = raster._picture()
    assert second is not first
    raster.show_current(0)  # the last row
    assert seen(raster) == (6, 10, 0, 5)
    assert raster._picture() is not second
    raster.resize(raster.width() + 10, raster.height())
    assert raster._picture().width() == WIDTH + 10
