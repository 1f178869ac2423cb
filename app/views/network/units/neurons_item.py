"""All neurons of the graph as one item."""

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QPainter, QPen, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.columns import Drawing
from app.palette import active
from app.views.network.scene_colours import diverging_table
from app.views.network.shape_arrays import fragments_of
from app.views.network.text import is_vector, pixel_ratio
from app.views.network.units.neuron_sprites import RIM, RIM_SHADE, NeuronSprites
from app.views.network.units.view_item import ViewItem

_LARGEST_SPRITE = 48.0


class NeuronsItem(ViewItem):
    """Draws the circles of every column of neurons from ready pictures, column by column."""

    def __init__(self) -> None:
        super().__init__()
        self._sprites = NeuronSprites()

    def paint_column(self, painter: QPainter, number: int, position: int | None = None) -> None:
        """Draw one column, or only one unit of it; nothing where it has no neurons."""
        if self._shown is None:
            return
        view, layout = self._shown
        if view.graph.columns[number].drawing not in (Drawing.NEURONS, Drawing.OUTPUT):
            return
        spot = layout.columns[number]
        chosen = slice(None) if position is None else slice(position, position + 1)
        centres, numbers = spot.centres[chosen], view.columns[number].numbers[chosen]
        are_tokens = view.graph.columns[number].are_tokens
        if are_tokens or view.columns[number].why_hollow:
            _draw_rings(painter, centres, spot.radius, active().bar_ground if are_tokens else active().background)
            return
        if is_vector(painter):
            _draw_circles(painter, centres, spot.radius, diverging_table()[numbers])
            return
        transform = painter.worldTransform()
        ratio = pixel_ratio(painter)
        radius = spot.radius * transform.m11() * ratio
        picture, side = self._sprites.of_radius(min(radius, _LARGEST_SPRITE))
        fragments = np.zeros((len(centres), 10))
        # on whole device pixels the circles need no resampling
        fragments[:, 0] = np.rint((centres[:, 0] * transform.m11() + transform.dx()) * ratio) / ratio
        fragments[:, 1] = np.rint((centres[:, 1] * transform.m22() + transform.dy()) * ratio) / ratio
        fragments[:, 2] = numbers * side
        fragments[:, 4:6] = side
        fragments[:, 6:8] = max(radius / _LARGEST_SPRITE, 1) / ratio
        fragments[:, 9] = 1
        painter.setWorldTransform(QTransform())
        painter.drawPixmapFragments(fragments_of(fragments), picture)
        painter.setWorldTransform(transform)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is not None and self._view is not None:
            for number in range(len(self._view.columns)):
                self.paint_column(painter, number)


def _draw_rings(painter: QPainter, centres: np.ndarray, radius: float, ground: str) -> None:
    """Circles without a value's colour: of units that have nothing to be compared with, and of tokens."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(active().faint_text), min(RIM, radius / 3)))
    painter.setBrush(QColor(ground))
    for x, y in centres.tolist():
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _draw_circles(painter: QPainter, centres: np.ndarray, radius: float, rgba: np.ndarray) -> None:
    """The same as shapes, with colours uint8 ``[U, 4]``."""
    rim = min(RIM, radius / 3)
    for (x, y), colour in zip(centres.tolist(), rgba.tolist(), strict=True):
        fill = QColor(*colour)
        painter.setPen(QPen(fill.darker(int(100 / (1 - RIM_SHADE))), rim))
        painter.setBrush(fill)
        painter.drawEllipse(QPointF(x, y), radius - rim / 2, radius - rim / 2)
