"""What is saved is what is seen, and says what it is of: pictures and tables of each view, by the File menu."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QImage
from PyQt6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from app.analysis.table import Table
from app.palette import DARK
from app.view import Place
from app.views import VIEWS
from app.window.run_bar import describe_run
from tests.app.damaged import with_damaged_pass
from tests.app.views.network.driving import pixels_of
from tests.app.wiring.user import User

TABS = tuple(spec.name for spec in VIEWS if spec.place is Place.CENTRE)
SVG = "{http://www.w3.org/2000/svg}"
OF_PASS = ("Layers", "Sample", "Features", "Network: units", "Network: edges", "Unit: incoming weights")
"""Tables of the pass that is on, each with columns that say which."""

NOT_SEEN = (
    "Correlations: augmentations",
    "Network: modules",
    "Compare: what differs",
    "Compare: over the steps",
    "Compare: this pass",
)
"""Tables without numbers: of a page that is not looked at, a drawing that is not chosen, a comparison that is none."""

Choose = Callable[[str, str], Path]


@pytest.fixture
def choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Names a file in the next dialog, with this filter on, and tells where it is; the dialog's own words are kept."""

    def chosen(name: str, kind: str = "") -> Path:
        path = tmp_path / name

        def answer(_: QWidget, title: str, suggested: str, kinds: str) -> tuple[str, str]:
            asked.append(Path(suggested))
            return (str(path) if name else "", kind)

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        return path

    asked: list[Path] = []
    chosen.asked = asked  # type: ignore[attr-defined]
    return chosen


def entries(menu: QMenu) -> dict[str, QAction]:
    menu.aboutToShow.emit()
    return {action.text().rstrip("…"): action for action in menu.actions()}


def save_layers(user: User) -> None:
    """Save the table of layers, which may stand behind the findings."""
    user.window.show_view("layers")
    entries(user.window.numbers_menu)["Layers"].trigger()


def show(user: User, name: str) -> None:
    """Bring a tab to the front, with all that its tables hold."""
    user.session.pin_unit(("conv1", 2))
    user.window.show_view("unit")
    user.window.show_view(name)
    user.settle()
    if name == "projection":
        user.wait(user.view("projection").own.cloud.isVisible)
    if name == "gradients":
        user.wait(lambda: bool(user.view("raster").numbers()[1]))


def tables(user: User) -> dict[str, Table]:
    """Every table that can be saved now, by its title."""
    views = [page.view for page in user.window.pages.visible]
    return {title: make() for view in views if view is not None for title, make in view.tables.items()}


def in_words(cell: object) -> str:
    return "" if cell is None else str(cell)


@pytest.mark.parametrize("name", TABS)
def test_that_each_table_that_is_saved_is_what_its_view_says_and_what_it_is_of(
    user: User, choose: Choose, name: str
) -> None:
    show(user, name)
    expected = tables(user)
    found = entries(user.window.numbers_menu)
    assert list(found) == list(expected)
    for title, table in expected.items():
        path = choose(f"{len(title)}.csv", "")
        found[title].trigger()
        if title in NOT_SEEN:
            assert not path.exists()
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line for line in lines if line.startswith("# ")]
        assert comments[:3] == [
            f"# Strobe: {title}",
            f"# whole.json · {describe_run(user.collection)}",
            "# pass 3 of 5 · step 6 · epoch 1",
        ]
        assert [line.removeprefix("# ") for line in comments if line.removeprefix("# ") in table.notes] == list(
            table.notes
        )
        headings, *rows = csv.reader(lines[len(comments) :])
        of_pass = {"pass": "3", "step": "6", "epoch": "1"} if title in OF_PASS else {}
        about = {"run": "whole"} | of_pass | {key: in_words(cell) for key, cell in table.about.items()}
        about = {key: cell for key, cell in about.items() if key not in table.headings}
        assert headings == [*about, *table.headings]
        assert rows == [[*about.values(), *map(in_words, row)] for row in table.rows]
        assert rows


@pytest.mark.parametrize("name", TABS)
def test_that_headings_are_words_with_underscores_or_names_of_the_collection(user: User, name: str) -> None:
    show(user, name)
    known = set(user.collection.series) | set(user.collection.layers)
    for table in tables(user).values():
        for heading in table.headings:
            name_of, _, is_estimate = heading.partition(" (")
            words = name_of.replace("_", "").replace("/", "")
            assert name_of in known or words.isalnum() or "@" in name_of, heading
            assert is_estimate in ("", "estimate)")


