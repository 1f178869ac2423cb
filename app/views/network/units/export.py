"""The network graph as a picture, without a window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QRect, QRectF, QSize
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgGenerator

from app.analysis.graph.graph_view import GraphView
from app.views.network.legend import LEGEND_HEIGHT, draw_legend, fitting_parts
from app.views.network.units.highlight_item import Unit
from app.views.network.units.network_scene import NetworkScene

Paint = Callable[[QPainter, QRectF], None]
"""Paints something into a rectangle."""

PIXELS = 2
"""A picture file has so many px for one of the screen."""


@dataclass(frozen=True)
class Marks:
    """What the user has marked, which is in the picture too: a pinned unit, the column of the selected layer."""

    pinned: Unit | None = None
    column: int | None = None


def paint_network(painter: QPainter, rect: QRectF, view: GraphView, marks: Marks | None = None) -> None:
    """Paint the graph and its legend into a rectangle, with every edge that the view holds."""
    marks = marks or Marks()
    scene = NetworkScene(is_for_screen=False)
    graph_rect = rect.adjusted(0, 0, 0, -LEGEND_HEIGHT)
    scene.show_graph(view.graph, graph_rect.width(), graph_rect.height())
    scene.show_view(view)
    scene.pin(marks.pinned)
    scene.mark_column(marks.column)
    painter.save()
    scene.render(painter, graph_rect, scene.sceneRect())
    painter.restore()
    legend = QRectF(rect.x(), graph_rect.bottom(), rect.width(), LEGEND_HEIGHT)
    draw_legend(painter, legend, fitting_parts(view, rect.width()))


def network_image(view: GraphView, width: int, height: int, marks: Marks | None = None, *, pixels: int = 1) -> QImage:
    """The graph and its legend, laid out for ``width`` × ``height`` px of the screen.

    Args:
        view: the pass and sample.
        width: px.
        height: px.
        marks: what the user has marked.
        pixels: how many px the image has for one of the screen.
    """
    return _image(width, height, lambda painter, rect: paint_network(painter, rect, view, marks), pixels)


def _image(width: int, height: int, paint: Paint, pixels: int) -> QImage:
    image = QImage(width * pixels, height * pixels, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(pixels)
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, width, height))
    painter.end()
    return image


def save_picture(path: Path, view: GraphView, width: int, height: int, marks: Marks | None = None) -> None:
    """Write what a view of ``width`` × ``height`` px shows: shapes and text for ``.svg``, else an image.

    Raises:
        OSError: it cannot be written there, or the ending stands for no kind of picture.
    """
    save_painted(path, width, height, lambda painter, rect: paint_network(painter, rect, view, marks))


def save_painted(path: Path, width: int, height: int, paint: Paint) -> None:
    """Write what is painted into a rectangle of ``width`` × ``height`` px, see `save_picture`.

    Raises:
        OSError: it cannot be written there, or the ending stands for no kind of picture.
    """
    if path.suffix.lower() != ".svg":
        image = _image(width, height, paint, PIXELS)
        image.setDevicePixelRatio(1)
        if not image.save(str(path)):
            raise OSError(f"{path} cannot be written as a picture. Choose a folder that can be, and .png or .svg.")
        return
    with path.open("ab"):
        pass  # says what is wrong with the place, which the generator would not
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRect(0, 0, width, height))
    generator.setResolution(96)
    generator.setTitle("Strobe")
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"{path} cannot be written.")
    paint(painter, QRectF(0, 0, width, height))
    painter.end()
