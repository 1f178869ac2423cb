"""The items of the network graph, and what goes to which of them."""

from collections.abc import Mapping
from dataclasses import replace

from PyQt6.QtCore import QObject, QRectF
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsScene, QWidget

from app.analysis.graph.graph import Graph
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.strongest import Lines
from app.analysis.health import Health, together
from app.palette import active
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.analysis.picking import DrawnLines, unit_at
from app.views.network.units.edge_highlight_item import Edge, EdgeHighlightItem
from app.views.network.units.edges_item import EdgesItem
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.highlight_item import Highlight, HighlightItem, Unit
from app.views.network.units.neurons_item import NeuronsItem
from app.views.network.units.notes_item import ColumnNotesItem, NotesItem
from app.views.network.units.output_item import OutputItem
from app.views.network.units.scales_item import ScalesItem
from app.views.network.units.tiles_item import TilesItem


class NetworkScene(QGraphicsScene):
    """One graph at one pass, laid out for a size.

    Coordinates are px of a view of that size that is not zoomed.

    Args:
        parent: what the scene lives as long as.
        is_for_screen: whether text that stays the same is kept as a picture; a file gets it as text.
    """

    def __init__(self, parent: QObject | None = None, *, is_for_screen: bool = True) -> None:
        super().__init__(parent)
        # the default index costs more than it saves: there is one item of each kind
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._graph: Graph | None = None
        self._view: GraphView | None = None
        self._layout: Layout | None = None
        self._health: Mapping[str, Health] = {}
        self._edges = EdgesItem(self)
        self._neurons = NeuronsItem()
        self._tiles = TilesItem()
        self._highlight = HighlightItem(self._paint_column, self._paint_unit)
        self._edge_highlight = EdgeHighlightItem()
        self._headings = HeadingsItem()
        self._scales = ScalesItem()
        if is_for_screen:
            for text in (self._headings, self._scales):
                text.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._output = OutputItem()
        self._notes = NotesItem()
        self._column_notes = ColumnNotesItem()
        self._near: tuple[Lines, Layout, DrawnLines] | None = None
        items = (
            self._edges,
            self._tiles,
            self._neurons,
            self._column_notes,
            self._highlight,
            self._edge_highlight,
            self._headings,
            self._scales,
            self._output,
            self._notes,
        )
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
    def is_exact(self) -> bool:
        """Whether every edge is on the screen; if not, it will be soon."""
        return self._edges.is_exact

    @property
    def notes(self) -> tuple[str, ...]:
        """What the graph says of what cannot be seen in it."""
        return self._notes.notes

    @property
    def column_notes(self) -> dict[int, str]:
        """Number of a column → why it has no units, or what of it is damaged."""
        return self._column_notes.notes

    @property
    def hovered_unit(self) -> Unit | None:
        """The unit that the pointer is at."""
        return self._highlight.highlight.hovered

    @property
    def pinned_unit(self) -> Unit | None:
        """The unit that stays lit."""
        return self._highlight.highlight.pinned

    @property
    def marked_column(self) -> int | None:
        """Number of the column whose title is accented."""
        return self._headings.marked

    @property
    def column_health(self) -> Mapping[int, Health]:
        """Number of a column → what is found of its layers."""
        return self._headings.health

    @property
    def focused_unit(self) -> Unit | None:
        """The unit that the keyboard is at."""
        return self._highlight.highlight.focused

    @property
    def hovered_edge(self) -> Edge | None:
        """The edge that the pointer is at."""
        return self._edge_highlight.edge

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
            self._highlight.show_highlight(Highlight(), None, self._layout)
            self._edge_highlight.show_edge(None, None, self._layout)
            self._headings.mark(None)
        self._headings.show_graph(graph, self._layout)
        self._mark_health()
        self._show()

    def show_view(self, view: GraphView | None) -> None:
        """Show a pass and sample of the graph."""
        if view is self._view:
            return
        self._view = view
        self._show()

    def restyle(self) -> None:
        """Paint everything in the colours of `app.palette.active`."""
        self._tiles.restyle()
        for item in self.items():
            item.update()
        self.update()

    def hover(self, unit: Unit | None) -> None:
        """Light a unit, given by number of its column and position, and its edges, as long as the pointer is there."""
        self._highlight.show_highlight(replace(self._highlight.highlight, hovered=unit), self._view, self._layout)

    def focus_on(self, unit: Unit | None) -> None:
        """Light a unit and its edges, and mark it as what the keyboard is at."""
        self._highlight.show_highlight(replace(self._highlight.highlight, focused=unit), self._view, self._layout)

    def pin(self, unit: Unit | None) -> None:
        """Light a unit and its edges until another is pinned."""
        self._highlight.show_highlight(replace(self._highlight.highlight, pinned=unit), self._view, self._layout)

    def hover_edge(self, edge: Edge | None) -> None:
        """Light an edge, given by number of its pair and its number there, or none."""
        self._edge_highlight.show_edge(edge, self._view, self._layout)

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the columns of layers of which something is found, by their names."""
        self._health = health
        self._mark_health()

    def _mark_health(self) -> None:
        graph, found = self._graph, dict[int, list[Health]]()
        for layer, health in self._health.items():
            column = None if graph is None else graph.column_of_layer(layer)
            if column is not None:
                found.setdefault(column, []).append(health)
        told = {column: together(each) for column, each in found.items()}
        self._headings.show_health({column: each for column, each in told.items() if each is not None})

    def mark_column(self, column: int | None) -> None:
        """Accent the title of a column by number, or of none."""
        self._headings.mark(column)

    def column_titled_at(self, x: float, y: float) -> int | None:
        """Number of the column whose heading is at a point."""
        return self._headings.column_at(x, y)

    def unit_named(self, stage: str, number: int) -> Unit | None:
        """A unit by its stage and true number; None where the graph does not draw it."""
        column = None if self._graph is None else self._graph.column_number(stage)
        if self._graph is None or column is None or not 0 <= number < self._graph.columns[column].true_units:
            return None
        position = int(self._graph.columns[column].positions[number])
        return (column, position) if position >= 0 else None

    def unit_at(self, x: float, y: float) -> Unit | None:
        """Number of the column and position of the unit at a point."""
        if self._layout is None or self._view is None:
            return None
        return unit_at(self._view.graph, self._layout, x, y)

    def edge_at(self, x: float, y: float, reach: float) -> Edge | None:
        """The edge nearest to a point, at most ``reach`` away: of the pinned unit's edges where one is pinned."""
        layout = self._layout
        if self._view is None or layout is None:
            return None
        pinned = self._highlight.highlight.pinned
        edges = None if pinned is None else self._highlight.edges_of(pinned)
        lines = self._view.lines if edges is None else edges.lines
        if self._near is None or self._near[0] is not lines or self._near[1] is not layout:
            drawn = DrawnLines(layout.leaving[lines.leaving], layout.arriving[lines.arriving])
            self._near = lines, layout, drawn
        line = self._near[2].nearest(x, y, reach)
        return None if line is None else (int(lines.pairs[line]), int(lines.edges[line]))

    def _show(self) -> None:
        view, layout = self._view, self._layout
        self._edges.show_lines(None if view is None else view.lines, layout)
        self._tiles.show_view(view, layout)
        self._neurons.show_view(view, layout)
        self._scales.show_view(view, layout)
        self._output.show_view(view, layout)
        self._column_notes.show_view(view, layout)
        self._notes.show_notes(
            () if view is None else view.missing, layout, are_scales_seen=view is None or not view.has_nothing
        )
        self._highlight.show_highlight(self._highlight.highlight, view, layout)
        self._edge_highlight.show_edge(self._edge_highlight.edge, view, layout)

    def _paint_column(self, painter: QPainter, number: int) -> None:
        self._tiles.paint_column(painter, number)
        self._neurons.paint_column(painter, number)

    def _paint_unit(self, painter: QPainter, number: int, position: int) -> None:
        self._tiles.paint_unit(painter, number, position)
        self._neurons.paint_column(painter, number, position)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        if painter is None or (self._view is not None and isinstance(painter.device(), QWidget)):
            return  # what the edges keep of the screen has the background in it
        painter.fillRect(rect, QColor(active().background))
