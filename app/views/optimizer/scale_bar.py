"""What the colours of a heat map mean, in numbers."""

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis import colours
from app.analysis.figures import labels_apart, numbers_alike
from app.palette import active
from app.views.optimizer.analysis.layer_heat import HIGHEST, LOWEST, NO_GRADIENT, NOT_FINITE, ZERO, HeatScale, LayerHeat
from app.views.optimizer.heat_colours import NO_GRADIENT_RGB, ZERO_RGB, colour_table

_BAR_PX = 10
_TICK_PX = 44
_SIDE_PX, _APART_PX = 18, 6
_MOST_LINEAR = 6
_HALF_TURN = 180.0
_FEW_DECADES, _FINE, _FINER = 100.0, (1, 2, 5), (1, 2, 3, 4, 5)
"""Of a scale that spans less there are round numbers within a decade too."""


class ScaleBar(QWidget):
    """From the lowest to the highest colour, with round numbers below; at the right their unit and other marks."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale: HeatScale | None = None
        self.mark: float | None = None
        self._marks: list[tuple[tuple[int, int, int], str]] = []
        self._unit = ""
        self._heat: LayerHeat | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_heat(self, heat: LayerHeat | None, mark: float | None = None) -> None:
        """Show the scale of a picture, and a value on it that is usual."""
        self.scale, self.mark = (None, None) if heat is None else (heat.scale, mark)
        self._heat = heat
        self._marks, self._unit = [], "" if heat is None else heat.meaning
        if heat is not None:
            present = np.bincount(heat.numbers.ravel(), minlength=256)
            if present[ZERO]:
                self._marks.append((ZERO_RGB, "0"))
            if present[NO_GRADIENT]:
                self._marks.append((NO_GRADIENT_RGB, "no gradient"))
            if present[NOT_FINITE]:
                self._marks.append((colours.NOT_FINITE_RGB, "NaN or Inf"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(340, _BAR_PX + self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def ticks(self, width: float) -> list[tuple[float, str]]:
        """Places 0…1 and numbers, as many as fit beside each other."""
        assert self.scale is not None
        most = max(int(width / _TICK_PX), 2)
        if self.scale.is_log:
            first, last = np.ceil(np.log10(self.scale.low)), np.floor(np.log10(self.scale.high))
            powers = np.arange(first, last + 1)
            if self.scale.high / self.scale.low >= _FEW_DECADES:
                values = 10.0 ** powers[:: -(-len(powers) // most)]
            else:
                values = _round_between(self.scale.low, self.scale.high, most)
        else:
            values = _round_along(self.scale.low, self.scale.high, min(most, _MOST_LINEAR))
        places = [self.scale.place_of(float(value)) for value in values]
        shown = list(zip(places, numbers_alike(values, 3), strict=True))
        lengths = [self.fontMetrics().horizontalAdvance(text) for _, text in shown]
        return [shown[each] for each in labels_apart([place * width for place, _ in shown], lengths, _APART_PX)]

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.scale is None:
            return
        painter = QPainter(self)
        metrics, line = self.fontMetrics(), self.fontMetrics().height()
        marks_px = sum(metrics.horizontalAdvance(text) + 24 for _, text in self._marks)
        marks_px += metrics.horizontalAdvance(self._unit) + 8 if self._unit else 0
        bar = QRectF(_SIDE_PX, 0, max(self.width() - marks_px - 2 * _SIDE_PX, 40), _BAR_PX)
        table = colour_table(self._heat)[LOWEST : HIGHEST + 1]
        image = QImage(table.tobytes(), len(table), 1, len(table) * 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(bar, image)
        painter.setPen(QColor(active().faint_text))
        for place, text in self.ticks(bar.width()):
            x = bar.left() + place * bar.width()
            painter.drawLine(QPointF(x, _BAR_PX), QPointF(x, _BAR_PX + 3))
            centre = max(x, metrics.horizontalAdvance(text) / 2 + 1)
            box = QRectF(centre - 40, _BAR_PX + 3, 80, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
        if self.mark is not None and 0 <= (place := self.scale.place_of(self.mark)) <= 1:
            x = bar.left() + place * bar.width()
            painter.setPen(QPen(QColor("#ffffff"), 2))
            painter.drawLine(QPointF(x, 1), QPointF(x, _BAR_PX - 1))
        x = bar.right() + _SIDE_PX
        for rgb, text in self._marks:
            painter.fillRect(QRectF(x, 0, _BAR_PX, _BAR_PX), QColor(*rgb))
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QPointF(x + _BAR_PX + 4, _BAR_PX), text)
            x += metrics.horizontalAdvance(text) + 24
        painter.setPen(QColor(active().faint_text))
        painter.drawText(QPointF(x, _BAR_PX), self._unit)


def _round_along(low: float, high: float, most: int) -> np.ndarray:
    """Round numbers of a linear scale, float ``[K]`` rising, at most ``most``: multiples of one of 1, 2, 5, 10 …"""
    if high == _HALF_TURN:
        return np.linspace(low, high, 5 if most >= 5 else 3)
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    for factor in (1, 2, 5, 10):
        first, last = (round_(end / (factor * power)) for round_, end in ((np.ceil, low), (np.floor, high)))
        if last - first < most:
            break
    if last - first < 1:
        return np.unique([low, *([0.0] if low < 0 else []), high])
    return np.arange(first, last + 1) * factor * power + 0.0  # which has no −0


def _round_between(low: float, high: float, most: int) -> np.ndarray:
    """Round numbers of a log scale, float ``[K]`` rising; where there are fewer than three, ones of two digits."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for digits in (_FINE, _FINER):
        values = np.multiply.outer(powers, digits).ravel()
        values = values[(values >= low) & (values <= high)]
        if len(values) >= 3:
            return values
    some = [float(f"{each:.2g}") for each in np.geomspace(low, high, most + 1)[:-1]]
    return np.unique([each for each in some if low <= each <= high])
