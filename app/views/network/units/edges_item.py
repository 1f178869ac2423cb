"""All edges of the graph as one item."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject
from PyQt6.QtGui import QColor, QPainter, QTransform
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.strongest import Lines
from app.palette import active
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.analysis.line_budget import affordable
from app.views.network.units.deferred_drawing import DeferredDrawing
from app.views.network.units.edge_pens import EDGE_WIDTHS, edge_pens
from app.views.network.units.line_array import LineArray
from app.views.network.units.whole_item import WholeItem
from app.views.network.viewport_cache import ViewportCache

SMOOTH_LENGTH = 70_000.0
"""Px of line that are drawn smoothly at once, the strongest first; what they cost grows with their length."""

ROUGH_LENGTH = 200_000.0
"""Px of line that are drawn at once below those without smoothing, which costs half."""

MOVING = 0.5
"""So much of both while one pass follows the other faster than all edges can be drawn: nobody looks at a single one."""

Parts = tuple[np.ndarray, np.ndarray]
"""Which lines are drawn roughly, and which smoothly, see `affordable`."""


class EdgesItem(WholeItem):
    """Draws edges from the faintest to the strongest.

    On the screen it draws at once what there is time for, and all edges smoothly as soon as nothing moves. What it
    has drawn twice is kept: while passes follow one another, each is drawn once. Into a picture it draws all.

    Args:
        owner: what the item lives as long as.
    """

    def __init__(self, owner: QObject) -> None:
        super().__init__()
        self._lines: Lines | None = None
        self._deferred = DeferredDrawing(owner)
        self._is_moving = False
        self._cache, self._finer = ViewportCache(), ViewportCache()
        self._cache_key: tuple[object, ...] = ()
        self._passing_key: tuple[object, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether all edges are on the screen, each as it should be."""
        return self._lines is None or (self._passing_key != () and not self._deferred.is_under_way)

    def show_lines(self, lines: Lines | None, layout: Layout | None) -> None:
        """Show other edges, or the same in another place."""
        if lines is self._lines and layout is self._layout:
            return
        self._lines, self._layout = lines, layout
        self._is_moving = not self.is_exact
        self._deferred.forget()
        self._cache_key = self._passing_key = ()
        self.update()

    def _array(self, painter: QPainter, which: np.ndarray | slice, lines: Lines, layout: Layout) -> LineArray:
        starts, ends = layout.leaving[lines.leaving[which]], layout.arriving[lines.arriving[which]]
        return LineArray(starts, ends, lines.styles[which], EDGE_WIDTHS, painter)

    def _draw_at_once(self, painter: QPainter, parts: Parts, lines: Lines, layout: Layout) -> None:
        for which, smoothly in zip(parts, (False, True), strict=True):
            if len(which):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, smoothly)
                self._array(painter, which, lines, layout).draw(edge_pens())

    def _draw_passing(self, painter: QPainter, widget: QWidget, parts: Parts, lines: Lines, layout: Layout) -> None:
        """Onto the screen itself, which is faster than by way of a picture that is kept."""
        transform = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.fillRect(widget.rect(), QColor(active().background))
        painter.setClipRect(widget.rect())  # see ViewportCache
        painter.setWorldTransform(transform)
        self._draw_at_once(painter, parts, lines, layout)
        painter.restore()

    def _draw_kept(self, transform: QTransform, widget: QWidget, parts: Parts, lines: Lines, layout: Layout) -> None:
        painter = self._cache.begin(widget, active().background, transform)
        self._draw_at_once(painter, parts, lines, layout)
        painter.end()

    def _draw_slowly(self, transform: QTransform, widget: QWidget, lines: Lines, layout: Layout) -> Iterator[None]:
        painter = self._finer.begin(widget, active().background, transform)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            yield from self._array(painter, slice(None), lines, layout).strokes(edge_pens())
        finally:
            painter.end()

    def _show_finer(self, key: tuple[object, ...]) -> None:
        self._cache, self._finer = self._finer, self._cache
        self._cache_key = key
        self.update()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        lines, layout = self._lines, self._layout
        if painter is None or lines is None or layout is None:
            return
        if widget is None:
            painter.setClipRect(self.boundingRect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._array(painter, slice(None), lines, layout).draw(edge_pens())
            return
        transform = QTransform(painter.worldTransform())
        wished = (transform, widget.size(), widget.devicePixelRatioF(), active())
        if wished != self._cache_key:
            parts = _affordable(lines, layout, is_moving=self._is_moving)
            is_all = len(parts[1]) == len(lines)
            if wished != self._passing_key and not is_all:
                self._passing_key, self._cache_key = wished, ()
                slowly = partial(self._draw_slowly, transform, widget, lines, layout)
                self._deferred.ask(slowly, partial(self._show_finer, wished))
                self._draw_passing(painter, widget, parts, lines, layout)
                return
            self._draw_kept(transform, widget, parts, lines, layout)
            self._passing_key = self._cache_key = wished
        self._cache.blit(painter)


def _affordable(lines: Lines, layout: Layout, *, is_moving: bool) -> Parts:
    along = layout.arriving.take(lines.arriving, 0) - layout.leaving.take(lines.leaving, 0)
    costs = np.sqrt(np.einsum("ij,ij->i", along, along)) * EDGE_WIDTHS.take(lines.styles)
    share = MOVING if is_moving and costs.sum() > SMOOTH_LENGTH else 1.0
    return affordable(lines, costs, share * SMOOTH_LENGTH, share * ROUGH_LENGTH)
