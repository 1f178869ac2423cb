"""A picture of all layers over the steps: a row for each layer, a colour for each value."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis.figures import NOT_RECORDED as NOT_RECORDED_TEXT
from app.analysis.health import Health
from app.palette import active
from app.widgets.elided_text import elided_apart
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import plain_tooltip
from app.widgets.rimmed import draw_rimmed
from app.widgets.severity_mark import MARK_PX, paint_mark
from app.widgets.walk import CellWalk

LEFT_PX, RIGHT_PX = 113, 7
"""Room for the names, which plots below take too, so that steps stand above each other."""

ROW_PX = 13
"""A row that its name fits into."""

MOST_ROWS = 16
_LARGEST_FONT_PX, _SMALLEST_FONT_PX = 12, 10
_REACH_PX = 5
_LEAST_MARK_PX = 5.0
_NOTCH = 1.15
_CLOSEST_STEPS = 4
_FAR_PX = 1e6


class Heat(Protocol):
    """A measure of layers over steps, see `app.views.optimizer.analysis.layer_heat`."""

    @property
    def title(self) -> str:
        """What is measured."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names, a row for each."""

    @property
    def short_names(self) -> tuple[str, ...]:
        """The same for where there is little room."""

    @property
    def notes(self) -> Mapping[int, str]:
        """Row → why it is empty."""

    def text_at(self, layer: int, step: float) -> str:
        """What was measured of a row at a step, in words; empty where nothing was."""

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        """Numbers of a table of colours uint8 ``[L, width]``, from step ``low`` to ``high``."""


