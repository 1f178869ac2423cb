"""How a matrix is handled: the wheel, drags, other buttons, words on a cell, and what is painted once."""

from collections.abc import Callable
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QPoint, QRectF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.correlations.matrix_view import MatrixView
from tests.app.on_screen import shown
from tests.app.painted import Paints, painted
from tests.app.pointer import turn
from tests.app.views.correlations.made_up import matrix, waves

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def view(qtbot: QtBot) -> MatrixView:
    """Of 40 rows and 30 columns."""
    view: MatrixView = shown(qtbot, MatrixView(), 400, 300)
    view.show_matrix(matrix(waves(40, 30)))
    return view


class Told:
    """What a matrix said."""

    def __init__(self, view: MatrixView) -> None:
        self.clicked: list[tuple[int, int]] = []
        self.pointed: list[tuple[int, int]] = []
        view.cell_clicked.connect(lambda *cell: self.clicked.append(cell))
        view.cell_pointed.connect(lambda *cell: self.pointed.append(cell))


def center(view: MatrixView, row: int, column: int) -> QPoint:
    return view.cell_rect(row, column).center()


# --- a matrix


def test_that_the_wheel_is_left_to_others_where_there_is_nothing_to_zoom_into(view: MatrixView, qtbot: QtBot) -> None:
    assert turn(view, center(view, 20, 15), 120)
    view.show_whole()
    assert not turn(view, QPoint(2, 2), 120), "beside the plot"
    fixed = shown(qtbot, MatrixView(is_zoomable=False), 400, 300)
    fixed.show_matrix(matrix(waves(40, 30)))
    assert not turn(fixed, center(fixed, 20, 15), 120)
    view.show_matrix(None)
    assert not turn(view, view.rect().center(), 120)
    assert view.seen is fixed.seen is None


def test_that_the_wheel_keeps_the_place_under_the_pointer_and_tells_of_the_cell(view: MatrixView) -> None:
    told, at = Told(view), center(view, 10, 20)
    before = view.cell_rect(10, 20)
    turn(view, at, 360)
    assert view.seen is not None
    assert (view.seen.width(), view.seen.height()) == pytest.approx((30 / 1.25**3, 40 / 1.25**3))
    after = view.cell_rect(10, 20)
    assert after.contains(at)
    for axis in ("x", "y"):
        start, end = (getattr(each.topLeft(), axis)() for each in (before, after))
        size = {"x": "width", "y": "height"}[axis]
        share = [(getattr(at, axis)() - low) / getattr(rect, size)() for low, rect in ((start, before), (end, after))]
        assert share[0] == pytest.approx(share[1], abs=0.15)
    assert told.pointed == [(10, 20)]
    turn(view, at, 120)
    assert told.pointed == [(10, 20)], "it is the same"


def test_that_a_drag_moves_by_whole_cells_from_where_it_began(view: MatrixView) -> None:
    view._see(QRectF(5, 10, 15, 20))
    told, start = Told(view), center(view, 20, 12)
    wide, high = (each.cell_px for each in reversed(view._spans(view._place())))
    QTest.mousePress(view, LEFT, pos=start)
    for columns, rows in ((-2, -3), (-3, 1), (1, 2)):
        QTest.mouseMove(view, start + QPoint(round(columns * wide), round(rows * high)))
        assert view.seen is not None
        assert view.seen.left() == pytest.approx(5 - columns, abs=1 / wide)
        assert view.seen.top() == pytest.approx(10 - rows, abs=1 / high)
    assert (view.seen.width(), view.seen.height()) == (15, 20)
    QTest.mouseRelease(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(40, 40))
    assert view.seen.left() == pytest.approx(4, abs=1 / wide), "it is over"
    assert told.clicked == []


