"""The menus and keys of the window, as a list that can be read."""

from collections.abc import Callable
from enum import Enum

from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QMenu

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.session import Session

LEAP = 10
"""Passes that Shift and an arrow key go by."""

EDGE_COUNTS: tuple[int | None, ...] = (None, 300, 1_000, 3_000)
"""How many of the strongest edges can be asked for; None leaves it to the graph."""

KEYS = (
    ("Space", "play or pause"),
    ("← →", "one pass back or on"),
    ("Shift ← →", f"{LEAP} passes back or on"),
    ("Home End", "first or last pass"),
    ("Page up, Page down", "sample before or after, in the order shown"),
    ("F", "fit the network into the view"),
    ("Wheel, drag", "zoom at the cursor, move the view"),
    ("Click on a unit", "pin it; again: let it go"),
    ("W G U C", "edges show weight, gradient, update, change since a pass"),
    ("M", "draw the network as units or as modules"),
    ("Click on a module", "open it; on its heading: close it"),
    ("E, Shift+E", "open all modules, close all"),
    ("Shift+C", "compare with the pass that is on now"),
    ("Ctrl+1, Ctrl+2, …", "the tabs in the middle"),
    ("Wheel on a curve", "zoom the steps; a double click shows the whole run"),
    ("Ctrl+O", "open a collection"),
    ("Ctrl+T", "train"),
    ("Ctrl+E", "save the network as a picture"),
    ("F11", "full screen"),
    ("?", "this list"),
)

Act = Callable[[], object]


def add_menu(window: QMainWindow, name: str) -> QMenu:
    """A new menu in the window's bar."""
    menu = QMenu(name, window)
    bar = window.menuBar()
    assert bar is not None
    bar.addMenu(menu)
    return menu


def add_action(menu: QMenu, text: str, key: QKeySequence.StandardKey | str | None, act: Act) -> QAction:
    """An entry that does something, by its key too."""
    action = QAction(text, menu)
    if key is not None:
        action.setShortcut(QKeySequence(key))
    action.triggered.connect(lambda *_: act())
    menu.addAction(action)
    return action


def add_go_menu(window: QMainWindow, session: Session, step_sample: Callable[[int], None]) -> None:
    """Everything that moves the playhead or chooses a sample."""
    menu = add_menu(window, "&Go")
    add_action(menu, "&Play or pause", "Space", session.toggle_playing)
    add_action(menu, "&Stop", None, session.stop)
    menu.addSeparator()
    add_action(menu, "Pass &before", "Left", lambda: session.step_by(-1))
    add_action(menu, "&Next pass", "Right", lambda: session.step_by(1))
    add_action(menu, f"{LEAP} passes back", "Shift+Left", lambda: session.step_by(-LEAP))
    add_action(menu, f"{LEAP} passes on", "Shift+Right", lambda: session.step_by(LEAP))
    add_action(menu, "&First pass", "Home", lambda: session.show_pass(0))
    add_action(menu, "&Last pass", "End", session.show_last)
    menu.addSeparator()
    add_action(menu, "Sample before", "PgUp", lambda: step_sample(-1))
    add_action(menu, "Next sample", "PgDown", lambda: step_sample(1))


class NetworkMenu:
    """What the network graph shows: modes, scales, how many edges."""

    def __init__(self, window: QMainWindow, session: Session) -> None:
        self._session = session
        self.menu = add_menu(window, "&Network")
        keys = {EdgeMode.WEIGHT: "W", EdgeMode.GRADIENT: "G", EdgeMode.UPDATE: "U", EdgeMode.CHANGE: "C"}
        words = {EdgeMode.CHANGE: "change since the compared pass"}
        self._edges = self._choice("Edges", {mode: words.get(mode, mode.value) for mode in EdgeMode}, "edges", keys)
        add_action(self.menu, "&Compare with this pass", "Shift+C", session.compare_with_this_pass)
        self._nodes = self._choice("Units", {mode: mode.value for mode in NodeMode}, "nodes", {})
        self._scale = self._choice("Colours", {mode: f"scale of the {mode.value}" for mode in ScaleMode}, "scale", {})
        counts = {count: "as many as there is time for" if count is None else f"{count:,}" for count in EDGE_COUNTS}
        self._counts = self._choice("Strongest edges", counts, "most_edges", {})
        self.menu.addSeparator()
        add_action(self.menu, "Units or &modules", "M", session.toggle_drawing)
        add_action(self.menu, "Open all modules", "E", session.open_all_modules)
        add_action(self.menu, "Close all modules", "Shift+E", session.close_all_modules)

    def _choice(self, title: str, words: dict, option: str, keys: dict) -> dict[Enum | int | None, QAction]:
        """Entries of which one is chosen."""
        # a section's own title is not shown by every style
        if not self.menu.isEmpty():
            self.menu.addSeparator()
        heading = QAction(title, self.menu)
        heading.setEnabled(False)
        self.menu.addAction(heading)
        group = QActionGroup(self.menu)
        actions = {}
        for value, text in words.items():
            act = lambda value=value: self._session.set_options(**{option: value})  # noqa: E731
            action = add_action(self.menu, text[0].upper() + text[1:], keys.get(value), act)
            action.setCheckable(True)
            group.addAction(action)
            actions[value] = action
        return actions

    def show_options(self, options: GraphOptions) -> None:
        """Mark what is chosen."""
        self._edges[options.edges].setChecked(True)
        self._nodes[options.nodes].setChecked(True)
        self._scale[options.scale].setChecked(True)
        if options.most_edges in self._counts:
            self._counts[options.most_edges].setChecked(True)
