"""Keys walk over units and modules while the drawing has the focus; otherwise arrows and Space are the timeline's."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QApplication, QLineEdit, QMainWindow, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_view import GraphView, prepare
from app.palette import active
from app.views.network.modules.analysis.modules import ModuleGraph
from app.views.network.modules.box_walk import BoxWalk
from app.views.network.modules.module_tooltip import module_tooltip
from app.views.network.modules.modules_view import ModulesView
from app.views.network.units.network_view import NetworkView
from app.views.network.units.unit_walk import UnitWalk
from tests.app.made_up import chain, layer, made_up_pass, measure_scales
from tests.app.views.network.conftest import laid_out, prepared
from tests.app.views.network.driving import move, pixels, point_of

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key = Qt.Key


class Desk:
    """A window with a field, a drawing, and the timeline's shortcuts."""

    def __init__(self, drawing: QWidget, qtbot: QtBot) -> None:
        self.window, self.drawing, self._qtbot = QMainWindow(), drawing, qtbot
        qtbot.addWidget(self.window)
        middle = QWidget()
        column = QVBoxLayout(middle)
        self.field = QLineEdit()
        column.addWidget(self.field)
        column.addWidget(drawing)
        self.window.setCentralWidget(middle)
        self.heard: list[str] = []
        for key in ("Left", "Right", "Up", "Down", "Space"):
            action = QAction(key, self.window)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _, key=key: self.heard.append(key))
            self.window.addAction(action)
        self.window.resize(900, 640)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.field.setFocus()

    def press(self, *keys: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self._qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def tab_in(self) -> None:
        self.press(Key.Key_Tab)
        assert self.drawing.hasFocus()


def walked(drawing: NetworkView | ModulesView) -> NetworkView | ModulesView:
    """The drawing with its keys, as the view of the network makes it."""
    UnitWalk(drawing) if isinstance(drawing, NetworkView) else BoxWalk(drawing)
    return drawing


@pytest.fixture
def desk(qtbot: QtBot, views: list[GraphView]) -> Desk:
    """On an input picture, conv1 of 4 maps, fc2 of 12 units and fc3 of 10."""
    network = walked(NetworkView())
    network.show_view(views[0])
    return Desk(network, qtbot)


def test_that_tab_reaches_the_graph_and_marks_a_unit(desk: Desk) -> None:
    plain = pixels(desk.drawing)
    assert desk.drawing.scene().focused_unit is None
    desk.tab_in()
    assert desk.drawing.scene().focused_unit == (1, 0)
    assert (pixels(desk.drawing) != plain).any()
    assert "conv1 · channel 0" in QToolTip.text()


def test_that_what_has_the_focus_has_a_frame_that_hovering_has_not(desk: Desk) -> None:
    network = desk.drawing
    desk.tab_in()
    desk.press(Key.Key_Right)
    unit = network.scene().focused_unit
    focused = pixels(network)
    desk.press(Key.Key_Escape)
    move(network, point_of(network, *unit))
    hovered = pixels(network)
    colour = int(active().text[1:], 16)
    text = np.array([colour & 255, colour >> 8 & 255, colour >> 16])
    at = point_of(network, *unit)
    near = np.s_[at.y() - 26 : at.y() + 26, at.x() - 26 : at.x() + 26]
    n_focused, n_hovered = ((np.abs(each[near] - text).max(axis=2) < 40).sum() for each in (focused, hovered))
    assert n_focused > n_hovered + 20


def test_that_arrows_walk_over_units_and_into_the_next_layer(desk: Desk) -> None:
    scene = desk.drawing.scene()
    desk.tab_in()
    layout = scene.graph_layout
    desk.press(Key.Key_Right, Key.Key_Right, Key.Key_Right)
    assert scene.focused_unit[0] > 1
    column = scene.focused_unit[0]
    before = scene.focused_unit
    desk.press(Key.Key_Down)
    below = scene.focused_unit
    assert below[0] == column
    assert layout.columns[column].centres[below[1]][1] > layout.columns[column].centres[before[1]][1]
    desk.press(Key.Key_Up)
    assert scene.focused_unit == before
    assert desk.heard == [], "the timeline's shortcuts wait"


def test_that_every_unit_can_be_reached(desk: Desk) -> None:
    scene = desk.drawing.scene()
    desk.tab_in()
    reached = set()
    desk.press(Key.Key_Right, modifier=Qt.KeyboardModifier.ControlModifier)
    assert scene.focused_unit[0] == 2, "control and an arrow go to the next layer"
    for _ in range(12):
        desk.press(Key.Key_Up)
    for _ in range(12):
        reached.add(scene.focused_unit)
        desk.press(Key.Key_Down)
    assert reached == {(2, position) for position in range(12)}


def test_that_control_and_an_arrow_go_by_layers_as_far_as_there_are_some(desk: Desk) -> None:
    scene = desk.drawing.scene()
    desk.tab_in()
    visited = []
    for key in (*[Key.Key_Right] * 4, *[Key.Key_Left] * 5):
        visited.append(scene.focused_unit[0])
        desk.press(key, modifier=Qt.KeyboardModifier.ControlModifier)
    assert visited == [1, 2, 3, 3, 3, 2, 1, 0, 0]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
def test_that_a_key_pins_and_lets_go(key: Key, desk: Desk) -> None:
    network = desk.drawing
    told: list[tuple] = []
    network.unit_pinned.connect(lambda *unit: told.append(unit))
    network.unit_unpinned.connect(lambda: told.append(()))
    desk.tab_in()
    desk.press(key)
    assert network.scene().pinned_unit == (1, 0)
    desk.press(key)
    assert network.scene().pinned_unit is None
    assert told == [("conv1", 0), ()]
    assert desk.heard == []


def test_that_escape_lets_go_and_gives_the_arrows_back(desk: Desk) -> None:
    network = desk.drawing
    desk.tab_in()
    desk.press(Key.Key_Space, Key.Key_Escape)
    assert network.scene().pinned_unit is None and network.scene().focused_unit is None
    desk.press(Key.Key_Left, Key.Key_Space)
    assert desk.heard == ["Left", "Space"]
    desk.press(Key.Key_Return)
    assert network.scene().focused_unit is not None, "Enter takes them again"


def test_that_a_click_does_not_take_the_arrows_from_the_timeline(desk: Desk, qtbot: QtBot) -> None:
    network = desk.drawing
    qtbot.mouseClick(network.viewport(), Qt.MouseButton.LeftButton, pos=point_of(network, 2, 5))
    assert network.scene().pinned_unit == (2, 5)
    desk.press(Key.Key_Left, Key.Key_Right)
    assert network.scene().focused_unit is None


def test_that_tab_goes_on_and_nothing_is_marked_any_more(desk: Desk) -> None:
    desk.tab_in()
    desk.press(Key.Key_Backtab)
    assert desk.drawing.scene().focused_unit is None
    assert desk.drawing.accessibleName() == "Network by its units"


def test_that_the_walk_begins_at_the_pinned_unit_or_the_selected_layer(desk: Desk) -> None:
    desk.drawing.highlight_layer("fc2")
    desk.tab_in()
    assert desk.drawing.scene().focused_unit[0] == 2
    desk.press(Key.Key_Backtab)
    desk.drawing.pin("fc3", 7)
    desk.tab_in()
    assert desk.drawing.scene().focused_unit == (3, 7)


def test_that_a_screen_reader_hears_the_unit_and_its_figures(desk: Desk, views: list[GraphView]) -> None:
    network = desk.drawing
    desk.tab_in()
    desk.press(Key.Key_Right, modifier=Qt.KeyboardModifier.ControlModifier)
    unit = network.scene().focused_unit
    assert network.accessibleName() == f"Network by its units: fc2 · unit {unit[1]}"
    assert network.accessibleDescription().startswith("activation, this sample ")
    desk.press(Key.Key_Space)
    assert network.accessibleName().endswith(", pinned")
    before = network.accessibleDescription()
    network.show_view(views[1])
    assert network.accessibleDescription() != before, "and what it is at another pass"


def test_that_what_a_screen_reader_hears_is_short_however_long_a_name_is(qtbot: QtBot) -> None:
    name = "fc<b>\n" * 100_000
    layers = {name: layer(name, units=3)}
    network = walked(NetworkView())
    graph = build_graph(layers, None)
    network.show_view(prepare(graph, made_up_pass(layers, {}), 0, measure_scales(graph, [])))
    Desk(network, qtbot).tab_in()
    assert len(network.accessibleName()) < 1_000 and "\n" not in network.accessibleName()


def test_that_zooming_has_keys_and_what_is_focused_stays_in_view(desk: Desk) -> None:
    network = desk.drawing
    desk.tab_in()
    desk.press(*[Key.Key_Plus] * 12)
    assert network.is_zoomed
    for _ in range(3):
        desk.press(Key.Key_Right, modifier=Qt.KeyboardModifier.ControlModifier)
        assert network.viewport().rect().contains(point_of(network, *network.scene().focused_unit))
    desk.press(*[Key.Key_Minus] * 12)
    assert not network.is_zoomed and desk.heard == []


def test_that_layers_without_units_are_passed_over(qtbot: QtBot) -> None:
    run = chain(("fc", 3), ("fc", 4), ("fc", 2), cap=9)
    object.__setattr__(run.layers["fc2"], "kept", np.zeros(0, int))
    network = walked(NetworkView())
    network.show_view(prepared(run))
    desk = Desk(network, qtbot)
    desk.tab_in()
    desk.press(Key.Key_Right, Key.Key_Right)
    assert network.scene().focused_unit[0] == 3


@pytest.fixture
def modules(qtbot: QtBot, deep_graph: ModuleGraph) -> Desk:
    """On a network of modules, some of which are open."""
    view = walked(ModulesView())
    view.show_layout(laid_out(deep_graph))
    return Desk(view, qtbot)


def test_that_tab_reaches_the_modules_and_marks_a_box(modules: Desk) -> None:
    view = modules.drawing
    plain = view.grab().toImage()
    modules.tab_in()
    assert view.focused in view.module_layout.boxes
    assert view.grab().toImage() != plain
    assert view.accessibleName() == f"Network as modules: {view.focused}"
    assert "output of one sample" in view.accessibleDescription()


def test_that_the_figures_of_the_box_that_has_the_focus_stand_beside_it(modules: Desk) -> None:
    view = modules.drawing
    modules.tab_in()
    for _ in range(2):
        assert QToolTip.text() == module_tooltip(view.module_layout.folded, view.focused, view.numbers)
        modules.press(Key.Key_Right)


def test_that_arrows_reach_every_box_and_every_heading(modules: Desk) -> None:
    view = modules.drawing
    modules.tab_in()
    every = {*view.module_layout.boxes, *view.module_layout.frames}
    reached, waiting = set(), [view.focused]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for key in (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down):
            view.focus_on(name)
            modules.press(key)
            waiting.append(view.focused)
    assert reached == every
    assert modules.heard == []


def test_that_a_key_does_what_a_click_does(modules: Desk) -> None:
    view = modules.drawing
    told: list[str] = []
    view.module_toggled.connect(lambda name: told.append(f"toggled {name}"))
    view.layer_clicked.connect(lambda name: told.append(f"layer {name}"))
    modules.tab_in()
    folded = view.module_layout.folded
    closed = next(name for name in folded.boxes if name in folded.graph.frames)
    layer = next(name for name in folded.boxes if name in folded.graph.layers)
    opened = next(iter(view.module_layout.frames))
    for name, key in ((closed, Key.Key_Return), (layer, Key.Key_Space), (opened, Key.Key_Enter)):
        view.focus_on(name)
        modules.press(key)
    assert told == [f"toggled {closed}", f"layer {layer}", f"toggled {opened}"]


def test_that_escape_gives_the_arrows_back_from_the_modules(modules: Desk) -> None:
    modules.tab_in()
    modules.press(Key.Key_Escape, Key.Key_Right)
    assert modules.drawing.focused is None and modules.heard == ["Right"]


def test_that_the_focus_stays_at_a_module_that_is_opened(modules: Desk, deep_graph: ModuleGraph) -> None:
    view = modules.drawing
    modules.tab_in()
    folded = view.module_layout.folded
    closed = next(name for name in folded.boxes if name in folded.graph.frames)
    view.focus_on(closed)
    view.show_layout(laid_out(deep_graph, folded.open | {closed}))
    assert view.focused == closed and closed in view.module_layout.frames
    view.show_layout(laid_out(deep_graph, frozenset()))
    assert view.focused in view.module_layout.boxes, "and comes to what is still there"
    view.grab()


def test_that_a_focused_box_is_brought_into_view(modules: Desk) -> None:
    view = modules.drawing
    modules.tab_in()
    modules.press(*[Key.Key_Plus] * 14)
    assert len(view.module_layout.boxes) > 1
    for name in view.module_layout.boxes:
        view.focus_on(name)
        assert view.rect().contains(view.rect_of_box(name).center().toPoint()), name


def test_that_empty_drawings_take_no_harm(qtbot: QtBot, show: Callable[[GraphView | None], NetworkView]) -> None:
    for drawing in (walked(NetworkView()), walked(ModulesView())):
        desk = Desk(drawing, qtbot)
        desk.tab_in()
        desk.press(Key.Key_Right, Key.Key_Space, Key.Key_Plus, Key.Key_Escape)
        drawing.grab()


def test_that_the_pointer_and_the_keyboard_have_a_unit_each(desk: Desk) -> None:
    network = desk.drawing
    desk.tab_in()
    move(network, point_of(network, 3, 1))
    scene = network.scene()
    assert (scene.focused_unit, scene.hovered_unit) == ((1, 0), (3, 1))
    at = network.mapFromScene(QPointF(2, 2))
    move(network, at)
    assert (scene.focused_unit, scene.hovered_unit) == ((1, 0), None)
