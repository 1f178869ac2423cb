"""Which rows of a list are in sight when others are shown in their place."""

import pytest
from pytestqt.qtbot import QtBot

from app.analysis.row import Row
from app.widgets.row_list import RowList


def rows(n: int, text: str = "a row") -> list[Row]:
    return [Row(f"row {number}", text) for number in range(n)]


@pytest.fixture
def listed(qtbot: QtBot) -> RowList:
    made = RowList("Rows")
    qtbot.addWidget(made)
    made.resize(300, 120)
    made.show()
    made.show_rows(rows(40), 0)
    return made


def is_in_sight(listed: RowList, number: int) -> bool:
    viewport = listed.viewport()
    assert viewport is not None
    return viewport.rect().contains(listed.visualRect(listed.rows.index(number)))


def test_that_the_chosen_row_stays_in_sight_where_those_above_it_take_more_room(listed: RowList) -> None:
    listed.choose(20)
    assert is_in_sight(listed, 20)
    listed.show_rows(rows(40, "a row of many more words than have room on a single line of it"), 20)
    assert is_in_sight(listed, 20)


def test_that_a_row_that_is_chosen_with_the_rows_is_seen(listed: RowList) -> None:
    listed.show_rows(rows(50), 30)
    assert is_in_sight(listed, 30)


def test_that_who_has_scrolled_away_from_the_chosen_row_stays_there(listed: RowList) -> None:
    bar = listed.verticalScrollBar()
    assert bar is not None
    bar.setValue(bar.maximum())
    listed.show_rows(rows(40), 0)
    assert bar.value() == bar.maximum()
    assert not is_in_sight(listed, 0)


@pytest.mark.parametrize("n_rows", [39, 40, 41])
def test_that_what_is_in_sight_stays_there_whatever_number_of_rows_comes(listed: RowList, n_rows: int) -> None:
    bar = listed.verticalScrollBar()
    assert bar is not None
    listed.show_rows(rows(40), None)
    bar.setValue(bar.maximum() // 2)
    before = bar.value()
    assert before > 100
    listed.show_rows(rows(n_rows), None)
    assert bar.value() == before
    listed.show_rows(rows(n_rows), 0)
    assert bar.value() == before or is_in_sight(listed, 0)


def test_that_a_row_that_was_out_of_sight_is_not_scrolled_to(listed: RowList) -> None:
    bar = listed.verticalScrollBar()
    assert bar is not None
    bar.setValue(bar.maximum())
    before = bar.value()
    listed.show_rows(rows(40), 1)
    assert bar.value() == before
    assert not is_in_sight(listed, 1)


def test_that_rows_have_the_height_that_their_text_takes_at_any_width(listed: RowList, qtbot: QtBot) -> None:
    listed.resize(600, 120)
    listed.show_rows(rows(5, "words that fit on a line of a wide list, and not on that of a narrow one"), 0)
    on_a_line = listed.visualRect(listed.rows.index(1)).top()
    listed.resize(200, 120)
    qtbot.waitUntil(lambda: listed.visualRect(listed.rows.index(1)).top() > on_a_line)
    first, second = (listed.visualRect(listed.rows.index(number)) for number in range(2))
    assert not first.intersects(second)
    assert first.height() > on_a_line
