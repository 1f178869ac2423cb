"""All edges of the graph as one item."""

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPixmap, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.layout import Layout
from app.analysis.strongest import Lines
from app.scene.edge_pens import edge_pen
from app.scene.line_array import LineArray

SMOOTH_LENGTH = 700_000.0
"""Px of line that are drawn smoothly on the screen, the strongest first; their cost grows with their length."""

ROUGH_LENGTH = 1_000_000.0
"""Px of line that are drawn below those without smoothing, which costs less than half."""


class EdgesItem(QGraphicsItem):
    """Draws edges from the faintest to the strongest.

    On the screen it keeps what it has drawn, so that what lies above can change without it, and leaves out the
    faintest edges beyond what there is time for. Into a picture it draws all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._lines: Lines | None = None
        self._layout: Layout | None = None
        self._array = LineArray(np.zeros((0, 2)), np.zeros((0, 2)))
        self._first_rough = self._first_smooth = 0
        self._kept = QPixmap()
        self._kept_at: QTransform | None = None

    @property
    def n_drawn(self) -> int:
        """How many edges are on the screen."""
        return len(self._array) - self._first_rough

    def show_lines(self, lines: Lines | None, layout: Layout | None) -> None:
        """Show other edges, or the same in another place."""
        if lines is self._lines and layout is self._layout:
            return
        self._lines, self._layout = lines, layout
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        if lines is None or layout is None:
            starts = ends = np.zeros((0, 2))
        else:
            starts, ends = layout.leaving[lines.leaving], layout.arriving[lines.arriving]
        self._array = LineArray(starts, ends)
        # cumulative length from the strongest, which is the last, down
        lengths = np.cumsum(np.hypot(*(ends - starts).T)[::-1])
        self._first_smooth = len(starts) - int(np.searchsorted(lengths, SMOOTH_LENGTH))
        self._first_rough = len(starts) - int(np.searchsorted(lengths, SMOOTH_LENGTH + ROUGH_LENGTH))
        self._kept_at = None
        self.update()

    def _draw(self, painter: QPainter, rough_from: int, smooth_from: int) -> None:
        if self._lines is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for style, start, stop in self._lines.runs(rough_from):
            if start < smooth_from:
                painter.setPen(edge_pen(style))
                self._array.draw(painter, start, min(stop, smooth_from))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for style, start, stop in self._lines.runs(smooth_from):
            painter.setPen(edge_pen(style))
            self._array.draw(painter, start, stop)

    def _draw_kept(self, transform: QTransform, widget: QWidget) -> None:
        ratio = widget.devicePixelRatioF()
        if self._kept.size() != widget.size() * ratio:
            self._kept = QPixmap(widget.size() * ratio)
            self._kept.setDevicePixelRatio(ratio)
        self._kept.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._kept)
        # a clip makes Qt draw thin lines about eight times faster (MEASURED C)
        painter.setClipRect(widget.rect())
        painter.setWorldTransform(transform)
        self._draw(painter, self._first_rough, self._first_smooth)
        painter.end()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        if widget is None:
            painter.setClipRect(self._bounds)
            self._draw(painter, 0, 0)
            return
        transform = painter.worldTransform()
        if self._kept_at != transform or self._kept.size() != widget.size() * widget.devicePixelRatioF():
            self._draw_kept(transform, widget)
            self._kept_at = QTransform(transform)
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(0, 0, self._kept)
        painter.setWorldTransform(transform)
