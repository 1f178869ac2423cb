"""Where a note leads, of one run and of two, and which of its table stays when more come."""

from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.notes.analysis.note_rows import NoteRow
from app.views.notes.note_table_model import NoteColumn
from app.views.notes.panel import NotesPanel
from app.views.notes.view import NotesPanelView
from collector.storage.schema import NoteRecord


class FakeSession:
    """Says where it is sent; a place of B lies two steps later on A, in another layer."""

    def __init__(self, *, compares: bool) -> None:
        self.went: list[dict[str, Any]] = []
        place_on_a = lambda step, layer: (None if step is None else step + 2, layer and f"{layer} of A")  # noqa: E731
        self.comparing = SimpleNamespace(place_on_a=place_on_a) if compares else None

    def go_to(self, **where: Any) -> None:
        self.went.append(where)


@pytest.mark.parametrize(
    ("row", "compares", "where"),
    [
        (NoteRow(5, "fc1", ""), False, {"step": 5, "layer": "fc1"}),
        (NoteRow(0, None, ""), False, {"step": 0, "layer": ...}),
        (NoteRow(None, "fc1", ""), False, {"step": ..., "layer": "fc1"}),
        (NoteRow(None, None, ""), False, {"step": ..., "layer": ...}),
        (NoteRow(5, "fc1", "", "a"), True, {"step": 5, "layer": "fc1"}),
        (NoteRow(5, "fc1", "", "b", True), True, {"step": 7, "layer": "fc1 of A"}),
        (NoteRow(None, None, "", "b", True), True, {"step": ..., "layer": ...}),
        (NoteRow(5, "fc1", "", "b", True), False, {"step": 5, "layer": "fc1"}),
    ],
)
def test_that_a_note_leads_to_what_it_names_and_leaves_the_rest_as_it_is(
    qtbot: QtBot, row: NoteRow, compares: bool, where: dict[str, Any]
) -> None:
    session: Any = FakeSession(compares=compares)
    view = NotesPanelView(session)
    qtbot.addWidget(view)
    view.panel.place_requested.emit(row)
    assert session.went == [where]


def run(name: str) -> Any:
    return SimpleNamespace(notes=[NoteRecord(3, f"of {name}")], damaged=[], resumes=[], dumps=[], layers={})


def test_that_two_passes_of_one_run_have_the_notes_of_one(qtbot: QtBot) -> None:
    session: Any = FakeSession(compares=True)
    view = NotesPanelView(session)
    qtbot.addWidget(view)
    sides = {name: SimpleNamespace(collection=run(name)) for name in "ab"}
    for comparing, told in (
        (None, ["of front"]),
        (SimpleNamespace(held=0, names=("x", "y"), **sides), ["of front"]),
        (SimpleNamespace(held=None, names=("x", "y"), **sides), ["of a", "of b"]),
    ):
        opened: Any = SimpleNamespace(collection=run("front"), comparing=comparing)
        view.show_collection(opened)
        assert [row.text for row in view.panel.model.rows] == told
    assert view.tables["Notes"]().nothing == "The run has no notes."
    assert view.tables["Notes"]().headings == ("run", "step", "layer", "note")
    assert view.focusProxy() is view.panel


ROWS = [NoteRow(step, "fc1" if step % 2 else None, f"note {step}") for step in range(4)]


@pytest.fixture
def panel(qtbot: QtBot) -> NotesPanel:
    panel = NotesPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    panel.show()
    panel.show_rows(ROWS[:2])
    return panel


def test_that_a_row_without_a_place_in_the_table_leads_nowhere(panel: NotesPanel) -> None:
    went: list[NoteRow] = []
    panel.place_requested.connect(went.append)
    panel.table.clicked.emit(panel.shown.index(9, 0))
    assert went == []
    panel.table.activated.emit(panel.shown.index(1, NoteColumn.TEXT))
    panel.table.clicked.emit(panel.shown.index(0, NoteColumn.STEP))
    assert went == [ROWS[1], ROWS[0]]


def test_that_the_note_that_is_read_stays_chosen_and_another_table_begins_at_its_first(panel: NotesPanel) -> None:
    panel.table.selectRow(1)
    panel.show_rows(ROWS)
    assert panel.chosen == ROWS[1]
    assert panel.count_label.text() == "4 notes"
    panel.show_rows(ROWS[2:])
    assert panel.chosen == ROWS[2]
    assert panel.whole_text.toPlainText() == "note 2"


def test_that_of_a_filter_that_leaves_nothing_nothing_is_read(panel: NotesPanel) -> None:
    panel.filter_edit.setText("nowhere")
    assert panel.chosen is None
    assert not panel.whole_text.isVisible()
    assert panel.whole_text.toPlainText() == ""
    assert panel.numbers() == (("step", "layer", "note"), [])


def test_that_columns_are_there_as_long_as_any_note_has_something_for_them(panel: NotesPanel) -> None:
    for rows, run_is_there, layer_is_there in (
        (ROWS, False, True),
        (ROWS[:1], False, False),
        ([NoteRow(0, None, "a", "x"), NoteRow(0, None, "a")], True, False),
    ):
        panel.show_rows(rows)
        hidden = [panel.table.isColumnHidden(column) for column in (NoteColumn.RUN, NoteColumn.LAYER)]
        assert hidden == [not run_is_there, not layer_is_there]


def test_that_names_are_as_wide_as_they_are_between_their_least_and_a_share_of_the_panel(panel: NotesPanel) -> None:
    table = panel.table
    for width, letters in ((400, 2), (400, 12), (400, 200), (900, 40), (100, 200)):
        panel.show_rows([NoteRow(0, "w" * letters, "text")])
        panel.resize(width, 300)
        wanted = table.sizeHintForColumn(NoteColumn.LAYER) + 8
        assert table.columnWidth(NoteColumn.LAYER) == min(max(wanted, 60), max(int(panel.width() * 0.3), 60))
    assert table.columnWidth(NoteColumn.STEP) == 60
    header = table.horizontalHeader()
    assert header is not None
    assert not header.highlightSections()
    assert header.sectionResizeMode(NoteColumn.TEXT) == header.ResizeMode.Stretch
    assert header.sortIndicatorSection() == -1, "they come as they were written"
    assert table.isSortingEnabled()
    rows = table.verticalHeader()
    assert rows is not None and rows.isHidden()


def test_that_the_whole_note_is_read_by_keys_and_not_written(panel: NotesPanel) -> None:
    assert panel.whole_text.isReadOnly()
    assert panel.whole_text.tabChangesFocus()
    assert panel.whole_text.maximumHeight() == 7 * panel.fontMetrics().lineSpacing()
    assert panel.filter_edit.isClearButtonEnabled()
    assert panel.shown.filterCaseSensitivity() == Qt.CaseSensitivity.CaseInsensitive
    assert panel.focusProxy() is panel.table
