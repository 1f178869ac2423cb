"""A picture of what is larger than a picture can be."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt6.QtGui import QImage, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from app.widgets.figure import LARGEST_PX, Figure

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table(qtbot: QtBot) -> QTableView:
    """A thousand rows, of which the user looks at some in the middle."""
    model = QStandardItemModel()
    for number in range(1000):
        model.appendRow(QStandardItem(f"row {number}"))
    view = QTableView()
    qtbot.addWidget(view)
    model.setParent(view)
    view.setModel(model)
    view.resize(300, 200)
    view.show()
    view.scrollTo(model.index(400, 0))
    return view


def texts_of(path: Path) -> list[str]:
    return ["".join(each.itertext()).strip() for each in ElementTree.parse(path).getroot().iter(f"{SVG}text")]


def test_that_of_a_table_that_is_too_long_the_first_rows_are_there_and_the_others_are_counted(
    table: QTableView, tmp_path: Path
) -> None:
    seen = table.verticalScrollBar().value()
    Figure("Layers", (), [table]).save(tmp_path / "layers.svg")
    texts = texts_of(tmp_path / "layers.svg")
    n_rows = sum(text.startswith("row ") for text in texts)
    assert 0 < n_rows < 1000
    assert [text for text in texts if text.startswith("row ")] == [f"row {number}" for number in range(n_rows)]
    said = f"{1000 - n_rows} of 1,000 rows do not fit into a picture; “Save numbers” in the menu has all of them."
    assert said in " ".join(texts)
    assert (table.height(), table.verticalScrollBar().value()) == (200, seen)
    Figure("Layers", (), [table]).save(tmp_path / "layers.png")
    assert QImage(str(tmp_path / "layers.png")).height() <= LARGEST_PX


def test_that_a_table_which_fits_is_whole_wherever_it_was_scrolled_to(table: QTableView, tmp_path: Path) -> None:
    table.model().removeRows(0, 700)
    Figure("Layers", (), [table]).save(tmp_path / "layers.svg")
    texts = texts_of(tmp_path / "layers.svg")
    assert [text for text in texts if text.startswith("row ")] == [f"row {number}" for number in range(700, 1000)]
    assert "Save numbers" not in " ".join(texts)
