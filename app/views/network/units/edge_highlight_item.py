"""The edge that the pointer is at, laid over the others."""

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph_view import GraphView
from app.palette import active
from app.views.network.scene_colours import scene_colours
from app.views.network.text import pixel_ratio
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.highlight_item import draw_ring
from app.views.network.units.whole_item import WholeItem

Edge = tuple[int, int]
"""Number of the pair, and of the edge within the pair."""

_WIDTH, _HALO = 2.5, 6.0


class EdgeHighlightItem(WholeItem):
    """Draws one edge with a bright border, and rings around the units that it joins."""

    def __init__(self) -> None:
        super().__init__()
        self._view: GraphView | None = None
        self._edge: Edge | None = None

    @property
    def edge(self) -> Edge | None:
        """The edge that is lit."""
        return self._edge

    def show_edge(self, edge: Edge | None, view: GraphView | None, layout: Layout | None) -> None:
        """Light another edge, the same at another pass or place, or none."""
        if edge == self._edge and (edge is None or (view is self._view and layout is self._layout)):
            return
        self._edge, self._view, self._layout = edge, view, layout
        self.update()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        view, layout = self._view, self._layout
        if painter is None or self._edge is None or view is None or layout is None:
            return
        number, edge = self._edge
        pair = view.graph.pairs[number]
        if pair.wiring is None:
            return
        sources, targets = pair.wiring.ends(np.array([edge]))
        source, target = int(sources[0]), int(targets[0])
        left, right = view.graph.columns[pair.source], view.graph.columns[pair.target]
        start = QPointF(*layout.leaving[left.first_anchor + source].tolist())
        end = QPointF(*layout.arriving[right.first_anchor + target].tolist())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((active().hovered, _HALO), (_colour(view.pairs[number].values, edge), _WIDTH)):
            pen = QPen(QColor(colour) if isinstance(colour, str) else QColor(*colour), width * pixel_ratio(painter))
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLine(start, end)
        draw_ring(painter, view, layout, (pair.target, target))
        if left.drawing is not Drawing.PICTURE or source < len(left):
            draw_ring(painter, view, layout, (pair.source, source))


def _colour(values: np.ndarray | None, edge: int) -> tuple[int, int, int]:
    colours = scene_colours()
    value = np.nan if values is None else values[edge]
    if not np.isfinite(value):
        return colours.not_finite
    return colours.negative if value < 0 else colours.positive
