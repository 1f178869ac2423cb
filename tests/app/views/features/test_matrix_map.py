"""A matrix whose rows and columns have names, as it is painted and pointed at."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.features.analysis.sequence_maps import NamedMatrix
from app.views.features.matrix_map import MatrixMap
from tests.app.painted import painted
from tests.app.pointer import move
from tests.app.views.features.pointing import tooltip_at

LEFT = Qt.MouseButton.LeftButton


def matrix(rows: tuple[str, ...], columns: tuple[str, ...]) -> NamedMatrix:
    values = np.linspace(0, 1, len(rows) * len(columns), dtype=np.float32).reshape(len(rows), len(columns))
    words = tuple(f"row {name}" for name in rows), tuple(f"column {name}" for name in columns)
    return NamedMatrix(values, rows, columns, *words, tuple(range(10, 10 + len(columns))), 1.0)


@pytest.fixture
def shown(qtbot: QtBot) -> MatrixMap:
    """Three rows and four columns of 40 px, the most that they have."""
    made = MatrixMap("a map")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_matrix(matrix(("the", "cat", "sat"), ("0", "1", "2", "3")))
    return made


def test_that_cells_lie_beside_one_another_below_the_names_of_columns(shown: MatrixMap) -> None:
    first, found = shown.cell_of(0, 0), painted(shown)
    for row in range(3):
        for column in range(4):
            wanted = QRectF(first.left() + 40 * column, first.top() + 40 * row, 40, 40)
            assert shown.cell_of(row, column) == wanted
            assert shown.tip(wanted.center()).startswith(f"row {('the', 'cat', 'sat')[row]}")
    assert shown.tip(QPointF(first.left() - 1, first.center().y())) == ""
    (picture,) = found.pictures
    assert (picture.left(), picture.top()) == pytest.approx((first.left(), first.top()), abs=0.01)
    assert (picture.width(), picture.height()) == (160, 120)


def test_that_names_of_rows_end_at_them_and_numbers_of_columns_stand_upright_above(shown: MatrixMap) -> None:
    found = painted(shown)
    assert found.texts == ["the", "cat", "sat", "0", "1", "2", "3"]
    for row, name in enumerate(("the", "cat", "sat")):
        place = found.word(name).place
        assert place.right() == pytest.approx(shown.cell_of(row, 0).left() - 5, abs=2)
        assert place.center().y() == pytest.approx(shown.cell_of(row, 0).center().y(), abs=3)
    for column in range(4):
        place = found.word(str(column)).place
        assert place.center().x() == pytest.approx(shown.cell_of(0, column).center().x(), abs=1.5)
        assert 0 < shown.cell_of(0, 0).top() - place.bottom() < 12
    assert {each.colour for each in found.words} == {active().faint_text}


def test_that_long_names_of_columns_are_turned_and_numbers_thinned(shown: MatrixMap) -> None:
    names = tuple(f"word{number}" for number in range(30))
    shown.show_matrix(matrix(("a",), names))
    turned = [each for each in painted(shown).words if each.text.startswith("word")]
    assert len(turned) > 10
    assert all(each.place.height() > each.place.width() for each in turned)
    assert all(each.place.bottom() <= shown.cell_of(0, 0).top() - 3 for each in turned)
    shown.show_matrix(matrix(("a",), tuple(str(1000 + number) for number in range(30))))
    level = [each for each in painted(shown).words if each.text.isdecimal()]
    assert 5 < len(level) < 30
    assert all(each.place.width() > each.place.height() for each in level)
    assert all(a.place.right() < b.place.left() for a, b in pairwise(level))
    shown.show_matrix(matrix(("a",), ("ab", "cd")))  # which have room from left to right
    assert painted(shown).word("ab").place.width() > painted(shown).word("ab").place.height() / 2
    assert shown.cell_of(0, 0).top() < 40


def test_that_what_is_pointed_at_is_framed_and_its_names_are_lit(shown: MatrixMap) -> None:
    move(shown, shown.cell_of(1, 2).center())
    found = painted(shown)
    (frame,) = found.lines(active().text)
    cell = shown.cell_of(1, 2)
    assert (frame.place.left(), frame.place.top()) == pytest.approx((cell.left(), cell.top()), abs=0.01)
    assert (frame.place.width(), frame.place.height(), frame.px) == (40, 40, 1)
    assert {each.text for each in found.words if each.colour == active().text} == {"cat", "2"}
    move(shown, QPointF(1, 1))
    assert painted(shown).lines(active().text) == []


def test_that_a_name_that_was_left_out_is_there_while_it_is_pointed_at(shown: MatrixMap) -> None:
    shown.show_matrix(matrix(("a",), tuple(str(1000 + number) for number in range(30))))
    assert "1001" not in painted(shown).texts
    move(shown, shown.cell_of(0, 1).center())
    texts = painted(shown).texts
    assert "1001" in texts
    assert "1000" not in texts


def test_that_the_chosen_column_is_framed_and_a_click_asks_for_one(shown: MatrixMap) -> None:
    asked: list[int] = []
    shown.column_requested.connect(asked.append)
    QTest.mouseClick(shown, LEFT, pos=shown.cell_of(2, 3).center().toPoint())
    QTest.mouseClick(shown, LEFT, pos=QPoint(1, 1))
    QTest.mouseClick(shown, Qt.MouseButton.RightButton, pos=shown.cell_of(2, 3).center().toPoint())
    assert asked == [13]
    shown.show_column(13)
    (frame,) = painted(shown).lines(active().hovered)
    top = shown.cell_of(0, 3)
    assert (frame.place.left(), frame.place.top()) == pytest.approx((top.left(), top.top()), abs=0.01)
    assert (frame.place.width(), frame.place.height(), frame.px) == (40, 120, 2)
    move(shown, shown.cell_of(1, 2).center())
    (pointed,) = painted(shown).lines(active().text)  # and in its own colour beside it
    assert (pointed.place.width(), pointed.px) == (40, 1)
    shown.show_column(99)
    assert painted(shown).lines(active().hovered) == []


def test_that_the_value_under_the_pointer_is_told_while_it_is_there(shown: MatrixMap) -> None:
    at = shown.cell_of(1, 2).center()
    assert tooltip_at(shown, at.toPoint()) == "row cat\ncolumn 2\n0.5455\nfull colour at 1"
    assert tooltip_at(shown, QPoint(1, 1)) == ""
    move(shown, at)
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    assert painted(shown).lines(active().text) == []
    shown.show_matrix(None)
    assert tooltip_at(shown, at.toPoint()) == ""
    move(shown, at)
    assert shown.accessibleName() == "a map"


def test_that_keys_walk_to_the_ends_and_choose_a_column(shown: MatrixMap) -> None:
    asked: list[int] = []
    shown.column_requested.connect(asked.append)
    QTest.keyClick(shown, Qt.Key.Key_Return)  # which begins
    for key, column in (("Left", 0), ("Up", 0), ("Right", 1), ("Right", 2), ("Right", 3), ("Right", 3), ("Down", 3)):
        QTest.keyClick(shown, getattr(Qt.Key, f"Key_{key}"))
        QTest.keyClick(shown, Qt.Key.Key_Return)
        assert asked[-1] == 10 + column
    for _ in range(5):
        QTest.keyClick(shown, Qt.Key.Key_Down)
    assert shown.walk.is_on


def test_that_nothing_says_why(shown: MatrixMap) -> None:
    shown.show_matrix(None, "Not recorded.")
    assert painted(shown).texts == ["Not recorded."]
    assert (shown.message, shown.accessibleDescription(), shown.matrix) == ("Not recorded.", "Not recorded.", None)
