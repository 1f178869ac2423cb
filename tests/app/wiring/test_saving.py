"""What is saved is what is seen: each entry of the File menu that writes a picture or a table, in front of each tab."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QImage
from PyQt6.QtWidgets import QFileDialog, QWidget

from app.views import TABS
from app.views.network.units.export import PIXELS
from tests.app.parts import part
from tests.app.views.network.driving import pixels_of
from tests.app.wiring.user import User

Table = tuple[Sequence[str], Sequence[Sequence[object]]]


@pytest.fixture
def saved(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[QAction | None, str], Path]:
    """Triggers an entry, names a file of this ending in its dialog, and tells where that is."""

    def save(action: QAction | None, ending: str) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
        if action is None:
            user.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        else:
            action.trigger()
        return path

    return save


def tables(user: User) -> dict[str, Table]:
    """Every table that can be saved now, by its entry; what it holds is what the view itself says."""
    found: dict = {}
    for page in user.window.pages.visible:
        assert page.view is not None
        found |= {name: panel.numbers() for name, panel in page.view.panels.items()}
        found |= {name: table() for name, table in page.view.tables.items()}
    return {f"{name}…": (list(headings), [list(row) for row in rows]) for name, (headings, rows) in found.items()}


def in_words(cell: object) -> str:
    return "" if cell is None else str(cell)


def show(user: User, title: str) -> None:
    """Bring a tab to the front, with all that its tables hold."""
    user.session.pin_unit(("conv1", 2))
    user.window.show_view(title)
    user.settle()
    if title == "Projection":
        user.wait(user.view("projection").own.cloud.isVisible)
    if title == "Gradients":
        user.wait(lambda: bool(user.view("raster").numbers()[1]))


@pytest.mark.parametrize("title", ["Network", *TABS])
def test_that_each_table_that_is_saved_is_what_its_view_says(
    user: User, saved: Callable[[QAction | None, str], Path], title: str
) -> None:
    show(user, title)
    expected = tables(user)
    entries = {action.text(): action for action in user.window.numbers_menu.actions()}
    assert list(entries) == list(expected)
    for name, action in entries.items():
        headings, rows = expected[name]
        written = saved(action, "csv").read_text(encoding="utf-8")
        assert list(csv.reader(io.StringIO(written))) == [headings, *([in_words(cell) for cell in row] for row in rows)]
        table = json.loads(saved(action, "json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert [list(map(in_words, row.values())) for row in table] == [
            [in_words(cell) for cell in row] for row in rows
        ]
        assert rows or name == "Correlations: augmentations…", f"{name} is empty"


@pytest.mark.parametrize("title", ["Network", *TABS])
def test_that_each_picture_that_is_saved_is_what_is_seen(
    user: User, saved: Callable[[QAction | None, str], Path], title: str
) -> None:
    show(user, title)
    window = user.window
    panels: dict[str, QWidget] = {
        "Sample": part(window, "sample"),
        "Layers": part(window, "layers"),
        "Unit": part(window, "unit"),
        "Timeline": part(window, "timeline"),
    }
    panels |= window.centre.current.panels if window.centre.current else {}
    entries = {action.text(): action for action in window.save_menu.actions()}
    assert list(entries) == [f"{name}…" for name in panels]
    for name, panel in panels.items():
        image = QImage(str(saved(entries[f"{name}…"], "png")))
        np.testing.assert_array_equal(pixels_of(image), pixels_of(panel.grab().toImage()))


def test_that_the_network_is_saved_in_twice_its_px_and_as_words_and_shapes(
    user: User, saved: Callable[[QAction | None, str], Path]
) -> None:
    network = part(user.window, "network")
    image = QImage(str(saved(None, "png")))
    assert (image.width(), image.height()) == (PIXELS * network.width(), PIXELS * network.height())
    assert len(np.unique(pixels_of(image).reshape(-1, 3), axis=0)) > 50, "edges and units in their colours"
    drawn = ElementTree.parse(saved(None, "svg")).getroot()
    words = " ".join("".join(each.itertext()) for each in drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert all(name in words for name in ("conv1", "fc1", "fc2", "ant", "dog"))
