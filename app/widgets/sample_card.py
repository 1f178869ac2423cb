"""A card beside the pointer: a sample's picture, enlarged, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.palette import TEXT_PX, active, font
from app.widgets.picture_view import to_image
from app.widgets.plain_text import elided, width_of

_PICTURE_PX, _PADDING_PX, _DISTANCE_PX = 112.0, 8.0, 14.0
_NEAR_PX, _EDGE_PX = 4.0, 2.0
"""Between the picture and the words, which stand beside it where there is no height for both; and around the card."""


@dataclass(frozen=True, eq=False)
class SampleCard:
    """Attributes:
    picture: float ``[H, W]`` or ``[H, W, 3]`` in 0…1, or None.
    lines: of text, each with a field of `app.palette.Palette` for its colour.
    """

    picture: np.ndarray | None
    lines: Sequence[tuple[str, str]]

    def paint(self, painter: QPainter, at: QPointF, inside: QRectF) -> None:
        """Paint it beside a place, within an area."""
        painter.setFont(font(TEXT_PX))
        metrics = QFontMetricsF(painter.font())
        wide = max([width_of(metrics, text) for text, _ in self.lines], default=0.0)
        wide = min(wide, inside.width() / 2)
        words = metrics.lineSpacing() * len(self.lines)
        across, down = wide, words
        is_beside = False
        if self.picture is not None:
            is_beside = _PICTURE_PX + _NEAR_PX + words + 2 * _PADDING_PX > inside.height() - 2 * _EDGE_PX
            if is_beside:
                across, down = _PICTURE_PX + _NEAR_PX + wide, max(_PICTURE_PX, words)
            else:
                across, down = max(wide, _PICTURE_PX), _PICTURE_PX + _NEAR_PX + words
        width, height = across + 2 * _PADDING_PX, down + 2 * _PADDING_PX
        x, y = at.x() + _DISTANCE_PX, at.y() + _DISTANCE_PX
        if x + width > inside.right():
            x = at.x() - _DISTANCE_PX - width
        y = min(y, inside.bottom() - height - _EDGE_PX)
        place = QRectF(max(x, inside.left() + _EDGE_PX), max(y, inside.top() + _EDGE_PX), width, height)
        painter.setPen(QPen(QColor(active().line), 1))
        painter.setBrush(QColor(active().bar_ground))
        painter.drawRoundedRect(place, 5, 5)
        if self.picture is not None:
            image = to_image(self.picture)
            target = QRectF(place.left() + _PADDING_PX, place.top() + _PADDING_PX, _PICTURE_PX, _PICTURE_PX)
            size = image.size().scaled(target.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            own = QRectF(QPointF(), size.toSizeF())
            own.moveCenter(target.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(own, image)
        left, top = place.left() + _PADDING_PX, place.bottom() - _PADDING_PX - words
        if is_beside:
            left, top = left + _PICTURE_PX + _NEAR_PX, place.top() + _PADDING_PX
        for text, colour in self.lines:
            painter.setPen(QColor(getattr(active(), colour)))
            line = QRectF(left, top, wide + 2, metrics.lineSpacing())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided(metrics, text, wide + 1))
            top += metrics.lineSpacing()
