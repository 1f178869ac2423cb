"""Where pictures and numbers are saved, and what is said where they are not; see also the wiring's own."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QFileDialog, QLabel, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.analysis.table import Table
from app.window.saving import PICTURES, TABLES, Saving
from collector.storage.paths import RemotePath

NUMBERS = Table(("layer", "norm"), (("fc1", 1.5),), about={"sample": 2}, notes=("a note",))
Answer = Callable[..., None]


class Open(QObject):
    """A session, as far as what is saved asks for it."""

    collection_opened = pyqtSignal(object)
    frame_ready = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.opened: Any = None

    def open(self, path: Path | RemotePath) -> None:
        """Open a collection of an unnamed model."""
        run = SimpleNamespace(
            model="",
            dataset="digits",
            data_used="noise",
            optimizer="",
            interval=3,
            created="",
            ranks=1,
            seed=None,
        )
        self.opened = SimpleNamespace(collection=SimpleNamespace(path=path, run=run, layers={}))
        self.collection_opened.emit(self.opened)

    def show(self, step: int = 6) -> None:
        """A pass of it is shown."""
        view = SimpleNamespace(pass_number=2, n_passes=5)
        self.frame_ready.emit(SimpleNamespace(view=view, step=step, epoch=1))


class Asked:
    """What the dialogs were opened with, and their answers."""

    def __init__(self) -> None:
        self.files: list[tuple[str, Path, str]] = []
        self.questions: list[tuple[str, str]] = []
        self.answer: tuple[str, str] = ("", "")
        self.may_replace = True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()

    def name(_: QWidget, title: str, suggested: str, kinds: str) -> tuple[str, str]:
        asked.files.append((title, Path(suggested), kinds))
        return asked.answer

    def question(_: QWidget, title: str, text: str) -> QMessageBox.StandardButton:
        asked.questions.append((title, text))
        return QMessageBox.StandardButton.Yes if asked.may_replace else QMessageBox.StandardButton.No

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    monkeypatch.setattr(QMessageBox, "question", question)
    return asked


@pytest.fixture
def session() -> Open:
    return Open()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def saving(qtbot: QtBot, session: Open, said: list[str]) -> Iterator[Saving]:
    parent = QWidget()
    qtbot.addWidget(parent)
    yield Saving(parent, session, said.append)  # type: ignore[arg-type]


class View(QWidget):
    """A view of a label, that is about what it is told."""

    def __init__(self, **about: object) -> None:
        super().__init__()
        self._about, self._label = about, QLabel("shown", self)
        self._label.resize(100, 40)
        self.tables = {"Unit: incoming weights": lambda: NUMBERS, "Unit": lambda: Table((), ())}

    def about(self) -> dict[str, object]:
        return self._about

    def figure_parts(self) -> tuple[QWidget, ...]:
        return (self._label,)


def page(view: View | None) -> Any:
    return SimpleNamespace(spec=SimpleNamespace(name="unit", title="Unit"), view=view, held=nullcontext)


def save_numbers(saving: Saving, table: Table = NUMBERS) -> None:
    saving.save_table(page(None), "Unit: incoming weights", lambda: table)


def test_that_before_anything_was_read_there_are_no_numbers_and_no_picture(
    saving: Saving, session: Open, asked: Asked, said: list[str], tmp_path: Path
) -> None:
    for _ in range(2):
        save_numbers(saving)
        saving.save_picture(page(View()))
        session.open(tmp_path / "run.json")
    session.show()
    saving.save_picture(page(None))
    session.open(tmp_path / "other.json")  # whose first pass is still on its way
    save_numbers(saving)
    nothing = "There are no numbers to save of “Unit: incoming weights”. Nothing has been read yet."
    no_picture = "There is nothing to save of “Unit” yet."
    assert said == [nothing, no_picture, nothing, no_picture, no_picture, nothing]
    assert asked.files == []


def test_that_of_a_table_without_rows_its_own_reason_is_told(
    saving: Saving, session: Open, asked: Asked, said: list[str], tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    for nothing in ("No unit is pinned.", ""):
        save_numbers(saving, Table((), (), nothing=nothing))
    assert [each.partition("”. ")[2] for each in said] == ["No unit is pinned.", "Nothing has been read yet."]
    assert asked.files == []


@pytest.mark.parametrize("is_of_pass", [True, False])
def test_that_a_table_says_what_it_is_of(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path, is_of_pass: bool
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    asked.answer = (str(tmp_path / "out.csv"), "")
    table = Table(NUMBERS.headings, NUMBERS.rows, about=NUMBERS.about, notes=NUMBERS.notes, is_of_pass=is_of_pass)
    save_numbers(saving, table)
    at, heading = ("3,6,1,", "pass,step,epoch,") if is_of_pass else ("", "")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines() == [
        "# Strobe: Unit: incoming weights",
        "# run.json · a model on digits · noise stood in for digits",
        "# pass 3 of 5 · step 6 · epoch 1",
        "# sample: 2",
        "# a note",
        f"run,{heading}sample,layer,norm",
        f"run,{at}2,fc1,1.5",
    ]


def test_that_numbers_are_of_the_run_that_was_open_when_they_were_asked_for(
    saving: Saving, session: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open(tmp_path / "run.json")
    session.show()

    def name(*_: object) -> tuple[str, str]:
        session.open(tmp_path / "other.json")  # one that was awaited has a pass
        session.show(step=9)
        return str(tmp_path / "out.csv"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    save_numbers(saving, Table(NUMBERS.headings, NUMBERS.rows, is_of_pass=True))
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("# run.json")
    assert lines[-1] == "run,3,6,1,fc1,1.5"


def test_that_the_dialogs_are_named_and_begin_beside_the_collection(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    save_numbers(saving)
    session.show(step=9)
    saving.save_picture(page(View()))
    folder = tmp_path / "exports"
    assert asked.files == [
        ("Save numbers", folder / "run_unit_incoming_weights_step6.csv", TABLES),
        ("Save Unit", folder / "run_unit_step9.png", PICTURES),
    ]
    assert not folder.exists(), "it was made for the dialogs, which were dismissed"


def test_that_a_folder_that_was_there_stays_and_one_that_is_saved_in_does(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    folder = tmp_path / "exports"
    asked.answer = (str(folder / "out.csv"), "")
    save_numbers(saving)
    assert (folder / "out.csv").exists()
    (folder / "out.csv").unlink()
    asked.answer = ("", "")
    save_numbers(saving)
    assert folder.is_dir()


def test_that_a_new_folder_into_which_something_came_meanwhile_stays(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open(tmp_path / "run.json")
    session.show()

    def name(_: QWidget, title: str, suggested: str, kinds: str) -> tuple[str, str]:
        (Path(suggested).parent / "mine.txt").write_text("mine")
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    save_numbers(saving)
    assert (tmp_path / "exports" / "mine.txt").exists()


def test_that_the_next_dialog_begins_where_was_saved_last_as_long_as_that_is_there(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    asked.answer = (str(chosen / "a.csv"), "")
    save_numbers(saving)
    assert not (tmp_path / "exports").exists(), "another one was chosen"
    asked.answer = ("", "")
    save_numbers(saving)
    (chosen / "a.csv").unlink()
    chosen.rmdir()
    save_numbers(saving)
    exports = tmp_path / "exports"
    assert [suggested.parent for _, suggested, _ in asked.files] == [exports, chosen, exports]


def test_that_where_no_folder_can_be_made_the_dialog_begins_at_home(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    (tmp_path / "exports").write_text("a file of this name")
    session.open(tmp_path / "run.json")
    session.show()
    save_numbers(saving)
    assert [suggested.parent for _, suggested, _ in asked.files] == [Path.home()]


def test_that_of_a_run_elsewhere_things_are_saved_here(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session.open(RemotePath("https://example.org/there.json"))
    session.show()
    save_numbers(saving)
    assert [suggested for _, suggested, _ in asked.files] == [Path("exports/there_unit_incoming_weights_step6.csv")]


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [
        ("a", "", "a.png"),
        ("a", "SVG (*.svg)", "a.svg"),
        ("a", "PNG (*.png)", "a.png"),
        ("a.SVG", "PNG (*.png)", "a.SVG"),
        ("a.b", "SVG (*.svg)", "a.b.svg"),
    ],
)
def test_that_a_picture_without_an_ending_gets_that_of_the_filter(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path, name: str, kind: str, written: str
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    asked.answer = (str(tmp_path / name), kind)
    saving.save_picture(page(View()))
    assert [each.name for each in tmp_path.glob("a*")] == [written]
    assert (tmp_path / written).read_bytes().startswith(b"<" if "svg" in written.lower() else b"\x89PNG")


@pytest.mark.parametrize("name", ["collection.json", "collection"])
def test_that_no_collection_is_written_over(
    saving: Saving,
    session: Open,
    asked: Asked,
    said: list[str],
    collection_path: Path,
    tmp_path: Path,
    name: str,
) -> None:
    there = tmp_path / "collection.json"
    there.write_bytes(collection_path.read_bytes())
    session.open(tmp_path / "run.json")
    session.show()
    asked.answer = (str(tmp_path / name), "JSON (*.json)")
    save_numbers(saving)
    assert said == [f"{str(there)!r} is a collection, and stays one. Choose another name."]
    assert there.read_bytes() == collection_path.read_bytes()
    assert asked.questions == []
    assert not (tmp_path / "exports").exists()


@pytest.mark.parametrize(("name", "is_asked"), [("a", True), ("a.csv", False)])
@pytest.mark.parametrize("may_replace", [False, True])
def test_that_it_is_asked_before_a_file_is_replaced_that_the_dialog_has_not_asked_for(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path, name: str, is_asked: bool, may_replace: bool
) -> None:
    (tmp_path / "a.csv").write_text("mine")
    session.open(tmp_path / "run.json")
    session.show()
    asked.answer, asked.may_replace = (str(tmp_path / name), ""), may_replace
    save_numbers(saving)
    assert asked.questions == ([("Replace?", "a.csv exists already. Replace it?")] if is_asked else [])
    assert ((tmp_path / "a.csv").read_text() == "mine") is (is_asked and not may_replace)


@pytest.mark.parametrize("ending", ["csv", "png"])
def test_that_a_place_that_cannot_be_written_is_told_with_the_reason(
    saving: Saving, session: Open, asked: Asked, said: list[str], tmp_path: Path, ending: str
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    place = tmp_path / "nowhere" / f"a.{ending}"
    asked.answer = (str(place), "")
    if ending == "csv":
        save_numbers(saving)
        assert said == [f"{str(place)!r} cannot be written: No such file or directory. Choose another place."]
    else:
        saving.save_picture(page(View()))
        way_out = "Choose a folder that can be, and .png or .svg."
        assert said == [f"{str(place)!r} cannot be written as a picture. {way_out}"]


@pytest.mark.parametrize(("about", "last"), [({}, ""), ({"layer": "fc1", "unit": 8}, " · layer fc1 · unit 8")])
def test_that_a_picture_says_what_it_is_of(
    saving: Saving,
    session: Open,
    asked: Asked,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    about: dict[str, object],
    last: str,
) -> None:
    made: list[tuple[str, list[str], int]] = []

    class Noted:
        def __init__(self, title: str, context: list[str], parts: tuple[QWidget, ...]) -> None:
            made.append((title, context, len(parts)))

        def save(self, path: Path, width: int | None) -> None:
            made[-1] = (*made[-1][:2], width)  # type: ignore[assignment]

    monkeypatch.setattr("app.window.saving.Figure", Noted)
    session.open(tmp_path / "run.json")
    session.show()
    asked.answer = (str(tmp_path / "a.png"), "")
    saving.save_picture(page(View(**about)))
    run = "run.json · a model on digits · noise stood in for digits"
    assert made == [("Unit", [run, f"pass 3 of 5 · step 6 · epoch 1{last}"], None)]


def test_that_one_width_is_chosen_at_a_time_and_pictures_are_as_wide(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    menu = QMenu()
    saving.fill_widths(menu)
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Twice as wide as on the screen", "1,200 px wide", "2,400 px wide", "4,800 px wide"]
    asked.answer = (str(tmp_path / "a.png"), "")
    widths, checked = [], [[action.isChecked() for action in menu.actions()]]
    for action in menu.actions()[::-1]:
        action.trigger()
        checked.append([each.isChecked() for each in menu.actions()])
        saving.save_picture(page(View()))
        widths.append(QImage(str(tmp_path / "a.png")).width())
    assert widths[:3] == [4800, 2400, 1200]
    assert widths[3] not in widths[:3]
    assert checked == [[number == at for number in range(4)] for at in (0, 3, 2, 1, 0)]


def test_that_each_view_that_has_been_made_has_an_entry_for_itself_and_each_of_its_tables(
    saving: Saving, session: Open, asked: Asked, tmp_path: Path
) -> None:
    session.open(tmp_path / "run.json")
    session.show()
    pictures, tables = QMenu(), QMenu()
    for _ in range(2):
        saving.fill(pictures, tables, [page(View()), page(None)])
    assert [each.text() for each in pictures.actions()] == ["Unit…"]
    assert [each.text() for each in tables.actions()] == ["Unit: incoming weights…", "Unit…"]
    for each in (pictures.actions()[0], tables.actions()[0]):
        each.trigger()
    assert [title for title, _, _ in asked.files] == ["Save Unit", "Save numbers"]
    saving.fill(pictures, tables, [])
    assert pictures.actions() == tables.actions() == []
