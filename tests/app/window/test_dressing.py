"""What the application looks like from the start, and what it calls a run."""

from types import SimpleNamespace

import pytest
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QTableWidget, QTableWidgetItem
from pytestqt.qtbot import QtBot

from app.palette import DARK, LIGHT, active
from app.widgets.plain_text import PlainLabel
from app.widgets.table_of_rows import choose_rows
from app.window.run_text import describe_run
from app.window.start import make_application
from app.window.theme import apply_theme
from tests.app.contrast import contrast
from tests.app.painted import painted


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_that_the_application_begins_in_the_theme_that_was_chosen(qapp, theme: str, palette: object) -> None:
    apply_theme(qapp, "light" if theme == "dark" else "dark")
    assert make_application(theme) is qapp
    assert active() is palette
    apply_theme(qapp)


@pytest.mark.parametrize("kind", ["heading", "title", "section"])
def test_that_headings_have_the_colour_of_painted_ones_in_either_theme(qtbot: QtBot, qapp, kind: str) -> None:
    label = PlainLabel("Demos")
    qtbot.addWidget(label)
    label.setObjectName(kind)
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        apply_theme(qapp, theme)
        assert [(each.colour, each.is_bold) for each in painted(label).words] == [(palette.text, True)]


@pytest.mark.parametrize(
    ("model", "dataset", "words"),
    [("cnn", "mnist", "cnn on mnist"), ("", "mnist", "a model on mnist"), ("cnn", "", "cnn"), ("", "", "a model")],
)
def test_that_a_run_is_called_by_its_model_and_its_data_as_far_as_they_have_names(
    model: str, dataset: str, words: str
) -> None:
    run = SimpleNamespace(model=model, dataset=dataset, optimizer="", interval=0, created="", ranks=1, seed=None)
    layers = {"a": SimpleNamespace(n_parameters=1200), "b": SimpleNamespace(n_parameters=34)}
    told = describe_run(SimpleNamespace(run=run, layers=layers))
    assert told.split(" · ")[:2] == [words, "1,234 parameters"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_the_row_of_a_table_that_is_chosen_can_be_read(qtbot: QtBot, qapp, theme: str) -> None:
    apply_theme(qapp, theme)
    table = QTableWidget(2, 2)
    qtbot.addWidget(table)
    choose_rows(table)
    table.setItem(0, 0, QTableWidgetItem("fc1"))
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    table.selectRow(0)
    (word,) = (each for each in painted(table).words if each.text == "fc1")
    viewport = table.viewport()
    assert viewport is not None
    beside = table.visualRect(table.indexFromItem(table.item(0, 0)).siblingAtColumn(1)).center()
    ground = viewport.grab().toImage().pixelColor(beside)
    assert ground.hslSaturation() > 50, "that of what is chosen"
    assert contrast(QColor(word.colour), ground) >= 4.5
