"""The network as modules on the screen: zoomed by the wheel, dragged, hovered over, opened and closed by clicks."""

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QCursor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from app.analysis.graph.rectangle import Rectangle
from app.analysis.health import Health
from app.palette import active
from app.views.network.legend import LEAST_SIZE, LEGEND_HEIGHT
from app.views.network.modules.analysis.module_differences import ModuleDifference, Told
from app.views.network.modules.analysis.module_health import health_of_boxes
from app.views.network.modules.analysis.module_layout import HEADING, ModuleLayout
from app.views.network.modules.analysis.module_numbers import ModuleNumbers
from app.views.network.modules.difference_drawing import draw_difference
from app.views.network.modules.module_drawing import ROUND, draw_edges, draw_health, draw_structure, is_far, rect_of
from app.views.network.modules.module_legend import draw_module_legend, module_legend
from app.views.network.modules.module_tooltip import module_tooltip
from app.views.network.modules.pass_drawing import UNITS_SEEN, draw_pass
from app.views.network.viewport_cache import ViewportCache

_NOTCH, PER_NOTCH = 120.0, 1.15
_CLOSEST, _FARTHEST = 4.0, 0.03
_BORDER = 24.0
_LARGEST_FIT = 1.4
"""A small network is not blown up beyond this."""

_LEAST_FIT = 0.5
"""After a module was opened everything is shown only if that stays so large."""


ACCESSIBLE_NAME = "Network as modules"


