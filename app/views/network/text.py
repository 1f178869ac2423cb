"""Text on the device that a painter draws on. Most of it is the same at every pass, so it is laid out once."""

from functools import lru_cache

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QStaticText

from app.palette import font
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import elided, on_a_line, width_of

LEFT, CENTRED, RIGHT = 0.0, 0.5, 1.0
"""Parts of the free room that stand before a text."""

_FLAGS = {
    place: flag | Qt.AlignmentFlag.AlignVCenter
    for place, flag in (
        (LEFT, Qt.AlignmentFlag.AlignLeft),
        (CENTRED, Qt.AlignmentFlag.AlignHCenter),
        (RIGHT, Qt.AlignmentFlag.AlignRight),
    )
}


_kept = lru_cache(4096)


@_kept
def text_width(text: str, pixels: int, *, bold: bool = False) -> float:
    """Width of a text in px."""
    return width_of(QFontMetricsF(font(pixels, bold=bold)), text)


@_kept
def shortened(text: str, width: float, pixels: int, *, bold: bool = False, in_the_middle: bool = False) -> str:
    """A text that is cut to fit into a width in px, at its end or in the middle."""
    cut = Qt.TextElideMode.ElideMiddle if in_the_middle else Qt.TextElideMode.ElideRight
    return elided(QFontMetricsF(font(pixels, bold=bold)), text, width, cut)


@lru_cache
def shortened_apart(texts: tuple[str, ...], width: float, pixels: int, *, bold: bool = False) -> list[str]:
    """Texts that are cut to fit into a width in px, so that those which differ are seen to differ."""
    return elided_apart(QFontMetricsF(font(pixels, bold=bold)), texts, width)


def write(
    painter: QPainter,
    room: QRectF,
    text: str,
    colour: str,
    pixels: int,
    *,
    bold: bool = False,
    align: float = CENTRED,
) -> None:
    """Write one line of text into a room, in its vertical middle."""
    text = on_a_line(text)
    painter.setFont(font(pixels, bold=bold))
    painter.setPen(_colour(colour))
    if is_vector(painter):
        painter.drawText(room, _FLAGS[align], text)
        return
    laid_out, width, height = _laid_out(text, pixels, bold)
    x = room.x() + (room.width() - width) * align
    # glyphs between two pixels would be blurred
    painter.drawStaticText(QPointF(round(x), round(room.y() + (room.height() - height) / 2)), laid_out)


@lru_cache
def _colour(name: str) -> QColor:
    return QColor(name)


@_kept
def _laid_out(text: str, pixels: int, bold: bool) -> tuple[QStaticText, float, float]:
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(font=font(pixels, bold=bold))
    return made, made.size().width(), made.size().height()


def is_vector(painter: QPainter) -> bool:
    """Whether it is an SVG file: shapes are written down then, so no ready pictures, and no lines of thinner ones."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() == QPaintEngine.Type.SVG


def pixel_ratio(painter: QPainter) -> float:
    """Px of the device for one of the screen's; pens that ignore zoom ignore this too, and have to be made wider."""
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatioF()
