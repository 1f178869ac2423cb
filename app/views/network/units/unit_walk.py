"""Walks over the units of the graph by keys: what is focused is lit, told in figures, pinned and let go."""

from PyQt6.QtCore import QPoint, QPointF, QTimer
from PyQt6.QtWidgets import QToolTip

from app.analysis.graph.unit_facts import unit_facts, unit_name
from app.views.network.units.analysis.neighbours import Unit, first_unit, layer_beside, unit_beside
from app.views.network.units.network_view import ACCESSIBLE_NAME, PER_NOTCH, NetworkView
from app.views.network.units.tooltips import unit_tooltip
from app.widgets.plain_text import on_a_line
from app.widgets.walk import Walk

_AWAY = 18
_MARGIN = 60


class UnitWalk(Walk):
    """The walk in a view of the graph; with Control from layer to layer, whatever lies between."""

    zooms = goes_far = True

    def __init__(self, view: NetworkView) -> None:
        super().__init__(view)
        self._view, self._scene, self._pointer = view, view.network, view.pointer
        view.columns_changed.connect(self._go_on_from)
        view.pass_changed.connect(self._refresh)
        self._awaited: tuple[int, int, bool] | None = None

    def _go_on_from(self, unit: Unit | None) -> None:
        if not self.is_on:
            return
        awaited, self._awaited = self._awaited, None
        self._focus(unit)
        if unit is None:
            self.begin()
        elif awaited is not None:
            down, across, is_far = awaited
            self.go(down, across, is_far=is_far)

    def _refresh(self) -> None:
        if self.is_on:
            self._tell(is_shown=QToolTip.isVisible())

    def begin(self) -> None:
        graph = self._scene.graph
        if graph is not None:
            self._focus(self._scene.pinned_unit or first_unit(graph, self._scene.marked_column))
            QTimer.singleShot(0, self._tell)  # what comes with the focus takes a tooltip away

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        graph, layout, unit = self._scene.graph, self._scene.graph_layout, self._scene.focused_unit
        if graph is None or layout is None:
            return
        if unit is None:
            self.begin()
            return
        if is_far and across:
            found = layer_beside(graph, layout, unit, across)
        else:
            found = unit_beside(graph, layout, unit, across, down)
        if found is not None:
            self._focus(found)
        elif across:  # a large network goes on where it is not drawn
            end = graph.first + (len(graph.columns) if across > 0 else -1)
            if 0 <= end < len(graph.whole.columns):
                self._awaited = down, across, is_far
                self._view.show_column(end)

    def choose(self) -> None:
        unit = self._scene.focused_unit
        if unit is not None:
            self._pointer.toggle(unit)
            self._tell()

    def let_go(self) -> None:
        self._view.unpin()

    def zoom(self, *, is_closer: bool) -> None:
        self._view.zoom_by(PER_NOTCH if is_closer else 1 / PER_NOTCH)

    def end(self) -> None:
        self._awaited = None
        self._scene.focus_on(None)
        self._view.setAccessibleName(ACCESSIBLE_NAME)
        self._view.setAccessibleDescription("")
        QToolTip.hideText()

    def _focus(self, unit: Unit | None) -> None:
        self._scene.focus_on(unit)
        self._tell()

    def _tell(self, *, is_shown: bool = True) -> None:
        """Beside the unit for who sees it, and in words for who does not."""
        view, layout, unit = self._scene.graph_view, self._scene.graph_layout, self._scene.focused_unit
        if view is None or layout is None or unit is None:
            return
        column = view.graph.columns[unit[0]]
        pinned = ", pinned" if unit == self._scene.pinned_unit else ""
        facts = unit_facts(view, column, unit[1])
        self._view.setAccessibleName(on_a_line(f"{ACCESSIBLE_NAME}: {unit_name(column, unit[1])}{pinned}"))
        self._view.setAccessibleDescription(on_a_line(", ".join(f"{what} {value}" for what, value in facts)))
        at = QPointF(*layout.columns[unit[0]].centres[unit[1]].tolist())
        if self._view.is_zoomed:
            self._view.ensureVisible(at.x(), at.y(), 1, 1, _MARGIN, _MARGIN)
        viewport = self._view.viewport()
        if is_shown and viewport is not None:
            place = viewport.mapToGlobal(self._view.mapFromScene(at) + QPoint(_AWAY, _AWAY))
            QToolTip.showText(place, unit_tooltip(view, *unit), viewport)
