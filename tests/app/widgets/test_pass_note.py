"""The line that says of which pass a panel is, while the playhead rests elsewhere."""

import pytest
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.widgets.pass_note import REST, PassNote


@pytest.fixture
def note(qtbot: QtBot) -> PassNote:
    made = PassNote()
    qtbot.addWidget(made)
    return made


def said(note: PassNote) -> str:
    return "" if note.isHidden() else note.text()


def test_that_it_comes_where_the_playhead_rests_on_another_step_than_the_pass(note: PassNote, qtbot: QtBot) -> None:
    note.show_pass(1200)
    note.show_step(1201)
    assert said(note) == "", "a pass that is read soon moves nothing"
    qtbot.waitUntil(lambda: said(note) == "pass of step 1,200")
    note.show_pass(1100)
    assert said(note) == "pass of step 1,100", "at once where the line is there already"
    note.show_step(1100)
    assert said(note) == ""


@pytest.mark.parametrize(("step", "of_pass"), [(5, 5), (5, None), (None, 5)])
def test_that_it_does_not_come_where_both_are_the_same_or_one_is_not_known(
    note: PassNote, step: int | None, of_pass: int | None
) -> None:
    if step is not None:
        note.show_step(step)
    note.show_pass(of_pass)
    QTest.qWait(REST + 60)
    assert said(note) == ""


def test_that_a_pass_that_comes_in_time_moves_nothing(note: PassNote) -> None:
    note.show_pass(3)
    note.show_step(4)
    note.show_pass(4)
    QTest.qWait(REST + 60)
    assert said(note) == ""


def test_that_it_is_said_once(note: PassNote, qtbot: QtBot) -> None:
    note.show_pass(3)
    note.show_step(4)
    qtbot.waitUntil(lambda: said(note) != "")
    note.hide()
    QTest.qWait(REST + 60)
    assert said(note) == ""
