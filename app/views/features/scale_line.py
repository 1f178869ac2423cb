"""In one line what colours mean, in numbers and words, and what a cross marks."""

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis import colours
from app.analysis.figures import figure
from app.analysis.graph.scales import largest
from app.palette import SMALL_PX, active, font
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.widgets.plain_text import on_a_line, plain_tooltip, width_of

_BAR_PX = 10
_LEAST_BAR_PX, _MOST_BAR_PX = 8, 120
_RGB_TABLE = np.stack([np.arange(colours.LEVELS)] * 3 + [np.full(colours.LEVELS, 255)], 1).astype(np.uint8)


class ScaleLine(QWidget):
    """A small colour bar between its two ends in numbers; beside it the words, as far as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.low, self.high, self.words = "", "", ""
        self._dead = ""
        self._table: np.ndarray | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_tiles(self, tiles: Tiles | None, dead: str = "") -> None:
        """Tell of tiles; of none nothing. ``dead``: how many units are, in words."""
        if tiles is None:
            self.show_nothing()
            return
        is_own = tiles.rule is ScaleRule.OWN
        table = _RGB_TABLE if tiles.is_colour else None
        self.show_scale(tiles.scale, tiles.rule, is_signed=tiles.is_signed, dead=dead, table=table)
        if is_own:
            self.high = "largest"
            self.low = "−largest" if self.low.startswith("−") else "0"
            self.words = f"of each tile, at most {figure(largest(tiles.values))}"
            self._update_readout()
        elif tiles.is_colour:
            self.words = f"of red, green and blue; {self.words}"
            self._update_readout()

    def show_nothing(self) -> None:
        """There are no colours."""
        self._table = None
        self.low = self.high = self.words = self._dead = ""
        self._update_readout()

    def show_scale(
        self,
        scale: float,
        rule: ScaleRule,
        *,
        is_signed: bool,
        dead: str = "",
        table: np.ndarray | None = None,
        words: str = "",
    ) -> None:
        """Tell of one scale.

        Args:
            scale: the value of the full colour.
            rule: where that comes from.
            is_signed: whether values may be negative.
            dead: how many units are, in words.
            table: RGBA uint8 ``[·, 4]`` where it is not that of the sign.
            words: in the place of the rule's.
        """
        default = colours.DIVERGING if is_signed or table is not None else colours.GREY
        self._table = (default if table is None else table)[: colours.LEVELS]
        self.high = figure(scale)
        self.low = f"−{self.high}" if (is_signed or table is not None) and scale else "0"
        self.words = words or rule.value
        self._dead = dead
        self._update_readout()

    def _update_readout(self) -> None:
        dead = f" · {self._dead}, marked with a cross" if self._dead else ""
        dead += ", half of one where one of both is" if self._dead.startswith("dead:") else ""
        text = "" if self._table is None else f"colours from {self.low} to {self.high}: {self.words}{dead}"
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._table is None:
            return
        painter = QPainter(self)
        painter.setFont(font(SMALL_PX))
        metrics = QFontMetrics(font(SMALL_PX))
        painter.setPen(QColor(active().text))
        height, x = self.height(), 2
        middle = Qt.AlignmentFlag.AlignVCenter
        ends = metrics.horizontalAdvance(self.low) + metrics.horizontalAdvance(self.high) + 18
        bar = min(max(self.width() - ends, _LEAST_BAR_PX), _MOST_BAR_PX)
        painter.drawText(x, 0, self.width(), height, middle, self.low)
        x += metrics.horizontalAdvance(self.low) + 5
        pixels = np.ascontiguousarray(self._table).tobytes()
        n = len(self._table)
        image = QImage(pixels, n, 1, n * 4, QImage.Format.Format_RGBA8888)
        place = QRectF(x, (height - _BAR_PX) / 2, bar, _BAR_PX)
        painter.drawImage(place, image)
        painter.setPen(QColor(active().line))
        painter.drawRect(place)
        painter.setPen(QColor(active().text))
        x += bar + 6
        painter.drawText(x, 0, self.width(), height, middle, self.high)
        x += metrics.horizontalAdvance(self.high) + 10
        if self._dead:
            words = self._dead
            if width_of(metrics, words) <= self.width() - x - 13:
                painter.setPen(QPen(QColor(active().wrong), 1.6))
                top = height // 2 - 4
                painter.drawLine(x, top, x + 8, top + 8)
                painter.drawLine(x + 8, top, x, top + 8)
                painter.setPen(QColor(active().text))
                painter.drawText(x + 13, 0, self.width(), height, middle, words)
                x += 13 + metrics.horizontalAdvance(words) + 10
        painter.setPen(QColor(active().faint_text))
        if width_of(metrics, self.words) <= self.width() - x:  # else in the tooltip only: often a box says the same
            painter.drawText(x, 0, self.width(), height, middle, on_a_line(self.words))

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())
