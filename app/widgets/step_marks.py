"""Marks at steps of a plot that are as tall as the plot, or stand at its top, whatever values it shows."""

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.palette import active

_TOUCHING_PX = 7.0
_EPOCHS_PX = 24.0
_BAR_PX, _LEAST_BAR_PX = 4.0, 5.0
_FAINT = 0.12


class StepMarks(pg.GraphicsObject):
    """Marks that are thinned out where there are too many."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = np.zeros(0)

    @property
    def steps(self) -> np.ndarray:
        """Where the marks are, float64 rising."""
        return self._steps

    def show_steps(self, steps: np.ndarray) -> None:
        """Mark these steps, rising."""
        steps = np.asarray(steps, np.float64)
        if not np.array_equal(steps, self._steps):
            self._steps = steps
            self.update()

    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewTransformChanged()  # or the room would be that of the range before, and the rest not painted anew

    def boundingRect(self) -> QRectF:
        return self.viewRect()

    def dataBounds(self, *_: object, **__: object) -> None:
        """They have no part in the range of values."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        box = self.getViewBox()
        if painter is None or box is None or not len(self._steps):
            return
        left, right = box.viewRange()[0]
        shown = self._steps[np.searchsorted(self._steps, left) : np.searchsorted(self._steps, right, side="right")]
        to_device = painter.worldTransform()
        top_left = to_device.map(QPointF(left, box.viewRange()[1][1]))
        bottom_right = to_device.map(QPointF(right, box.viewRange()[1][0]))
        per_step = (bottom_right.x() - top_left.x()) / max(right - left, 1e-12)
        across = top_left.x() + (shown - left) * per_step
        painter.save()
        painter.resetTransform()
        self.paint_marks(painter, self.thinned(across), top_left.y(), bottom_right.y())
        painter.restore()

    def thinned(self, across: np.ndarray) -> np.ndarray:
        """Of some places, rising pixels, those where a mark is painted."""
        raise NotImplementedError

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        """Paint a mark at each place, all in pixels of the device."""
        raise NotImplementedError


class NotFiniteMarks(StepMarks):
    """A small ✕ at the top edge where a value was NaN or Inf."""

    def thinned(self, across: np.ndarray) -> np.ndarray:
        # where they would touch, one stands for all
        return (np.unique(np.floor(across / _TOUCHING_PX)) + 0.5) * _TOUCHING_PX if len(across) > 1 else across

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(active().wrong), 1.6))
        arm = 2.6
        middle = top + arm + 2
        for x in across.tolist():
            painter.drawLine(QLineF(x - arm, middle - arm, x + arm, middle + arm))
            painter.drawLine(QLineF(x - arm, middle + arm, x + arm, middle - arm))


class NoGradientMarks(NotFiniteMarks):
    """A small ring at the top edge where a layer had no gradient."""

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(active().faint_text), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x in across.tolist():
            painter.drawEllipse(QPointF(x, top + 4.6), 2.2, 2.2)


class EpochMarks(StepMarks):
    """A dashed line where an epoch ended."""

    def thinned(self, across: np.ndarray) -> np.ndarray:
        # every second, fourth or tenth epoch, each at its true place
        if len(across) < 2:
            return across
        between = (across[-1] - across[0]) / (len(across) - 1)
        return across[:: max(int(np.ceil(_EPOCHS_PX / max(between, 1e-9))), 1)]

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(active().line), 1, Qt.PenStyle.DashLine))
        lines = [QLineF(x, top, x, bottom) for x in across.round().tolist()]
        painter.drawLines(lines)  # type: ignore[call-overload] # the stubs know no lists


class ResumeMarks(StepMarks):
    """A small triangle at the bottom edge, and a line, where the run went on from a saved state."""

    def thinned(self, across: np.ndarray) -> np.ndarray:
        return across

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        colour = QColor(active().faint_text)
        for x in across.tolist():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(round(x), top, round(x), bottom))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPointF(x, bottom - 8), QPointF(x + 7, bottom - 4), QPointF(x, bottom))


class DumpMarks(StepMarks):
    """A bar at the bottom edge under the steps that the black box kept, and a faint band over it."""

    def thinned(self, across: np.ndarray) -> np.ndarray:
        return across

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        apart = np.diff(across)
        width = max(_LEAST_BAR_PX, float(apart.min(initial=np.inf)) if len(apart) else 0.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        faint = QColor(active().badge)
        faint.setAlphaF(_FAINT)
        for part in np.split(across, np.flatnonzero(apart > width + 1) + 1):
            left, right = part[0] - width / 2, part[-1] + width / 2
            painter.fillRect(QRectF(left, top, right - left, bottom - top), faint)
            painter.fillRect(QRectF(left, bottom - _BAR_PX, right - left, _BAR_PX), QColor(active().badge))


class HeldMark(StepMarks):
    """A thin dashed line in the playhead's colour, where a pass is held that another is compared with."""

    def thinned(self, across: np.ndarray) -> np.ndarray:
        return across

    def paint_marks(self, painter: QPainter, across: np.ndarray, top: float, bottom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(active().hovered), 1, Qt.PenStyle.DashLine))
        for x in across.round().tolist():
            painter.drawLine(QLineF(x, top, x, bottom))
