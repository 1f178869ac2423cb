"""The network graph on the screen: zoomed by the wheel, dragged, hovered over, clicked."""

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTransform, QWheelEvent
from PyQt6.QtWidgets import QApplication, QFrame, QGraphicsView, QScrollBar, QWidget

from app.analysis.graph.graph import Graph
from app.analysis.graph.graph_view import GraphView
from app.analysis.health import Health
from app.palette import Palette, active
from app.views.network.legend import LEAST_SIZE, LEGEND_HEIGHT, Legend
from app.views.network.units.export import Marks, paint_network
from app.views.network.units.network_scene import NetworkScene
from app.views.network.units.pointer import Pointer

_NOTCH = 120.0
PER_NOTCH = 1.15
_CLOSEST = 24.0
_REACH = 4.0
"""An edge is met within so many px."""


ACCESSIBLE_NAME = "Network by its units"


class NetworkView(QGraphicsView):
    """Shows a graph, and a pass and sample of it, in the colours of `app.palette.active`.

    Signals:
        unit_hovered: the pointer came to a unit: name of its stage and its true number (of a pixel: row * W + column).
        unit_left: the pointer is over no unit any more.
        unit_clicked: a unit was clicked, not dragged; the same arguments.
        unit_pinned: the user pinned a unit by a click; the same arguments.
        unit_unpinned: the pinned unit was clicked again, or empty ground.
        layer_clicked: the heading of a column was clicked: the name of its stage.
        column_requested: of a network of more columns than can be drawn, another is to be the leftmost: its number.
        columns_changed(object): other columns of the same network are shown; the unit that the keyboard was at as it is
            called there, None where it is not among them.
        pass_changed: what is shown has other figures.
        frame_painted: the viewport was painted.

    Attributes:
        network: what is shown.
        pointer: what hovers and pins.
    """

    unit_hovered = pyqtSignal(str, int)
    unit_left = pyqtSignal()
    unit_clicked = pyqtSignal(str, int)
    unit_pinned = pyqtSignal(str, int)
    unit_unpinned = pyqtSignal()
    layer_clicked = pyqtSignal(str)
    column_requested = pyqtSignal(int)
    columns_changed = pyqtSignal(object)
    pass_changed = pyqtSignal()
    frame_painted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.network = NetworkScene(self)
        self.pointer = Pointer(self.network, self)
        self._legend = Legend(self)
        self._columns = QScrollBar(Qt.Orientation.Horizontal, self)
        self._columns.setAccessibleName("Columns of the network")
        self._columns.hide()
        self._columns.valueChanged.connect(self.column_requested)
        self._marked_layer: str | None = None
        self._health: Mapping[str, Health] = {}
        self._pinned: tuple[str, int] | None = None
        self._is_zoomed = False
        self._pressed_at: QPoint | None = None
        self._styled_for: Palette | None = None
        self.setScene(self.network)
        self.setViewportMargins(0, 0, 0, LEGEND_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(*LEAST_SIZE)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setMouseTracking(True)
        viewport = self.viewport()
        if viewport is not None:
            viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the scene covers all of it
        self.setAccessibleName(ACCESSIBLE_NAME)
        self._restyle()
        for name in ("unit_hovered", "unit_left", "unit_clicked", "unit_pinned", "unit_unpinned", "layer_clicked"):
            getattr(self.pointer, name).connect(getattr(self, name))

    @property
    def is_zoomed(self) -> bool:
        """Whether the user has zoomed in; otherwise everything fits the view, whatever its size."""
        return self._is_zoomed

    @property
    def graph_view(self) -> GraphView | None:
        """The pass and sample that are shown."""
        return self.network.graph_view

    @property
    def legend_text(self) -> str:
        """What the legend says."""
        return self._legend.text

    def show_graph(self, graph: Graph) -> None:
        """Show the graph of another run, still without values, and fit it; nothing is pinned in it."""
        before = self.network.graph
        if before is not None and before.whole is graph.whole:
            if graph.part_of is not None and graph is not before:
                self._show_stretch(graph)
            return
        self._forget_pointer()
        graph = graph.stretch(0)
        self.network.show_graph(graph, *self._size())
        self._show_columns(graph)
        self._mark_layer()
        self.fit()

    def _show_stretch(self, graph: Graph) -> None:
        """Show other columns of the same network: what is pinned stays so, and whoever walks goes on from there."""
        pinned, focused = (
            None if unit is None else self.pointer.named(unit)
            for unit in (self.network.pinned_unit, self.network.focused_unit)
        )
        self._pinned = pinned or self._pinned
        self.pointer.leave()
        self.network.show_graph(graph, *self._size())
        self._show_columns(graph)
        self._mark_layer()
        if self._pinned is not None:
            self.pointer.pin(*self._pinned)
        self.columns_changed.emit(None if focused is None else self.network.unit_named(*focused))

    def _show_columns(self, graph: Graph) -> None:
        n = len(graph.whole.columns) - len(graph.columns)
        with QSignalBlocker(self._columns):
            self._columns.setRange(0, n)
            self._columns.setPageStep(len(graph.columns))
            self._columns.setSingleStep(len(graph.columns) // 8)
            self._columns.setValue(graph.first)
        self._columns.setVisible(n > 0)
        self.setViewportMargins(0, 0, 0, LEGEND_HEIGHT + (self._columns.sizeHint().height() if n > 0 else 0))
        self._place_below()

    def _place_below(self) -> None:
        """The legend at the bottom, and above it what chooses the columns."""
        top = self.height() - LEGEND_HEIGHT
        self._legend.setGeometry(0, top, self.width(), LEGEND_HEIGHT)
        height = self._columns.sizeHint().height()
        self._columns.setGeometry(0, top - height, self.width(), height)

    def show_column(self, number: int) -> None:
        """Ask for a stretch of the network with a column of the whole graph in it; nothing where it is seen."""
        graph = self.network.graph
        if graph is not None and not graph.first <= number < graph.first + len(graph.columns):
            self.column_requested.emit(max(0, number - len(graph.columns) // 2))

    def show_view(self, view: GraphView) -> None:
        """Show a pass and sample; zoom, place, pinned and hovered unit stay."""
        self.show_graph(view.graph)
        self.network.show_view(view)
        self.pointer.refresh_tooltip(self.viewport())
        self.pass_changed.emit()
        self._legend.show_view(view)

    def pin(self, stage: str, unit: int) -> bool:
        """Keep a unit lit, by its true number, in place of the one that is; False where the graph does not draw it."""
        self._pinned = stage, unit
        graph = self.network.graph
        column = None if graph is None else graph.whole.column_number(stage)
        if column is not None:
            self.show_column(column)
        return self.pointer.pin(stage, unit)

    def unpin(self) -> None:
        """Keep no unit lit."""
        self._pinned = None
        self.pointer.unpin()

    def highlight_layer(self, layer: str | None) -> None:
        """Accent the title of a layer, or of the stage whose values it carries on; it stays so in other graphs."""
        self._marked_layer = layer
        graph = self.network.graph
        column = None if graph is None or layer is None else graph.whole.column_of_layer(layer)
        if column is not None:
            self.show_column(column)
        self._mark_layer()

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the layers of which something is found, by their names."""
        self._health = health
        self.network.show_health(health)

    def _mark_layer(self) -> None:
        graph, layer = self.network.graph, self._marked_layer
        self.network.mark_column(None if graph is None or layer is None else graph.column_of_layer(layer))

    def fit(self) -> None:
        """Show everything."""
        self._set_zoomed(False)
        self.resetTransform()
        self._lay_out()

    def zoom_by(self, factor: float, at: QPoint | None = None) -> None:
        """Zoom around a point of the viewport, or its middle; never further out than everything."""
        if at is None:
            at = QRectF(0, 0, *self._size()).center().toPoint()
        zoom = min(self.transform().m11() * factor, _CLOSEST)
        if zoom <= 1.001:
            self.fit()
            return
        fixed = self.mapToScene(at)
        self._set_zoomed(True)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        moved = self.mapFromScene(fixed) - at
        for bar, distance in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
            if bar is not None:
                bar.setValue(bar.value() + distance)

    def paint_to(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what is shown, laid out anew for a rectangle, with every edge that was prepared."""
        if self.graph_view is not None:
            paint_network(painter, rect, self.graph_view, self._marks())

    def _marks(self) -> Marks:
        graph = self.network.graph
        column = None if graph is None or self._marked_layer is None else graph.column_of_layer(self._marked_layer)
        return Marks(self.network.pinned_unit, column, self._health)

    def _forget_pointer(self) -> None:
        self._pinned = None
        self.pointer.leave()

    def _restyle(self) -> None:
        """Take on the colours of the theme."""
        if self._styled_for is active():
            return
        self._styled_for = active()
        self.setStyleSheet(f"NetworkView {{ background: {active().background}; border: 0; margin: 0; padding: 0 }}")
        self.network.restyle()

    def _set_zoomed(self, is_zoomed: bool) -> None:
        self._is_zoomed = is_zoomed
        drag = QGraphicsView.DragMode.ScrollHandDrag if is_zoomed else QGraphicsView.DragMode.NoDrag
        self.setDragMode(drag)
        self._point_cursor()

    def _size(self) -> tuple[float, float]:
        room = self.maximumViewportSize()
        return float(room.width()), float(room.height())

    def _lay_out(self) -> None:
        """Place everything anew for the size of the viewport; where the user has zoomed in, the middle stays."""
        width, height = self._size()
        layout = self.network.graph_layout
        before = (width, height) if layout is None else (layout.width, layout.height)
        centre = self.mapToScene(int(before[0] / 2), int(before[1] / 2))
        self.network.show_graph(self.network.graph, width, height)
        if self._is_zoomed:
            self.centerOn(centre.x() * width / before[0], centre.y() * height / before[1])

    def _point_cursor(self) -> None:
        """An open hand only where there is something to drag."""
        viewport = self.viewport()
        if viewport is None:
            return
        shape = Qt.CursorShape.OpenHandCursor if self._is_zoomed else Qt.CursorShape.ArrowCursor
        if self.network.hovered_unit is not None:
            shape = Qt.CursorShape.PointingHandCursor
        if viewport.cursor().shape() is not shape:
            viewport.setCursor(shape)

    def _exactly(self, at: QPointF) -> QPointF:
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(at)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        self._point_cursor()
        if event is None or self._pressed_at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - self._pressed_at).manhattanLength()
        self._pressed_at = None
        event.accept()
        if moved < QApplication.startDragDistance():
            self.pointer.click(self._exactly(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None and event.buttons() == Qt.MouseButton.NoButton:
            reach = _REACH / self.transform().m11()
            at = event.globalPosition().toPoint()
            self.pointer.move_to(self._exactly(event.position()), reach, at, self.viewport())
            self._point_cursor()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()) and self._columns.isVisible():
            step = self._columns.singleStep() if event.angleDelta().x() < 0 else -self._columns.singleStep()
            self._columns.setValue(self._columns.value() + step)
        else:
            self.zoom_by(PER_NOTCH ** (event.angleDelta().y() / _NOTCH), event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        # what nobody walks with belongs to the timeline: arrows belong to the timeline, not to scrolling
        if event is not None:
            event.ignore()

    def viewportEvent(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Leave:
            self.pointer.leave()
            self._point_cursor()
        if event is not None and event.type() == QEvent.Type.ToolTip:
            # the scene knows of none, and would take away the one that is shown
            self.pointer.show_tooltip(self.viewport())
            return True
        return super().viewportEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._restyle()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        self.frame_painted.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_below()
        self._lay_out()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._lay_out()
