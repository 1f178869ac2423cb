"""A collection is no target of what is saved."""

import os
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from app.window.main_window import MainWindow
from collector.storage import CollectionWriter
from collector.storage.header import is_collection
from tests.benchmarks.generated import header

WAYS = ("open", "linked", "hard linked", "another", "live", "golden", "legacy")


@pytest.fixture(params=WAYS)
def target(request: pytest.FixtureRequest, tmp_path: Path, collection_path: Path) -> Path:
    """A file that must stay as it is."""
    path = tmp_path / "target.json"
    match request.param:
        case "open":
            path.write_bytes(collection_path.read_bytes())
        case "linked":
            path.symlink_to(collection_path)
        case "hard linked":
            own = tmp_path / "own.json"
            own.write_bytes(collection_path.read_bytes())
            os.link(own, path)
        case "another":
            path.write_bytes(collection_path.read_bytes())
        case "live":
            writer = CollectionWriter(path, header([3, 2]))
            request.addfinalizer(writer.close)
        case "golden":
            path.write_bytes((Path(__file__).parents[2] / "golden" / "cut_off.json").read_bytes())
        case "legacy":
            path.write_text('{"architecture": {}, "1": {}}')
    return path


def test_that_neither_numbers_nor_pictures_are_saved_over_a_collection(
    open_window: MainWindow, request: pytest.FixtureRequest, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.node.callspec.params["target"] == "open":
        open_window.open(target)
    before, told = target.read_bytes(), set()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    for menu in (open_window.numbers_menu, open_window.save_menu):
        menu.aboutToShow.emit()
        for action in menu.actions():
            action.trigger()
            assert target.read_bytes() == before, action.text()
            told.add(open_window.run_bar.problem_label.text().replace("\u200b", ""))
    assert any(target.name in each and "is a collection" in each for each in told)


def test_that_suggested_names_do_not_lie_among_collections(
    open_window: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    suggested: list[str] = []

    def answer(parent: object, title: str, name: str, kinds: str) -> tuple[str, str]:
        suggested.append(name)
        return str(tmp_path / "elsewhere" / Path(name).name), ""

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    open_window.numbers_menu.aboutToShow.emit()
    first, second, *_ = open_window.numbers_menu.actions()
    first.trigger()
    second.trigger()
    assert Path(suggested[0]).parent != collection_path.parent
    assert Path(suggested[0]).name.startswith(collection_path.stem)
    assert Path(suggested[1]).parent == tmp_path / "elsewhere", "where the last was saved"


def test_that_only_collections_are_taken_for_one(tmp_path: Path) -> None:
    table = tmp_path / "numbers.json"
    table.write_text('[{"layer": "fc"}]')
    assert not is_collection(table)
    assert not is_collection(tmp_path)
    assert not is_collection(tmp_path / "missing.json")
    os.mkfifo(tmp_path / "pipe")
    assert not is_collection(tmp_path / "pipe")
