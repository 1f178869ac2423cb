"""All edges of the graph as one item."""

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter, QPixmap, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.layout import Layout
from app.analysis.line_budget import affordable
from app.analysis.strongest import Lines
from app.scene.edge_pens import EDGE_WIDTHS, edge_pen
from app.scene.line_array import LineArray

SMOOTH_LENGTH = 300_000.0
"""Px of line that are drawn smoothly on the screen, the strongest first; what they cost grows with their length."""

ROUGH_LENGTH = 900_000.0
"""Px of line that are drawn below those without smoothing, which costs less than half."""

_NONE = np.zeros(0, np.int64)


class EdgesItem(QGraphicsItem):
    """Draws edges from the faintest to the strongest.

    On the screen it keeps what it has drawn, so that what lies above can change without it, and leaves out the
    faintest edges beyond what there is time for. Into a picture it draws all.

    Args:
        background: what it keeps is opaque, which is faster to draw, and so has the background in it.
    """

    def __init__(self, background: str) -> None:
        super().__init__()
        self._background = QColor(background)
        self._bounds = QRectF()
        self._lines: Lines | None = None
        self._layout: Layout | None = None
        self._rough = self._smooth = _NONE
        self._kept = QPixmap()
        self._kept_at: QTransform | None = None

    @property
    def n_drawn(self) -> int:
        """How many edges are on the screen."""
        return len(self._rough) + len(self._smooth)

    def show_lines(self, lines: Lines | None, layout: Layout | None) -> None:
        """Show other edges, or the same in another place."""
        if lines is self._lines and layout is self._layout:
            return
        self._lines, self._layout = lines, layout
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._rough = self._smooth = _NONE
        if lines is not None and layout is not None:
            along = layout.arriving[lines.arriving] - layout.leaving[lines.leaving]
            costs = np.hypot(along[:, 0], along[:, 1]) * EDGE_WIDTHS[lines.styles]
            self._rough, self._smooth = affordable(lines, costs, SMOOTH_LENGTH, ROUGH_LENGTH)
        self._kept_at = None
        self.update()

    def _draw(self, painter: QPainter, which: np.ndarray, *, smoothly: bool) -> None:
        lines, layout = self._lines, self._layout
        if lines is None or layout is None or not len(which):
            return
        array = LineArray(
            layout.leaving[lines.leaving[which]],
            layout.arriving[lines.arriving[which]],
            lines.styles[which],
            EDGE_WIDTHS,
            painter.worldTransform().m11(),
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smoothly)
        array.draw(painter, edge_pen)

    def _draw_kept(self, transform: QTransform, widget: QWidget) -> None:
        ratio = widget.devicePixelRatioF()
        if self._kept.size() != widget.size() * ratio:
            self._kept = QPixmap(widget.size() * ratio)
            self._kept.setDevicePixelRatio(ratio)
        self._kept.fill(self._background)
        painter = QPainter(self._kept)
        # a clip makes Qt draw thin lines about eight times faster (MEASURED C)
        painter.setClipRect(widget.rect())
        painter.setWorldTransform(transform)
        self._draw(painter, self._rough, smoothly=False)
        self._draw(painter, self._smooth, smoothly=True)
        painter.end()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._lines is None:
            return
        if widget is None:
            painter.setClipRect(self._bounds)
            self._draw(painter, np.arange(len(self._lines)), smoothly=True)
            return
        transform = painter.worldTransform()
        if self._kept_at != transform or self._kept.size() != widget.size() * widget.devicePixelRatioF():
            self._draw_kept(transform, widget)
            self._kept_at = QTransform(transform)
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(0, 0, self._kept)
        painter.setWorldTransform(transform)
