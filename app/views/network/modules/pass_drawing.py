"""Draws what boxes of modules show of a pass: bars of activation and gradient, units, the sample, the prediction."""

from functools import lru_cache
from math import isfinite

import numpy as np
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from app.analysis.figures import DAMAGED
from app.analysis.graph.rectangle import Rectangle
from app.analysis.probabilities import percent
from app.palette import SMALL_PX, active
from app.views.network.modules.analysis.module_layout import ModuleLayout
from app.views.network.modules.analysis.module_numbers import ModuleNumbers, SampleEndpoints, Span
from app.views.network.modules.analysis.modules import ModuleGraph
from app.views.network.modules.module_drawing import (
    BARS_AT,
    INSET,
    READABLE,
    UNITS_AT,
    draw_words,
    enlarged,
    is_far,
    lines_of_end,
)
from app.views.network.scene_colours import diverging_table, is_light, scene_colours
from app.views.network.text import LEFT, shortened, text_width
from app.views.network.units.tile_images import picture_image

BAR, BETWEEN = 4.0, 7.0
UNITS = 7.0
UNITS_SEEN = READABLE / 2
"""Units are drawn from this zoom on."""

_DAMAGE_ROOM = 14.0


def draw_pass(painter: QPainter, layout: ModuleLayout, numbers: ModuleNumbers, seen: Rectangle, zoom: float) -> None:
    """Everything that belongs to a pass and a sample, as far as it lies in the part that is seen."""
    if is_far(layout, zoom):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    graph = layout.folded.graph
    groove, colours = QColor(active().line), (activation_colour(), gradient_colour())
    for name in layout.boxes_in(seen):
        rectangle = layout.boxes[name]
        node = graph.nodes.get(name)
        if node is not None and node.node.role == "input":
            draw_picture(painter, graph, name, rectangle, numbers.endpoints, zoom)
        elif node is not None and node.node.role == "output":
            _draw_prediction(painter, rectangle, numbers.endpoints, zoom)
        elif node is None or node.node.role == "call":
            own = numbers.of_box(name)
            left, width = rectangle.x + INSET, rectangle.width - 2 * INSET
            if zoom >= UNITS_SEEN and own.units is not None:
                painter.drawImage(QRectF(left, rectangle.y + UNITS_AT, width, UNITS), unit_image(own.units))
            if own.damage:
                draw_damage(painter, rectangle, zoom)
            bar = QRectF(left, rectangle.y + BARS_AT, width, bar_height(zoom))
            _draw_bar(painter, bar, own.activation, numbers.activations, groove, colours[0])
            _draw_bar(painter, bar.translated(0, BETWEEN), own.gradient, numbers.gradients, groove, colours[1])


def draw_damage(painter: QPainter, rectangle: Rectangle, zoom: float) -> None:
    """Say in the place of a box's units that what they would show is damaged."""
    if zoom >= READABLE:
        scale = enlarged(zoom)
        room = QRectF(rectangle.x + INSET, rectangle.y + UNITS_AT, rectangle.width - 2 * INSET, _DAMAGE_ROOM * scale)
        draw_words(painter, room, DAMAGED, active().badge, SMALL_PX, scale=scale, align=LEFT)


def activation_colour() -> QColor:
    """Of the bars of activations."""
    return QColor(active().bar)


def gradient_colour() -> QColor:
    """Of the bars of gradient norms: the amber of a badge is too light to be seen on a light groove."""
    palette = active()
    return QColor(palette.hovered if is_light(palette) else palette.badge)


def bar_height(zoom: float) -> float:
    """Of a bar in a box, px of the layout: what is thinner than a px of the screen would be seen in some rows only."""
    return max(BAR, 1 / zoom)


def _draw_bar(painter: QPainter, room: QRectF, value: float | None, span: Span, groove: QColor, colour: QColor) -> None:
    """A groove with a bar in it; what was not recorded has no groove."""
    if value is None:
        return
    painter.fillRect(room, groove)
    if not isfinite(value):
        painter.fillRect(room, QColor(*scene_colours().not_finite))
        return
    painter.fillRect(QRectF(room.x(), room.y(), room.width() * span.part(value), room.height()), colour)


def unit_image(numbers: np.ndarray) -> QImage:
    """A pixel for each unit."""
    block = diverging_table()[numbers].tobytes()
    return QImage(block, len(numbers), 1, QImage.Format.Format_RGBA8888).copy()


@lru_cache(4)
def _picture(block: bytes, shape: tuple[int, ...]) -> QImage:
    return picture_image(np.frombuffer(block, np.uint8).reshape(shape))


def draw_picture(
    painter: QPainter, graph: ModuleGraph, name: str, rectangle: Rectangle, endpoints: SampleEndpoints, zoom: float
) -> None:
    """The sample in the box of an input; nothing in those of other inputs, such as a mask."""
    if endpoints.picture is None or not graph.is_given(name, endpoints.picture.size):
        return
    image = _picture(endpoints.picture.tobytes(), endpoints.picture.shape)
    title, _, _, shape = lines_of_end(rectangle, zoom)
    room = QRectF(rectangle.x + 6, title.bottom(), rectangle.width - 12, shape.top() - title.bottom())
    if zoom < READABLE:
        room = QRectF(rectangle.x + 4, rectangle.y + 4, rectangle.width - 8, rectangle.height - 8)
    side = min(room.width() / image.width(), room.height() / image.height())
    target = QRectF(QPointF(), image.size().toSizeF() * side)
    target.moveCenter(room.center())
    painter.drawImage(target, image)


def _draw_prediction(painter: QPainter, rectangle: Rectangle, endpoints: SampleEndpoints, zoom: float) -> None:
    if not endpoints.predicted or zoom < READABLE:
        return
    palette = active()
    colour = palette.text if endpoints.is_right is None else palette.right if endpoints.is_right else palette.wrong
    _, of_name, of_figure, _ = lines_of_end(rectangle, zoom)
    scale = enlarged(zoom)
    name = predicted_name(endpoints, of_name.width() / scale)
    draw_words(painter, of_name, name, colour, SMALL_PX, scale=scale)
    draw_words(painter, of_figure, percent(endpoints.probability), colour, SMALL_PX, scale=scale)


def predicted_name(endpoints: SampleEndpoints, width: float) -> str:
    """The name of the predicted class as it fits into a width in px."""
    name = endpoints.predicted
    if text_width(name, SMALL_PX) > width:
        name = endpoints.own_words or name
    return shortened(name, width, SMALL_PX, in_the_middle=True)
