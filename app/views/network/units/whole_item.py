"""What is as large as the graph."""

from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem

from app.views.network.units.analysis.layout import Layout


class WholeItem(QGraphicsItem):
    """Has the size of a layout. The scene keeps no index of places, so that it need not be told of another size."""

    def __init__(self) -> None:
        super().__init__()
        self._layout: Layout | None = None

    def boundingRect(self) -> QRectF:
        layout = self._layout
        return QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
