"""A vector drawn as bars, for samples that are no pictures."""

import numpy as np
from PyQt6.QtCore import QLineF, QRectF
from PyQt6.QtGui import QColor, QPainter

from app.palette import active


def paint_vector(painter: QPainter, room: QRectF, values: np.ndarray) -> None:
    """Bars up and down from zero, the largest as tall as the room; of very many values the strongest of each stretch.

    Args:
        painter: of the widget.
        room: where.
        values: float ``[D]``; a value that is not finite is marked red.
    """
    n = max(int(min(len(values), room.width() // 2)), 1)
    finite = np.isfinite(values)
    strongest = np.array(
        [part[np.abs(part).argmax()] if len(part) else 0.0 for part in np.array_split(np.where(finite, values, 0), n)]
    )
    is_bad = np.array([not part.all() for part in np.array_split(finite, n)])
    top, bottom = max(float(strongest.max(initial=0)), 0.0), min(float(strongest.min(initial=0)), 0.0)
    per_px = room.height() / ((top - bottom) or 1.0)
    zero = room.top() + top * per_px
    wide = room.width() / n
    for number, value in enumerate(strongest.tolist()):
        left = room.left() + number * wide
        bar = QRectF(left, zero, max(wide - (1 if wide > 3 else 0), 1), -value * per_px).normalized()
        if is_bad[number]:
            painter.fillRect(QRectF(left, room.top(), max(wide - 1, 1), room.height()), QColor(active().wrong))
        else:
            painter.fillRect(bar, QColor(active().bar))
    painter.setPen(QColor(active().line))
    painter.drawLine(QLineF(room.left(), zero, room.right(), zero))
