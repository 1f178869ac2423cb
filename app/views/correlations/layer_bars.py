"""A number in 0…1 for each layer, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from app.analysis.figures import signed
from app.palette import SMALL_PX, active, font
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import plain_tooltip, width_of
from app.widgets.walk import CellWalk

_MOST_ROW_PX, _LEAST_ROW_PX, _AXIS_PX = 28, 13, 16
_NAME_SHARE, _FIGURE_PX = 0.42, 40


@dataclass(frozen=True)
class LayerBar:
    """One layer: the mean over the augmentations, and between which values 9 of 10 of them lie; None: no number.

    ``beside`` is the mean of another network, which gets a tick, and in place of the figure how much larger it is.
    """

    name: str
    short_name: str
    mean: float | None
    low: float = 0.0
    high: float = 0.0
    beside: float | None = None


class LayerBars(QWidget):
    """A row for each layer; a thin line spans what most augmentations have. What is below 0 has no bar.

    Signals:
        layer_requested(str): the user clicked a row.
    """

    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[LayerBar, ...] = ()
        self._chosen = ""
        self.setAccessibleName("Layers, by how stable they are")
        self.walk = CellWalk(self, lambda: [1] * len(self._bars), lambda row, _: self.row_rect(row))

    @property
    def bars(self) -> tuple[LayerBar, ...]:
        """What is shown."""
        return self._bars

    def show_bars(self, bars: Sequence[LayerBar], chosen: str) -> None:
        """Show the layers from top to bottom, one of them marked."""
        self._bars, self._chosen = tuple(bars), chosen
        self.updateGeometry()
        self.update()

    def row_rect(self, number: int) -> QRectF:
        """Where a row is."""
        return QRectF(0, number * self._row_px(), self.width(), self._row_px())

    def _row_px(self) -> float:
        return min(max((self.height() - _AXIS_PX) / max(len(self._bars), 1), 1.0), _MOST_ROW_PX)

    def sizeHint(self) -> QSize:
        return QSize(220, len(self._bars) * _MOST_ROW_PX + _AXIS_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, len(self._bars) * _LEAST_ROW_PX + _AXIS_PX)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(font(SMALL_PX))
        metrics = painter.fontMetrics()
        widest = max((width_of(metrics, bar.short_name) for bar in self._bars), default=0)
        name_px = min(widest + 8, self.width() * _NAME_SHARE)
        bar_px = max(self.width() - name_px - _FIGURE_PX, 10)
        middle = Qt.AlignmentFlag.AlignVCenter
        names = elided_apart(metrics, [bar.short_name for bar in self._bars], name_px - 6)
        for number, bar in enumerate(self._bars):
            row = self.row_rect(number)
            is_chosen = bar.name == self._chosen
            painter.setPen(QColor(active().text if is_chosen else active().faint_text))
            painter.drawText(
                QRectF(0, row.top(), name_px - 6, row.height()), middle | Qt.AlignmentFlag.AlignRight, names[number]
            )
            space = row.height() * 0.2
            groove = QRectF(name_px, row.top() + space, bar_px, row.height() - 2 * space)
            painter.fillRect(groove, QColor(active().bar_ground))
            figure = QRectF(name_px + bar_px + 5, row.top(), _FIGURE_PX, row.height())
            painter.drawText(figure, middle, _figure(bar))
            if bar.mean is None:
                continue
            painter.fillRect(
                QRectF(groove.left(), groove.top(), bar_px * _inside(bar.mean), groove.height()),
                QColor(active().hovered if is_chosen else active().bar),
            )
            y = row.center().y()
            painter.setPen(QColor(active().text))
            ends = [groove.left() + bar_px * _inside(value) for value in (bar.low, bar.high)]
            painter.drawLine(QPointF(ends[0], y), QPointF(ends[1], y))
            for x in ends:
                painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
            if bar.beside is not None:
                x = groove.left() + bar_px * _inside(bar.beside)
                painter.fillRect(QRectF(x - 1.5, row.top() + 1, 3, row.height() - 2), QColor(active().second))
        if self._bars:
            self._paint_axis(painter, name_px, bar_px)

    def _paint_axis(self, painter: QPainter, left: float, width: float) -> None:
        painter.setPen(QColor(active().faint_text))
        top = self.row_rect(len(self._bars)).top()
        for place, text in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
            x = left + width * place
            painter.drawLine(QPointF(x, top), QPointF(x, top + 3))
            painter.drawText(QRectF(x - 20, top + 2, 40, _AXIS_PX), Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            bar = self._bar_at(event.position().y())
            if bar is not None:
                self.layer_requested.emit(bar.name)

    def event(self, event: QEvent | None) -> bool:
        """Tell of the layer under the pointer, whose name may be cut, above what is told of all."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            bar = self._bar_at(event.pos().y())
            text = "" if bar is None else f"{_told(bar)}\n{self.toolTip()}"
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().event(event)

    def _bar_at(self, y: float) -> LayerBar | None:
        number = int(y // self._row_px())
        return self._bars[number] if 0 <= number < len(self._bars) else None


def _told(bar: LayerBar) -> str:
    if bar.mean is None:
        return f"{bar.name}: no number"
    beside = "" if bar.beside is None else f", in B {signed(bar.beside, 2)}"
    return f"{bar.name}: {signed(bar.mean, 2)}{beside}; from {signed(bar.low, 2)} to {signed(bar.high, 2)}"


def _figure(bar: LayerBar) -> str:
    if bar.mean is None:
        return "–"
    if bar.beside is None:
        return signed(bar.mean, 2)
    told = signed(bar.beside - bar.mean, 2)
    return told if told.startswith("−") or not float(told) else f"+{told}"


def _inside(value: float) -> float:
    return min(max(value, 0.0), 1.0)