def test_that_json_has_the_same_rows_and_what_they_are_of(user: User, choose: Choose) -> None:
    path = choose("layers.json", "")
    save_layers(user)
    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert document["about"][:3] == [
        "Strobe: Layers",
        f"whole.json · {describe_run(user.collection)}",
        "pass 3 of 5 · step 6 · epoch 1",
    ]
    assert list(document["rows"][0]) == document["columns"]
    assert [row["layer"] for row in document["rows"]] == list(user.collection.layers)
    assert {row["step"] for row in document["rows"]} == {6}


def test_that_a_table_without_rows_is_told_and_not_saved(user: User, choose: Choose) -> None:
    path = choose("unit.csv", "")
    user.window.show_view("unit")
    entries(user.window.numbers_menu)["Unit"].trigger()
    assert not path.exists()
    assert not choose.asked  # type: ignore[attr-defined]
    assert user.window.run_bar.problem_label.text() == (
        "There are no numbers to save of “Unit”. No unit is pinned, or its history is still being read."
    )


def test_that_a_network_drawn_as_modules_has_no_tables_of_units(deep_user: User, choose: Choose) -> None:
    entries(deep_user.window.numbers_menu)["Network: edges"].trigger()
    assert "drawn as modules" in deep_user.window.run_bar.problem_label.text()
    assert not choose.asked  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "kind", "written"),
    [
        ("a", "JSON (*.json)", "a.json"),
        ("a", "CSV (*.csv)", "a.csv"),
        ("a", "", "a.csv"),
        ("a.json", "CSV (*.csv)", "a.json"),
        ("a.b", "JSON (*.json)", "a.b.json"),
    ],
)
def test_that_a_name_without_an_ending_gets_that_of_the_filter(
    user: User, choose: Choose, tmp_path: Path, name: str, kind: str, written: str
) -> None:
    choose(name, kind)
    save_layers(user)
    assert [path.name for path in tmp_path.glob("a*")] == [written]


@pytest.mark.parametrize("may", [False, True])
def test_that_a_file_that_only_the_ending_names_is_not_replaced_unasked(
    user: User, choose: Choose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may: bool
) -> None:
    (tmp_path / "a.csv").write_text("mine")
    button = QMessageBox.StandardButton
    monkeypatch.setattr(QMessageBox, "question", lambda *_: button.Yes if may else button.No)
    choose("a", "CSV (*.csv)")
    save_layers(user)
    assert ((tmp_path / "a.csv").read_text() == "mine") is not may


def test_that_suggested_names_say_view_and_step_and_lie_beside_the_collections(
    user: User, choose: Choose, whole_path: Path, tmp_path: Path
) -> None:
    asked: list[Path] = choose.asked  # type: ignore[attr-defined]
    choose("", "")
    entries(user.window.numbers_menu)["Network: edges"].trigger()
    assert asked[-1] == whole_path.parent / "exports" / "whole_network_edges_step6.csv"
    assert not asked[-1].parent.exists(), "made for the dialog, which was dismissed"
    choose("mine.csv", "")
    entries(user.window.numbers_menu)["Network: edges"].trigger()
    user.session.show_pass(3)
    choose("", "")
    user.window.show_view("layers")
    entries(user.window.save_menu)["Layers"].trigger()
    assert asked[-1] == tmp_path / "whole_layers_step9.png", "where the user saved last"


@pytest.mark.parametrize("name", TABS)
def test_that_each_picture_says_what_it_is_of_and_has_no_controls(user: User, choose: Choose, name: str) -> None:
    show(user, name)
    found = entries(user.window.save_menu)
    assert list(found) == [page.spec.title for page in user.window.pages.visible]
    for page in user.window.pages.visible:
        path = choose(f"{page.spec.name}.svg", "")
        found[page.spec.title].trigger()
        texts = texts_of(path)
        assert texts[0] == page.spec.title
        lines = " ".join(texts[1:6])
        assert "whole.json" in lines
        assert "pass 3 of 5 · step 6 · epoch 1" in lines
        assert all(f"{key} {cell}" in lines for key, cell in page.view.about().items())
        assert not {"+ Curve", "✕", "↔", "Fit", "Lay out"} & set(texts)


def texts_of(path: Path) -> list[str]:
    return ["".join(each.itertext()).strip() for each in ElementTree.parse(path).getroot().iter(f"{SVG}text")]


