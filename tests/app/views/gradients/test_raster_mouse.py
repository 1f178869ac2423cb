"""The sign raster under the hand of its user: which cell lies where, and what a press, a drag and the wheel do."""

from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.raster_axes import ABOVE_PX
from app.views.gradients.raster_view import RasterView
from tests.app.pointer import LEFT, RIGHT, drag, move, press, release, turn
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, read_all
from tests.app.views.gradients.raster_hand import BANDS, N_COLUMNS, N_ROWS, Hand

WHOLE = (0.0, float(N_COLUMNS), 0.0, float(N_ROWS))


def test_that_each_pixel_is_of_the_cell_that_is_painted_there(hand: Hand, signs: MadeUpSigns) -> None:
    for column, row in ((0, 0), (1, 1), (200, 20), (599, 39), (598, 38)):
        cell = hand.view.cell_at(QPointF(hand.at(column + 0.5, row + 0.5)))
        assert cell is not None and cell.shares is not None
        assert (cell.first, cell.last, cell.top, cell.bottom) == (column, column, row, row)
        assert (cell.is_single, cell.n_gradients, cell.is_readable) == (True, 1, True)
        kinds = [int((signs.classes[row, column] == kind) * 255) for kind in range(1, 6)]
        assert cell.shares.tolist() == kinds
    damaged = hand.view.cell_at(QPointF(hand.at(3.5, 7.5)))
    assert damaged is not None
    assert (damaged.shares, damaged.is_readable) == (None, False)


def test_that_where_cells_are_groups_all_of_them_are_told_of_and_no_more_than_there_are(
    hand: Hand, signs: MadeUpSigns
) -> None:
    hand.view.resize(300, 150)
    unread = hand.view.cell_at(QPointF(hand.at(599, 39)))
    assert unread is not None
    assert (unread.shares, unread.is_readable) == (None, True)
    read_all(hand.view, signs, BANDS)
    level = hand.view.view.levels(*hand.view.plot_size)[0]
    assert level > 0
    last = hand.view.cell_at(QPointF(hand.at(599, 39)))
    assert last is not None and last.shares is not None
    assert (last.first, last.last) == (599 >> level << level, 599)
    assert last.n_gradients == (last.last - last.first + 1) * (last.bottom - last.top + 1)
    assert not last.is_single


