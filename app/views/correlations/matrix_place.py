"""Where a matrix, its sides and its colour bar lie in a widget."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSizeF
from PyQt6.QtGui import QFontMetrics

from app.palette import SMALL_PX, font
from app.views.correlations.analysis.matrix_colours import MatrixScale
from app.views.correlations.analysis.matrix_picture import MatrixPicture, Side
from app.widgets.plain_text import width_of

BESIDE_PX, BAR_PX, TICK_PX = 8, 12, 6
"""Room left of the bar, of the bar, and between it and its numbers."""

LINE_PX = 15
MARK_PX = 46
"""Room below the bar for a mark and its words, one below the other."""

PICTURE_PX = 26
_SPACE_PX = 5
_MARKS_PX = 50
"""Room for the words on marks, also where there are none: the plot stays where it is when some come."""

_MOST_SHARE = 0.3
"""Names take no more than this part of the widget; longer ones are cut short."""


@dataclass(frozen=True)
class MatrixPlace:
    """Rectangles in pixels of the widget."""

    plot: QRectF
    names_px: float
    """Room for names left of the plot."""
    columns_px: float
    """Room for names below it."""
    are_columns_upright: bool
    """Whether the names below stand on end."""
    bar: QRectF
    marks: QPointF
    """Where the words on marks begin."""


def place_of(picture: MatrixPicture, size: QSizeF, n_marks: int) -> MatrixPlace:
    """The largest plot that fits; as wide as high where there are as many rows as columns."""
    metrics = QFontMetrics(font(SMALL_PX))
    whole_px = _widest(picture.rows, metrics) + 2
    names_px = min(whole_px, size.width() * _MOST_SHARE)
    left = _margin(picture.rows, names_px)
    room = size.width() - left - BESIDE_PX - max(_bar_px(picture.scale, metrics), _MARKS_PX)
    widest = _widest(picture.columns, metrics)
    n_names = len(picture.columns.groups) or len(picture.columns.names)
    is_upright = not _are_numbers(picture.columns) and widest + 6 > min(room, size.height()) / max(n_names, 1)
    columns_px = min(widest, size.height() * _MOST_SHARE) if is_upright else LINE_PX
    height = free = size.height() - _margin(picture.columns, columns_px) - 6
    width = room
    n_rows, n_columns = picture.values.shape
    if n_rows == n_columns:
        width = height = min(room, free)
    # what a square leaves free is there for names that would be cut short
    spare = room - width
    more = min(whole_px - names_px, spare)
    columns_px = min(widest, columns_px + free - height) if is_upright else columns_px
    plot = QRectF(round(left + more + (spare - more) / 2), 4, max(width, 1), max(height, 1))
    bar = QRectF(plot.right() + BESIDE_PX, plot.top(), BAR_PX, min(max(plot.height() - n_marks * MARK_PX, 40), 220))
    marks = QPointF(bar.left(), bar.bottom() + 14)
    return MatrixPlace(plot, names_px + more, columns_px, is_upright, bar, marks)


def _bar_px(scale: MatrixScale, metrics: QFontMetrics) -> float:
    return BAR_PX + TICK_PX + max(width_of(metrics, text) for text in scale.tick_texts()) + 1


def _margin(side: Side, names_px: float) -> float:
    title = LINE_PX if side.title else 0
    return names_px + _SPACE_PX + title + (PICTURE_PX + 2 if side.is_pictured else 0)


def _widest(side: Side, metrics: QFontMetrics) -> float:
    if side.is_pictured and not side.groups:
        return 0
    names = [group.name for group in side.groups] or list(dict.fromkeys(side.names))
    return max((width_of(metrics, name) for name in names), default=0)


def _are_numbers(side: Side) -> bool:
    return not side.groups and all(name.isdigit() for name in side.names)
