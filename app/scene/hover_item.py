"""The hovered unit and its edges, laid over everything else."""

from collections.abc import Callable

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.columns import Drawing
from app.analysis.fan import Fan, fan_of
from app.analysis.graph_view import GraphView
from app.analysis.layout import Layout
from app.analysis.strongest import Lines
from app.palette import Palette
from app.scene.edge_pens import LIT_WIDTHS, lit_pen
from app.scene.line_array import LineArray

PaintColumn = Callable[[QPainter, int], None]


class HoverItem(QGraphicsItem):
    """Veils the graph, then draws the unit's edges, the columns they lead to, and the unit with a ring.

    What lies below is not repainted for it; nothing gets brighter.

    Args:
        palette: colours of veil and ring.
        paint_column: draws the units of a column by number.
    """

    def __init__(self, palette: Palette, paint_column: PaintColumn) -> None:
        super().__init__()
        self._palette = palette
        self._paint_column = paint_column
        self._bounds = QRectF()
        self._view: GraphView | None = None
        self._layout: Layout | None = None
        self._unit: tuple[int, int] | None = None
        self._fan: Fan | None = None

    @property
    def unit(self) -> tuple[int, int] | None:
        """Number of the column and position of the unit that is lit."""
        return self._unit

    def show_unit(self, unit: tuple[int, int] | None, view: GraphView | None, layout: Layout | None) -> None:
        """Light another unit, the same at another pass or place, or none."""
        if unit == self._unit and (unit is None or (view is self._view and layout is self._layout)):
            return
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._unit, self._view, self._layout = unit, view, layout
        self._fan = None
        if unit is not None and view is not None and layout is not None:
            self._fan = fan_of(view, *unit)
        self.update()

    def _draw_edges(self, painter: QPainter, lines: Lines, layout: Layout) -> None:
        starts, ends = layout.leaving[lines.leaving], layout.arriving[lines.arriving]
        LineArray(starts, ends, lines.styles, LIT_WIDTHS, painter.worldTransform().m11()).draw(painter, lit_pen)

    def _draw_unit(self, painter: QPainter, layout: Layout, view: GraphView, column: int, position: int) -> None:
        spot = layout.columns[column]
        is_round = view.graph.columns[column].drawing in (Drawing.NEURONS, Drawing.OUTPUT)
        (x, y), (width, height) = spot.centres[position], spot.size
        ring = QRectF(x - width / 2, y - height / 2, width, height)
        painter.save()
        painter.setClipRect(ring.adjusted(-1.5, -1.5, 1.5, 1.5))
        self._paint_column(painter, column)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self._palette.hovered), 2.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        if is_round:
            painter.drawEllipse(ring.adjusted(-2, -2, 2, 2))
        else:
            painter.drawRect(ring.adjusted(-1, -1, 1, 1))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._fan is None or self._unit is None or self._view is None or self._layout is None:
            return
        painter.fillRect(self._bounds, self._palette.veil())
        painter.setClipRect(self._bounds)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_edges(painter, self._fan.lines, self._layout)
        for column in self._fan.columns:
            self._paint_column(painter, column)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_unit(painter, self._layout, self._view, *self._unit)
