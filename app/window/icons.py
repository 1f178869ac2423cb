"""The transport's icons, drawn here so that they have the theme's colour at every size."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

from app.palette import active

_SIDE = 64


def _triangle(left: float, right: float) -> QPainterPath:
    """Pointing from ``left`` to ``right``, in a square of side 1."""
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(left, 0.2), QPointF(right, 0.5), QPointF(left, 0.8)]))
    return path


def _bar(left: float, right: float) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(left, 0.2, right - left, 0.6))
    return path


def _loop() -> QPainterPath:
    """Three quarters of a ring with an arrow's head at its end."""
    path = QPainterPath()
    path.arcMoveTo(QRectF(0.2, 0.2, 0.6, 0.6), 40)
    path.arcTo(QRectF(0.2, 0.2, 0.6, 0.6), 40, 280)
    path.arcTo(QRectF(0.3, 0.3, 0.4, 0.4), 320, -280)
    head = QPainterPath()
    head.addPolygon(QPolygonF([QPointF(0.58, 0.62), QPointF(0.9, 0.62), QPointF(0.76, 0.86)]))
    return path.united(head)


_SHAPES = {
    "first": lambda: _bar(0.2, 0.28).united(_triangle(0.8, 0.32)),
    "back": lambda: _triangle(0.72, 0.28),
    "play": lambda: _triangle(0.28, 0.8),
    "pause": lambda: _bar(0.26, 0.42).united(_bar(0.58, 0.74)),
    "stop": lambda: _bar(0.22, 0.78),
    "forward": lambda: _triangle(0.28, 0.72),
    "last": lambda: _triangle(0.2, 0.68).united(_bar(0.72, 0.8)),
    "loop": _loop,
}

NAMES = tuple(_SHAPES)


def icon(name: str) -> QIcon:
    """The icon of this name, one of `NAMES`, also as it looks when it can not be used."""
    made = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, active().text), (QIcon.Mode.Disabled, active().line)):
        pixmap = QPixmap(_SIDE, _SIDE)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_SIDE, _SIDE)
        painter.fillPath(_SHAPES[name](), QColor(colour))
        painter.end()
        made.addPixmap(pixmap, mode)
    return made
