"""What of a picture's parts is left out where they are taller than a picture can be, and what is said of it."""

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.figure import GAP, LARGEST_PX, MARGIN, Figure
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by
from tests.app.widgets.pictured import GREEN, Plain

ALL = "“Save numbers” in the menu has all of them."


@pytest.fixture(autouse=True)
def dark_theme(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")


def table_of(n_rows: int, height: int) -> QTableWidget:
    """Rows of 20 px, and at least so high."""
    made = QTableWidget(n_rows, 1)
    for row in range(n_rows):
        made.setItem(row, 0, QTableWidgetItem(f"row {row}"))
        made.setRowHeight(row, 20)
    made.resize(700, height)
    made.show()
    return made


def painted_with(parts: list[QWidget], qtbot: QtBot) -> Painted:
    for each in parts:
        qtbot.addWidget(each)
    figure = Figure("Title", (), parts)
    assert figure.size().height() == LARGEST_PX
    return painted_by(lambda painter: figure.paint(painter, figure.size()), QSize(figure.size()))


def room_px() -> int:
    """What a figure has for its parts and what is said below them, from the first to the last pixel."""
    return LARGEST_PX - Figure("Title", (), ()).size().height()


def rows_of(found: Painted) -> list[str]:
    return [each for each in found.texts if each.startswith("row ")]


def said(found: Painted) -> str:
    return " ".join(each for each in found.texts if each not in ("Title", "1") and not each.startswith("row ")).strip()


@pytest.mark.parametrize("left_px", [330, 170, 150])
def test_that_no_row_of_a_table_is_cut_in_two_and_those_that_are_left_out_are_counted(
    qtbot: QtBot, left_px: int
) -> None:
    found = painted_with([Plain(700, room_px() - left_px), table_of(100, 50)], qtbot)
    rows = rows_of(found)
    assert 0 < len(rows) < left_px // 20
    assert rows == [f"row {number}" for number in range(len(rows))]
    assert f"{100 - len(rows)} of 100 rows do not fit into a picture; {ALL}" in said(found)
    (last,) = [each for each in found.words if each.text == rows[-1]]
    note = next(each for each in found.words if "of 100 rows" in each.text)
    assert last.place.bottom() < note.place.top()


def test_that_of_a_table_without_room_for_its_first_row_all_are_counted(qtbot: QtBot) -> None:
    for left_px in range(60, 110, 10):
        found = painted_with([Plain(700, room_px() - left_px), table_of(100, 50)], qtbot)
        if not rows_of(found):
            assert f"100 of 100 rows do not fit into a picture; {ALL}" in said(found)
            break
    else:
        pytest.fail("some height has no room for a row")


def test_that_of_the_ground_below_the_last_row_nothing_is_said(qtbot: QtBot) -> None:
    found = painted_with([Plain(700, room_px() - 300), table_of(2, 400)], qtbot)
    assert len(rows_of(found)) == 2
    assert "rows" not in said(found)


def test_that_what_comes_behind_the_end_has_no_height_and_the_first_that_was_cut_is_told(qtbot: QtBot) -> None:
    found = painted_with([Plain(700, room_px() + 50), Plain(700, 60), table_of(100, 50)], qtbot)
    heights = [each.place.height() for each in found.areas(GREEN)]
    assert heights[1] == 0
    assert said(found).startswith("What is more does not fit into a picture;")
    assert "of 100 rows" not in said(found)


def test_that_parts_that_just_fit_are_whole_and_nothing_is_said(qtbot: QtBot) -> None:
    title_px = Figure("Title", (), ()).size().height()
    part = Plain(700, LARGEST_PX - title_px - GAP)
    qtbot.addWidget(part)
    figure = Figure("Title", (), [part])
    assert figure.size().height() == LARGEST_PX
    found = painted_by(lambda painter: figure.paint(painter, figure.size()), figure.size())
    (place,) = (each.place for each in found.areas(GREEN))
    assert place.height() == part.height()
    assert place.bottom() == LARGEST_PX - MARGIN - GAP
    assert found.texts == ["Title"]
