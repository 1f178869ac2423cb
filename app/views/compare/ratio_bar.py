"""What the colours of a map of differences mean, in numbers."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.views.compare.analysis.difference_heat import NO_RATIO, DifferenceHeat, scale_ticks
from app.views.compare.heat_colours import difference_table

_BAR_PX, _SIDE_PX, _APART_PX, _LEAST_PX, _MOST_PX = 10, 24, 8, 60, 420
_SAME, _WITHIN = "the same", "the same, or inside of the noise"
_NO_RATIO = "no ratio"


class RatioBar(QWidget):
    """From where B is least over where both are the same to where it is most; beside it what has no ratio."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ticks: list[tuple[float, str]] = []
        self._has_no_ratio = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What the colours mean")

    def show_heat(self, heat: DifferenceHeat | None) -> None:
        """Show the scale of a picture."""
        same = _WITHIN if heat is not None and heat.has_noise else _SAME
        ticks = [] if heat is None else scale_ticks(heat.scale)
        self.ticks = [(place, same if text == _SAME else text) for place, text in ticks]
        self._has_no_ratio = heat is not None and heat.has_no_ratio
        self.setToolTip("Colours tell log₂ of B ÷ A: red where B is more, blue where it is less")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # it takes what room is left

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX + 2 * _SIDE_PX + self._mark_px(), _BAR_PX + self.fontMetrics().height() + 4)

    def _mark_px(self) -> int:
        """What the mark behind the bar takes up."""
        return self.fontMetrics().horizontalAdvance(_NO_RATIO) + _BAR_PX + 12 if self._has_no_ratio else 0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not self.ticks:
            return
        painter, metrics, table = QPainter(self), self.fontMetrics(), difference_table()
        bar = QRectF(_SIDE_PX, 0, min(self.width() - self._mark_px() - 2 * _SIDE_PX, _MOST_PX), _BAR_PX)
        colours = table[1:NO_RATIO].copy()
        image = QImage(colours.tobytes(), len(colours), 1, QImage.Format.Format_RGBA8888)
        painter.drawImage(bar, image)
        painter.setPen(QColor(active().line))
        painter.drawRect(bar)
        painter.setPen(QColor(active().faint_text))
        middles = [bar.left() + (place + 1) / 2 * bar.width() for place, _ in self.ticks]
        lengths = [metrics.horizontalAdvance(text) for _, text in self.ticks]
        for number in self._shown(middles, lengths):
            box = QRectF(middles[number] - lengths[number] / 2 - 4, _BAR_PX + 2, lengths[number] + 8, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.ticks[number][1])
        if self._has_no_ratio:
            x = bar.right() + _SIDE_PX
            painter.fillRect(QRectF(x, 0, _BAR_PX, _BAR_PX), QColor(*table[NO_RATIO, :3].tolist()))
            painter.drawText(QPointF(x + _BAR_PX + 4, _BAR_PX - 1), _NO_RATIO)

    def _shown(self, middles: list[float], lengths: list[int]) -> list[int]:
        """Numbers of the ticks that have room: the middle and both ends first."""
        shown: list[int] = []
        for number in (2, 0, 4, 1, 3):
            if all(
                abs(middles[number] - middles[each]) >= (lengths[number] + lengths[each]) / 2 + _APART_PX
                for each in shown
            ):
                shown.append(number)
        return shown
