"""What the pointer means: the unit or edge that it is at, and the unit that was clicked."""

from PyQt6.QtCore import QObject, QPoint, QPointF, pyqtSignal
from PyQt6.QtWidgets import QToolTip, QWidget

from app.views.network.units.highlight_item import Unit
from app.views.network.units.network_scene import NetworkScene
from app.views.network.units.tooltips import edge_tooltip, unit_tooltip
from app.widgets.plain_text import plain_tooltip


class Pointer(QObject):
    """Lights and pins what a scene shows, and says so by the true names.

    Signals: see `NetworkView`.
    """

    unit_hovered = pyqtSignal(str, int)
    unit_left = pyqtSignal()
    unit_clicked = pyqtSignal(str, int)
    unit_pinned = pyqtSignal(str, int)
    unit_unpinned = pyqtSignal()
    layer_clicked = pyqtSignal(str)

    def __init__(self, scene: NetworkScene, parent: QObject) -> None:
        super().__init__(parent)
        self._scene = scene
        self._place = QPoint()
        self._heading: int | None = None

    def move_to(self, point: QPointF, reach: float, globally: QPoint, widget: QWidget | None) -> None:
        """The pointer came to a point of the scene; an edge is met ``reach`` away."""
        self._place = globally
        unit = self._scene.unit_at(point.x(), point.y())
        edge = self._scene.edge_at(point.x(), point.y(), reach) if unit is None else None
        before, self._heading = self._heading, self._scene.column_titled_at(point.x(), point.y())
        if before != self._heading:
            QToolTip.hideText()
        if unit == self._scene.hovered_unit and edge == self._scene.hovered_edge:
            return
        had_unit = self._scene.hovered_unit is not None
        self._scene.hover_edge(edge)
        if unit is None and had_unit:
            self._scene.hover(None)
            self.unit_left.emit()
        if unit is not None:
            self._scene.hover(unit)
            self.unit_hovered.emit(*self.named(unit))
        self.show_tooltip(widget)

    def leave(self) -> None:
        """The pointer is nowhere."""
        self._heading = None
        if self._scene.hovered_unit is None and self._scene.hovered_edge is None:
            return
        had_unit = self._scene.hovered_unit is not None
        self._scene.hover(None)
        self._scene.hover_edge(None)
        QToolTip.hideText()
        if had_unit:
            self.unit_left.emit()

    def click(self, point: QPointF) -> None:
        """A unit is pinned, or unpinned if it was; empty ground unpins."""
        unit = self._scene.unit_at(point.x(), point.y())
        column = self._scene.column_titled_at(point.x(), point.y()) if unit is None else None
        graph = self._scene.graph
        if column is not None and graph is not None:
            self.layer_clicked.emit(graph.columns[column].stage)
        elif unit is not None:
            self.unit_clicked.emit(*self.named(unit))
            self.toggle(unit)
        else:
            self.unpin()

    def toggle(self, unit: Unit) -> None:
        """The user pins a unit, or unpins it if it was pinned."""
        if unit == self._scene.pinned_unit:
            self.unpin()
        else:
            self._scene.pin(unit)
            self.unit_pinned.emit(*self.named(unit))

    def pin(self, stage: str, number: int) -> bool:
        """Pin a unit by its stage and true number; False where the graph does not have it. Nothing is told."""
        unit = self._scene.unit_named(stage, number)
        self._scene.pin(unit)
        return unit is not None

    def unpin(self) -> None:
        """Pin nothing, and tell if something was."""
        if self._scene.pinned_unit is not None:
            self._scene.pin(None)
            self.unit_unpinned.emit()

    def refresh_tooltip(self, widget: QWidget | None) -> None:
        """What is at the pointer has other figures now."""
        if QToolTip.isVisible():
            self.show_tooltip(widget)

    def show_tooltip(self, widget: QWidget | None) -> None:
        """Show the figures of what the pointer is at; Qt asks for them again when it has rested."""
        view, unit, edge = self._scene.graph_view, self._scene.hovered_unit, self._scene.hovered_edge
        if view is not None and unit is not None:
            QToolTip.showText(self._place, unit_tooltip(view, *unit), widget)
        elif view is not None and edge is not None:
            QToolTip.showText(self._place, edge_tooltip(view, *edge), widget)
        elif self._heading is not None and (found := self._scene.column_health.get(self._heading)) is not None:
            QToolTip.showText(self._place, plain_tooltip("\n".join(found.lines)), widget)
        else:
            QToolTip.hideText()

    def named(self, unit: Unit) -> tuple[str, int]:
        """Name of a unit's stage, and its true number."""
        graph = self._scene.graph
        assert graph is not None, "only a graph has units"
        column = graph.columns[unit[0]]
        return column.stage, int(column.kept[unit[1]])
