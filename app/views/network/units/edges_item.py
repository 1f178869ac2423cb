"""All edges of the graph as one item."""

from collections.abc import Iterator

import numpy as np
from PyQt6.QtCore import QObject, QRectF
from PyQt6.QtGui import QPainter, QTransform
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.strongest import Lines
from app.palette import active
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.analysis.line_budget import affordable
from app.views.network.units.deferred_drawing import DeferredDrawing
from app.views.network.units.edge_pens import EDGE_WIDTHS, edge_pens
from app.views.network.units.line_array import LineArray
from app.views.network.viewport_cache import ViewportCache

SMOOTH_LENGTH = 70_000.0
"""Px of line that are drawn smoothly at once, the strongest first; what they cost grows with their length."""

ROUGH_LENGTH = 200_000.0
"""Px of line that are drawn at once below those without smoothing, which costs half."""


class EdgesItem(QGraphicsItem):
    """Draws edges from the faintest to the strongest.

    On the screen it keeps what it has drawn. At once it draws what there is time for, and all edges smoothly as soon
    as nothing moves. Into a picture it draws all.

    Args:
        owner: what the item lives as long as.
    """

    def __init__(self, owner: QObject) -> None:
        super().__init__()
        self._bounds = QRectF()
        self._lines: Lines | None = None
        self._layout: Layout | None = None
        self._deferred = DeferredDrawing(owner)
        self._cache, self._finer = ViewportCache(), ViewportCache()
        self._cache_key: tuple[object, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether all edges are on the screen, each as it should be."""
        return self._lines is None or (self._cache_key != () and not self._deferred.is_under_way)

    def show_lines(self, lines: Lines | None, layout: Layout | None) -> None:
        """Show other edges, or the same in another place."""
        if lines is self._lines and layout is self._layout:
            return
        self._lines, self._layout = lines, layout
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._deferred.forget()
        self._cache_key = ()
        self.update()

    def _array(self, painter: QPainter, which: np.ndarray | slice, lines: Lines, layout: Layout) -> LineArray:
        starts, ends = layout.leaving[lines.leaving[which]], layout.arriving[lines.arriving[which]]
        return LineArray(starts, ends, lines.styles[which], EDGE_WIDTHS, painter)

    def _draw_at_once(self, transform: QTransform, widget: QWidget, lines: Lines, layout: Layout) -> None:
        along = layout.arriving.take(lines.arriving, 0) - layout.leaving.take(lines.leaving, 0)
        costs = np.sqrt(np.einsum("ij,ij->i", along, along)) * EDGE_WIDTHS.take(lines.styles)
        rough, smooth = affordable(lines, costs, SMOOTH_LENGTH, ROUGH_LENGTH)
        painter = self._cache.begin(widget, active().background, transform)
        for which, smoothly in ((rough, False), (smooth, True)):
            if len(which):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, smoothly)
                self._array(painter, which, lines, layout).draw(edge_pens())
        painter.end()
        self._deferred.forget()
        if len(smooth) < len(lines):
            self._deferred.ask(lambda: self._draw_slowly(transform, widget, lines, layout), self._show_finer)

    def _draw_slowly(self, transform: QTransform, widget: QWidget, lines: Lines, layout: Layout) -> Iterator[None]:
        painter = self._finer.begin(widget, active().background, transform)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            yield from self._array(painter, slice(None), lines, layout).strokes(edge_pens())
        finally:
            painter.end()

    def _show_finer(self) -> None:
        self._cache, self._finer = self._finer, self._cache
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        lines, layout = self._lines, self._layout
        if painter is None or lines is None or layout is None:
            return
        if widget is None:
            painter.setClipRect(self._bounds)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._array(painter, slice(None), lines, layout).draw(edge_pens())
            return
        transform = painter.worldTransform()
        wished = (QTransform(transform), widget.size(), widget.devicePixelRatioF(), active())
        if wished != self._cache_key:
            self._draw_at_once(wished[0], widget, lines, layout)
            self._cache_key = wished
        self._cache.blit(painter)
