"""What the items have in common that show a pass in its place."""

from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem

from app.analysis.graph.graph_view import GraphView
from app.views.network.units.analysis.layout import Layout


class ViewItem(QGraphicsItem):
    """Holds a view and its layout, and is as large as the layout."""

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._view: GraphView | None = None
        self._layout: Layout | None = None

    def show_view(self, view: GraphView | None, layout: Layout | None) -> None:
        """Show another pass or sample, or the same in another place."""
        if view is self._view and layout is self._layout:
            return
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._view, self._layout = view, layout
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds
