"""What colours and widths of the graph mean, on one line below it."""

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from app.analysis import colours
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.strongest import LEVELS, style_number
from app.palette import SMALL_PX, active
from app.views.network.scene_colours import scene_colours
from app.views.network.text import LEFT, shortened, text_width, write
from app.views.network.units.analysis.legend_parts import LegendPart, Sign, legend_parts
from app.views.network.units.edge_pens import edge_pens

LEGEND_HEIGHT = 30
LEAST_SIZE = 320, 200
"""Of the drawing of a network with its legend, px."""
_MARGIN, _SPACE = 14.0, 16.0
_ZERO = colours.LEVELS // 2


class Legend(QWidget):
    """The legend as a strip of its own, so that it never lies over the graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: GraphView | None = None
        self._parts: tuple[LegendPart, ...] = ()

    @property
    def text(self) -> str:
        """What it says."""
        return " · ".join(part.text for part in self._parts)

    def show_view(self, view: GraphView | None) -> None:
        """Tell about a view."""
        self._view = view
        self._choose_wording()

    def _choose_wording(self) -> None:
        parts = () if self._view is None else fitting_parts(self._view, self.width())
        if parts != self._parts:
            self._parts = parts
            self.update()

    def resizeEvent(self, event: object) -> None:
        self._choose_wording()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        draw_legend(painter, QRectF(self.rect()), self._parts)
        painter.end()


def fitting_parts(view: GraphView, width: float) -> tuple[LegendPart, ...]:
    """What the legend says, in the wording that fits into a width in px."""
    parts = legend_parts(view)
    if 2 * _MARGIN + sum(_width(part) + _SPACE for part in parts) - _SPACE <= width:
        return parts
    return legend_parts(view, is_short=True)


def draw_legend(painter: QPainter, room: QRectF, parts: tuple[LegendPart, ...]) -> None:
    """Draw the parts into a room, from the left, as many as there is room for."""
    painter.fillRect(room, QColor(active().background))
    x = room.x() + _MARGIN
    end = room.right() - _MARGIN / 2
    for part in parts:
        sign = _sign_width(part.sign)
        text = part.text
        if x + sign + text_width(text, SMALL_PX) > end:
            text = shortened(text, end - x - sign, SMALL_PX)
            if len(text) <= 4 or (part.sign is None and part is not parts[0]):
                return  # half a number is another number
        if part.sign is not None:
            _draw_sign(painter, part.sign, QPointF(x, room.center().y()))
        x += sign
        place = QRectF(QPointF(x, room.y()), room.bottomRight())
        write(painter, place, text, active().faint_text, SMALL_PX, align=LEFT)
        x += text_width(text, SMALL_PX) + _SPACE


def _width(part: LegendPart) -> float:
    return _sign_width(part.sign) + text_width(part.text, SMALL_PX)


_BARS = {
    Sign.DIVERGING: (colours.DIVERGING[: colours.LEVELS], "−", "+"),
    Sign.POSITIVE: (colours.DIVERGING[_ZERO : colours.LEVELS], "0", "+"),
    Sign.GREY: (colours.GREY[: colours.LEVELS], "0", "+"),
}
_BAR, _LINE, _DOT, _LETTER = 70.0, 18.0, 10.0, 12.0


def _sign_width(sign: Sign | None) -> float:
    match sign:
        case None:
            return 0.0
        case Sign.EDGES:
            return 2 * (_LETTER + _LINE) + 14
        case Sign.NOT_FINITE | Sign.NOT_RECORDED:
            return _DOT + 5
        case _:
            return _BAR + 2 * _LETTER + 6


def _draw_sign(painter: QPainter, sign: Sign, at: QPointF) -> None:
    match sign:
        case Sign.EDGES:
            for place, (letter, is_negative) in enumerate((("−", True), ("+", False))):
                left = at + QPointF(place * (_LETTER + _LINE + 4), 0)
                _draw_letter(painter, letter, left)
                colour = edge_pens()[style_number(LEVELS - 1, is_negative=is_negative)].color()
                painter.fillRect(QRectF(left.x() + _LETTER, at.y() - 1, _LINE, 3), colour)
        case Sign.NOT_FINITE | Sign.NOT_RECORDED:
            rgb = scene_colours().not_finite if sign is Sign.NOT_FINITE else scene_colours().not_recorded
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(*rgb))
            painter.drawEllipse(at + QPointF(_DOT / 2, 0), _DOT / 2, _DOT / 2)
        case _:
            table, low, high = _BARS[sign]
            _draw_letter(painter, low, at)
            bar = QRectF(at.x() + _LETTER, at.y() - 5, _BAR, 10)
            painter.drawImage(bar, _strip(table))
            painter.setPen(QColor(active().line))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar)
            _draw_letter(painter, high, QPointF(bar.right() + 2, at.y()))


def _draw_letter(painter: QPainter, letter: str, at: QPointF) -> None:
    write(painter, QRectF(at.x(), at.y() - 8, _LETTER, 16), letter, active().text, SMALL_PX)


def _strip(table: np.ndarray) -> QImage:
    pixels = np.ascontiguousarray(table).tobytes()
    return QImage(pixels, len(table), 1, QImage.Format.Format_RGBA8888).copy()
