"""The network graph as a picture, without a window."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from app.analysis.graph_view import GraphView
from app.palette import DARK, Palette
from app.scene.legend import LEGEND_HEIGHT, draw_legend
from app.scene.network_scene import NetworkScene


def paint_network(painter: QPainter, rect: QRectF, view: GraphView, palette: Palette = DARK) -> None:
    """Paint the graph and its legend into a rectangle, with every edge that the view holds."""
    scene = NetworkScene(palette)
    graph_rect = rect.adjusted(0, 0, 0, -LEGEND_HEIGHT)
    scene.show_graph(view.graph, graph_rect.width(), graph_rect.height())
    scene.show_view(view)
    painter.save()
    scene.render(painter, graph_rect, scene.sceneRect())
    painter.restore()
    legend = QRectF(rect.x(), graph_rect.bottom(), rect.width(), LEGEND_HEIGHT)
    draw_legend(painter, legend, view, len(view.lines), palette)


def network_image(view: GraphView, width: int, height: int, palette: Palette = DARK) -> QImage:
    """The graph and its legend as an image of ``width`` × ``height`` px."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_network(painter, QRectF(0, 0, width, height), view, palette)
    painter.end()
    return image
