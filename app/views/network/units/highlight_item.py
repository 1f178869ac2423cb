"""The pinned and the hovered unit with their edges, or one edge, laid over everything else."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph_view import GraphView
from app.palette import active
from app.views.network.text import pixel_ratio
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.analysis.neighbours import Unit
from app.views.network.units.analysis.unit_edges import UnitEdges, unit_edges
from app.views.network.units.edge_pens import HIGHLIGHT_WIDTHS, highlight_pens
from app.views.network.units.line_array import LineArray
from app.views.network.units.whole_item import WholeItem

_FOCUS = 9.0
"""So many px around a unit stands the frame of what has the keyboard's focus."""

PaintColumn = Callable[[QPainter, int], None]
PaintUnit = Callable[[QPainter, int, int], None]


@dataclass(frozen=True)
class Highlight:
    """What is highlighted: a unit that stays, one that the keyboard is at, and one that the pointer is at."""

    pinned: Unit | None = None
    focused: Unit | None = None
    hovered: Unit | None = None

    @property
    def units(self) -> tuple[Unit, ...]:
        """The one on top last; each once."""
        return tuple(dict.fromkeys(unit for unit in (self.pinned, self.focused, self.hovered) if unit is not None))


class HighlightItem(WholeItem):
    """Veils the graph, then draws the units' edges, the columns they lead to, and each unit with a ring.

    What lies below is not repainted for it; nothing gets brighter.

    Args:
        paint_column: draws the units of a column by number.
        paint_unit: draws one unit by number of its column and its position.
    """

    def __init__(self, paint_column: PaintColumn, paint_unit: PaintUnit) -> None:
        super().__init__()
        self._paint_column, self._paint_unit = paint_column, paint_unit
        self._view: GraphView | None = None
        self._highlight = Highlight()
        self._unit_edges: dict[Unit, UnitEdges] = {}

    @property
    def highlight(self) -> Highlight:
        """What is highlighted."""
        return self._highlight

    def edges_of(self, unit: Unit) -> UnitEdges | None:
        """The edges of a highlighted unit."""
        return self._unit_edges.get(unit)

    def show_highlight(self, highlight: Highlight, view: GraphView | None, layout: Layout | None) -> None:
        """Highlight others, or the same at another pass or place."""
        is_same_view = view is self._view
        if highlight == self._highlight and is_same_view and layout is self._layout:
            return
        self._highlight, self._view, self._layout = highlight, view, layout
        before = self._unit_edges if is_same_view else {}
        self._unit_edges = {}
        if view is not None:
            self._unit_edges = {unit: before.get(unit) or unit_edges(view, *unit) for unit in highlight.units}
        self.update()

    def _draw_unit_edges(self, painter: QPainter, edges: UnitEdges, layout: Layout) -> None:
        starts, ends = layout.leaving[edges.lines.leaving], layout.arriving[edges.lines.arriving]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        LineArray(starts, ends, edges.lines.styles, HIGHLIGHT_WIDTHS, painter).draw(highlight_pens())

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        view, layout = self._view, self._layout
        if painter is None or not self._unit_edges or view is None or layout is None:
            return
        painter.fillRect(self.boundingRect(), active().veil())
        painter.setClipRect(self.boundingRect())
        for edges in self._unit_edges.values():
            self._draw_unit_edges(painter, edges, layout)
        for column in dict.fromkeys(column for edges in self._unit_edges.values() for column in edges.columns):
            self._paint_column(painter, column)
        for unit in self._unit_edges:
            self._paint_unit(painter, *unit)
            draw_ring(painter, view, layout, unit)
            if unit == self._highlight.pinned:
                draw_ring(painter, view, layout, unit, 4.5)
            if unit == self._highlight.focused:
                _draw_focus(painter, layout, unit)


def _draw_focus(painter: QPainter, layout: Layout, unit: Unit) -> None:
    """A dashed frame around all rings, as of what has the focus of the keyboard."""
    spot = layout.columns[unit[0]]
    (x, y), (width, height) = spot.centres[unit[1]], spot.size
    pen = QPen(QColor(active().text), 2 * pixel_ratio(painter), Qt.PenStyle.DashLine)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    body = QRectF(x - width / 2, y - height / 2, width, height)
    painter.drawRoundedRect(body.adjusted(-_FOCUS, -_FOCUS, _FOCUS, _FOCUS), 4, 4)


def draw_ring(painter: QPainter, view: GraphView, layout: Layout, unit: Unit, further: float = 0.0) -> None:
    """Draw a ring around a unit, or a frame around a tile, some px further out than it must be."""
    spot = layout.columns[unit[0]]
    (x, y), (width, height) = spot.centres[unit[1]], spot.size
    body = QRectF(x - width / 2, y - height / 2, width, height)
    pen = QPen(QColor(active().hovered), (2.5 if not further else 1.5) * pixel_ratio(painter))
    pen.setCosmetic(True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    if view.graph.columns[unit[0]].drawing in (Drawing.NEURONS, Drawing.OUTPUT):
        away = 2 + further
        painter.drawEllipse(body.adjusted(-away, -away, away, away))
    else:
        away = 1 + further
        painter.drawRect(body.adjusted(-away, -away, away, away))
