"""How far each key goes in the sign raster, and that no more of it is moved than it takes to see the place."""

from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.raster_view import RasterView
from tests.app.pointer import Around
from tests.app.views.gradients.raster_hand import BANDS, N_COLUMNS, N_ROWS, Hand

Key = Qt.Key


@pytest.fixture
def told(hand: Hand) -> list[QPoint | None]:
    """Where the keys have come to, after each of them."""
    told: list[QPoint | None] = []
    hand.view.hovered.connect(told.append)
    return told


def press(hand: Hand, *keys: Key) -> None:
    for key in (Key.Key_Return, *keys) if not hand.view.walk.is_on else keys:
        QTest.keyClick(hand.view, key)


def at(hand: Hand, column: float, row: float) -> QPoint:
    return hand.at(column, row)


def test_that_an_arrow_goes_to_the_next_cell_or_six_pixels_on_where_cells_are_smaller(
    hand: Hand, told: list[QPoint | None]
) -> None:
    places = hand.view.places()
    assert places.x_scale < 6 < places.y_scale
    press(hand, Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Up)
    across = 6 / places.x_scale
    assert told == [
        at(hand, 0.5 + across, 0.5),
        at(hand, 0.5 + 2 * across, 0.5),
        at(hand, 0.5 + 2 * across, 1.5),
        at(hand, 0.5 + across, 1.5),
        at(hand, 0.5 + across, 0.5),
    ]


def test_that_keys_end_at_the_outermost_cells(hand: Hand, told: list[QPoint | None]) -> None:
    press(hand, Key.Key_Left, Key.Key_Up)
    assert told == [at(hand, 0.5, 0.5)] * 2
    press(hand, *[Key.Key_Right] * 200, *[Key.Key_Down] * 60)
    assert told[-1] == at(hand, N_COLUMNS - 0.5, N_ROWS - 0.5)
    last = hand.view.cell_at(QPointF(told[-1] or QPoint()))
    assert last is not None
    assert (last.last, last.bottom) == (N_COLUMNS - 1, N_ROWS - 1)


def test_that_what_is_gone_to_is_moved_into_sight_and_no_further(hand: Hand) -> None:
    hand.view.zoom(300, 20, 0.1, 0.25)
    press(hand, Key.Key_Right)
    assert hand.seen == pytest.approx((1.5, 61.5, 0.5, 10.5))
    hand.changes.clear()
    press(hand, *[Key.Key_Right] * 59, *[Key.Key_Down] * 9)
    assert hand.changes == [], "all of that was in sight"
    assert hand.seen == pytest.approx((1.5, 61.5, 0.5, 10.5))
    press(hand, *[Key.Key_Right] * 4)
    assert hand.seen == pytest.approx((4.5, 64.5, 0.5, 10.5))
    press(hand, *[Key.Key_Down] * 3)
    assert hand.seen == pytest.approx((4.5, 64.5, 2.5, 12.5))
    assert len(hand.changes) == 5, "the border is still in sight"


def test_that_plus_and_minus_show_so_much_less_and_more_around_the_place(hand: Hand, told: list[QPoint | None]) -> None:
    press(hand, *[Key.Key_Right] * 60, *[Key.Key_Down] * 20)
    for key, factor in ((Key.Key_Plus, 0.64), (Key.Key_Plus, 0.64), (Key.Key_Minus, 1 / 0.64)):
        before, place = hand.seen, told[-1]
        press(hand, key)
        left, right, top, bottom = hand.seen
        assert right - left == pytest.approx((before[1] - before[0]) * factor)
        assert bottom - top == pytest.approx((before[3] - before[2]) * factor)
        assert told[-1] is not None and place is not None
        assert (told[-1] - place).manhattanLength() <= 1, "which stays where it was"


def ring_of(hand: Hand, column: int, row: int) -> Any:
    """Around a cell, or six pixels where it is smaller."""
    places = hand.view.places()
    cell = QRectF(places.x(column), places.y(row), max(places.x_scale, 6.0), max(places.y_scale, 6.0))
    return cell.toAlignedRect().adjusted(-2, -2, 2, 2)


def test_that_the_ring_is_around_the_cell_at_every_size(hand: Hand) -> None:
    press(hand, *[Key.Key_Right] * 60, *[Key.Key_Down] * 3)
    column = int(0.5 + 60 * 6 / hand.view.places().x_scale)
    assert hand.view.walk.ring.geometry() == ring_of(hand, column, 3)
    hand.view.zoom(column, 3, 0.05, 0.2)
    assert hand.view.places().x_scale > 6
    assert hand.view.walk.ring.geometry() == ring_of(hand, column, 3)
    hand.view.resize(600, 300)
    assert hand.view.walk.ring.geometry() == ring_of(hand, column, 3)
    press(hand, Key.Key_Escape)
    assert not hand.view.walk.ring.isVisible()


@pytest.mark.parametrize("n_columns", [0, 5])
def test_that_where_there_is_no_row_keys_go_nowhere(qtbot: QtBot, n_columns: int) -> None:
    view = RasterView()
    qtbot.addWidget(view)
    view.show()
    view.show_run(n_columns, RasterBands((), {}, n_columns))
    layers: list[str] = []
    view.layer_clicked.connect(layers.append)
    for key in (Key.Key_Return, Key.Key_Right, Key.Key_Down, Key.Key_Plus, Key.Key_Minus, Key.Key_Return):
        QTest.keyClick(view, key)
    assert not view.walk.ring.isVisible()
    assert layers == []
    assert view.view.left == 0 and view.view.right == n_columns


def test_that_a_tip_is_the_raster_s_own_and_not_that_of_what_it_stands_in(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Around()
    qtbot.addWidget(around)
    view = RasterView(around)
    view.show_run(N_COLUMNS, RasterBands(BANDS, {}, N_COLUMNS))
    told: list[tuple[QPoint, str, QWidget]] = []
    monkeypatch.setattr(QToolTip, "showText", lambda *given: told.append(given))
    where = QPoint(int(view.places().plot.left()) + 20, 5)
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, where, QPoint(300, 400)))
    assert told == [(QPoint(300, 400), "conv1: columns 0 to 199", view)]
    assert around.n_asked == 0


def test_that_the_names_at_both_borders_of_the_picture_are_met(hand: Hand) -> None:
    hand.view.zoom(300, 20, 0.5, 0.5)
    plot = hand.view.places().plot
    for x, words in (
        (plot.left(), "conv1: columns 0 to 199"),
        (plot.right(), "fc1: columns 200 to 599"),
        (plot.left() - 0.5, ""),
        (plot.right() + 0.5, ""),
    ):
        assert hand.view.band_text(QPointF(x, 5)) == words
    for x, y, layers in (
        (plot.left(), plot.bottom(), ["conv1"]),
        (plot.right(), plot.top(), ["fc1"]),
        (plot.right() + 1, plot.top(), []),
        (plot.right(), plot.bottom() + 1, []),
    ):
        hand.layers.clear()
        QTest.mouseClick(hand.view, Qt.MouseButton.LeftButton, pos=QPointF(x, y).toPoint())
        assert hand.layers == layers