def test_that_only_what_was_pressed_is_clicked_and_by_the_left_button(view: MatrixView, qtbot: QtBot) -> None:
    told, at = Told(view), center(view, 20, 15)
    QTest.mouseRelease(view, LEFT, pos=at)
    QTest.mouseClick(view, RIGHT, pos=at)
    QTest.mousePress(view, RIGHT, pos=at)
    QTest.mouseRelease(view, LEFT, pos=at)
    QTest.mousePress(view, LEFT, pos=at)
    QTest.mouseRelease(view, RIGHT, pos=at)
    assert told.clicked == []
    QTest.mouseRelease(view, LEFT, pos=at)
    assert told.clicked == [(20, 15)]
    view.show_matrix(None)
    QTest.mousePress(view, LEFT, pos=at)
    view.show_matrix(matrix(waves(40, 30)))
    QTest.mouseRelease(view, LEFT, pos=at)
    assert told.clicked == [(20, 15)], "there was no cell when it was pressed"


def test_that_a_double_click_shows_the_whole_where_parts_can_be_seen(view: MatrixView) -> None:
    view._see(QRectF(5, 10, 15, 20))
    QTest.mouseDClick(view, LEFT, pos=center(view, 20, 12))
    assert view.seen is None
    view.show_matrix(None)
    QTest.mouseDClick(view, LEFT, pos=view.rect().center())
    assert view.seen is None


def test_that_words_on_a_cell_go_with_the_pointer_and_while_it_is_pressed(view: MatrixView) -> None:
    told, at = Told(view), center(view, 20, 15)
    QTest.mouseMove(view, at)
    words = view.tip
    assert view.accessibleDescription() == words != ""

    def is_told() -> bool:
        return any(each in words for each in painted(view).texts if each.startswith("row 20"))

    assert is_told()
    QTest.mousePress(view, LEFT, pos=at)
    assert not is_told()
    QTest.mouseRelease(view, LEFT, pos=at)
    assert is_told()
    for _ in range(2):
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert not is_told()
    assert view.tip == ""
    assert told.pointed == [(20, 15), (-1, -1)]


def test_that_what_is_pointed_at_stays_for_a_matrix_of_the_same_shape(view: MatrixView) -> None:
    QTest.mouseMove(view, center(view, 20, 15))
    view.show_matrix(matrix(-waves(40, 30)))
    assert view.tip == f"row 20 × column 15 of a matrix that is told in words: {-waves(40, 30)[20, 15]:.3f}"
    view.show_matrix(matrix(waves(30, 40)))
    assert view.tip == ""
    QTest.mouseMove(view, center(view, 20, 15) + QPoint(0, 1))
    view.show_matrix(None, "It is gone.")
    assert (view.tip, view.accessibleDescription()) == ("", "It is gone.")


@pytest.fixture
def made(view: MatrixView, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], tuple[bool, int]]:
    """Whether a matrix is painted anew for something that is done, and how often what stays is made."""
    usual, times = view._painted, 0

    def painted_anew(*given: Any) -> Any:
        nonlocal times
        times += 1
        return usual(*given)

    monkeypatch.setattr(view, "_painted", painted_anew)

    def count(do: Callable[[], object]) -> tuple[bool, int]:
        nonlocal times
        QApplication.processEvents()
        paints, times = Paints(view), 0
        do()
        QApplication.processEvents()
        return paints.n > 0, times

    return count


def test_that_what_stays_is_painted_once(view: MatrixView, made: Callable[..., tuple[bool, int]]) -> None:
    view.show_chosen((1, 2))
    assert made(lambda: view.show_chosen((1, 2))) == (False, 0)
    assert made(lambda: view.show_chosen((1, 3))) == (True, 0)
    assert made(lambda: QTest.mouseMove(view, center(view, 20, 15))) == (True, 0)
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))) == (True, 0)
    assert made(lambda: view.show_matrix(view.picture)) == (True, 1)
    assert made(lambda: view.show_side_pictures(lambda _: None)) == (True, 1)
    assert made(view.show_whole) == (True, 1)
    assert made(lambda: view.resize(410, 310)) == (True, 1)
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.PaletteChange)))[1] == 1
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.LanguageChange)))[1] == 0
    assert made(lambda: view.setEnabled(False))[0]
