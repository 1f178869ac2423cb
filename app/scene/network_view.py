"""The network graph on the screen: zoomed by the wheel, dragged, hovered over."""

from PyQt6.QtCore import QEvent, QPoint, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTransform, QWheelEvent
from PyQt6.QtWidgets import QApplication, QFrame, QGraphicsView, QToolTip, QWidget

from app.analysis.graph import Graph
from app.analysis.graph_view import GraphView
from app.palette import DARK, Palette
from app.scene.legend import LEGEND_HEIGHT, Legend
from app.scene.network_scene import NetworkScene
from app.scene.picture import paint_network
from app.scene.unit_tooltip import unit_tooltip

_NOTCH = 120.0
_PER_NOTCH = 1.15
_CLOSEST = 24.0


class NetworkView(QGraphicsView):
    """Shows a graph, and a pass and sample of it.

    Signals:
        unit_hovered: the pointer came to a unit: name of its stage and its true number (of a pixel: row * W + column).
        unit_left: the pointer is over no unit any more.
        unit_clicked: a unit was clicked, not dragged; the same arguments.
        frame_painted: the viewport was painted.
    """

    unit_hovered = pyqtSignal(str, int)
    unit_left = pyqtSignal()
    unit_clicked = pyqtSignal(str, int)
    frame_painted = pyqtSignal()

    def __init__(self, palette: Palette = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._network = NetworkScene(palette, self)
        self._legend = Legend(palette, self)
        self._is_zoomed = False
        self._pressed_at: QPoint | None = None
        self._pointer = QPoint()
        self.setScene(self._network)
        self.setViewportMargins(0, 0, 0, LEGEND_HEIGHT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(320, 240)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setStyleSheet(f"NetworkView {{ background: {palette.background}; border: 0 }}")
        self.setMouseTracking(True)
        self._point_cursor()

    @property
    def is_zoomed(self) -> bool:
        """Whether the user has zoomed in; otherwise everything fits the view, whatever its size."""
        return self._is_zoomed

    @property
    def graph_view(self) -> GraphView | None:
        """The pass and sample that are shown."""
        return self._network.graph_view

    def show_graph(self, graph: Graph) -> None:
        """Show the graph of another run, still without values, and fit it."""
        self._network.show_message("")
        if graph is not self._network.graph:
            self._leave_unit()
            self._network.show_graph(graph, *self._size())
            self.fit()

    def show_view(self, view: GraphView) -> None:
        """Show a pass and sample; zoom, place and hovered unit stay."""
        self.show_graph(view.graph)
        self._network.show_view(view)
        if QToolTip.isVisible() and self._network.lit_unit is not None:
            self._show_tooltip(self._network.lit_unit)
        self._legend.show_view(view, self._network.n_edges_drawn)

    def clear(self, message: str) -> None:
        """Show no graph, and say why, or what would fill the place."""
        self._leave_unit()
        self._network.show_graph(None, *self._size())
        self._network.show_message(message)
        self._legend.show_view(None, 0)
        self.fit()

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
            paint_network(painter, rect, self.graph_view, self._palette)

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
        layout = self._network.graph_layout
        centre = self.mapToScene(int(width / 2), int(height / 2))
        before = (width, height) if layout is None else (layout.width, layout.height)
        self._network.show_graph(self._network.graph, width, height)
        if self._is_zoomed:
            self.centerOn(centre.x() * width / before[0], centre.y() * height / before[1])
        self._legend.show_view(self.graph_view, self._network.n_edges_drawn)

    def _hover(self, at: QPoint, globally: QPoint) -> None:
        self._pointer = globally
        point = self.mapToScene(at)
        unit = self._network.unit_at(point.x(), point.y())
        if unit == self._network.lit_unit:
            return
        if unit is None:
            self._leave_unit()
            return
        self._network.light(unit)
        self._point_cursor()
        self._show_tooltip(unit)
        self.unit_hovered.emit(*self._named(unit))

    def _show_tooltip(self, unit: tuple[int, int]) -> None:
        view = self._network.graph_view
        if view is not None:
            QToolTip.showText(self._pointer, unit_tooltip(view, *unit), self.viewport())

    def _leave_unit(self) -> None:
        if self._network.lit_unit is None:
            return
        self._network.light(None)
        self._point_cursor()
        QToolTip.hideText()
        self.unit_left.emit()

    def _named(self, unit: tuple[int, int]) -> tuple[str, int]:
        graph = self._network.graph
        assert graph is not None, "only a graph has units"
        column = graph.columns[unit[0]]
        return column.stage, int(column.kept[unit[1]])

    def _point_cursor(self) -> None:
        """An open hand only where there is something to drag."""
        viewport = self.viewport()
        if viewport is None:
            return
        if self._network.lit_unit is not None:
            viewport.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            viewport.setCursor(Qt.CursorShape.OpenHandCursor if self._is_zoomed else Qt.CursorShape.ArrowCursor)

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
        at = event.position().toPoint()
        moved = (at - self._pressed_at).manhattanLength()
        self._pressed_at = None
        event.accept()
        point = self.mapToScene(at)
        unit = self._network.unit_at(point.x(), point.y())
        if unit is not None and moved < QApplication.startDragDistance():
            self.unit_clicked.emit(*self._named(unit))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None and event.buttons() == Qt.MouseButton.NoButton:
            self._hover(event.position().toPoint(), event.globalPosition().toPoint())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            self.zoom_by(_PER_NOTCH ** (event.angleDelta().y() / _NOTCH), event.position().toPoint())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_F and not event.modifiers():
            self.fit()
            event.accept()
            return
        # arrows belong to the timeline, not to scrolling
        if event is not None:
            event.ignore()

    def viewportEvent(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Leave:
            self._leave_unit()
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        self.frame_painted.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._legend.setGeometry(0, self.height() - LEGEND_HEIGHT, self.width(), LEGEND_HEIGHT)
        self._lay_out()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._lay_out()
