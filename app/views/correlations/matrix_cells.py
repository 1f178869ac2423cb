"""Paints the cells of a matrix: colours, hatching, and numbers where there is room."""

from __future__ import annotations

from math import ceil, floor, isfinite

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from app.analysis.figures import signed
from app.palette import DARK, active, font
from app.views.correlations.analysis.matrix_colours import RGB
from app.views.correlations.analysis.matrix_picture import MatrixPicture
from app.views.correlations.matrix_legend import HATCH
from app.views.correlations.matrix_sides import Span

_FONTS_PX = (12, 11, 10)
_APART_PX = 9
"""Cells of this size are set apart by a line."""

_PIXELS = {
    table: (np.uint32(0xFF) << 24) | (rgb.astype(np.uint32) << (16, 8, 0)).sum(1, dtype=np.uint32)
    for table, rgb in RGB.items()
}
"""Table → its colours as Qt stores them, uint32 ``[256]``: a picture of these is painted faster than an indexed one."""

_BESIDE_PX = 4
"""Between the numbers of two cells."""

_LEAST_SHORT = 0.1
"""Two decimals say little of smaller values."""

_DARK, _LIGHT = QColor(24, 20, 16), QColor(244, 244, 246)


def image_of(picture: MatrixPicture) -> QImage:
    """One pixel for each cell. Keeps a copy of the colours."""
    rows, columns = picture.numbers.shape
    pixels = _PIXELS[picture.scale.table][picture.numbers]
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def paint_cells(painter: QPainter, image: QImage, down: Span, across: Span) -> None:
    """The colours of the cells that are seen."""
    top, bottom = floor(down.first), ceil(down.stop)
    left, right = floor(across.first), ceil(across.stop)
    target = QRectF(across.at(left), down.at(top), (right - left) * across.cell_px, (bottom - top) * down.cell_px)
    is_shrunk = min(across.cell_px, down.cell_px) * painter.device().devicePixelRatioF() < 1  # type: ignore[union-attr]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_shrunk)
    painter.drawImage(target, image, QRectF(left, top, right - left, bottom - top))


def paint_gaps(painter: QPainter, down: Span, across: Span, plot: QRectF) -> None:
    """Lines between cells, where these are large."""
    if min(down.cell_px, across.cell_px) < _APART_PX:
        return
    painter.setPen(QPen(QColor(active().background if active() is DARK else active().line), 1))
    lines = [QLineF(plot.left(), y, plot.right(), y) for y in _between(down)]
    lines += [QLineF(x, plot.top(), x, plot.bottom()) for x in _between(across)]
    painter.drawLines(lines)  # type: ignore[call-overload] # the stubs know no lists


def _between(span: Span) -> list[float]:
    return [round(span.at(place)) for place in range(ceil(span.first) + 1, ceil(span.stop))]


def paint_hatching(painter: QPainter, picture: MatrixPicture, down: Span, across: Span) -> None:
    """Stripes over the cells that are marked."""
    if picture.hatched is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(HATCH)
    cells = zip(*(each.tolist() for each in picture.hatched.nonzero()), strict=True)
    marked = [cell_at(row, column, down, across) for row, column in cells]
    painter.drawRects(marked)  # type: ignore[call-overload] # the stubs know no lists
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_values(painter: QPainter, picture: MatrixPicture, down: Span, across: Span) -> None:
    """The number of each cell, if those of all cells have room."""
    written = _fitting(picture, down, across)
    if written is None:
        return
    size_px, decimals, is_short = written
    painter.setFont(font(size_px))
    metrics = QFontMetricsF(painter.font())
    ys = [(row, down.at(row + 0.5) + metrics.capHeight() / 2) for row in down.shown()]
    xs = [(column, across.at(column + 0.5)) for column in across.shown()]
    is_dark = (RGB[picture.scale.table] @ (0.30, 0.59, 0.11))[picture.numbers] > 140
    widths: dict[str, float] = {}
    written_on: tuple[list[tuple[QPointF, str]], ...] = ([], [])
    for row, y in ys:
        for column, x in xs:
            if not isfinite(value := float(picture.values[row, column])):
                continue
            text = _text(value, decimals, is_short=is_short)
            if text not in widths:
                widths[text] = metrics.horizontalAdvance(text)
            written_on[int(is_dark[row, column])].append((QPointF(x - widths[text] / 2, y), text))
    for texts, colour in zip(written_on, (_LIGHT, _DARK), strict=True):
        painter.setPen(colour)
        for at, text in texts:
            painter.drawText(at, text)


def cell_at(row: int, column: int, down: Span, across: Span) -> QRectF:
    """A cell in pixels."""
    return QRectF(across.at(column), down.at(row), across.cell_px, down.cell_px)


def _fitting(picture: MatrixPicture, down: Span, across: Span) -> tuple[int, int, bool] | None:
    """Size of letters, decimals, and whether the zero before the point is left out; None where nothing fits."""
    finite = picture.values[np.isfinite(picture.values)]
    if not len(finite) or down.cell_px < _FONTS_PX[-1] + 2:
        return None
    full = [signed(float(end), picture.decimals) for end in (finite.min(), finite.max())]
    below_one = np.where(np.abs(finite) < 0.995, finite, 0)  # of 1 no decimals are written
    short = [_text(float(end), 2, is_short=True) for end in (*below_one[[below_one.argmin(), below_one.argmax()]], 1.0)]
    ways = [(full, picture.decimals, False, _BESIDE_PX)]
    if np.abs(finite).max() >= _LEAST_SHORT:
        ways.append((short, 2, True, _BESIDE_PX))
    for texts, decimals, is_short, margin in ways:
        for size_px in _FONTS_PX:
            metrics = QFontMetricsF(font(size_px))
            widest = max(map(metrics.horizontalAdvance, texts))
            if widest + margin <= across.cell_px and size_px + 2 <= down.cell_px:
                return size_px, decimals, is_short
    return None


def _text(value: float, decimals: int, *, is_short: bool) -> str:
    text = signed(value, decimals)
    if not is_short:
        return text
    before, _, after = text.partition(".")
    if not after.strip("0"):
        return before
    # ``.71``
    return text.replace("0.", ".", 1) if before in ("0", "−0") else text
