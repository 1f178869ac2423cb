"""Lines on a picture that may have any colour: on a wider one of the ground, so that they are seen on all of them."""

from collections.abc import Callable

from PyQt6.QtGui import QColor, QPainter, QPen

from app.palette import active

RIM_PX = 1.0
"""At each side of a line."""


def draw_rimmed(painter: QPainter, pen: QPen, draw: Callable[[], None]) -> None:
    """Draw the same twice, with a wider pen of the ground and with the given one."""
    rim = QPen(QColor(active().background), pen.widthF() + 2 * RIM_PX)
    for each in (rim, pen):
        painter.setPen(each)
        draw()