def test_that_each_pixel_is_of_its_group_of_rows_where_there_are_more_rows_than_pixels(qtbot: QtBot) -> None:
    n = 2000
    classes = np.repeat(np.arange(n)[:, None] // 500, 3, axis=1).astype(np.uint8)
    signs = MadeUpSigns(classes, np.arange(n))
    view = RasterView()
    qtbot.addWidget(view)
    view.resize(200, 150)
    view.show()
    bands = bands_of(("fc1 weight", 3))
    view.show_run(3, RasterBands(bands, {}, 3))
    view.show_steps(signs.steps)
    read_all(view, signs, bands)
    level = view.view.levels(*view.plot_size)[1]
    assert level > 1
    for row in (0, 700, 1100, n - 1):
        cell = view.cell_at(QPointF(Hand(view).at(1.5, row + 0.5)))
        assert cell is not None and cell.shares is not None
        assert (cell.top % (1 << level), cell.bottom) == (0, min(cell.top + (1 << level), n) - 1)
        assert cell.top - n / 100 <= row <= cell.bottom + n / 100  # to the pixel
        assert cell.shares.tolist() == [255 * (kind == row // 500) for kind in range(1, 6)]


@pytest.mark.parametrize("off", [(-1, 0), (0, -1), (1, 0), (0, 1)])
def test_that_there_is_no_cell_outside_of_the_picture(hand: Hand, off: tuple[int, int]) -> None:
    plot = hand.view.places().plot
    corner = plot.topLeft() if min(off) < 0 else plot.bottomRight()
    assert hand.view.cell_at(corner) is not None
    assert hand.view.cell_at(corner + QPointF(*off)) is None


def test_that_the_outermost_pixels_are_of_the_outermost_cells(hand: Hand) -> None:
    plot = hand.view.places().plot
    first, last = (hand.view.cell_at(corner) for corner in (plot.topLeft(), plot.bottomRight()))
    assert first is not None and last is not None
    assert (first.first, first.top, last.last, last.bottom) == (0, 0, N_COLUMNS - 1, N_ROWS - 1)


def test_that_a_row_which_came_after_its_tile_was_read_is_still_to_be_read(hand: Hand) -> None:
    hand.view.show_steps(10 * np.arange(N_ROWS + 5))
    for row, is_there in ((N_ROWS - 1, True), (N_ROWS, False), (N_ROWS + 4, False)):
        cell = hand.view.cell_at(QPointF(hand.at(300.5, row + 0.5)))
        assert cell is not None
        assert (cell.shares is not None, cell.is_readable, cell.bottom) == (is_there, True, row)


def test_that_there_is_no_cell_where_there_is_no_row(qtbot: QtBot) -> None:
    view = RasterView()
    qtbot.addWidget(view)
    assert view.cell_at(view.places().plot.center()) is None
    view.show_run(5, RasterBands((), {}, 5))
    assert view.cell_at(view.places().plot.center()) is None
    assert view.keys() == view.whole_keys() == []


@pytest.mark.parametrize(
    ("by", "layers"), [((0, 0), ["fc1"]), ((4, 0), ["fc1"]), ((3, 1), ["fc1"]), ((3, 2), []), ((0, -5), [])]
)
def test_that_a_press_which_hardly_moves_is_a_click(hand: Hand, by: tuple[int, int], layers: list[str]) -> None:
    hand.view.zoom(300, 20, 0.5, 0.5)
    drag(hand.view, hand.at(300, 20), hand.at(300, 20) + QPoint(*by))
    assert hand.layers == layers
    assert hand.steps == []


@pytest.mark.parametrize(("column", "row", "layer"), [(199, 5, "conv1"), (200, 5, "fc1"), (599, 39.9, "fc1")])
def test_that_a_click_chooses_the_layer_of_its_column(hand: Hand, column: int, row: float, layer: str) -> None:
    QTest.mouseClick(hand.view, LEFT, pos=hand.at(column + 0.5, row))
    assert hand.layers == [layer]
    places = hand.view.places()
    QTest.mouseClick(hand.view, LEFT, pos=QPoint(hand.at(column + 0.5, 0).x(), ABOVE_PX - 5))
    assert hand.layers == [layer] * 2, "as one on its name does"
    QTest.mouseClick(hand.view, LEFT, pos=QPoint(hand.at(column + 0.5, 0).x(), int(places.plot.bottom()) + 5))
    QTest.mouseClick(hand.view, RIGHT, pos=hand.at(column + 0.5, row))
    assert hand.layers == [layer] * 2


def test_that_a_drag_takes_along_what_is_under_the_pointer_until_it_is_let_go(hand: Hand) -> None:
    hand.view.zoom(300, 20, 0.5, 0.5)
    before = hand.seen
    start = hand.at(300, 20)
    places = hand.view.places()
    drag(hand.view, start, start + QPoint(50, -30))
    columns, rows = 50 / places.x_scale, 30 / places.y_scale
    assert hand.seen == pytest.approx(
        (before[0] - columns, before[1] - columns, before[2] + rows, before[3] + rows), abs=0.01
    )
    after = hand.seen
    move(hand.view, start, LEFT)
    assert hand.seen == after
    press(hand.view, start, RIGHT)
    move(hand.view, start + QPoint(90, 90), RIGHT)
    assert hand.seen == after


@pytest.mark.parametrize(
    ("angle", "modifiers", "across", "down"),
    [
        ((0, 120), Qt.KeyboardModifier.NoModifier, 0.8, 1.0),
        ((0, 240), Qt.KeyboardModifier.NoModifier, 0.64, 1.0),
        ((0, 120), Qt.KeyboardModifier.ControlModifier, 1.0, 0.8),
        ((0, 120), Qt.KeyboardModifier.ShiftModifier, 1.0, 0.8),
        ((120, 0), Qt.KeyboardModifier.AltModifier, 0.8, 1.0),
        ((0, -120), Qt.KeyboardModifier.NoModifier, 1.25, 1.0),
    ],
)
def test_that_the_wheel_shows_so_much_less(
    hand: Hand, angle: tuple[int, int], modifiers: Any, across: float, down: float
) -> None:
    hand.view.zoom(150, 10, 0.5, 0.5)
    hand.changes.clear()
    turn(hand.view, hand.at(150, 10), angle[1], angle[0], modifiers)
    left, right, top, bottom = hand.seen
    assert (right - left, bottom - top) == pytest.approx((N_COLUMNS / 2 * across, N_ROWS / 2 * down))
    assert len(hand.changes) == 1


def test_that_steps_are_pointed_at_and_dragged_over_on_their_axis_alone(hand: Hand) -> None:
    x = int(hand.view.places().plot.left()) - 1
    start, end = QPoint(x, hand.at(0, 5.5).y()), QPoint(x + 60, hand.at(0, 30.5).y())
    press(hand.view, start)
    assert hand.steps == [pytest.approx(50, abs=1)]
    move(hand.view, end, LEFT)
    assert hand.steps[1:] == [pytest.approx(300, abs=1)]
    release(hand.view, end)
    move(hand.view, start, LEFT)
    assert len(hand.steps) == 2
    assert (hand.layers, hand.seen) == ([], WHOLE)
    press(hand.view, QPoint(x + 1, start.y()))
    assert len(hand.steps) == 2, "that is the picture"


def test_that_a_double_click_shows_all_but_on_the_axis_of_steps(hand: Hand) -> None:
    hand.view.zoom(300, 20, 0.5, 0.5)
    before = hand.seen
    x, y = int(hand.view.places().plot.left()), hand.at(0, 20).y()
    QTest.mouseDClick(hand.view, RIGHT, pos=QPoint(x + 9, y))
    QTest.mouseDClick(hand.view, LEFT, pos=QPoint(x - 1, y))
    assert hand.seen == before
    QTest.mouseDClick(hand.view, LEFT, pos=QPoint(x, y))
    assert hand.seen == WHOLE


@pytest.mark.parametrize(
    ("x", "y", "shape"),
    [
        (-1, 100, Qt.CursorShape.SizeVerCursor),
        (0, 100, Qt.CursorShape.CrossCursor),
        (50, ABOVE_PX, Qt.CursorShape.CrossCursor),
        (50, ABOVE_PX - 1, Qt.CursorShape.PointingHandCursor),
    ],
)
def test_that_the_pointer_tells_what_a_press_will_do(hand: Hand, x: int, y: int, shape: Qt.CursorShape) -> None:
    move(hand.view, QPoint(int(hand.view.places().plot.left()) + x, y))
    assert hand.view.cursor().shape() == shape


def test_that_while_it_is_dragged_the_hand_is_closed(hand: Hand) -> None:
    hand.view.zoom(300, 20, 0.5, 0.5)
    start = hand.at(300, 20)
    press(hand.view, start)
    move(hand.view, start + QPoint(30, 0), LEFT)
    assert hand.view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    release(hand.view, start + QPoint(30, 0))
    assert hand.view.cursor().shape() == Qt.CursorShape.CrossCursor


def test_that_the_pointer_is_told_of_until_it_leaves(hand: Hand) -> None:
    told: list[Any] = []
    hand.view.hovered.connect(told.append)
    move(hand.view, QPoint(200, 100))
    QApplication.sendEvent(hand.view, QEvent(QEvent.Type.Leave))
    assert told == [QPoint(200, 100), None]


def test_that_only_what_is_asked_for_is_zoomed(hand: Hand) -> None:
    hand.view.zoom(300, 20)
    assert hand.seen == WHOLE
    hand.view.zoom(300, 20, 0.5)
    assert hand.seen == (150, 450, 0, 40)
    hand.view.zoom(300, 20, y_factor=0.5)
    assert hand.seen == (150, 450, 10, 30)
