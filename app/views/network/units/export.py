"""The network graph in a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import Health
from app.views.network.legend import LEGEND_HEIGHT, draw_legend, fitting_parts
from app.views.network.units.highlight_item import Unit
from app.views.network.units.network_scene import NetworkScene


@dataclass(frozen=True)
class Marks:
    """What is marked, which is in the picture too: a pinned unit, the column of the selected layer, what is found."""

    pinned: Unit | None = None
    column: int | None = None
    health: Mapping[str, Health] = field(default_factory=dict)


def paint_network(painter: QPainter, rect: QRectF, view: GraphView, marks: Marks | None = None) -> None:
    """Paint the graph and its legend into a rectangle, with every edge that the view holds."""
    marks = marks or Marks()
    scene = NetworkScene(is_for_screen=False)
    graph_rect = rect.adjusted(0, 0, 0, -LEGEND_HEIGHT)
    scene.show_graph(view.graph, graph_rect.width(), graph_rect.height())
    scene.show_view(view)
    scene.pin(marks.pinned)
    scene.mark_column(marks.column)
    scene.show_health(marks.health)
    painter.save()
    scene.render(painter, graph_rect, scene.sceneRect())
    painter.restore()
    legend = QRectF(rect.x(), graph_rect.bottom(), rect.width(), LEGEND_HEIGHT)
    draw_legend(painter, legend, fitting_parts(view, rect.width()))