class HeatMap(QWidget):
    """A click moves the playhead and chooses the layer, a drag moves it alone or, zoomed in, along; the wheel zooms.

    Signals:
        layer_requested(str): the user pointed at a row.
        step_requested(float): the user pointed at a step.
        range_requested(float, float): the user zoomed or dragged to these steps.
        everything_requested: the user double-clicked.
    """

    layer_requested = pyqtSignal(str)
    step_requested = pyqtSignal(float)
    range_requested = pyqtSignal(float, float)
    everything_requested = pyqtSignal()

    def __init__(self, colours: Callable[[Any], np.ndarray], parent: QWidget | None = None) -> None:
        """A map without a measure.

        Args:
            colours: RGBA uint8 ``[256, 4]`` of the numbers that a measure's picture has, in the active theme.
            parent: what it lies in.
        """
        super().__init__(parent)
        self._colours = colours
        self.heat: Heat | None = None
        self._range = (0.0, 1.0)
        self._last_step = 1
        self._step = 0
        self._held: int | None = None
        self._absence = ""
        self._layer: str | None = None
        self._health: Mapping[str, Health] = {}
        self._image: QImage | None = None
        self._pressed: QPoint | None = None
        self._pressed_range = self._range
        self._is_dragging_playhead = self._is_moving = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Layers over steps")
        self.walk = CellWalk(self, lambda: [1] * self._n_rows(), self._name_place)

    @property
    def shown_range(self) -> tuple[float, float]:
        """The steps at the left and the right border."""
        return self._range

    def show_heat(self, heat: Heat | None, last_step: int) -> None:
        """Show a measure of the layers of a run that has come to ``last_step``."""
        self.heat, self._last_step = heat, max(last_step, 1)
        rows = 1 if heat is None else min(len(heat.layers), MOST_ROWS)
        self.setMinimumHeight(max(rows * ROW_PX, 60))
        self._image = None
        self.update()

    def show_absence(self, text: str) -> None:
        """Say why there is no measure to show, where there is none."""
        self._absence = text
        self.update()

    def show_range(self, low: float, high: float) -> None:
        """Show these steps."""
        if (low, high) != self._range:
            self._range = (low, high)
            self._image = None
            self.update()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        before, self._step = self._step, step
        for each in (before, step):
            self.update(QRect(int(self._x_of(each)) - 3, 0, 6, self.height()))

    def show_held(self, step: int | None) -> None:
        """Mark the step that is held, which another is compared with; None: none is."""
        if step != self._held:
            self._held = step
            self.update()

    def show_layer(self, name: str | None) -> None:
        """Mark the row of a layer."""
        if name != self._layer:
            self._layer = name
            self.update()

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the rows of layers of which something is found."""
        self._health = health
        self.update()

    @property
    def marked_rows(self) -> dict[int, Health]:
        """Number of a row → what is found of its layer."""
        layers = () if self.heat is None else self.heat.layers
        return {row: self._health[name] for row, name in enumerate(layers) if name in self._health}

    def text_at(self, at: QPointF) -> str:
        """What the picture shows at a point: layer, step and value."""
        row = self._row_of(at.y())
        if self.heat is None or row is None:
            return ""
        name = self.heat.layers[row]
        if at.x() < LEFT_PX:
            found = self._health.get(name)
            return "\n".join([name, *([] if found is None else found.lines)])
        step = int(np.clip(round(self._step_of(at.x())), 0, self._last_step))
        words = self.heat.text_at(row, step) or NOT_RECORDED_TEXT
        return f"{name}\nstep {step:,}\n{self.heat.title}: {words}"

    def _inside(self) -> QRectF:
        return QRectF(LEFT_PX, 0, max(self.width() - LEFT_PX - RIGHT_PX, 1), self.height())

    def _x_of(self, step: float) -> float:
        low, high = self._range
        inside = self._inside()
        x = inside.left() + (step - low) / max(high - low, 1e-9) * inside.width()
        return min(max(x, -_FAR_PX), _FAR_PX)  # a step far outside what is shown has no pixel that Qt could count

    def _step_of(self, x: float) -> float:
        low, high = self._range
        inside = self._inside()
        return low + (x - inside.left()) / inside.width() * (high - low)

    def _n_rows(self) -> int:
        return 0 if self.heat is None else len(self.heat.layers)

    def _name_place(self, row: int, column: int) -> QRectF:
        """Where the name of a layer is: a click there chooses the layer and moves no playhead."""
        height = self.height() / max(self._n_rows(), 1)
        return QRectF(0, row * height, LEFT_PX - 2, height)

    def _row_of(self, y: float) -> int | None:
        if self.heat is None or not 0 <= y < self.height():
            return None
        return int(y / self.height() * len(self.heat.layers))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        inside = self._inside()
        painter.fillRect(inside, QColor(active().background))
        if self.heat is None:
            write_absence(painter, inside, self._absence)
            return
        if self._image is None:
            numbers = self.heat.picture(*self._range, int(inside.width() * self.devicePixelRatioF()))
            height, width = numbers.shape
            image = QImage(np.ascontiguousarray(numbers).tobytes(), width, height, width, QImage.Format.Format_Indexed8)
            image.setColorTable([QColor(*each).rgba() for each in self._colours(self.heat).tolist()])
            # scaled once, so that a moved playhead costs a copy
            size = inside.size().toSize() * self.devicePixelRatioF()
            self._image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied).scaled(size)
        painter.drawImage(inside, self._image)
        row_px = self.height() / len(self.heat.layers)
        marked = self.heat.layers.index(self._layer) if self._layer in self.heat.layers else None
        if event is not None and event.rect().left() < LEFT_PX:
            self._paint_names(painter, row_px, marked)
        if row_px > 6:
            painter.setPen(QPen(QColor(active().background), 1))
            for row in range(1, len(self.heat.layers)):
                y = round(row * row_px)
                painter.drawLine(LEFT_PX, y, int(inside.right()), y)
        if marked is not None:
            painter.setPen(QPen(QColor(active().text), 1))
            painter.drawRect(
                inside.adjusted(0, marked * row_px, -1, 0)
                .toRect()
                .intersected(QRect(LEFT_PX, round(marked * row_px), int(inside.width()), round(row_px) - 1))
            )
        painter.setPen(QColor(active().faint_text))
        for row, words in self.heat.notes.items():
            room = QRectF(inside.left() + 8, row * row_px, inside.width() - 8, row_px)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        dashed = QPen(QColor(active().hovered), 1, Qt.PenStyle.DashLine)
        for step, pen in ((self._held, dashed), (self._step, QPen(QColor(active().hovered), 2))):
            if step is not None and inside.left() <= (x := self._x_of(step)) <= inside.right():
                line = QLineF(x, 0, x, self.height())
                draw_rimmed(painter, pen, partial(painter.drawLine, line))

    def _paint_names(self, painter: QPainter, row_px: float, marked: int | None) -> None:
        assert self.heat is not None
        font = QFont(self.font())
        font.setPixelSize(int(np.clip(row_px - 2, _SMALLEST_FONT_PX, _LARGEST_FONT_PX)))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        every = max(int(np.ceil((metrics.height()) / row_px)), 1)
        found = self.marked_rows
        rows: list[int] = []
        # what is chosen has its name, then what something is found of, then what there is room for
        for row in (*([] if marked is None else [marked]), *found, *range(0, len(self.heat.layers), every)):
            if all(abs(row - other) >= every for other in rows):
                rows.append(row)
        mark_px = min(MARK_PX, max(row_px - 1, _LEAST_MARK_PX))
        names_px = LEFT_PX - 10 - (mark_px + 4 if found else 0)
        names = elided_apart(metrics, [self.heat.short_names[row] for row in rows], names_px)
        shown = dict(zip(rows, names, strict=True))
        lefts = {row: LEFT_PX - 6 - metrics.horizontalAdvance(name) for row, name in shown.items()}
        painter.save()
        for row, health in found.items():
            middle = self._seen_whole((row + 0.5) * row_px, mark_px)
            beside = [left for other, left in lefts.items() if abs(row - other) < every]  # its own name, or one so near
            across = min(beside) - mark_px / 2 - 4
            paint_mark(painter, QPointF(across, middle), health.severity, mark_px)
        painter.restore()
        for row, name in zip(rows, names, strict=True):
            painter.setPen(QColor(active().text if row == marked else active().faint_text))
            middle = self._seen_whole((row + 0.5) * row_px, metrics.height())
            box = QRectF(0, middle - metrics.height() / 2, LEFT_PX - 6, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)

    def _seen_whole(self, middle: float, high: float) -> float:
        """The middle of what is so high and stands beside a row, moved as far as it takes to see all of it."""
        return min(max(middle, high / 2), self.height() - high / 2)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._image = None

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._image = None
            self.update()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.text_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed, self._pressed_range, self._is_moving = event.pos(), self._range, False
        is_near = abs(event.position().x() - self._x_of(self._step)) <= _REACH_PX
        # a picture of all steps has nowhere to move along to
        is_whole = self._range[1] - self._range[0] >= self._last_step
        self._is_dragging_playhead = is_near or (is_whole and event.position().x() >= LEFT_PX)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._pressed is None:
            near = abs(event.position().x() - self._x_of(self._step)) <= _REACH_PX
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
            return
        if not self._is_moving and abs(event.pos().x() - self._pressed.x()) < _REACH_PX:
            return
        self._is_moving = True
        if self._is_dragging_playhead:
            self.step_requested.emit(float(np.clip(self._step_of(event.position().x()), 0, self._last_step)))
            return
        low, high = self._pressed_range
        by = (event.pos().x() - self._pressed.x()) / self._inside().width() * (high - low)
        self._request(low - by, high - by)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        pressed, self._pressed = self._pressed, None
        if event is None or pressed is None or self._is_moving:
            return
        row = self._row_of(event.position().y())
        if self.heat is not None and row is not None:
            self.layer_requested.emit(self.heat.layers[row])
        if event.position().x() >= LEFT_PX:
            self.step_requested.emit(float(np.clip(self._step_of(event.position().x()), 0, self._last_step)))

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self.everything_requested.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or not event.angleDelta().y():
            return
        low, high = self._range
        at = float(np.clip(self._step_of(event.position().x()), low, high))
        factor = _NOTCH ** (-event.angleDelta().y() / 120)
        if (high - low) * factor >= _CLOSEST_STEPS:
            self._request(at - (at - low) * factor, at + (high - at) * factor)
        event.accept()

    def _request(self, low: float, high: float) -> None:
        """Ask for as many steps that lie inside the run."""
        n_steps, margin = high - low, self._last_step * 0.02
        if n_steps >= self._last_step + 2 * margin:
            self.everything_requested.emit()
            return
        low = min(max(low, -margin), self._last_step + margin - n_steps)
        self.range_requested.emit(low, low + n_steps)
