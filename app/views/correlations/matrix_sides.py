"""Paints what stands along the sides of a matrix: names, groups, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen

from app.palette import DARK, SMALL_PX, active, font
from app.views.correlations.analysis.matrix_picture import Side
from app.views.correlations.matrix_place import LINE_PX, PICTURE_PX, MatrixPlace
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import elided, width_of

_NAME_PX = 13
_SMALLEST_PX = 10
_BESIDE_PX = 50
"""So far a title may reach beyond its plot, on each side."""

_LEAST_GROUP_PX, _LEAST_APART_PX = 5, 9
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

ImageOf = Callable[[str], QImage | None]
"""The picture of a place by its name."""

Named = tuple[str, float, int]
"""A name, the pixel of its middle, and the size of its letters."""


@dataclass(frozen=True)
class Span:
    """What of a side is seen: the places from ``first`` to ``stop``, on so many pixels."""

    first: float
    stop: float
    start_px: float
    length_px: float

    @property
    def cell_px(self) -> float:
        return self.length_px / (self.stop - self.first)

    def at(self, place: float) -> float:
        """Pixel of a place."""
        return self.start_px + (place - self.first) * self.cell_px

    def shown(self, stride: int = 1) -> Iterator[int]:
        """Places whose middle is seen, each ``stride``-th."""
        for place in range(ceil(self.first - 0.5), int(self.stop + 0.5)):
            if place % stride == 0:
                yield place


def paint_rows(painter: QPainter, side: Side, span: Span, place: MatrixPlace, image_of: ImageOf) -> None:
    """Names from top to bottom, left of the plot."""
    right = place.plot.left() - 5
    if side.is_pictured:
        for number, middle in _pictured(side, span):
            _paint_picture(painter, image_of(side.names[number]), QPointF(right - PICTURE_PX / 2, middle))
        right -= PICTURE_PX + 2
    # the plot begins at a whole pixel: half of one may be missing
    for text, middle, size_px in _shortened(_named(side, span, _NAME_PX), place.names_px - 1):
        painter.setFont(font(size_px))
        box = QRectF(right - place.names_px - 2, middle - 10, place.names_px + 2, 20)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    if side.title:
        painter.setFont(font(SMALL_PX))
        spot = QPointF(right - place.names_px - LINE_PX / 2, place.plot.center().y())
        title = elided(painter.fontMetrics(), side.title, place.plot.height())
        _paint_upright(painter, title, spot, place.plot.height(), Qt.AlignmentFlag.AlignHCenter)


def paint_columns(painter: QPainter, side: Side, span: Span, place: MatrixPlace, image_of: ImageOf) -> None:
    """Names from left to right, below the plot."""
    top = place.plot.bottom() + 4
    if side.is_pictured:
        for number, middle in _pictured(side, span):
            _paint_picture(painter, image_of(side.names[number]), QPointF(middle, top + PICTURE_PX / 2))
        top += PICTURE_PX + 2
    room = place.columns_px
    apart = _NAME_PX if place.are_columns_upright else max(_text_px(name) for name in side.names or ("",)) + 10
    named = _named(side, span, apart)
    for name, middle, size_px in _shortened(named, room + 1) if place.are_columns_upright else named:
        painter.setFont(font(size_px))
        if place.are_columns_upright:
            _paint_upright(painter, name, QPointF(middle, top + room / 2), room + 2, Qt.AlignmentFlag.AlignRight)
        else:
            painter.drawText(QRectF(middle - 100, top, 200, LINE_PX), Qt.AlignmentFlag.AlignCenter, name)
    if side.title:
        painter.setFont(font(SMALL_PX))
        beside = min(place.plot.left(), _BESIDE_PX)
        below = QRectF(place.plot.left() - beside, top + room, place.plot.width() + 2 * beside, LINE_PX)
        title = elided(painter.fontMetrics(), side.title, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, title)


def paint_groups(painter: QPainter, rows: Side, columns: Side, down: Span, across: Span, plot: QRectF) -> None:
    """A dark line wherever a group ends, through the matrix; between large cells wider than the gaps."""
    px = 3 if min(down.cell_px, across.cell_px) >= _LEAST_APART_PX else 1
    painter.setPen(QPen(QColor(active().background if active() is DARK else active().text), px))
    for group in rows.groups[1:]:
        y = round(down.at(group.first))
        if plot.top() < y < plot.bottom():
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
    for group in columns.groups[1:]:
        x = round(across.at(group.first))
        if plot.left() < x < plot.right():
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))


def _shortened(named: Iterable[Named], width: float) -> list[Named]:
    """Names for which there is so much room, so that those which differ are seen to differ."""
    whole = list(named)
    metrics = QFontMetrics(font(max((size_px for _, _, size_px in whole), default=SMALL_PX)))
    texts = elided_apart(metrics, [name for name, _, _ in whole], width)
    return [(text, middle, size_px) for text, (_, middle, size_px) in zip(texts, whole, strict=True)]


def _named(side: Side, span: Span, apart_px: float) -> Iterator[Named]:
    """As many as have room."""
    if side.groups:
        last = float("-inf")
        for group in side.groups:
            first, stop = max(group.first, span.first), min(group.stop, span.stop)
            middle = span.at((first + stop) / 2)
            is_visible = (stop - first) * span.cell_px >= _LEAST_GROUP_PX
            if is_visible and middle - last >= min(apart_px, _NAME_PX - 1):
                yield group.name, middle, SMALL_PX
                last = middle
        return
    if side.is_pictured:
        return
    size_px = SMALL_PX
    if apart_px == _NAME_PX and _SMALLEST_PX + 1 <= span.cell_px < _NAME_PX:
        size_px, apart_px = _SMALLEST_PX, _SMALLEST_PX + 1
    stride = next((each for each in _STRIDES if each * span.cell_px >= apart_px), _STRIDES[-1])
    for place in span.shown(stride):
        yield side.names[place], span.at(place + 0.5), size_px


def _pictured(side: Side, span: Span) -> Iterator[tuple[int, float]]:
    """Place, and the pixel of its middle, of as many pictures as have room."""
    each = ceil((PICTURE_PX + 2) / span.cell_px)
    for place in span.shown():
        if place % each == each // 2:
            yield place, span.at(place + 0.5)


def _paint_picture(painter: QPainter, image: QImage | None, middle: QPointF) -> None:
    if image is None:
        return
    size = image.size().scaled(PICTURE_PX, PICTURE_PX, Qt.AspectRatioMode.KeepAspectRatio)
    box = QRectF(0, 0, size.width(), size.height())
    box.moveCenter(middle)
    painter.drawImage(box, image)


def _paint_upright(painter: QPainter, text: str, middle: QPointF, length: float, alignment: Qt.AlignmentFlag) -> None:
    """Text from bottom to top."""
    painter.save()
    painter.translate(middle)
    painter.rotate(-90)
    painter.drawText(QRectF(-length / 2, -10, length, 20), alignment | Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()


def _text_px(name: str) -> int:
    return ceil(width_of(QFontMetrics(font(SMALL_PX)), name))
