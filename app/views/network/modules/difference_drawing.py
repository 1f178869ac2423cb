"""Draws what boxes of modules show of two passes: a colour for the number that is chosen, bars to either side."""

from collections.abc import Set
from math import copysign

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from app.analysis.figures import DAMAGED
from app.analysis.graph.rectangle import Rectangle
from app.analysis.probabilities import percent
from app.palette import SMALL_PX, active
from app.views.network.modules.analysis.module_differences import BoxDifference, ModuleDifference, Told
from app.views.network.modules.analysis.module_layout import ModuleLayout
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.module_drawing import (
    BARS_AT,
    INSET,
    LINE,
    READABLE,
    ROUND,
    UNITS_AT,
    draw_box_words,
    draw_words,
    enlarged,
    is_far,
    lines_of_end,
    rect_of,
)
from app.views.network.modules.pass_drawing import (
    BETWEEN,
    UNITS,
    UNITS_SEEN,
    activation_colour,
    bar_height,
    draw_damage,
    draw_picture,
    gradient_colour,
    predicted_name,
    unit_image,
)
from app.views.network.scene_colours import scene_colours
from app.views.network.text import LEFT, text_width

_STRONGEST = 0.5
"""Opacity of the full colour over a box, so that its words stay readable."""

_LIFT = 0.6
"""Most ratios are far below the largest of the run: colours change faster near none, as those of units do."""

_EMPTY = 0.7


def draw_difference(
    painter: QPainter,
    layout: ModuleLayout,
    numbers: ModuleDifference,
    what: Told,
    seen: Rectangle,
    zoom: float,
    marked: Set[str] = frozenset(),
) -> None:
    """Everything that belongs to two passes and a sample, as far as it lies in the part that is seen.

    Args:
        what: the colour of a box tells.
        marked: the boxes whose names leave room for a mark.
    """
    graph = layout.folded.graph
    scales = [numbers.scale_of(each) for each in (Told.ACTIVATION, Told.GRADIENT)]
    for name in layout.boxes_in(seen):
        rectangle, node = layout.boxes[name], graph.nodes.get(name)
        if node is not None and node.node.role == "input":
            draw_picture(painter, graph, name, rectangle, numbers.endpoints[0], zoom)
        elif node is not None and node.node.role == "output":
            _draw_predictions(painter, rectangle, numbers.endpoints, zoom)
        elif node is None or node.node.role == "call":
            own = numbers.of_box(name)
            _draw_colour(painter, rectangle, own, what, numbers.scale_of(what))
            if is_far(layout, zoom):
                continue
            if own.why_hollow:
                faint = active().faint_text
                draw_box_words(painter, layout, name, zoom, (faint, faint), is_marked=name in marked)
                _draw_reason(painter, rectangle, own.why_hollow, zoom)
                continue
            if own.told(what):  # a colour over them would take their own
                text = active().text
                draw_box_words(painter, layout, name, zoom, (text, text), is_marked=name in marked)
            left, width = rectangle.x + INSET, rectangle.width - 2 * INSET
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            if zoom >= UNITS_SEEN and own.units is not None:
                painter.drawImage(QRectF(left, rectangle.y + UNITS_AT, width, UNITS), unit_image(own.units))
            if own.activation.lacks == DAMAGED:
                draw_damage(painter, rectangle, zoom)
            bar = QRectF(left, rectangle.y + BARS_AT, width, bar_height(zoom))
            _draw_bar(painter, bar, own.activation.log_ratio, scales[0], activation_colour(), zoom)
            _draw_bar(painter, bar.translated(0, BETWEEN), own.gradient.log_ratio, scales[1], gradient_colour(), zoom)


def _draw_colour(painter: QPainter, rectangle: Rectangle, own: BoxDifference, what: Told, scale: float) -> None:
    rect, value = rect_of(rectangle), own.told(what)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if own.why_hollow:
        ground = QColor(active().background)
        ground.setAlphaF(_EMPTY)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(active().faint_text), 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, ROUND, ROUND)
        return
    if value is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(value, scale))
    painter.drawRoundedRect(rect, ROUND, ROUND)


def _draw_reason(painter: QPainter, rectangle: Rectangle, why: str, zoom: float) -> None:
    if zoom >= READABLE:
        room = QRectF(rectangle.x + INSET, rectangle.y + UNITS_AT, rectangle.width - 2 * INSET, LINE * enlarged(zoom))
        draw_words(painter, room, why, active().badge, SMALL_PX, scale=enlarged(zoom), align=LEFT)


def colour_of(value: float, scale: float) -> QColor:
    """Red for more in B, blue for less, none for the same, strongest at ±``scale``; NaN has its own."""
    colours = scene_colours()
    colour = QColor(*(colours.positive if value > 0 else colours.negative))
    part = _part(value, scale)
    if np.isnan(value):
        colour, part = QColor(*colours.not_finite), 1.0
    colour.setAlphaF(_STRONGEST * part**_LIFT)
    return colour


def _part(value: float, scale: float) -> float:
    return min(abs(value) / scale, 1.0) if scale > 0 else float(value != 0)


def _draw_bar(painter: QPainter, room: QRectF, value: float | None, scale: float, colour: QColor, zoom: float) -> None:
    """A groove with a bar from its middle; what one has no number of has no groove."""
    if value is None:
        return
    painter.fillRect(room, QColor(active().line))
    if np.isnan(value):
        painter.fillRect(room, QColor(*scene_colours().not_finite))
        return
    middle, half = room.center().x(), room.width() / 2
    length = copysign(half * _part(value, scale), value)
    painter.fillRect(QRectF(middle, room.y(), length, room.height()).normalized(), colour)
    stroke = max(1.5, 1 / zoom)  # thinner ones would be seen in some boxes only
    painter.fillRect(QRectF(middle - stroke / 2, room.y() - 1, stroke, room.height() + 2), QColor(active().text))


def _draw_predictions(
    painter: QPainter, rectangle: Rectangle, endpoints: tuple[SampleEndpoints, SampleEndpoints], zoom: float
) -> None:
    if zoom < READABLE:
        return
    palette = active()
    _, *rooms, _ = lines_of_end(rectangle, zoom)
    for room, name, each in zip(rooms, "AB", endpoints, strict=True):
        if not each.predicted:
            continue
        colour = palette.text if each.is_right is None else palette.right if each.is_right else palette.wrong
        scale = enlarged(zoom)
        draw_words(painter, room, prediction_words(name, each, room.width() / scale), colour, SMALL_PX, scale=scale)


def prediction_words(run: str, endpoints: SampleEndpoints, width: float) -> str:
    """The predicted class of A or B, with its probability where that fits into a width in px: half of it is another."""
    figure = percent(endpoints.probability)
    name = predicted_name(endpoints, width - text_width(f"{run}  {figure}", SMALL_PX))
    if text_width(words := f"{run} {name} {figure}", SMALL_PX) <= width:
        return words
    return f"{run} {predicted_name(endpoints, width - text_width(f'{run} ', SMALL_PX))}"
