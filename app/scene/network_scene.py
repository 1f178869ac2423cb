"""The items of the network graph, and what goes to which of them."""

from PyQt6.QtCore import QObject, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QGraphicsScene

from app.analysis.graph import Graph
from app.analysis.graph_view import GraphView
from app.analysis.hit_test import unit_at
from app.analysis.layout import Layout, place
from app.palette import TITLE_PX, Palette, font
from app.scene.edges_item import EdgesItem
from app.scene.hover_item import HoverItem
from app.scene.labels_item import LabelsItem
from app.scene.neuron_sprites import NeuronSprites
from app.scene.neurons_item import NeuronsItem
from app.scene.output_item import OutputItem
from app.scene.tiles_item import TilesItem


class NetworkScene(QGraphicsScene):
    """One graph at one pass, laid out for a size.

    Coordinates are px of a view of that size that is not zoomed.
    """

    def __init__(self, palette: Palette, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # the default index costs more than it saves: there is one item of each kind
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._palette = palette
        self._graph: Graph | None = None
        self._view: GraphView | None = None
        self._layout: Layout | None = None
        self._message = ""
        self._edges = EdgesItem(palette.background)
        self._neurons = NeuronsItem(NeuronSprites(palette.background))
        self._tiles = TilesItem(palette)
        self._hover = HoverItem(palette, self._paint_column)
        self._labels = LabelsItem(palette)
        self._output = OutputItem(palette)
        items = (self._edges, self._tiles, self._neurons, self._hover, self._labels, self._output)
        for height, item in enumerate(items):
            item.setZValue(height)
            self.addItem(item)

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown."""
        return self._graph

    @property
    def graph_view(self) -> GraphView | None:
        """The pass and sample that are shown."""
        return self._view

    @property
    def graph_layout(self) -> Layout | None:
        """Where everything stands."""
        return self._layout

    @property
    def n_edges_drawn(self) -> int:
        """How many edges are on the screen."""
        return self._edges.n_drawn

    @property
    def lit_unit(self) -> tuple[int, int] | None:
        """Number of the column and position of the unit that is lit."""
        return self._hover.unit

    def show_graph(self, graph: Graph | None, width: float, height: float) -> None:
        """Lay a graph out for a size in px; what was shown of another graph goes."""
        is_same = graph is self._graph
        if is_same and self._layout is not None and (self._layout.width, self._layout.height) == (width, height):
            return
        self._graph = graph
        self._layout = None if graph is None else place(graph, width, height)
        self.setSceneRect(QRectF(0, 0, width, height))
        if not is_same:
            self._view = None
            self._hover.show_unit(None, None, self._layout)
        self._labels.show_graph(graph, self._layout)
        self._show()

    def show_view(self, view: GraphView | None) -> None:
        """Show a pass and sample of the graph."""
        if view is self._view:
            return
        self._view = view
        self._show()

    def show_message(self, message: str) -> None:
        """Say something in the middle instead of a graph; nothing for an empty text."""
        if message != self._message:
            self._message = message
            self.update()

    def light(self, unit: tuple[int, int] | None) -> None:
        """Light a unit, given by number of its column and position, and its edges; or none."""
        self._hover.show_unit(unit, self._view, self._layout)

    def unit_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Number of the column and position of the unit at a point."""
        if self._graph is None or self._layout is None or self._view is None:
            return None
        return unit_at(self._graph, self._layout, x, y)

    def _show(self) -> None:
        view, layout = self._view, self._layout
        self._edges.show_lines(None if view is None else view.lines, layout)
        self._tiles.show_view(view, layout)
        self._neurons.show_view(view, layout)
        self._labels.show_view(view)
        self._output.show_view(view, layout)
        self._hover.show_unit(self._hover.unit, view, layout)

    def _paint_column(self, painter: QPainter, number: int) -> None:
        self._tiles.paint_column(painter, number)
        self._neurons.paint_column(painter, number)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is not None:
            painter.fillRect(rect, QColor(self._palette.background))

    def drawForeground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is None or not self._message:
            return
        painter.setFont(font(TITLE_PX))
        painter.setPen(QColor(self._palette.faint_text))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.sceneRect().adjusted(20, 20, -20, -20), flags, self._message)
