"""Every menu entry and key that changes what is shown, and everything that is saved."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.palette import DARK, LIGHT, active
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.theme import apply_theme
from tests.app.parts import part


def entry(menu: QMenu | None, text: str) -> QAction:
    assert menu is not None
    return next(action for action in menu.actions() if action.text().replace("&", "").startswith(text))


def network_menu(window: MainWindow) -> QMenu:
    return next(menu for menu in window.findChildren(QMenu) if menu.title() == "&Network")


def options(window: MainWindow) -> GraphOptions:
    view = part(window, "network").graph_view
    assert view is not None
    return view.options


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        (Qt.Key.Key_G, EdgeMode.GRADIENT),
        (Qt.Key.Key_U, EdgeMode.UPDATE),
        (Qt.Key.Key_W, EdgeMode.WEIGHT),
    ],
)
def test_that_each_edge_mode_has_a_key(open_window: MainWindow, qtbot: QtBot, key: Qt.Key, mode: EdgeMode) -> None:
    qtbot.keyClick(open_window, key)
    assert options(open_window).edges is mode


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Bias", "nodes", NodeMode.BIAS),
        ("Gradient norm", "nodes", NodeMode.GRADIENT),
        ("Activation", "nodes", NodeMode.ACTIVATION),
        ("Scale of the pass", "scale", ScaleMode.PASS),
        ("Scale of the run", "scale", ScaleMode.RUN),
        ("300", "most_edges", 300),
        ("1,000", "most_edges", 1000),
        ("3,000", "most_edges", 3000),
        ("As many as", "most_edges", None),
    ],
)
def test_that_each_entry_of_the_network_menu_shows_in_the_graph(
    open_window: MainWindow, text: str, field: str, value: object
) -> None:
    action = entry(network_menu(open_window), text)
    action.trigger()
    assert getattr(options(open_window), field) == value
    assert action.isChecked()


def test_that_the_state_after_the_last_step_says_that_it_has_no_gradient(open_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(open_window, Qt.Key.Key_G)
    qtbot.keyClick(open_window, Qt.Key.Key_End)
    view = part(open_window, "network").graph_view
    assert view is not None
    assert "no step follows this state" in str(view.missing_edges)


def test_that_a_pinned_unit_shows_its_history_and_stays_across_passes(open_window: MainWindow, qtbot: QtBot) -> None:
    part(open_window, "network").unit_pinned.emit("fc1", 8)
    assert open_window.docks["unit"].isVisible()
    headings, rows = part(open_window, "unit").numbers()
    assert len(rows) == 5, "one for each pass"
    opened = open_window._session.opened
    assert opened is not None
    biases = [
        each.layers["fc1"].bias[list(opened.collection.layers["fc1"].kept).index(8)]
        for each in opened.collection.passes
    ]
    assert [row[headings.index("bias")] for row in rows] == pytest.approx(biases)
    qtbot.keyClick(open_window, Qt.Key.Key_End)
    view = open_window._session.view
    assert view is not None
    assert view.unit == ("fc1", 8)
    part(open_window, "unit").unpin_requested.emit()
    assert open_window._session.view is not None
    assert open_window._session.view.unit is None


def test_that_a_selected_layer_moves_table_and_graph(open_window: MainWindow) -> None:
    part(open_window, "network").layer_clicked.emit("fc1")
    assert part(open_window, "layers").selected == "fc1"
    part(open_window, "layers").layer_requested.emit("conv1")
    view = open_window._session.view
    assert view is not None
    assert view.layer == "conv1"


def test_that_the_theme_changes_at_once_and_is_remembered(open_window: MainWindow, settings: Settings, qapp) -> None:
    open_window.theme_action.trigger()
    assert active() is LIGHT
    assert settings.theme() == "light"
    open_window.theme_action.trigger()
    assert active() is DARK
    assert settings.theme() == "dark"
    apply_theme(qapp)


def test_that_a_place_that_cannot_be_written_is_said_in_words(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = tmp_path / "no such folder" / "network.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), ""))
    open_window.show_view("layers")
    open_window.numbers_menu.aboutToShow.emit()
    entry(open_window.numbers_menu, "Layers").trigger()
    assert "no such folder" in open_window.run_bar.problem_label.text()


def test_that_the_choices_of_the_network_menu_stand_below_their_titles(open_window: MainWindow) -> None:
    titles = [
        action.text()
        for action in network_menu(open_window).actions()
        if not action.isSeparator() and not action.isEnabled()
    ]
    assert titles == ["Edges", "Units", "Colours", "Strongest edges"]
