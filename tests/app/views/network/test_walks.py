"""What the keyboard's walk over units and over boxes tells at each step, and where it goes on when others are shown."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.views.network.modules.box_walk import BoxWalk
from app.views.network.modules.modules_view import ModulesView
from app.views.network.units.network_view import NetworkView
from app.views.network.units.unit_walk import UnitWalk
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.made_up import chain
from tests.app.on_screen import settle
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import point_of
from tests.app.views.network.modules.made_up_modules import ModuleRun

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key, FAR = Qt.Key, Qt.KeyboardModifier.ControlModifier
Said = list[tuple[QPoint, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Where tooltips have said what; nothing where one was taken away."""
    found: Said = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, _: found.append((QPoint(at), text)))
    monkeypatch.setattr(QToolTip, "hideText", lambda: found.append((QPoint(), "")))
    return found


@pytest.fixture
def network(qtbot: QtBot, views: list[GraphView]) -> NetworkView:
    made = NetworkView()
    UnitWalk(made)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show_view(views[0])
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def run() -> ModuleRun:
    return ModuleRun(BLOCKS)


@pytest.fixture
def modules(qtbot: QtBot, run: ModuleRun) -> ModulesView:
    made = ModulesView()
    BoxWalk(made)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show_layout(run.layout(FIRST))
    made.show_numbers(run.numbers())
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_a_unit_has_its_figures_beside_it(network: NetworkView, qtbot: QtBot, said: Said) -> None:
    qtbot.keyClick(network, Key.Key_Return)
    settle()
    assert len(said) >= 2, "once more when the focus has come, which takes tooltips away"
    said.clear()
    qtbot.keyClick(network, Key.Key_Right, FAR)
    unit = network.scene().focused_unit
    ((at, text),) = said
    assert at == network.viewport().mapToGlobal(point_of(network, *unit) + QPoint(18, 18))
    assert f"fc2 · unit {unit[1]}" in text
    qtbot.keyClick(network, Key.Key_Space)
    assert len(said) == 2 and network.accessibleName().endswith(", pinned")
    qtbot.keyClick(network, Key.Key_Space)
    assert not network.accessibleName().endswith(", pinned")
    said.clear()
    qtbot.keyClick(network, Key.Key_Escape)
    assert said[-1][1] == ""
    assert (network.accessibleName(), network.accessibleDescription()) == ("Network by its units", "")
    assert network.scene().focused_unit is None


def test_that_at_another_pass_figures_come_only_where_some_are_seen(
    network: NetworkView, views: list[GraphView], qtbot: QtBot, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QToolTip, "isVisible", lambda: True)
    network.show_view(views[1])
    assert (network.accessibleName(), network.accessibleDescription()) == ("Network by its units", "")
    qtbot.keyClick(network, Key.Key_Return)
    settle()
    for is_visible in (False, True):
        monkeypatch.setattr(QToolTip, "isVisible", lambda is_visible=is_visible: is_visible)
        said.clear()
        before = network.accessibleDescription()
        network.show_view(views[0 if is_visible else 2])
        assert network.accessibleDescription() != before
        assert bool([text for _, text in said if text]) is is_visible


def test_that_a_walk_by_keys_ends_at_the_ends_of_the_network(network: NetworkView, qtbot: QtBot) -> None:
    asked: list[int] = []
    network.column_requested.connect(asked.append)
    qtbot.keyClick(network, Key.Key_Return)
    for key, column in ((Key.Key_Left, 0), (Key.Key_Right, 3)):
        for _ in range(5):
            qtbot.keyClick(network, key, FAR)
        assert network.scene().focused_unit[0] == column
    unit = network.scene().focused_unit
    for _ in range(12):
        qtbot.keyClick(network, Key.Key_Down)
    assert network.scene().focused_unit == (unit[0], 9)
    assert asked == []


def test_that_control_has_no_meaning_up_and_down(network: NetworkView, qtbot: QtBot) -> None:
    qtbot.keyClick(network, Key.Key_Return)
    qtbot.keyClick(network, Key.Key_Right, FAR)
    unit = network.scene().focused_unit
    qtbot.keyClick(network, Key.Key_Down, FAR)
    assert network.scene().focused_unit == (unit[0], unit[1] + 1)


def test_that_keys_zoom_by_a_notch(network: NetworkView, modules: ModulesView, qtbot: QtBot) -> None:
    for drawing, zoom in ((network, lambda: network.transform().m11()), (modules, lambda: modules.zoom)):
        before = zoom()
        qtbot.keyClick(drawing, Key.Key_Plus)
        assert zoom() == pytest.approx(before * 1.15)
        qtbot.keyClick(drawing, Key.Key_Plus)
        qtbot.keyClick(drawing, Key.Key_Minus)
        assert zoom() == pytest.approx(before * 1.15)


def test_that_a_unit_outside_of_what_is_zoomed_is_brought_into_view_with_some_room(
    network: NetworkView, qtbot: QtBot
) -> None:
    qtbot.keyClick(network, Key.Key_Return)
    network.zoom_by(6.0)
    room = network.viewport().rect().adjusted(58, 58, -58, -58)
    for key in (*[Key.Key_Right] * 3, *[Key.Key_Left] * 2):
        qtbot.keyClick(network, key, FAR)
        assert room.contains(point_of(network, *network.scene().focused_unit))


