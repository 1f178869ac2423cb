"""The notes as a list: what stands in it, how it is filtered, and where a note leads."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.notes.analysis.note_rows import layer_in, note_rows, notes_of_both
from app.views.notes.note_table_model import NoteColumn
from app.views.notes.panel import NO_NOTES, NotesPanel
from collector.storage.schema import NoteRecord, ResumeRecord

LAYERS = {"fc1": None, "blocks.0.mlp": None, "in": None, "a b": None}
NOTES = (
    NoteRecord(40, "The first NaN in a gradient came at step 40, in blocks.0.mlp and fc1."),
    NoteRecord(7, "'a b' has 70,000 features for each of 256 samples."),
    NoteRecord(200, "A value of 'speed' for step 3 was left out."),
)


RESUMES = (ResumeRecord(100, "2026-01-01"),)


DAMAGED = ("The pass record at byte 900 was passed over.",)


def collection(
    notes: Sequence[NoteRecord] = NOTES,
    damaged: Sequence[str] = DAMAGED,
    resumes: Sequence[ResumeRecord] = RESUMES,
) -> Any:
    """What of a collection tells its notes."""
    return SimpleNamespace(notes=list(notes), damaged=list(damaged), resumes=list(resumes), dumps=[], layers=LAYERS)


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> NotesPanel:
    panel = NotesPanel()
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    QAbstractItemModelTester(panel.shown, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    qtbot.addWidget(panel)
    panel.resize(400, 400)
    panel.show()
    panel.show_rows(note_rows(collection()))
    return panel


def texts(panel: NotesPanel, column: NoteColumn) -> list[str]:
    return [panel.shown.index(number, column).data() for number in range(panel.shown.rowCount())]


def cell(panel: NotesPanel, row: int) -> QModelIndex:
    return panel.shown.index(row, NoteColumn.TEXT)


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("No gradient comes to fc1 and blocks.0.mlp any more.", "fc1"),
        ("Left out: blocks.0.mlp.", "blocks.0.mlp"),
        ("'a b' is large.", "a b"),
        ("A gradient comes in at step 3.", None),
        ("'in' is large", "in"),
        ("It came in fc1 and 'a b'.", "fc1"),
        ("'speed' is odd in 'fc1'", "fc1"),
        ("nothing of that kind: fc12, xfc1", None),
    ],
)
def test_that_a_layer_is_what_is_quoted_or_cannot_be_a_plain_word(text: str, layer: str | None) -> None:
    assert layer_in(text, LAYERS) == layer


def test_that_notes_stand_by_step_and_damage_behind_them(panel: NotesPanel) -> None:
    assert texts(panel, NoteColumn.STEP) == ["7", "40", "100", "200", "–"]
    assert texts(panel, NoteColumn.LAYER) == ["a b", "blocks.0.mlp", "", "", ""]
    assert "went on" in texts(panel, NoteColumn.TEXT)[2]


def test_that_a_click_leads_to_the_notes_step_and_layer(panel: NotesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.place_requested) as asked:
        spot = panel.table.visualRect(cell(panel, 1)).center()
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (asked.args[0].step, asked.args[0].layer) == (40, "blocks.0.mlp")
    assert panel.whole_text.toPlainText() == NOTES[0].text


def test_that_the_arrows_read_and_enter_goes_there(panel: NotesPanel, qtbot: QtBot) -> None:
    panel.table.setFocus()
    panel.table.setCurrentIndex(cell(panel, 2))
    with qtbot.assertNotEmitted(panel.place_requested):
        qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert panel.whole_text.toPlainText() == NOTES[2].text
    with qtbot.waitSignal(panel.place_requested) as asked:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert (asked.args[0].step, asked.args[0].layer) == (200, None)


def test_that_the_filter_looks_at_every_column_whatever_the_case(panel: NotesPanel, qtbot: QtBot) -> None:
    for typed, found in (("nan", ["40"]), ("A B", ["7"]), ("200", ["200"]), ("nowhere", [])):
        panel.filter_edit.clear()
        qtbot.keyClicks(panel.filter_edit, typed)
        assert texts(panel, NoteColumn.STEP) == found
        assert panel.count_label.text() == f"{len(found)} of 5 notes"


def test_that_a_heading_sorts_steps_as_numbers(panel: NotesPanel) -> None:
    panel.table.sortByColumn(NoteColumn.STEP, Qt.SortOrder.DescendingOrder)
    assert texts(panel, NoteColumn.STEP) == ["–", "200", "100", "40", "7"]


def test_that_what_is_read_stays_while_notes_come(panel: NotesPanel) -> None:
    panel.show_rows(note_rows(collection(damaged=())))
    panel.table.setCurrentIndex(cell(panel, 1))
    panel.show_rows(note_rows(collection((*NOTES, NoteRecord(300, "one more")), damaged=())))
    assert panel.chosen is not None
    assert panel.chosen.step == 40
    assert texts(panel, NoteColumn.STEP)[-1] == "300"


def test_that_a_run_without_notes_says_so(panel: NotesPanel) -> None:
    panel.show_rows(note_rows(collection((), damaged=(), resumes=())))
    assert panel.empty_state.isVisible()
    assert panel.empty_state.label.text() == NO_NOTES
    assert not panel.table.isVisible()


def test_that_text_of_a_file_stays_plain(panel: NotesPanel) -> None:
    bad = "<img src='/dev/zero'>" + "x" * 100_000
    panel.show_rows(note_rows(collection([NoteRecord(0, bad)], damaged=())))
    panel.table.setCurrentIndex(cell(panel, 0))
    tip = panel.shown.data(cell(panel, 0), Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert len(tip) < 10_000
    assert len(panel.whole_text.toPlainText()) < 10_000
    assert panel.whole_text.toPlainText().startswith("<img src")


def test_that_the_table_that_is_saved_is_what_is_shown(panel: NotesPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.filter_edit, "nan")
    assert panel.numbers() == (("step", "layer", "note"), [(40, "blocks.0.mlp", NOTES[0].text)])


def test_that_thousands_of_notes_are_taken_in_without_waiting(panel: NotesPanel) -> None:
    notes = [NoteRecord(number, f"note {number} on 'fc1'") for number in range(20_000)]
    panel.show_rows(note_rows(collection(notes, damaged=())))
    assert panel.shown.rowCount() == 20_001
    assert len(note_rows(collection(notes))) == 20_002


def test_that_the_notes_of_two_runs_stand_together_and_say_whose_they_are(panel: NotesPanel) -> None:
    assert panel.table.isColumnHidden(NoteColumn.RUN)
    other = collection([NoteRecord(40, "of the other on 'fc1'")], damaged=())
    panel.show_rows(notes_of_both(collection(), other, ("usual", "faster")))
    assert not panel.table.isColumnHidden(NoteColumn.RUN)
    assert texts(panel, NoteColumn.STEP) == ["7", "40", "40", "100", "100", "200", "–"]
    assert texts(panel, NoteColumn.RUN) == ["usual", "usual", "faster", "usual", "faster", "usual", "usual"]
    headings, rows = panel.numbers()
    assert headings == ("run", "step", "layer", "note")
    assert rows[2] == ("faster", 40, "fc1", "of the other on 'fc1'")
    panel.show_rows(note_rows(collection()))
    assert panel.table.isColumnHidden(NoteColumn.RUN)


@pytest.mark.parametrize(("n", "count"), [(1, "1 note"), (2, "2 notes")])
def test_that_the_first_note_is_read_whole_at_once_and_goes_nowhere_by_itself(
    panel: NotesPanel, n: int, count: str
) -> None:
    went: list[object] = []
    panel.place_requested.connect(went.append)
    notes = sorted(NOTES[:n], key=lambda note: note.step)
    panel.show_rows(note_rows(collection(notes, (), ())))
    assert panel.whole_text.toPlainText() == notes[0].text
    assert panel.count_label.text() == count
    assert went == []


def test_that_headings_stand_above_what_they_name(panel: NotesPanel) -> None:
    role = Qt.ItemDataRole.TextAlignmentRole
    for column in NoteColumn:
        heading = panel.model.headerData(column, Qt.Orientation.Horizontal, role)
        assert heading == panel.model.data(panel.model.index(0, column), role)
