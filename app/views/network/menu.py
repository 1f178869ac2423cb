"""The menu of the network: what its graph shows."""

from enum import Enum
from functools import partial

from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.session import Session
from app.views.network.modules.reading import close_all_modules, open_all_modules, toggle_drawing
from app.widgets.menu_entries import add_action

EDGE_COUNTS: tuple[int | None, ...] = (None, 300, 1_000, 3_000)
"""How many of the strongest edges can be asked for; None leaves it to the graph."""


class NetworkMenu(QMenu):
    """What the network graph shows: modes, scales, how many edges."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("&Network", parent)
        self._session = session
        keys = {EdgeMode.WEIGHT: "W", EdgeMode.GRADIENT: "G", EdgeMode.UPDATE: "U"}
        self._edges = self._choice("Edges", {mode: mode.value for mode in EdgeMode}, "edges", keys)
        self._nodes = self._choice("Units", {mode: mode.value for mode in NodeMode}, "nodes", {})
        self._scale = self._choice("Colours", {mode: f"scale of the {mode.value}" for mode in ScaleMode}, "scale", {})
        counts = {count: "as many as there is time for" if count is None else f"{count:,}" for count in EDGE_COUNTS}
        self._counts = self._choice("Strongest edges", counts, "most_edges", {})
        self.addSeparator()
        add_action(self, "Units or &modules", "M", partial(toggle_drawing, session))
        add_action(self, "Open all modules", "E", partial(open_all_modules, session))
        add_action(self, "Close all modules", "Shift+E", partial(close_all_modules, session))
        session.view_changed.connect(lambda view: self.show_options(view.options))

    def _choice(self, title: str, words: dict, option: str, keys: dict) -> dict[Enum | int | None, QAction]:
        """Entries of which one is chosen."""
        # a section's own title is not shown by every style
        if not self.isEmpty():
            self.addSeparator()
        heading = QAction(title, self)
        heading.setEnabled(False)
        self.addAction(heading)
        group = QActionGroup(self)
        actions = {}
        for value, text in words.items():
            act = lambda value=value: self._session.set_options(**{option: value})  # noqa: E731
            action = add_action(self, text[0].upper() + text[1:], keys.get(value), act)
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
