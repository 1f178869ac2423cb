"""Text below the columns, which tells the values of full colours."""

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.graph_view import GraphView
from app.palette import SMALL_PX, active
from app.views.network.text import RIGHT, write
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.edge_pens import draw_edge_sign
from app.views.network.units.scale_labels import LINE_PX, ScaleLabel, scale_labels

_APART = 4.0
"""Px between a line and its text."""


class ScalesItem(QGraphicsItem):
    """Draws the label of each scale anew only where it changes: scales of the run stay the same at every pass.

    Of another size the scene need not be told, see `WholeItem`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._labels: list[ScaleLabel] = []

    def show_view(self, view: GraphView | None, layout: Layout | None) -> None:
        """Show the scales that a pass is drawn in."""
        is_seen = view is not None and not view.has_nothing  # else a note stands there
        labels = scale_labels(view, layout) if is_seen and view is not None and layout is not None else []
        if labels == self._labels:
            return
        self._labels = labels
        self._bounds = QRectF()
        for label in labels:
            self._bounds = self._bounds.united(label.room)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        for label in self._labels:
            room = label.room
            if label.is_of_edges:
                draw_edge_sign(painter, QPointF(room.left() + 2, room.center().y()), LINE_PX - _APART)
                write(painter, room.adjusted(LINE_PX, 0, -2, 0), label.text, active().faint_text, SMALL_PX, align=RIGHT)
            else:
                write(painter, room, label.text, active().faint_text, SMALL_PX)
