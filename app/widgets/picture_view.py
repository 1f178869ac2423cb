"""A sample drawn large: the pixels of a picture as squares, a vector as bars."""

import numpy as np
from PyQt6.QtCore import QLineF, QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis.figures import true_signs
from app.palette import active
from app.widgets.empty_state import write_absence


class PictureView(QWidget):
    """Shows a picture as large as fits, its pixels as squares."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._vector: np.ndarray | None = None
        self._absent = ""
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def image(self) -> QImage | None:
        """What is shown; None where there is no picture."""
        return self._image

    def show_picture(self, picture: np.ndarray | None, absent: str = "no picture") -> None:
        """Show a float picture ``[H, W]`` or ``[H, W, 3]`` in 0…1, or say why there is none."""
        self._image = None if picture is None else to_image(picture)
        self._vector = None
        self._absent = absent
        self.update()

    def show_vector(self, values: np.ndarray) -> None:
        """Show a sample that is no picture, float ``[D]``, as bars."""
        self._image, self._vector = None, values
        self.update()

    def _place(self) -> QRect:
        """The largest upright rectangle of the picture's proportions, a whole number of screen pixels a pixel."""
        assert self._image is not None
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        factor = size.width() // self._image.width()
        if factor >= 1:
            size = QSize(self._image.width() * factor, self._image.height() * factor)
        place = QRect(QPoint(), size)
        place.moveCenter(self.rect().center())
        return place

    def sizeHint(self) -> QSize:
        return QSize(224, 224)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._vector is not None:
            self._paint_vector(painter, self._vector)
            return
        if self._image is None:
            write_absence(painter, self.rect(), self._absent)
            return
        place = self._place()
        painter.drawImage(place, self._image)
        painter.setPen(QColor(active().line))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def _paint_vector(self, painter: QPainter, values: np.ndarray) -> None:
        line = painter.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(2, 2, -2, -line - 4)
        paint_vector(painter, room, values)
        finite = values[np.isfinite(values)]
        span = true_signs(f"{finite.min():.2g} to {finite.max():.2g}") if len(finite) else "no number"
        painter.setPen(QColor(active().faint_text))
        below = QRectF(0, room.bottom() + 2, self.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, span)


def to_image(picture: np.ndarray) -> QImage:
    """A float picture ``[H, W]`` or ``[H, W, 3]`` in 0…1 as an image; NaN becomes black."""
    pixels = np.ascontiguousarray((np.nan_to_num(picture).clip(0, 1) * 255).round().astype(np.uint8))
    height, width = pixels.shape[:2]
    layout = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(pixels.tobytes(), width, height, pixels.strides[0], layout).copy()


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
    top, bottom = float(strongest.max(initial=0)), float(strongest.min(initial=0))
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