class ModulesView(QWidget):
    """Shows a layout of modules, and a pass and sample in it.

    Signals:
        layer_clicked(str): a box was clicked that is a layer.
        module_toggled(str): a closed module was clicked, or the heading of an open one.
        drawing_changed: other boxes are shown, or the same at another pass.
        frame_painted: it was painted.
    """

    layer_clicked = pyqtSignal(str)
    module_toggled = pyqtSignal(str)
    drawing_changed = pyqtSignal()
    frame_painted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: ModuleLayout | None = None
        self._numbers: ModuleNumbers | ModuleDifference | None = None
        self._told = Told.ACTIVATION
        self._layer: str | None = None
        self._pinned: str | None = None
        self._health: Mapping[str, Health] = {}
        self._box_health: Mapping[str, Health] = {}
        self._transform = QTransform()
        self._is_zoomed = False
        self._hovered: str | None = None
        self._focused: str | None = None
        self._pressed: tuple[QPointF, QTransform] | None = None
        self._toggled = ""
        self._cache = ViewportCache()
        self._cache_key: tuple[object, ...] = ()
        self.setMinimumSize(*LEAST_SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what it keeps of the screen covers all of it
        self.setMouseTracking(True)
        self.setAccessibleName(ACCESSIBLE_NAME)

    @property
    def module_layout(self) -> ModuleLayout | None:
        """Where everything stands."""
        return self._layout

    @property
    def is_zoomed(self) -> bool:
        """Whether the user has zoomed or dragged; otherwise everything fits the view, whatever its size."""
        return self._is_zoomed

    @property
    def zoom(self) -> float:
        """Px of the screen for one of the layout."""
        return self._transform.m11()

    @property
    def legend_text(self) -> str:
        """What the legend says."""
        return module_legend(self._numbers, self._told)

    @property
    def hovered(self) -> str | None:
        """The box that the pointer is at."""
        return self._hovered

    @property
    def focused(self) -> str | None:
        """The box, or the heading of an open frame, that the keyboard is at."""
        return self._focused

    @property
    def numbers(self) -> ModuleNumbers | ModuleDifference | None:
        """The pass and sample that are shown, or the two passes."""
        return self._numbers

    def focus_on(self, name: str | None) -> None:
        """Mark what the keyboard is at, and bring it into view."""
        self._focused = name
        if name is not None:
            self._bring_into_view(self.rect_of_box(name))
        self.update()

    def show_layout(self, layout: ModuleLayout) -> None:
        """Show another network, or the same with other modules open: what was clicked stays where it is."""
        if layout is self._layout:
            self.update()  # what its boxes show has been read
            return
        before, self._layout = self._layout, layout
        self._box_health = health_of_boxes(layout.folded, self._health)
        is_same = before is not None and before.folded.graph is layout.folded.graph
        numbers = self._numbers
        if not is_same:
            self._numbers = numbers if numbers is not None and numbers.graph is layout.folded.graph else None
        self._hovered = None
        toggled, self._toggled = self._toggled, ""
        place, shown = _place_of(before, toggled) if is_same else None, _place_of(layout, toggled)
        if place is not None and shown is not None and (self._is_zoomed or self._fitting(layout) < _LEAST_FIT):
            self._is_zoomed = True
            moved = self._transform.map(place) - self._transform.map(shown)
            self._transform = self._transform * QTransform.fromTranslate(moved.x(), moved.y())
            self._point_cursor()
            self.update()
        else:
            self.fit()
        self.drawing_changed.emit()

    def show_told(self, what: Told) -> None:
        """Let the colour of a box tell another number of two passes."""
        self._told = what
        self.drawing_changed.emit()
        self.update()

    def show_numbers(self, numbers: ModuleNumbers | ModuleDifference) -> None:
        """Show a pass and a sample, or two passes; zoom and place stay."""
        self._numbers = numbers
        if QToolTip.isVisible() and self._hovered:
            self._show_tooltip(QCursor.pos())
        self.drawing_changed.emit()
        self.update()

    def highlight_layer(self, layer: str | None) -> None:
        """Mark the box of a layer, or the closed module that it lies in."""
        self._layer = layer
        self.update()

    def mark_pinned(self, layer: str | None) -> None:
        """Mark the box too that the pinned unit lies in, by the name of its layer."""
        self._pinned = layer
        self.update()

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the boxes of layers of which something is found, by their names; a closed module has what is in it."""
        self._health = health
        self._box_health = {} if self._layout is None else health_of_boxes(self._layout.folded, health)
        self.update()

    @property
    def box_health(self) -> Mapping[str, Health]:
        """Box → what is found of it."""
        return self._box_health

    def marked(self) -> str | None:
        """The box of the layer that is marked."""
        return self._box_of(self._layer)

    def pinned(self) -> str | None:
        """The box of the layer that the pinned unit lies in."""
        return self._box_of(self._pinned)

    def _box_of(self, layer: str | None) -> str | None:
        layout = self._layout
        return None if layout is None else layout.folded.box_of_node(layout.folded.graph.node_of_layer(layer))

    def fit(self) -> None:
        """Show everything."""
        self._is_zoomed = False
        layout = self._layout
        if layout is not None:
            zoom = self._fitting(layout)
            left = (self.width() - layout.width * zoom) / 2
            top = (self._room().height() - layout.height * zoom) / 2
            self._transform = QTransform(zoom, 0, 0, zoom, round(left), round(top))
        self._point_cursor()
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom around a point of the widget, or its middle."""
        if self._layout is None:
            return
        if at is None:  # the corner, which Qt takes for no point, is one
            at = self._room().center()
        zoom = min(max(self.zoom * factor, min(_FARTHEST, self._fitting(self._layout))), _CLOSEST)
        factor = zoom / self.zoom
        self._transform = self._transform * QTransform(
            factor, 0, 0, factor, at.x() * (1 - factor), at.y() * (1 - factor)
        )
        self._is_zoomed = True
        self._point_cursor()
        self.update()

    def rect_of_box(self, name: str) -> QRectF:
        """Where a box or the heading of a frame is in the widget."""
        assert self._layout is not None, "nothing is shown"
        if name in self._layout.boxes:
            return self._transform.mapRect(rect_of(self._layout.boxes[name]))
        return self._transform.mapRect(_heading(self._layout, name))

    def paint_to(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the whole network and its legend into a rectangle."""
        if self._layout is None:
            return
        painter.save()
        painter.fillRect(rect, QColor(active().background))
        room = QRectF(rect.x(), rect.y(), rect.width(), rect.height() - LEGEND_HEIGHT)
        zoom = min(room.width() / self._layout.width, room.height() / self._layout.height, _LARGEST_FIT)
        offset = room.center() - QPointF(self._layout.width, self._layout.height) * zoom / 2
        transform = QTransform(zoom, 0, 0, zoom, offset.x(), offset.y())
        painter.setTransform(transform, combine=True)
        whole = Rectangle(0, 0, self._layout.width, self._layout.height)
        draw_structure(painter, self._layout, whole, zoom, self._box_health.keys())
        self._draw_over(painter, self._layout, whole, zoom)
        painter.restore()
        legend = QRectF(rect.x(), room.bottom(), rect.width(), LEGEND_HEIGHT)
        self._draw_legend(painter, self._layout, legend, zoom)

    def _draw_legend(self, painter: QPainter, layout: ModuleLayout, room: QRectF, zoom: float) -> None:
        seen = {"are_units_seen": zoom >= UNITS_SEEN, "are_bars_seen": not is_far(layout, zoom)}
        draw_module_legend(painter, room, self._numbers, self._told, **seen)

    def _room(self) -> QRectF:
        return QRectF(0, 0, self.width(), self.height() - LEGEND_HEIGHT)

    def _fitting(self, layout: ModuleLayout) -> float:
        room = self._room()
        return min(room.width() / layout.width, room.height() / layout.height, _LARGEST_FIT)

    def _draw_over(self, painter: QPainter, layout: ModuleLayout, seen: Rectangle, zoom: float) -> None:
        if self._numbers is not None and self._numbers.graph is layout.folded.graph:
            if isinstance(self._numbers, ModuleDifference):
                marked = self._box_health.keys()
                draw_difference(painter, layout, self._numbers, self._told, seen, zoom, marked)
            else:
                draw_pass(painter, layout, self._numbers, seen, zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(active().hovered)
        if self._hovered:
            near = [each for each in layout.edges if each.source == self._hovered or self._hovered in each.targets]
            draw_edges(painter, near, accent, 2.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for name, width in ((self._hovered, 1.2), (self.marked(), 2.4), (self.pinned(), 2.4)):
            if name is not None and name in layout.boxes:
                painter.setPen(QPen(accent, width / max(min(zoom, 1.0), 0.3)))
                painter.drawRoundedRect(rect_of(layout.boxes[name]), ROUND, ROUND)
        draw_health(painter, layout, self._box_health, seen, zoom)
        if self._focused is not None:
            _draw_focus(painter, layout, self._focused, zoom)

    def _at(self, point: QPointF) -> QPointF:
        inverted, _ = self._transform.inverted()
        return inverted.map(point)

    def _seen(self) -> Rectangle:
        """The part of the layout that is in the view."""
        corner, room = self._at(QPointF(0, 0)), self._room()
        return Rectangle(corner.x(), corner.y(), room.width() / self.zoom, room.height() / self.zoom)

    def _met(self, point: QPointF) -> str | None:
        """The box at a point of the widget, or the frame whose heading is there."""
        if self._layout is None or point.y() > self._room().bottom():
            return None
        at = self._at(point)
        return self._layout.box_at(at.x(), at.y()) or self._layout.heading_at(at.x(), at.y())

    def _click(self, point: QPointF) -> None:
        name = self._met(point)
        if name is not None:
            self.choose(name)

    def choose(self, name: str) -> None:
        """What a click on a box does: a layer is chosen, a module opened or closed."""
        if self._layout is None:
            return
        graph = self._layout.folded.graph
        module = graph.frames[name].module if name in graph.frames else graph.nodes[name].node.module
        if module in graph.layers:
            self.layer_clicked.emit(module)
        if name in graph.frames:
            self._toggled = name
            self.module_toggled.emit(name)

    def _show_tooltip(self, globally: QPoint) -> None:
        if self._layout is None or self._hovered is None or self._hovered not in self._layout.boxes:
            QToolTip.hideText()
        else:
            self.show_tooltip(self._hovered, globally)

    def show_tooltip(self, name: str, globally: QPoint) -> None:
        """Show the figures of a box at a point of the screen."""
        if self._layout is not None:
            QToolTip.showText(
                globally, module_tooltip(self._layout.folded, name, self._numbers, self._box_health.get(name)), self
            )

    def _bring_into_view(self, rect: QRectF) -> None:
        """Move as far as a rectangle of the widget needs to be seen."""
        room = self._room().adjusted(_BORDER, _BORDER, -_BORDER, -_BORDER)
        across = max(room.left() - rect.left(), 0.0) + min(room.right() - rect.right(), 0.0)
        down = max(room.top() - rect.top(), 0.0) + min(room.bottom() - rect.bottom(), 0.0)
        if self._is_zoomed:
            self._transform = self._transform * QTransform.fromTranslate(across, down)

    def _point_cursor(self) -> None:
        shape = Qt.CursorShape.OpenHandCursor if self._is_zoomed else Qt.CursorShape.ArrowCursor
        if self._hovered is not None:
            shape = Qt.CursorShape.PointingHandCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position(), QTransform(self._transform)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._pressed[0]
            if moved.manhattanLength() >= QApplication.startDragDistance():
                self._transform = self._pressed[1] * QTransform.fromTranslate(moved.x(), moved.y())
                self._is_zoomed = True
                self._point_cursor()
                self.update()
            return
        met = self._met(event.position())
        if met != self._hovered:
            self._hovered = met
            self._point_cursor()
            self._show_tooltip(event.globalPosition().toPoint())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        moved = (event.position() - self._pressed[0]).manhattanLength()
        self._pressed = None
        if moved < QApplication.startDragDistance():
            self._click(event.position())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            self.zoom_by(PER_NOTCH ** (event.angleDelta().y() / _NOTCH), event.position())
            event.accept()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event.globalPos())
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        self._hovered = None
        self._point_cursor()
        QToolTip.hideText()
        self.update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if not self._is_zoomed:
            self.fit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._layout is None:
            painter.fillRect(self.rect(), QColor(active().background))
        else:
            self._paint_network(painter, self._layout)
        painter.end()
        self.frame_painted.emit()

    def _paint_network(self, painter: QPainter, layout: ModuleLayout) -> None:
        marked = frozenset(self._box_health)
        key = (layout, QTransform(self._transform), self.size(), self.devicePixelRatioF(), active(), marked)
        if key != self._cache_key:
            structure = self._cache.begin(self, active().background, self._transform)
            draw_structure(structure, layout, self._seen(), self.zoom, marked)
            structure.end()
            self._cache_key = key
        self._cache.blit(painter)
        painter.save()
        painter.setTransform(self._transform)
        self._draw_over(painter, layout, self._seen(), self.zoom)
        painter.restore()
        legend = QRectF(0, self._room().bottom(), self.width(), LEGEND_HEIGHT)
        self._draw_legend(painter, layout, legend, self.zoom)


def _draw_focus(painter: QPainter, layout: ModuleLayout, name: str, zoom: float) -> None:
    """A dashed frame around what the keyboard is at."""
    found = layout.boxes.get(name)
    rect = rect_of(found) if found else _heading(layout, name)
    away, pen = 4 / zoom, QPen(QColor(active().text), 2, Qt.PenStyle.DashLine)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(-away, -away, away, away), ROUND, ROUND)


def _heading(layout: ModuleLayout, frame: str) -> QRectF:
    """The strip on top of an open frame."""
    strip = rect_of(layout.frames[frame])
    strip.setHeight(HEADING)
    return strip


def _place_of(layout: ModuleLayout | None, name: str) -> QPointF | None:
    """The upper left corner of a box or frame; None where there is none of that name."""
    found = None if layout is None else layout.boxes.get(name) or layout.frames.get(name)
    return None if found is None else QPointF(found.x, found.y)
