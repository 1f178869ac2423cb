"""Whatever stands in the texts of a collection is shown as it stands, everywhere in the window."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractItemModel, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QGraphicsScene,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMenu,
    QTableView,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from tests.app.odd_collections import written
from tests.hostile.drive import Driver
from tests.hostile.mutate import content_of, lines_of

MARK = "§"
"""Ends every text of the file, so that it is known again."""

DECORATIONS = (
    "<img src='/dev/zero'>",
    "<b>bold</b>",
    "/etc/passwd",
    "salt & pepper",
    "&amp;&lt;",
    "العربية",
    "\u202eback",
    "👩‍🔬",
    "\0\x1b[31m",
    "%1 %p [*]",
)
MARKUP = ("<img", "<b>bold", "&amp;&lt;")
LONG = "long name " * 500_000
MOST_SECONDS = 4.0
"""Of one turn of the loop, on a machine that is busy: five million letters laid out once take more."""

NOT_TEXTS = frozenset(
    ("record", "dtype", "base64", "codec", "format", "role", "unit_rule", "created", "checksums", "stage")
)
FREE = frozenset(
    ("model", "dataset", "data_used", "data_note", "optimizer", "framework", "backend", "strobe", "text", "kind")
)


def decorated(text: str) -> str:
    """The text with one of the decorations; always the same one."""
    return f"{text}{DECORATIONS[zlib.crc32(text.encode()) % len(DECORATIONS)]}{MARK}"


def everywhere(value: Any, names: dict[str, str], decorate: Callable[[str], str], key: str = "") -> Any:
    """The value with all texts decorated: layers and what refers to them alike, free texts each for itself."""
    if isinstance(value, dict):
        return {
            names.get(name, _of_column(name, names)): everywhere(each, names, decorate, name)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [everywhere(each, names, decorate, key) for each in value]
    if not isinstance(value, str) or (key in NOT_TEXTS and value not in names):
        return value
    is_free = key in FREE or key in ("class_names", "kinds", "options", "not_recorded", "largest")
    return names.get(value) or (decorate(value) if is_free else value)


def _of_column(name: str, names: dict[str, str]) -> str:
    front, stroke, layer = name.partition("/")
    return f"{front}{stroke}{names.get(layer, layer)}"


def rewritten(content: bytes, decorate: Callable[[str], str], decorate_layer: Callable[[str], str]) -> bytes:
    """A collection whose every text is decorated."""
    lines = lines_of(content)
    first = lines[0]
    names = {layer["name"]: decorate_layer(layer["name"]) for layer in first["layers"]}
    names |= {each["name"]: decorate_layer(each["name"]) for each in first.get("flow") or [] if each["role"] == "call"}
    first["run"]["options"] = {"note": "text"}
    for layer in first["layers"]:
        layer.setdefault("not_recorded", {})["bias"] = "reason"
    lines.insert(1, {"record": "note", "step": 0, "text": "a note"})
    tail = lines[-1]
    tail["summary"]["notes"] = [{"step": 0, "text": "a note"}, *tail["summary"].get("notes", [])]
    return content_of([everywhere(line, names, decorate) for line in lines])


@pytest.fixture
def driven(qtbot: QtBot, qapp: Any, tmp_path: Path) -> Callable[[Path], "Walk"]:
    """Drives a window through a file, and looks at all that it shows."""
    apply_theme(qapp)
    window, session = make_window(Settings(tmp_path / "strobe.ini"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)

    def drive(path: Path) -> Walk:
        walk = Walk(window)
        driver = Driver(window, session, walk.on_tooltip, walk.look)
        seen = driver.drive(path)
        window.close()
        assert seen.is_open, seen.problems
        assert seen.errors == []
        walk.longest = seen.longest
        return walk

    return drive


class Walk:
    """Collects what is wrong with what is shown, and which kinds of place have shown a text of the file."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.wrong: set[str] = set()
        self.shown: set[str] = set()
        self.longest = (0.0, "")

    def on_tooltip(self, text: str, widget: QWidget) -> None:
        """A tooltip as Qt was given it: no markup of the file in it that Qt would take for its own."""
        where = f"tooltip of {type(widget).__name__}"
        if Qt.mightBeRichText(text) and any(markup in text for markup in MARKUP[:2]):  # type: ignore[attr-defined]
            self.wrong.add(f"{where} is markup: {text[:200]}")
        if len(text) > 20_000:
            self.wrong.add(f"{where} has {len(text):,} letters")
        self._note(text, "tooltip")

    def look(self) -> None:
        """All widgets, what their models hold, their scenes' items, menus and tabs."""
        for widget in self._window.findChildren(QWidget):
            if widget.toolTip():
                self.on_tooltip(widget.toolTip(), widget)
            match widget:
                case QLabel():
                    self._look_at_label(widget)
                case QAbstractButton():
                    self._look_at_action(widget.text(), f"button {type(widget).__name__}")
                case QComboBox():
                    texts = [widget.itemText(number) for number in range(widget.count())]
                    self._look_at_texts(texts, f"choice {type(widget).__name__}")
                case QTabWidget():
                    for number in range(widget.count()):
                        self._look_at_action(widget.tabText(number), "tab")
                case QTableView():
                    self._look_at_model(widget.model())
                case QGraphicsView():
                    self._look_at_scene(widget.scene())
                case QMenu():
                    widget.aboutToShow.emit()
                    for action in widget.findChildren(QAction):
                        self._look_at_action(action.text(), f"menu {widget.title()[:30]}")

    def _look_at_scene(self, scene: QGraphicsScene | None) -> None:
        for item in scene.items() if scene else []:
            if isinstance(item, QGraphicsTextItem):
                self._note(item.toPlainText(), "scene item")
                if "<img" in item.toHtml():
                    self.wrong.add(f"scene item is markup: {item.toHtml()[:300]}")

    def _look_at_label(self, label: QLabel) -> None:
        text = label.text()
        where = f"label {type(label).__name__} {label.objectName()}"
        if label.objectName() == "qtooltip_label":
            return  # Qt's own, which was given a tooltip
        if label.textFormat() == Qt.TextFormat.AutoText and MARK in text:
            self.wrong.add(f"{where} takes markup: {text[:100]}")
        if label.textFormat() == Qt.TextFormat.RichText and any(markup in text for markup in MARKUP):
            self.wrong.add(f"{where} is markup: {text[:200]}")
        self._look_at_texts([text], "label")

    def _look_at_texts(self, texts: list[str], where: str) -> None:
        for text in texts:
            self._note(text, where.split(" ", maxsplit=1)[0])
            if len(text) > 5_000:
                self.wrong.add(f"{where} has {len(text):,} letters")
            if "\u202e" in text or "\0" in text:
                self.wrong.add(f"{where} turns around what follows, or hides a letter: {text[:100]!r}")

    def _look_at_action(self, text: str, where: str) -> None:
        self._look_at_texts([text], where)
        if MARK in text and "&" in text.replace("&&", ""):
            self.wrong.add(f"{where} loses an ampersand: {text[:100]}")

    def _look_at_model(self, model: QAbstractItemModel | None) -> None:
        if model is None:
            return
        for row in range(min(model.rowCount(), 50)):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                tip = index.data(Qt.ItemDataRole.ToolTipRole)
                if isinstance(tip, str):
                    self.on_tooltip(tip, self._window)
                if isinstance(text := index.data(), str):
                    self._note(text, "table")

    def _note(self, text: str, where: str) -> None:
        if MARK in text:
            self.shown.add(where)


@pytest.mark.timeout(600)
def test_that_no_text_of_a_file_is_taken_for_markup_or_a_mnemonic(
    collection_path: Path, tmp_path: Path, driven: Callable[[Path], Walk]
) -> None:
    path = tmp_path / "salt & <b>pepper[*]§.json"
    path.write_bytes(rewritten(collection_path.read_bytes(), decorated, decorated))
    walk = driven(path)
    assert walk.wrong == set()
    assert walk.shown >= {"tooltip", "label", "menu", "choice", "table"}


@pytest.mark.timeout(600)
def test_that_a_text_of_five_million_letters_costs_no_more_than_one_that_fits(
    tmp_path: Path, driven: Callable[[Path], Walk]
) -> None:
    path = tmp_path / "long.json"
    written(path, 2)
    longer = lambda text: f"{text}{LONG}{MARK}"  # noqa: E731
    only_one = lambda name: longer(name) if name == "fc2" else name  # noqa: E731
    path.write_bytes(rewritten(path.read_bytes(), longer, only_one))
    assert path.stat().st_size > 50 * len(LONG) // 5
    walk = driven(path)
    assert walk.wrong == set()
    assert walk.longest[0] < MOST_SECONDS, walk.longest
