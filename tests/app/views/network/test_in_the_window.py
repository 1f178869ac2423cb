"""Long networks and keys in the whole window: what the drawing asks for is done, and the other views follow."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import STRETCH
from app.views.network.modules.analysis.module_text import box_facts
from app.window.main_window import MainWindow
from collector.storage import CollectionWriter
from tests.app.parts import part
from tests.benchmarks.generated import header, random_pass

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

SIZES = [4] * 61


@pytest.fixture
def long_window(window: MainWindow, tmp_path: Path) -> MainWindow:
    """The window with a network of 60 layers open, drawn by its units."""
    path = tmp_path / "long.json"
    with CollectionWriter(path, header(SIZES)) as writer:
        for number in range(3):
            writer.write(random_pass(SIZES, number))
    window.open(path)
    window._session.draw_as_modules(as_modules=False)
    return window


def stages(window: MainWindow) -> list[str]:
    return [column.stage for column in part(window, "network").scene().graph.columns]


def test_that_the_bar_moves_the_columns_and_they_stay_at_another_pass(long_window: MainWindow) -> None:
    network = part(long_window, "network")
    assert stages(long_window) == ["input", *(f"fc{number}" for number in range(1, STRETCH))]
    network._columns.setValue(30)
    assert stages(long_window) == [f"fc{number}" for number in range(30, 30 + STRETCH)]
    long_window._session.show_pass(2)
    assert stages(long_window)[0] == "fc30" and network.graph_view.pass_.number == 2


def test_that_a_layer_chosen_elsewhere_is_brought_into_view(long_window: MainWindow) -> None:
    long_window._session.select_layer("fc55")
    assert "fc55" in stages(long_window)


def test_that_a_pinned_unit_is_told_wherever_the_network_is_scrolled_to(long_window: MainWindow) -> None:
    network, unit = part(long_window, "network"), part(long_window, "unit")
    long_window._session.pin_unit(("fc3", 2))
    network = part(long_window, "network")
    assert unit.column.stage == "fc3" and network.scene().pinned_unit is not None
    told = dict(unit._facts)
    network._columns.setValue(40)
    assert dict(unit._facts) == told and long_window._session.view.unit == ("fc3", 2)
    network._columns.setValue(0)
    assert network.scene().pinned_unit == (stages(long_window).index("fc3"), 2)


def test_that_a_unit_pinned_by_a_key_is_the_sessions(long_window: MainWindow, qtbot: QtBot) -> None:
    network = part(long_window, "network")
    qtbot.keyClick(network, Qt.Key.Key_Return)
    qtbot.keyClick(network, Qt.Key.Key_Down)
    qtbot.keyClick(network, Qt.Key.Key_Space)
    assert long_window._session.view.unit == ("fc1", 1)
    assert not long_window._session.view.is_playing
    qtbot.keyClick(network, Qt.Key.Key_Escape)
    assert long_window._session.view.unit is None


def test_that_a_module_opened_by_a_key_is_open(window: MainWindow, deep_path: Path, qtbot: QtBot) -> None:
    window.open(deep_path)
    modules = part(window, "modules")
    qtbot.keyClick(modules, Qt.Key.Key_Return)
    closed = next(name for name in modules.module_layout.boxes if name in modules.module_layout.folded.graph.frames)
    modules.focus_on(closed)
    qtbot.keyClick(modules, Qt.Key.Key_Return)
    assert closed in modules.module_layout.frames and modules.focused == closed
    qtbot.keyClick(modules, Qt.Key.Key_Return)
    assert closed in modules.module_layout.boxes


def test_that_a_screen_reader_hears_a_module_and_its_figures_at_each_pass(
    window: MainWindow, deep_path: Path, qtbot: QtBot
) -> None:
    window.open(deep_path)
    window._session.draw_as_modules(as_modules=True)
    window._session.select_layer("first")
    modules = part(window, "modules")
    qtbot.keyClick(modules, Qt.Key.Key_Return)
    heard = set()
    for number in range(3):
        window._session.show_pass(number)
        facts = box_facts(modules.module_layout.folded, modules.focused, modules.numbers)
        assert modules.accessibleDescription() == ", ".join(f"{what} {value}" for what, value in facts)
        heard.add(modules.accessibleDescription())
    assert len(heard) == 3


def test_that_the_drawings_and_their_buttons_say_their_keys(window: MainWindow) -> None:
    controls = part(window, "controls")
    told = [each.toolTip() for each in (*controls.drawings.buttons.values(), controls.open_button)]
    assert [text[-3:] for text in told] == ["(M)", "(M)", "(E)"]