def test_that_the_walk_goes_on_where_another_network_has_units(network: NetworkView, qtbot: QtBot) -> None:
    qtbot.keyClick(network, Key.Key_Return)
    network.show_view(prepared(chain(("fc", 3), ("fc", 2))))
    assert network.scene().focused_unit is None
    qtbot.keyClick(network, Key.Key_Right)
    assert network.scene().focused_unit == (1, 0), "an arrow begins anew"


def test_that_a_box_has_its_figures_beside_it_and_an_open_module_has_none(
    modules: ModulesView, qtbot: QtBot, said: Said
) -> None:
    qtbot.keyClick(modules, Key.Key_Return)
    settle()
    assert modules.focused == "input"
    assert len([text for _, text in said if "<b>input</b>" in text]) >= 2
    said.clear()
    qtbot.keyClick(modules, Key.Key_Right)
    ((at, text),) = said
    name = modules.focused
    assert name == "embedding" and f"<b>{name}</b>" in text
    corner = modules.rect_of_box(name).bottomRight().toPoint()
    assert at == modules.mapToGlobal(corner + QPoint(12, 12))
    layout = modules.module_layout
    modules.focus_on(next(each for each in layout.boxes if layout.beside(each, 0, -1) in layout.frames))
    said.clear()
    qtbot.keyClick(modules, Key.Key_Up)
    assert said[-1][1] == ""
    assert modules.accessibleName() == f"Network as modules: {modules.focused}, open"
    said.clear()
    qtbot.keyClick(modules, Key.Key_Escape)
    assert said[-1][1] == ""
    assert (modules.accessibleName(), modules.accessibleDescription()) == ("Network as modules", "")
    assert modules.focused is None


def test_that_the_walk_over_boxes_begins_at_the_chosen_layer_and_again_where_its_box_is_gone(
    modules: ModulesView, run: ModuleRun, qtbot: QtBot
) -> None:
    modules.highlight_layer("blocks.0.norm2")
    qtbot.keyClick(modules, Key.Key_Return)
    assert modules.focused == "blocks.0.norm2"
    modules.show_layout(run.layout(FIRST - {"blocks.0"}))
    assert modules.focused == "blocks.0"
    assert modules.accessibleName() == "Network as modules: blocks.0, closed"
    modules.show_layout(run.layout(FIRST))
    assert modules.focused == "blocks.0", "which is a frame now"
    assert modules.accessibleName() == "Network as modules: blocks.0, open"
    modules.highlight_layer(None)
    modules.focus_on("blocks.0.norm2")
    modules.show_layout(run.layout(frozenset()))
    assert modules.focused == "input"
    qtbot.keyClick(modules, Key.Key_Left)
    assert modules.focused == "input", "nothing is further left"


def test_that_without_the_keyboard_nothing_is_focused_by_other_numbers(
    modules: ModulesView, run: ModuleRun, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QToolTip, "isVisible", lambda: True)
    modules.show_numbers(run.numbers(number=1))
    modules.show_layout(run.layout(frozenset()))
    assert modules.focused is None and said == []


def test_that_figures_of_a_box_come_anew_only_where_some_are_seen(
    modules: ModulesView, run: ModuleRun, qtbot: QtBot, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules.highlight_layer("head")
    qtbot.keyClick(modules, Key.Key_Return)
    settle()
    for is_visible, number in ((False, 1), (True, 0)):
        monkeypatch.setattr(QToolTip, "isVisible", lambda is_visible=is_visible: is_visible)
        said.clear()
        before = modules.accessibleDescription()
        modules.show_numbers(run.numbers(number=number))
        assert modules.accessibleDescription() != before
        assert bool(said) is is_visible


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Space, Key.Key_Right])
def test_that_keys_do_nothing_where_nothing_is_drawn(key: Key, qtbot: QtBot, said: Said) -> None:
    made: list[tuple[Callable, Callable]] = [(NetworkView, UnitWalk), (ModulesView, BoxWalk)]
    for kind, walk in made:
        drawing = kind()
        walk(drawing)
        qtbot.addWidget(drawing)
        name = drawing.accessibleName()
        for each in (Key.Key_Return, key):
            qtbot.keyClick(drawing, each)
        settle()
        assert (drawing.accessibleName(), said) == (name, [])


def test_that_in_a_network_of_nothing_keys_do_nothing(qtbot: QtBot, said: Said) -> None:
    empty = ModulesView()
    BoxWalk(empty)
    qtbot.addWidget(empty)
    empty.show()
    for layout in (None, ModuleRun([]).layout()):
        if layout is not None:
            empty.show_layout(layout)
        for key in (Key.Key_Return, Key.Key_Right, Key.Key_Return, Key.Key_Plus, Key.Key_Escape):
            qtbot.keyClick(empty, key)
        settle()
        assert (empty.focused, empty.accessibleName()) == (None, "Network as modules")
    assert not [text for _, text in said if text]
