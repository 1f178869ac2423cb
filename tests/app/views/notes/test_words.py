"""What the notes say of themselves, and how a note is told in a row."""

from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.notes.analysis.note_rows import NoteRow, dump_text, note_rows, notes_of_both
from app.views.notes.note_table_model import SORT_ROLE, NoteColumn, NoteTableModel
from app.views.notes.panel import NotesPanel
from collector.storage.schema import DumpRecord, NoteRecord, ResumeRecord

Role = Qt.ItemDataRole
ROWS = [NoteRow(1_200, "fc1", "a\nb", "x"), NoteRow(None, None, "damaged")]


def test_that_a_row_is_read_from_left_to_right(qtbot: QtBot) -> None:
    model = NoteTableModel()
    model.show_rows(ROWS)
    told = [[model.data(model.index(row, column)) for column in NoteColumn] for row in range(2)]
    assert told == [["1,200", "x", "fc1", "a b"], ["–", "", "", "damaged"]]
    assert model.data(model.index(0, NoteColumn.TEXT), Role.ToolTipRole) == "a\nb"
    assert [model.data(model.index(row, NoteColumn.STEP), SORT_ROLE) for row in range(2)] == [1_200.0, float("inf")]
    assert model.data(model.index(0, NoteColumn.LAYER), SORT_ROLE) == "fc1"
    assert model.data(model.index(0, 0), Role.DecorationRole) is None
    across = Qt.Orientation.Horizontal
    assert [model.headerData(column, across) for column in NoteColumn] == ["Step", "Run", "Layer", "Note"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(0, across, Role.ToolTipRole) is None
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_that_only_what_is_new_is_told_of(qtbot: QtBot) -> None:
    model, told = NoteTableModel(), []
    model.modelReset.connect(lambda: told.append("anew"))
    model.rowsInserted.connect(lambda _, first, last: told.append((first, last)))
    for rows in (ROWS[:1], ROWS[:1], ROWS, ROWS[1:], []):
        model.show_rows(rows)
    assert told == ["anew", (1, 1), "anew", "anew"]


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([], "Black box: NaN. No step was left to write."),
        ([1_200], "Black box: NaN. It wrote a pass of step 1,200. Why."),
        ([1_000, 1_100, 1_200], "Black box: NaN. It wrote 3 passes of steps 1,000 to 1,200. Why."),
    ],
)
def test_that_a_dump_says_what_it_wrote(steps: list[int], text: str) -> None:
    assert dump_text(DumpRecord(1_300, "nan", "NaN", steps, missing="Why.")) == text
    assert dump_text(DumpRecord(1_300, "nan", steps=steps, missing="Why.")) == text.replace("NaN", "nan")


def run(**more: Any) -> Any:
    fields = {"notes": [], "resumes": [], "dumps": [], "damaged": [], "layers": {"fc1": None}}
    return SimpleNamespace(**(fields | more))


def test_that_rows_come_by_step_with_what_is_damaged_last() -> None:
    whole = run(
        notes=[NoteRecord(9, "late"), NoteRecord(3, "of fc1")],
        resumes=[ResumeRecord(5, "2026-01-01")],
        dumps=[DumpRecord(8, "nan", steps=[6, 7]), DumpRecord(4, "nan")],
        damaged=["a record"],
    )
    found = note_rows(whole)
    assert [(each.step, each.layer) for each in found] == [
        (3, "fc1"), (4, None), (5, None), (7, None), (9, None), (None, None),
    ]  # fmt: skip
    assert found[2].text == "The run went on from a checkpoint, 2026-01-01."
    both = notes_of_both(whole, run(notes=[NoteRecord(3, "b"), NoteRecord(0, "first")], damaged=["b"]), ("x", "y"))
    assert [(each.step, each.run, each.is_of_b) for each in both] == [
        (0, "y", True), (3, "x", False), (3, "y", True), (4, "x", False), (5, "x", False), (7, "x", False),
        (9, "x", False), (None, "x", False), (None, "y", True),
    ]  # fmt: skip


def test_that_its_parts_have_names_and_it_says_why_it_is_empty(qtbot: QtBot) -> None:
    panel = NotesPanel()
    qtbot.addWidget(panel)
    assert panel.empty_state.label.text() == "Open a collection to read its notes."
    panel.show_rows([])
    assert panel.empty_state.label.text() == "The collector left no notes on this run."
    parts = (panel.filter_edit, panel.table, panel.whole_text)
    assert [each.accessibleName() for each in parts] == ["Filter of the notes", "Notes", "The whole note"]
    assert panel.filter_edit.placeholderText() == "Filter by words, layer or step"


@pytest.mark.parametrize(("n", "words"), [(1, "1 note"), (2, "2 notes"), (1_000, "1,000 notes")])
def test_that_notes_are_counted(qtbot: QtBot, n: int, words: str) -> None:
    panel = NotesPanel()
    qtbot.addWidget(panel)
    panel.show_rows([NoteRow(number, None, f"note {number}") for number in range(n)])
    assert panel.count_label.text() == words
    panel.filter_edit.setText(" note 0 ")
    assert panel.count_label.text() == (words if n == 1 else f"1 of {words}")


@pytest.mark.parametrize(("width", "least", "most"), [(300, 60, 90), (1_000, 250, 300)])
def test_that_a_long_name_leaves_two_thirds_to_the_rest(qtbot: QtBot, width: int, least: int, most: int) -> None:
    panel = NotesPanel()
    qtbot.addWidget(panel)
    panel.resize(width, 300)
    panel.show()
    panel.show_rows([NoteRow(0, "a.layer" * 20, "text", "a run" * 20)])
    for column in (NoteColumn.RUN, NoteColumn.LAYER):
        assert least <= panel.table.columnWidth(column) <= most
    panel.show_rows([NoteRow(0, "fc1", "text")])
    assert panel.table.columnWidth(NoteColumn.LAYER) == 60
