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

_LEAST_TILE_PX = 8
"""Of more weights than pixels, a tile is no narrower and no lower than this."""


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

    def _arrangement(self) -> tuple[int, float, int]:
        """Tiles in a row, screen pixels a weight, and pixels between tiles; below 1 pixel where weights are many."""
        n, height, width = self._numbers.shape
        room = max(self.width(), 40)
        largest = _MOST_SIDE_PX if n == 1 or height == width == 1 else _MOST_SIDE_PX // 2
        most = min(max(self._most_px // height, 1), largest, room // width)
        for px in range(most, 0, -1):
            gap = 1 if height * px < 12 else 4
            columns = (room + gap) // (width * px + gap)
            if -(-n // columns) * (height * px + gap) - gap <= self._most_px or px == 1:
                return min(columns, n), px, gap
        gap = 4
        for columns in range(1, room // _LEAST_TILE_PX + 1):
            share = (room - gap * (columns - 1)) / (columns * width)
            if -(-n // columns) * (_tile_px(height, share) + gap) - gap <= self._most_px:
                break
        return min(columns, n), share, gap

    def _height(self) -> int:
        n, height, _ = self._numbers.shape
        if not n:
            return 0
        columns, px, gap = self._arrangement()
        return -(-n // columns) * (_tile_px(height, px) + gap) - gap

    def _fit(self) -> None:
        self.setFixedHeight(self._height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        _, height, width = self._numbers.shape
        columns, px, gap = self._arrangement()
        across, down = _tile_px(width, px), _tile_px(height, px)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, px < 1)
        for number, tile in enumerate(self._numbers):
            row, column = divmod(number, columns)
            painter.drawImage(QRect(column * (across + gap), row * (down + gap), across, down), _image(tile))

    def weight_at(self, at: QPoint) -> tuple[int, int, int] | None:
        """Tile, row and column of the weight at a point."""
        n, height, width = self._numbers.shape
        columns, px, gap = self._arrangement()
        if px < 1:
            return None
        px = int(px)
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
        self._fit()


def _tile_px(n_weights: int, px: float) -> int:
    """A side of a tile."""
    return round(n_weights * px) if px >= 1 else max(round(n_weights * px), _LEAST_TILE_PX)


def _image(numbers: np.ndarray) -> QImage:
    height, width = numbers.shape
    pixels = DIVERGING[numbers].tobytes()
    return QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
