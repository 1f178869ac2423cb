"""Where two runs differ, whichever layer: a line of stretches above the numbers of the steps."""

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.widgets.heat_map import LEFT_PX, RIGHT_PX
from app.widgets.value_axis import round_above

_STRIP_PX, _TICK_PX, _LEAST_PX = 9, 90, 2.0


class DifferenceStrip(QWidget):
    """A click or a drag moves the playhead.

    Signals:
        step_requested(float): the user pointed at a step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stretches: list[tuple[int, int]] = []
        self._painted: list[tuple[int, int]] = []
        self._last_step = 1
        self._step = 0.0
        self._range = (0.0, 1.0)
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Where both differ")

    def show_stretches(self, stretches: list[tuple[int, int]], stride: int, last_step: int) -> None:
        """Show where anything differs: first and last step of each stretch, of values that stand for ``stride``."""
        self.stretches, self._last_step = stretches, last_step
        self._painted = [(first, last + stride) for first, last in stretches]
        self.update()

    def show_chosen(self, number: int | None) -> None:
        """Mark the stretch that the playhead is in."""
        self._chosen = number
        self.update()

    def show_range(self, low: float, high: float) -> None:
        """Show these steps."""
        self._range = (low, high)
        self.update()

    def show_step(self, step: float) -> None:
        """Move the playhead."""
        self._step = step
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # it takes what room is left

    def minimumSizeHint(self) -> QSize:
        return QSize(LEFT_PX, _STRIP_PX + 4 + self.fontMetrics().height())

    def _inside_px(self) -> int:
        """Width of the line itself."""
        return max(self.width() - LEFT_PX - RIGHT_PX, 1)

    def _x_of(self, step: float) -> float:
        low, high = self._range
        return LEFT_PX + (step - low) / max(high - low, 1e-9) * self._inside_px()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, palette = QPainter(self), active()
        metrics = self.fontMetrics()
        right = self.width() - RIGHT_PX
        painter.setPen(QColor(palette.faint_text))
        name = QRectF(0, -2, LEFT_PX - 6, metrics.height())
        painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "any layer")
        ticks = round_steps(*self._range, max((right - LEFT_PX) // _TICK_PX, 1))
        for tick in ticks:
            text = f"step {tick:,}" if tick == ticks[0] else f"{tick:,}"
            text_px = metrics.horizontalAdvance(text)
            left = min(self._x_of(tick) - text_px / 2, self.width() - text_px - 1)
            painter.drawText(QPointF(left, _STRIP_PX + 2 + metrics.ascent()), text)
        painter.setClipRect(QRectF(LEFT_PX, 0, right - LEFT_PX, self.height()))
        painter.fillRect(QRectF(LEFT_PX, 0, right - LEFT_PX, _STRIP_PX), QColor(palette.bar_ground))
        for number, (first, behind) in enumerate(self._painted):
            left, end = self._x_of(first), self._x_of(behind)
            colour = QColor(palette.bar if number == self._chosen else palette.faint_text)
            painter.fillRect(QRectF(left, 0, max(end - left, _LEAST_PX), _STRIP_PX), colour)
        painter.setPen(QPen(QColor(palette.hovered), 2))
        x = self._x_of(self._step)
        painter.drawLine(QPointF(x, 0), QPointF(x, _STRIP_PX + 1))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._point(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        self._point(event)

    def _point(self, event: QMouseEvent | None) -> None:
        if event is None or not event.buttons() & Qt.MouseButton.LeftButton or event.position().x() < LEFT_PX:
            return
        low, high = self._range
        step = low + (event.position().x() - LEFT_PX) / self._inside_px() * (high - low)
        self.step_requested.emit(float(np.clip(step, 0, self._last_step)))


def round_steps(low: float, high: float, most: int) -> list[int]:
    """Round steps from ``low`` to ``high``, at most so many apart from the first."""
    spacing = int(np.ceil(round_above(max((high - low) / most, 1))))
    return list(range(int(np.ceil(max(low, 0) / spacing)) * spacing, int(np.floor(high)) + 1, spacing))