def test_that_a_pinned_unit_and_a_sample_are_named_in_the_pictures_of_both(user: User, choose: Choose) -> None:
    show(user, "network")
    for name, words in (("unit", "layer conv1 · unit 2 · sample 1"), ("network", "sample 1")):
        path = choose(f"{name}.svg", "")
        user.window._saving.save_picture(user.window.pages[name])
        assert words in " ".join(texts_of(path)[1:5])


@pytest.mark.parametrize(("entry", "px"), [("1,200 px wide", 1200), ("4,800 px wide", 4800)])
def test_that_an_image_is_as_wide_as_was_chosen(user: User, choose: Choose, entry: str, px: int) -> None:
    entries(user.window.widths_menu)[entry].trigger()
    path = choose("network.png", "")
    user.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    image = QImage(str(path))
    assert image.width() == px
    assert len(np.unique(pixels_of(image)[::3, ::3].reshape(-1, 3), axis=0)) > 50, "edges and units in their colours"


def test_that_a_table_that_is_scrolled_is_whole_in_its_picture(deep_user: User, choose: Choose) -> None:
    layers: Any = deep_user.view("layers")
    deep_user.window.resize(1200, 700)
    deep_user.wait(lambda: layers.table.verticalScrollBar().maximum() > 0)
    before = layers.table.size()
    path = choose("layers.svg", "")
    entries(deep_user.window.save_menu)["Layers"].trigger()
    texts = texts_of(path)
    assert {"first", "last"} <= set(texts)
    assert layers.table.size() == before


def test_that_a_picture_of_an_empty_window_is_told_instead(window: Any, choose: Choose) -> None:
    window._saving.save_picture(window.pages["network"])
    assert window.run_bar.problem_label.text() == "There is nothing to save of “Network” yet."


def test_that_a_place_that_cannot_be_written_is_told(user: User, choose: Choose, tmp_path: Path) -> None:
    for ending in ("png", "svg"):
        choose(f"no such folder/network.{ending}", "")
        user.window._saving.save_picture(user.window.pages["network"])
        assert "no such folder" in user.window.run_bar.problem_label.text().replace("\u200b", "")
        user.window.run_bar.hide_problem()


def test_that_a_picture_is_of_the_theme(user: User, choose: Choose) -> None:
    path = choose("layers.png", "")
    user.window._saving.save_picture(user.window.pages["layers"])
    assert QImage(str(path)).pixelColor(2, 2).name() == DARK.background


def test_that_of_a_collection_whose_pass_cannot_be_read_nothing_of_the_one_before_is_saved(
    user: User, choose: Choose, whole_path: Path, tmp_path: Path
) -> None:
    user.window.open(with_damaged_pass(whole_path, 0, tmp_path / "damaged.json"))
    path = choose("picture.png", "")
    user.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert user.window.run_bar.problem_label.text() == "There is nothing to save of “Network” yet."
    assert not path.exists()


@pytest.mark.parametrize("name", TABS)
def test_that_a_picture_stays_what_it_was_when_it_was_asked_for(
    user: User, choose: Choose, monkeypatch: pytest.MonkeyPatch, deep_path: Path, tmp_path: Path, name: str
) -> None:
    def saved(meanwhile: Callable[[], None]) -> QImage:
        def answer(*_: object) -> tuple[str, str]:
            meanwhile()
            user.settle()
            return str(tmp_path / "picture.png"), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        user.window._saving.save_picture(user.window.pages[name])
        user.settle()
        return QImage(str(tmp_path / "picture.png"))

    show(user, name)
    asked_for = saved(lambda: None)
    assert saved(lambda: user.session.show_pass(3)) == asked_for, "played on"
    later = saved(lambda: None)
    assert later != asked_for, "what came meanwhile is seen then"
    assert saved(lambda: user.window.open(deep_path)) == later, "another run was opened"
    assert saved(lambda: None) != later


@pytest.mark.parametrize("name", ["compare", "layers", "findings", "notes"])
def test_that_a_picture_of_a_view_without_content_has_the_words_that_stand_there(
    user: User, choose: Choose, name: str
) -> None:
    user.window.show_view(name)
    panel = user.view(name)
    words = "Two runs are needed."
    layout = panel._empty if name == "findings" else panel._pages
    layout.show_text(words)
    path = choose("picture.svg", "")
    user.window._saving.save_picture(user.window.pages[name])
    assert texts_of(path)[-2:] == ["pass 3 of 5 · step 6 · epoch 1", words]
