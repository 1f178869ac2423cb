"""The table of layers of two runs, by clicks and keys."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.replay.comparing import Side
from app.views.layers.layer_table_model import LayerColumn
from app.views.layers.panel import LayersPanel
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison


def layers(window: MainWindow) -> LayersPanel:
    """The panel, in front of the docks beside it."""
    window.docks["layers"].raise_()
    QApplication.processEvents()
    view = window.pages["layers"].view
    assert view is not None
    panel = cast(LayersPanel, view.panel)  # type: ignore[attr-defined]
    if not hasattr(panel, "tester"):
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        panel.tester = QAbstractItemModelTester(panel.model, mode, panel)  # type: ignore[attr-defined]
    return panel


def text(panel: LayersPanel, name: str, column: LayerColumn) -> str:
    number = panel.model.number_of(name)
    assert number is not None
    return str(panel.model.index(number, column).data())


def click_heading(qtbot: QtBot, panel: LayersPanel, column: LayerColumn) -> None:
    header = panel.table.horizontalHeader()
    assert header is not None
    at = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_that_a_layer_has_its_norm_in_both_and_their_ratio(two_in_window: MainWindow) -> None:
    panel = layers(two_in_window)
    a, b = (float(text(panel, "fc1", column)) for column in (LayerColumn.A, LayerColumn.B))
    assert float(text(panel, "fc1", LayerColumn.CHANGE).replace("−", "-")) == pytest.approx(np.log2(b / a), abs=0.02)
    two_in_window._session.show_step(2)
    assert text(panel, "fc1", LayerColumn.CHANGE) == "the same"
    column_px = panel.table.columnWidth(LayerColumn.CHANGE)
    assert panel.table.fontMetrics().horizontalAdvance("the same") < column_px, "it is read whole"
    assert text(panel, "relu1", LayerColumn.CHANGE) == ""
    assert text(panel, "relu1", LayerColumn.A) == text(panel, "relu1", LayerColumn.B) == "–", "as of one run"


def test_that_the_headings_end_where_the_table_does(two_in_window: MainWindow) -> None:
    panel = layers(two_in_window)
    header, viewport = panel.table.horizontalHeader(), panel.table.viewport()
    assert header is not None
    assert viewport is not None
    assert header.length() == viewport.width()


def test_that_of_a_alone_the_table_is_as_it_was_and_the_layer_stays(two_in_window: MainWindow) -> None:
    session = two_in_window._session
    session.select_layer("fc1")
    session.show_side(Side.A)
    panel = layers(two_in_window)
    assert panel.model.columnCount() == LayerColumn.A
    assert panel.selected == "fc1"
    session.show_side(Side.DIFFERENCE)
    assert panel.selected == "fc1"


def test_that_a_click_has_the_largest_change_first_also_at_another_step(
    two_in_window: MainWindow, qtbot: QtBot
) -> None:
    panel = layers(two_in_window)

    def sizes() -> list[float]:
        ratios = [abs(panel.model.change_of(row).log2_ratio) for row in panel.model.rows]
        return [each for each in ratios if not np.isnan(each)]

    click_heading(qtbot, panel, LayerColumn.CHANGE)
    for step in (11, 6, 8):
        two_in_window._session.show_step(step)
        assert sizes() == sorted(sizes(), reverse=True)
        assert len(sizes()) == 3
        assert {row.layer.name for row in panel.model.rows[:3]} == {"conv1", "fc1", "fc2"}
    click_heading(qtbot, panel, LayerColumn.CHANGE)
    assert panel.model.rows[0].layer.name == "conv1"


def test_that_layers_of_one_run_are_marked_and_those_of_b_cannot_be_chosen(two_in_window: MainWindow) -> None:
    two_in_window._session.change_comparing(layers={"fc1": None})
    panel = layers(two_in_window)
    assert text(panel, "fc1", LayerColumn.CHANGE) == "only A"
    assert text(panel, "fc1", LayerColumn.B) == ""
    last = panel.model.index(panel.model.rowCount() - 1, LayerColumn.CHANGE)
    assert last.data() == "only B"
    assert last.siblingAtColumn(LayerColumn.B).data()
    assert not panel.model.flags(last) & Qt.ItemFlag.ItemIsSelectable
    view = two_in_window.pages["layers"].view
    assert view is not None
    sides = [row[-1] for row in view.tables["Layers"]().rows]
    assert sides.count("only A") == sides.count("only B") == 1


def test_that_a_pass_that_is_held_is_a(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    session = window._session
    session.show_step(3)
    then = text(layers(window), "fc1", LayerColumn.SPARK)
    session.hold_pass()
    assert text(layers(window), "fc1", LayerColumn.CHANGE) == "the same"
    session.show_step(9)
    assert float(text(layers(window), "fc1", LayerColumn.A)) == pytest.approx(float(then), rel=1e-2)
    assert layers(window).model.held == pytest.approx(3 / 12)
    about = "Gradient norm, A: at step 3, B: at the playhead · Change: log₂ B ÷ A"
    assert " ".join(layers(window).about_label.text().split()) == about


def test_that_what_is_found_of_layers_stays_when_another_run_is_compared(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    before = dict(layers(window).model.health)
    window._session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert dict(layers(window).model.health) == before
    assert before


def test_that_the_table_for_other_tools_has_both(two_in_window: MainWindow) -> None:
    view = layers(two_in_window) and two_in_window.pages["layers"].view
    assert view is not None
    table = view.tables["Layers"]()
    row = next(dict(zip(table.headings, row, strict=True)) for row in table.rows if row[0] == "fc1")
    a, b = row["a:gradient_norm"], row["b:gradient_norm"]
    assert isinstance(a, float)
    assert isinstance(b, float)
    assert row["log2_b_by_a"] == pytest.approx(np.log2(b / a))
    assert row["layer_of_b"] == "fc1"
