"""What the colours of the stories mean: swatches with names, and scales between two numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from app.palette import SMALL_PX, active, font
from app.views.stories.analysis.story_cells import Cells
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import plain_tooltip

_SWATCH_PX, _SPACE_PX, _SCALE_PX = 10.0, 12.0, 140.0
_MOST_NAME_PX = 110.0


@dataclass(frozen=True)
class Swatch:
    """A colour, as red, green and blue, and what it means."""

    name: str
    colour: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Scale:
    """Attributes:
    low, high: what stands at its ends.
    colours: from the left to the right, uint8 ``[R, n, 3]``: R bars, one upon the other.
    """

    low: str
    high: str
    colours: np.ndarray


Key = Sequence[Swatch | Scale]


def key_text(key: Key) -> str:
    """The same in words."""
    return ", ".join(each.name if isinstance(each, Swatch) else f"{each.low} to {each.high}" for each in key)


def key_px(metrics: QFontMetricsF, key: Key, scale_px: float = _SCALE_PX) -> float:
    """How wide it is where there is room."""
    return sum(px + _SPACE_PX for px in _parts_px(metrics, _shortened(metrics, key), scale_px)) - _SPACE_PX


def paint_key(painter: QPainter, room: QRectF, key: Key, scale_px: float = _SCALE_PX) -> None:
    """Paint it on one line from the left, in the pen that is set; dots stand for what there is no room for."""
    metrics, middle, x = QFontMetricsF(painter.font()), room.center().y(), room.left()

    def write(words: str, left: float) -> float:
        wide = metrics.horizontalAdvance(words)
        painter.drawText(QRectF(left, room.top(), wide + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, words)
        return left + wide

    key = _shortened(metrics, key)
    for part, px in zip(key, _parts_px(metrics, key, scale_px), strict=True):
        if x + px > room.right():
            write("…", x)
            return
        if isinstance(part, Scale):
            x = write(part.low, x) + 6
            height, width = part.colours.shape[:2]
            pixels = np.ascontiguousarray(part.colours).tobytes()
            image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
            painter.drawImage(QRectF(x, middle - 5, scale_px, 10), image)
            x = write(part.high, x + scale_px + 6) + _SPACE_PX
        else:
            painter.fillRect(QRectF(x, middle - 5, _SWATCH_PX, 10), QColor(*part.colour))
            x = write(part.name, x + _SWATCH_PX + 5) + _SPACE_PX


def _shortened(metrics: QFontMetricsF, key: Key) -> list[Swatch | Scale]:
    """The same with names that are not too long, and are still seen to differ."""
    names = iter(elided_apart(metrics, [each.name for each in key if isinstance(each, Swatch)], _MOST_NAME_PX))
    return [replace(each, name=next(names)) if isinstance(each, Swatch) else each for each in key]


def _parts_px(metrics: QFontMetricsF, key: Key, scale_px: float) -> list[float]:
    return [
        metrics.horizontalAdvance(each.low) + metrics.horizontalAdvance(each.high) + scale_px + 12
        if isinstance(each, Scale)
        else _SWATCH_PX + 5 + metrics.horizontalAdvance(each.name)
        for each in key
    ]


class ColourKey(QWidget):
    """One line; names for which there is no room are in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: Key = ()
        self.setFixedHeight(18)

    def show_cells(self, cells: Cells) -> None:
        """Show what the colours of these mean."""
        if cells.span is not None:
            self._key = [Scale(*cells.span, cells.colours[None, :255])]
        else:
            self._key = [Swatch(name, tuple(cells.colours[number].tolist())) for number, name in cells.names.items()]
        told = key_text(self._key)
        self.setAccessibleName(told)
        self.setToolTip(plain_tooltip(told))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(font(SMALL_PX))
        painter.setPen(QColor(active().faint_text))
        paint_key(painter, QRectF(4, 0, self.width() - 4, self.height()), self._key)
