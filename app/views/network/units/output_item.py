"""Class names, probability bars and figures beside the output."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.class_names import shared_letters
from app.analysis.figures import true_signs
from app.analysis.graph.graph_view import GraphView
from app.analysis.probabilities import percent
from app.palette import SMALL_PX, TEXT_PX, active
from app.views.network.scene_colours import scene_colours
from app.views.network.text import RIGHT, shortened_apart, text_width, write
from app.views.network.units.analysis.output_rows import OutputRows
from app.views.network.units.view_item import ViewItem

_MARK_WIDTH = 16.0
_LEAST_POINTS = 0.05
"""Fewer would be written as none."""


class OutputItem(ViewItem):
    """Draws a row for each class, or for the most probable ones where they are many.

    The predicted class's bar is green when right and red when wrong; the true class has a check mark. Of two passes
    a bar goes from what A has to what B has.
    """

    def _draw_row(
        self, painter: QPainter, view: GraphView, rows: OutputRows, middle: float, number: int, listed: Sequence[int]
    ) -> None:
        palette = active()
        is_true, is_predicted = number == view.true, number == view.predicted
        top, height = middle - rows.height / 2, rows.height
        is_bold = is_true or is_predicted
        colour = palette.text if is_bold else palette.faint_text
        if is_predicted and not is_true and view.true is not None and view.probabilities_before is None:
            colour = palette.wrong  # its bar may be too short to be seen
        left = rows.names[0] + _MARK_WIDTH
        room = QRectF(left, top, rows.names[1] - left, height)
        all_names = view.graph.columns[-1].class_names
        name = class_texts(tuple(all_names[each] for each in listed), room.width())[listed.index(number)]
        write(painter, room, name, colour, TEXT_PX, bold=is_bold, align=RIGHT)
        if is_true:
            beside = max(room.right() - text_width(name, TEXT_PX, bold=True) - _MARK_WIDTH, rows.names[0])
            _draw_check(painter, QPointF(beside + 5, middle), QColor(palette.right))
        thick = min(height * 0.5, 12.0)
        full = None
        if rows.bars is not None:
            full = QRectF(rows.bars[0], middle - thick / 2, rows.bars[1] - rows.bars[0], thick)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.bar_ground))
            painter.drawRoundedRect(full, 2, 2)
        if view.probabilities is None:
            return
        probability = float(view.probabilities[number])
        if view.probabilities_before is not None:
            _draw_change(painter, rows, middle, full, float(view.probabilities_before[number]), probability)
            return
        if np.isfinite(probability) and full is not None:
            bar = palette.bar if not is_predicted or view.true is None else palette.right if is_true else palette.wrong
            full.setWidth(max(full.width() * probability, 1.5 if probability > 5e-4 else 0))
            painter.setBrush(QColor(bar))
            painter.drawRoundedRect(full, 2, 2)
        text = percent(probability)
        room = QRectF(rows.figures[0], top, rows.figures[1] - rows.figures[0], height)
        write(painter, room, text, colour, SMALL_PX, bold=is_predicted, align=RIGHT)

    def _draw_note(self, painter: QPainter, view: GraphView, rows: OutputRows) -> None:
        """Above a list of the most probable classes stands of how many."""
        n = len(view.graph.columns[-1].class_names)
        if rows.are_aligned or len(rows.middles) == n:
            return
        top = float(rows.middles[0]) - rows.height * 1.5
        room = QRectF(rows.names[0], top, rows.figures[1] - rows.names[0], rows.height)
        write(painter, room, f"most probable of {n:,}", active().faint_text, SMALL_PX, align=RIGHT)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None or self._shown is None or self._shown[1].rows is None:
            return
        view, rows = self._shown[0], self._shown[1].rows
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        listed = listed_classes(view, rows)
        for row, number in enumerate(listed):
            self._draw_row(painter, view, rows, float(rows.middles[row]), number, listed)
        self._draw_note(painter, view, rows)


def _draw_change(
    painter: QPainter, rows: OutputRows, middle: float, full: QRectF | None, before: float, now: float
) -> None:
    """From what A has to what B has, with a stroke at A's; beside it the points between them."""
    palette = active()
    change = now - before
    if not np.isfinite(change):
        return
    if full is not None:
        left, width, top, thick = full.x(), full.width(), full.y(), full.height()
        rgb = scene_colours().positive if now > before else scene_colours().negative
        bar = QRectF(left + width * min(before, now), top, width * abs(change), thick)
        painter.fillRect(bar, QColor(*rgb))
        painter.fillRect(QRectF(left + width * before - 1, top - 2, 2, thick + 4), QColor(palette.text))
    points = 100 * change
    text = "same" if change == 0 else "±0.0" if abs(points) < _LEAST_POINTS else true_signs(f"{points:+.1f}")
    room = QRectF(rows.figures[0], middle - rows.height / 2, rows.figures[1] - rows.figures[0], rows.height)
    write(painter, room, text, palette.faint_text, SMALL_PX, align=RIGHT)


def listed_classes(view: GraphView, rows: OutputRows) -> list[int]:
    """The class of each row: all in order, or the most probable ones with the true one last if it is not among them."""
    n = len(view.graph.columns[-1].class_names)
    if rows.are_aligned or view.probabilities is None:
        return list(range(min(n, len(rows.middles))))
    order = np.argsort(-view.probabilities, kind="stable")[: len(rows.middles)].tolist()
    if view.true is not None and view.true not in order and view.true < n:
        order[-1] = view.true
    return order


@lru_cache
def class_texts(names: tuple[str, ...], width: float) -> list[str]:
    """The names of classes as they fit into a width in px: without the words that all begin with, if they have to."""
    if any(text_width(name, TEXT_PX, bold=True) > width for name in names):
        n_shared = shared_letters(names)
        names = tuple(name[n_shared:] or name for name in names)
    return shortened_apart(names, width, TEXT_PX, bold=True)


def _draw_check(painter: QPainter, at: QPointF, colour: QColor) -> None:
    pen = QPen(colour, 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([at + QPointF(-4, 0), at + QPointF(-1, 3.5), at + QPointF(4.5, -4)]))
