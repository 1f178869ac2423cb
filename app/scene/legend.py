"""What colours and widths of the graph mean, on one line below it."""

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis import colours
from app.analysis.columns import Drawing
from app.analysis.graph_view import GraphView
from app.analysis.strongest import LEVELS, NOT_FINITE_STYLE, style_number
from app.analysis.unit_facts import short_figure
from app.palette import SMALL_PX, Palette, font
from app.scene.edge_pens import edge_pen

LEGEND_HEIGHT = 30
_SPACE = 22.0
_NARROW = 1_100.0
"""Below this width in px the wording is short."""

_VERTICAL = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class Legend(QWidget):
    """The legend as a strip of its own, so that it never lies over the graph."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._view: GraphView | None = None
        self._n_drawn = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_view(self, view: GraphView | None, n_drawn: int) -> None:
        """Tell about a view of which so many edges are on the screen."""
        if view is self._view and n_drawn == self._n_drawn:
            return
        self._view, self._n_drawn = view, n_drawn
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, LEGEND_HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        draw_legend(painter, QRectF(self.rect()), self._view, self._n_drawn, self._palette)
        painter.end()


def draw_legend(painter: QPainter, room: QRectF, view: GraphView | None, n_drawn: int, palette: Palette) -> None:
    """Draw the legend into a room, from the left, as much of it as there is room for."""
    painter.fillRect(room, QColor(palette.background))
    if view is None:
        return
    pen = _Writer(painter, room, palette)
    pen.bar(colours.DIVERGING[: colours.LEVELS], "−", "+")
    is_narrow = room.width() < _NARROW
    pen.text(
        f"activation {_nodes_range(view)}" if is_narrow else f"activation, full colour {_nodes_range(view)} by layer"
    )
    if any(column.tiles is not None and not column.tiles_are_signed for column in view.columns):
        pen.bar(colours.GREY[:255], "0", "+")
        pen.text("map" if is_narrow else "feature map")
    if view.lines.n_edges:
        pen.edge(style_number(LEVELS - 1, is_negative=True), "−")
        pen.edge(style_number(LEVELS - 1, is_negative=False), "+")
        scales = [pair.scale for pair in view.pairs if pair.values is not None]
        pen.text(f"weight {_range(scales)}" if is_narrow else f"weight, widest {_range(scales)} by pair of layers")
        if n_drawn < len(view.lines) or view.lines.n_left_out:
            pen.text(f"strongest {n_drawn:,} of {view.lines.n_edges:,} edges")
    if (len(view.lines) and view.lines.styles[-1] == NOT_FINITE_STYLE) or _has(view, colours.NOT_FINITE):
        pen.dot(colours.NOT_FINITE_RGB)
        pen.text("NaN or Inf")
    if _has(view, colours.NOT_RECORDED):
        pen.dot(colours.NOT_RECORDED_RGB)
        pen.text("not recorded")


def _nodes_range(view: GraphView) -> str:
    scales = [
        each.scale
        for column, each in zip(view.graph.columns, view.columns, strict=True)
        if column.drawing is not Drawing.PICTURE and each.values is not None and each.tiles is None
    ]
    return _range(scales) if scales else ""


def _range(scales: list[float]) -> str:
    low, high = min(scales), max(scales)
    return f"±{short_figure(high)}" if low == high else f"±{short_figure(low)} to ±{short_figure(high)}"


def _has(view: GraphView, number: int) -> bool:
    return any(
        bool((each.numbers == number).any())
        for column, each in zip(view.graph.columns, view.columns, strict=True)
        if column.drawing is not Drawing.PICTURE and each.tiles is None
    )


class _Writer:
    """Puts one thing beside the other until the room is used up."""

    def __init__(self, painter: QPainter, room: QRectF, palette: Palette) -> None:
        self._painter, self._room, self._palette = painter, room, palette
        self._x = room.x() + 14
        self._metrics = QFontMetricsF(font(SMALL_PX))
        painter.setFont(font(SMALL_PX))

    def _has_room(self, width: float) -> bool:
        return self._x + width <= self._room.right() - 6

    def text(self, text: str) -> None:
        width = self._metrics.horizontalAdvance(text)
        if not self._has_room(width):
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._room.right() - 6 - self._x)
            width = self._metrics.horizontalAdvance(text)
        self._write(text, self._palette.faint_text)
        self._x += width + _SPACE

    def bar(self, table: np.ndarray, low: str, high: str) -> None:
        if not self._has_room(150):
            self._x = self._room.right()
            return
        self._x += self._write(low, self._palette.text) + 4
        pixels = table.tobytes()
        image = QImage(pixels, len(table), 1, len(table) * 4, QImage.Format.Format_RGBA8888)
        self._painter.drawImage(QRectF(self._x, self._middle - 5, 70, 10), image)
        self._x += 74
        self._x += self._write(high, self._palette.text) + 8

    def edge(self, style: int, sign: str) -> None:
        if not self._has_room(40):
            return
        self._x += self._write(sign, self._palette.text) + 3
        self._painter.fillRect(QRectF(self._x, self._middle - 1, 18, 3), edge_pen(style).color())
        self._x += 24

    def dot(self, rgb: tuple[int, int, int]) -> None:
        if not self._has_room(20):
            return
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(*rgb))
        self._painter.drawEllipse(QPointF(self._x + 5, self._middle), 5, 5)
        self._x += 15

    @property
    def _middle(self) -> float:
        return self._room.center().y()

    def _write(self, text: str, colour: str) -> float:
        self._painter.setPen(QColor(colour))
        width = self._metrics.horizontalAdvance(text)
        self._painter.drawText(QRectF(self._x, self._room.y(), width + 2, self._room.height()), _VERTICAL, text)
        return width
