"""Arrows over cells of rows that are not equally long."""

import pytest
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtWidgets import QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.walk import CellWalk, in_rows

KEY = Qt.Key
ROWS = [3, 1, 2]
KEYS = {"r": KEY.Key_Right, "l": KEY.Key_Left, "d": KEY.Key_Down, "u": KEY.Key_Up}


class Told(QWidget):
    """Tells which cell is pointed at, and keeps where it is clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[QPointF] = []

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), f"<b>{event.pos().x() // 20}</b>, {event.pos().y() // 10}", self)
            return True
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            self.clicked.append(event.position())
        return super().event(event)


@pytest.fixture
def widget(qtbot: QtBot) -> Told:
    made = Told()
    qtbot.addWidget(made)
    made.resize(100, 60)
    made.show()
    return made


def walk_over(widget: QWidget, rows: list[int]) -> CellWalk:
    return CellWalk(widget, lambda: rows, lambda row, column: QRectF(20 * column, 10 * row, 20, 10))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", (0, 0)),
        ("r", (0, 1)),
        ("rr", (0, 2)),
        ("rrr", (0, 2)),
        ("l", (0, 0)),
        ("u", (0, 0)),
        ("d", (1, 0)),
        ("rrd", (1, 0)),
        ("ddd", (2, 0)),
        ("dddr", (2, 1)),
        ("dddrr", (2, 1)),
        ("ddru", (1, 0)),
    ],
)
def test_that_arrows_go_from_cell_to_cell_and_no_further_than_the_last(
    widget: Told, qtbot: QtBot, keys: str, expected: tuple[int, int]
) -> None:
    walk = walk_over(widget, ROWS)
    assert walk.at is None
    qtbot.keyClick(widget, KEY.Key_Return)
    for key in keys:
        qtbot.keyClick(widget, KEYS[key])
    assert walk.at == expected
    row, column = expected
    ring = QRectF(20 * column, 10 * row, 20, 10).adjusted(-2, -2, 2, 2) & QRectF(widget.rect())
    assert QRectF(walk.ring.geometry()) == ring
    qtbot.keyClick(widget, KEY.Key_Space)
    assert widget.clicked == [QPointF(20 * column + 10, 10 * row + 5)]
    qtbot.keyClick(widget, KEY.Key_Escape)
    assert walk.at is None and not walk.ring.isVisible()


def test_that_a_cell_that_is_gone_to_is_told_to_those_who_do_not_see(widget: Told, qtbot: QtBot) -> None:
    walk_over(widget, ROWS)
    qtbot.keyClick(widget, KEY.Key_Return)
    qtbot.keyClick(widget, KEY.Key_Right)
    assert widget.accessibleDescription() == "1, 0"
    QToolTip.hideText()


@pytest.mark.parametrize("rows", [[], [0], [0, 0]])
def test_that_without_cells_keys_do_nothing(widget: Told, qtbot: QtBot, rows: list[int]) -> None:
    walk = walk_over(widget, rows)
    for key in (KEY.Key_Return, KEY.Key_Right, KEY.Key_Down, KEY.Key_Space):
        qtbot.keyClick(widget, key)
    assert walk.at is None
    assert walk.place() is None
    assert not walk.ring.isVisible()
    assert widget.clicked == []


@pytest.mark.parametrize(
    ("n", "columns", "expected"),
    [(0, 3, []), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (7, 3, [3, 3, 1]), (2, 0, [0, 0])],
)
def test_that_cells_fill_one_row_after_the_other(n: int, columns: int, expected: list[int]) -> None:
    assert in_rows(n, columns) == expected
