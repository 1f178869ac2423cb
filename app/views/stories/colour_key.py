"""What the colours of the stories mean: swatches with names, or a scale between two numbers."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import SMALL_PX, active, font
from app.views.stories.analysis.story_cells import Cells
from app.widgets.plain_text import elided, plain_tooltip

_SWATCH_PX, _SPACE_PX, _SCALE_PX = 10.0, 12.0, 140.0
_MOST_NAME_PX = 110.0


class ColourKey(QWidget):
    """One line; names for which there is no room are in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: Cells | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_cells(self, cells: Cells) -> None:
        """Show what the colours of these mean."""
        self._cells = cells
        told = ", ".join(cells.names.values()) if cells.names else " to ".join(cells.span or ())
        self.setAccessibleName(told)
        self.setToolTip(plain_tooltip(told))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 18)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._cells is None:
            return
        painter, palette = QPainter(self), active()
        painter.setFont(font(SMALL_PX))
        painter.setPen(QColor(palette.faint_text))
        metrics, middle, x = QFontMetricsF(painter.font()), self.height() / 2, 4.0
        if self._cells.span is not None:
            low, high = self._cells.span
            painter.drawText(QRectF(x, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, low)
            x += metrics.horizontalAdvance(low) + 6
            colours = np.ascontiguousarray(self._cells.colours[None, :255])
            painter.drawImage(
                QRectF(x, middle - 5, _SCALE_PX, 10),
                QImage(colours.tobytes(), 255, 1, 3 * 255, QImage.Format.Format_RGB888),
            )
            x += _SCALE_PX + 6
            painter.drawText(QRectF(x, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, high)
            return
        for number, name in self._cells.names.items():
            words = elided(metrics, name, _MOST_NAME_PX)
            wide = _SWATCH_PX + 5 + metrics.horizontalAdvance(words)
            if x + wide > self.width():
                painter.drawText(QRectF(x, 0, 20, self.height()), Qt.AlignmentFlag.AlignVCenter, "…")
                return
            painter.fillRect(QRectF(x, middle - 5, _SWATCH_PX, 10), QColor(*self._cells.colours[number].tolist()))
            room = QRectF(x + _SWATCH_PX + 5, 0, wide, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
            x += wide + _SPACE_PX
