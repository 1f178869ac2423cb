"""Which file is opened: by a dialog, from the list of recent ones, by an address, or dropped."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.window.demos import DEMOS, FOLDER, is_demo
from app.window.main_window import MainWindow
from app.window.open_address import ask_for_address
from app.window.open_file import RecentMenu, ask_for_file, dropped_files
from app.window.settings import Settings
from collector.storage.paths import RemotePath


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def session(opened: Any, taken: list[object]) -> Any:
    return SimpleNamespace(opened=opened, open=taken.append)


def of(path: Path | RemotePath) -> Any:
    return SimpleNamespace(collection=SimpleNamespace(path=path))


@pytest.mark.parametrize("answer", ["/runs/b.json", ""])
@pytest.mark.parametrize(
    ("opened", "folder"),
    [
        (None, Path("data/collections")),
        (of(Path("/runs/a.json")), Path("/runs")),
        (of(RemotePath("https://example.org/a.json")), Path()),
    ],
)
def test_that_the_dialog_begins_where_the_open_collection_is(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch, opened: Any, folder: Path, answer: str
) -> None:
    asked: list[tuple[Any, ...]] = []
    taken: list[object] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *given: asked.append(given) or (answer, ""))
    ask_for_file(parent, session(opened, taken))
    ((within, title, at, kinds),) = asked
    assert (within, title, Path(at)) == (parent, "Open a collection", folder)
    assert kinds == "Collections (*.json);;All files (*)"
    assert taken == ([answer] if answer else [])


def test_that_recent_files_are_listed_anew_each_time_and_names_are_no_mnemonics(
    parent: QWidget, settings: Settings, tmp_path: Path
) -> None:
    taken: list[object] = []
    menu = RecentMenu(session(None, taken), settings, parent)
    menu.aboutToShow.emit()
    assert [(each.text(), each.isEnabled()) for each in menu.actions()] == [("nothing yet", False)]
    path = tmp_path / "this & that.json"
    path.touch()
    settings.add_recent_file(path)
    for _ in range(2):
        menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert entry.text().endswith("this && that.json")
    assert entry.isEnabled()
    entry.trigger()
    assert taken == [path]


@pytest.mark.parametrize(
    ("urls", "files"),
    [
        (["file:///a.json"], ["/a.json"]),
        (["file:///a.json", "file:///b.json"], ["/a.json", "/b.json"]),
        (["file:///a.json", "https://example.org/b.json"], []),
        (["https://example.org/b.json"], []),
        ([], []),
    ],
)
def test_that_only_files_can_be_dropped(urls: list[str], files: list[str]) -> None:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    assert [str(each) for each in dropped_files(event)] == files


@pytest.mark.parametrize(
    ("n_dropped", "words"),
    [(1, ""), (2, ""), (3, "left out: 2.json."), (4, "left out: 2.json, 3.json.")],
)
def test_that_one_is_opened_and_of_several_two_are_compared(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, n_dropped: int, words: str
) -> None:
    done: list[object] = []
    monkeypatch.setattr(window._session, "open", lambda path: done.append(path.name))
    monkeypatch.setattr(window._session, "compare", lambda wish: done.append((Path(wish.a).name, Path(wish.b).name)))
    window.open_dropped([tmp_path / f"{number}.json" for number in range(n_dropped)])
    assert done == (["0.json"] if n_dropped == 1 else [("0.json", "1.json")])
    expected = f"Two runs are compared at a time; {words}" if words else ""
    assert window._said_at_opening == expected


@pytest.mark.parametrize(
    ("typed", "taken"), [(" https://example.org/run.json ", ["https://example.org/run.json"]), ("  ", [])]
)
def test_that_an_address_is_taken_as_it_was_typed_and_an_empty_one_is_none(
    parent: QWidget, qtbot: QtBot, typed: str, taken: list[str]
) -> None:
    parent.show()
    got: list[str] = []
    take: Callable[[str], object] = got.append
    dialog = ask_for_address(parent, take)
    assert (dialog.windowTitle(), dialog.okButtonText()) == ("Open an address", "Open")
    assert dialog.labelText() == "Address of a collection, as https://host/run.json, s3://…, gs://… or ssh://…"
    assert dialog.isVisibleTo(parent)
    edit = dialog.findChild(QLineEdit)
    assert edit is not None
    edit.setText(typed)
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert got == taken
    assert parent.findChild(QInputDialog) is None


def test_that_demos_are_known_by_their_folder_wherever_one_stands(tmp_path: Path) -> None:
    assert all(is_demo(each.path) and each.path.is_file() for each in DEMOS)
    assert is_demo(FOLDER / ".." / FOLDER.name / "healthy.json")
    assert not is_demo(tmp_path / "healthy.json")
    assert not is_demo(FOLDER / "folder" / "healthy.json")
    assert not is_demo(RemotePath("https://example.org/healthy.json"))
