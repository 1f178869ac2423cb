"""Weights as small pictures side by side, each weight a square."""

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QRect, QSize
from PyQt6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis.colours import DIVERGING
from app.views.unit.analysis.incoming import Incoming
from app.widgets.plain_text import plain_tooltip

_MOST_SIDE_PX = 24
"""A weight is no larger than this; of several in a tile, about half."""

_PICTURE_PX = 224
"""All of it is no higher than this, as long as weights can be told apart."""


class TilePicture(QWidget):
    """Draws tiles in rows, as large as the width allows. The pointer over a weight tells its number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incoming: Incoming | None = None
        self._numbers = np.zeros((0, 1, 1), np.int16)
        self._most_px = _PICTURE_PX
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def incoming(self) -> Incoming | None:
        """What is shown."""
        return self._incoming

    def show_incoming(self, incoming: Incoming | None, scale: float) -> None:
        """Show weights, in full colour at ``scale``; nothing for None."""
        self._incoming = incoming
        self._numbers = np.zeros((0, 1, 1), np.int16) if incoming is None else incoming.numbers(scale)
        self._fit()
        self.update()

    def limit_height(self, pixels: int) -> None:
        """Be no higher than this, as long as weights can be told apart."""
        self._most_px = min(pixels, _PICTURE_PX)
        self._fit()

    def _arrangement(self) -> tuple[int, int, int]:
        """Tiles in a row, screen pixels a weight, and pixels between tiles; 0 pixels where weights are too many."""
        n, height, width = self._numbers.shape
        room = max(self.width(), 40)
        largest = _MOST_SIDE_PX if n == 1 or height == width == 1 else _MOST_SIDE_PX // 2
        most = min(self._most_px // height, largest)
        fitting = [px for px in range(max(most, 1), 0, -1) if width * px <= room]
        if not n or not fitting:
            return max(n, 1), 0, 0
        for px in fitting:
            gap = 1 if height * px < 12 else 4
            columns = max((room + gap) // (width * px + gap), 1)
            if -(-n // columns) * (height * px + gap) <= self._most_px:
                break
        return min(columns, n), px, gap

    def _height(self) -> int:
        n, height, width = self._numbers.shape
        columns, px, gap = self._arrangement()
        if not n:
            return 0
        return -(-n // columns) * (height * px + gap) - gap if px else round(height * self.width() / width)

    def _fit(self) -> None:
        wanted = self._height()
        if wanted != self.height() or wanted != self.minimumHeight():
            self.setFixedHeight(wanted)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        n, height, width = self._numbers.shape
        columns, px, gap = self._arrangement()
        if not px:
            for tile in self._numbers[:1]:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(self.rect(), _image(tile))
            return
        for number in range(n):
            row, column = divmod(number, columns)
            left, top = column * (width * px + gap), row * (height * px + gap)
            painter.drawImage(QRect(left, top, width * px, height * px), _image(self._numbers[number]))

    def weight_at(self, at: QPoint) -> tuple[int, int, int] | None:
        """Tile, row and column of the weight at a point."""
        n, height, width = self._numbers.shape
        columns, px, gap = self._arrangement()
        if not px:
            return None
        (column, across), (row, down) = divmod(at.x(), width * px + gap), divmod(at.y(), height * px + gap)
        tile = row * columns + column
        if not (0 <= column < columns and 0 <= tile < n and across < width * px and down < height * px):
            return None
        return tile, down // px, across // px

    def tip(self, at: QPoint) -> str:
        """The weight at a point in words; empty where there is none."""
        place = self.weight_at(at)
        if place is None or self._incoming is None:
            return ""
        tile, row, column = place
        inside = f", row {row}, column {column}" if self._numbers[0].size > 1 else ""
        return f"{self._incoming.names[tile]}{inside}: {self._incoming.told(place)}"

    def sizeHint(self) -> QSize:
        return QSize(240, self._height())

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(event.pos())), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()


def _image(numbers: np.ndarray) -> QImage:
    height, width = numbers.shape
    pixels = DIVERGING[numbers].tobytes()
    return QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
