"""Driving a view as a user does, and looking at it."""

import numpy as np
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QWidget

from app.views.network.units.network_view import NetworkView
from app.views.network.units.tooltips import edge_tooltip
from app.widgets.figure import paint_widget
from tests.app import pointer


def picture_of(widget: QWidget) -> QImage:
    """A widget as it is in a picture of its own size."""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_widget(painter, widget, widget.rect())
    painter.end()
    return image


def point_of(network: NetworkView, column: int, position: int) -> QPoint:
    """Where a unit is in the viewport."""
    layout = network.scene().graph_layout
    return network.mapFromScene(QPointF(*layout.columns[column].centres[position]))


def point_on_edge(network: NetworkView, line: int, part: float = 0.5) -> QPoint:
    """A point of the viewport on a drawn line, by its number among them."""
    lines, layout = network.graph_view.lines, network.scene().graph_layout
    start, end = layout.leaving[lines.leaving[line]], layout.arriving[lines.arriving[line]]
    return network.mapFromScene(QPointF(*(start + part * (end - start)).tolist()))


def move(network: NetworkView, at: pointer.At) -> None:
    """Move the pointer to a point of the viewport."""
    pointer.move(network.viewport(), at)


def turn_wheel(network: NetworkView, at: QPoint, notches: int) -> None:
    """Turn the wheel, away from the user if positive."""
    pointer.turn_wheel(network.viewport(), at, notches)


def pixels(network: NetworkView) -> np.ndarray:
    """What is on the screen, int ``[H, W, 3]``."""
    return pixels_of(network.viewport().grab().toImage())


def pixels_of(image: QImage) -> np.ndarray:
    """An image as blue, green and red, int ``[H, W, 3]``."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    block = image.constBits().asarray(image.sizeInBytes())
    return np.frombuffer(block, np.uint8).reshape(image.height(), -1, 4)[:, : image.width(), :3].astype(int)


def hover_everything(network: NetworkView) -> None:
    """Light and pin one unit of each column and an edge of each pair, as far as there are some, and paint."""
    scene = network.scene()
    for number, column in enumerate(scene.graph.columns):
        body = scene.graph_layout.columns[number].body
        move(network, network.mapFromScene(QPointF(body.x + body.width / 2, body.y + body.height / 2)))
        if not len(column):
            continue
        scene.hover((number, len(column) - 1))
        network.viewport().grab()
        scene.pin((number, 0))
        scene.hover(None)
        network.viewport().grab()
        scene.pin(None)
    lines = network.graph_view.lines
    for line in range(0, len(lines), max(len(lines) // 5, 1)):
        edge = int(lines.pairs[line]), int(lines.edges[line])
        scene.hover_edge(edge)
        network.viewport().grab()
        assert edge_tooltip(network.graph_view, *edge)
    scene.hover_edge(None)
    scene.edge_at(100, 100, 4)
