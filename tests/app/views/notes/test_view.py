"""From the badge to the list, and from a note to its step and layer, in the whole window."""

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.notes.note_table_model import NoteColumn
from app.views.notes.panel import NotesPanel
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from tests.app.parts import part


@pytest.fixture(scope="module")
def noted_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of nine steps with a pass each four, noted at steps 0, 5 and 9."""
    import torch
    from torch import nn

    from collector import Collector

    path = tmp_path_factory.mktemp("collections") / "noted.json"
    inputs = torch.linspace(0, 1, 24).reshape(8, 3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential()
        for name in ("fc1", "fc2"):
            model.add_module(name, nn.Linear(3, 3))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        with Collector(model, optimizer, path, probe=(inputs, None), interval=4) as collector:
            for step in range(9):
                if step == 5:
                    collector.note("The output of 'fc2' is odd.")
                optimizer.zero_grad()
                model(inputs).square().mean().backward()
                optimizer.step()
            collector.note("That was all.")
    return path


@pytest.fixture
def noted(window: MainWindow, noted_path: Path) -> MainWindow:
    window.open(noted_path)
    return window


def row_of(panel: NotesPanel, words: str) -> int:
    texts = [panel.shown.index(number, NoteColumn.TEXT).data() for number in range(panel.shown.rowCount())]
    return next(number for number, text in enumerate(texts) if words in text)


def test_that_the_badge_opens_the_list_and_gives_it_the_keys(noted: MainWindow, qtbot: QtBot) -> None:
    button = noted.run_bar.notes_button
    assert button.isVisible()
    assert noted.view("notes") is None, "it is made when it is first seen"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel: NotesPanel = part(noted, "notes")
    assert panel.table.isVisible()
    n_notes = len(panel.model.rows)
    assert button.text() == f"{n_notes} note{'s' * (n_notes != 1)} of the collector"
    qtbot.waitUntil(panel.table.hasFocus)


def test_that_a_click_on_a_note_goes_to_its_step_and_layer_at_once(noted: MainWindow, qtbot: QtBot) -> None:
    panel: NotesPanel = part(noted, "notes")
    seen = []
    noted._session.view_changed.connect(lambda view: seen.append((view.step, view.layer)))
    index = panel.shown.index(row_of(panel, "is odd"), NoteColumn.TEXT)
    panel.table.scrollTo(index)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=panel.table.visualRect(index).center())
    assert seen == [(5, "fc2")]


def test_that_a_note_of_no_layer_leaves_the_layer_as_it_is(noted: MainWindow, qtbot: QtBot) -> None:
    panel: NotesPanel = part(noted, "notes")
    noted._session.select_layer("fc1")
    panel.table.setCurrentIndex(panel.shown.index(row_of(panel, "That was all"), NoteColumn.TEXT))
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    view = noted._session.view
    assert view is not None
    assert (view.step, view.layer) == (9, "fc1")


def test_that_another_run_has_its_own_notes(noted: MainWindow, collection_path: Path) -> None:
    panel: NotesPanel = part(noted, "notes")
    noted.open(collection_path)
    assert not any("is odd" in row.text for row in panel.model.rows)


def test_that_a_click_on_a_note_of_the_other_run_goes_to_where_that_lies_in_this_one(
    noted: MainWindow, noted_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = shutil.copy(noted_path, tmp_path / "other.json")
    noted._session.compare(SavedComparison(a=str(noted_path), b=str(other), offset=2))
    panel: NotesPanel = part(noted, "notes")
    texts = [panel.model.rows[row].text for row in range(len(panel.model.rows)) if panel.model.rows[row].is_of_b]
    assert len(texts) == len(panel.model.rows) / 2
    index = panel.shown.index(row_of(panel, "is odd") + 1, NoteColumn.TEXT)
    assert index.siblingAtColumn(NoteColumn.RUN).data() == "other"
    panel.table.scrollTo(index)
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=panel.table.visualRect(index).center())
    view = noted._session.view
    assert view is not None
    assert (view.step, view.layer) == (3, "fc2")
