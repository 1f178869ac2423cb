"""Linear layers as strips, one under the other, and the logits in figures below the last."""

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.analysis import colours
from app.analysis.figures import figure, figures_of_two, signed_figure
from app.palette import SMALL_PX, active, font
from app.views.features.analysis.activation_strips import Strip
from app.views.features.analysis.dead_marks import NO_MARKS, DeadMarks, marks_of_two
from app.views.features.tile_grid import paint_cross
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import elided, plain_tooltip, width_of
from app.widgets.walk import CellWalk

_NAME_PX, _LINE_PX, _SPACE_PX = 84, 14, 10
_APART_PX = 8
_LEAST_STRIP_PX, _MOST_STRIP_PX = 18, 84
_FIGURE_PX = 44
"""Cells at least so wide have their value in figures below them."""

_LINES_BELOW = 3
"""Lines of words below a strip: unit numbers; below the last one the class names and the logits."""


class StripsView(QWidget):
    """A cell for each unit, all in one colour scale. A click chooses a unit, or a layer by its name.

    Signals:
        unit_requested(str, int): stage and true number of the unit that was clicked.
        layer_requested(str): the stage whose name was clicked.
    """

    unit_requested = pyqtSignal(str, int)
    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strips: Sequence[Strip] = ()
        self._since: Callable[[Strip], np.ndarray] = _not_known
        self._images: dict[int, QImage] = {}
        self._scale = 0.0
        self._class_names: tuple[str, ...] = ()
        self._true: int | None = None
        self._predicted: int | None = None
        self._chosen: str | None = None
        self._unit: tuple[str, int] | None = None
        self._pointed: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Activation strips, a row for each layer")
        self.walk = CellWalk(self, lambda: [len(strip.units) for strip in self._strips], self.cell_of)

    @property
    def strips(self) -> Sequence[Strip]:
        """What is shown."""
        return self._strips

    def image(self, row: int) -> QImage:
        """A strip, a pixel for each unit; made when it is first seen."""
        if row not in self._images:
            self._images[row] = _image(self._strips[row], self._scale)
        return self._images[row]

    def show_strips(
        self,
        strips: Sequence[Strip],
        scale: float,
        class_names: tuple[str, ...] = (),
        true_class: int | None = None,
        predicted: int | None = None,
        since: Callable[[Strip], np.ndarray] | None = None,
    ) -> None:
        """Show strips in full colour at ``scale``; class names where the last strip is the logits.

        Args:
            since: tells the step since which each unit of a strip is dead, int ``[U]``, −1: not; ``[0]``: not known.
        """
        if len(strips) != len(self._strips):
            self._pointed = None
        self._strips, self._scale = strips, scale
        self._class_names, self._true, self._predicted = class_names, true_class, predicted
        self._since, self._images = since or _not_known, {}
        self.setMinimumHeight(round(len(strips) * (_LEAST_STRIP_PX + _LINE_PX + _SPACE_PX) + _LINES_BELOW * _LINE_PX))
        self.update()

    def show_chosen(self, stage: str | None, unit: tuple[str, int] | None) -> None:
        """Mark the selected layer and the pinned unit."""
        if (stage, unit) != (self._chosen, self._unit):
            self._chosen, self._unit = stage, unit
            self.update()

    def rect_of(self, row: int) -> QRectF:
        """Where a strip is, in pixels of the widget."""
        n = max(len(self._strips), 1)
        room = self.height() - _LINES_BELOW * _LINE_PX - 8
        height = min(max(room / n - _LINE_PX - _SPACE_PX, _LEAST_STRIP_PX), _MOST_STRIP_PX)
        top = 4 + row * (height + _LINE_PX + _SPACE_PX)
        return QRectF(_NAME_PX, top, max(self.width() - _NAME_PX - 8, 10), height)

    def cell_of(self, row: int, position: int) -> QRectF:
        """Where a unit is."""
        strip = self.rect_of(row)
        width = strip.width() / max(len(self._strips[row].units), 1)
        return QRectF(strip.left() + position * width, strip.top(), width, strip.height())

    def tip(self, at: QPointF) -> str:
        """The unit at a point in words."""
        place = self._unit_at(at)
        if place is None:
            missing = [
                strip.reason
                for row, strip in enumerate(self._strips)
                if strip.values is None and self.rect_of(row).contains(at)
            ]
            return f"not recorded: {missing[0]}" if missing else ""
        row, position = place
        strip = self._strips[row]
        number = int(strip.units[position])
        lines = [f"{strip.stage} · unit {number}"]
        if self._class_names and row == len(self._strips) - 1:
            lines[0] += f" · class “{self._name(number)}”"
        value = None if strip.values is None else float(strip.values[position])
        told = figure(value)
        if strip.sides is not None and value is not None:
            a, b = (None if each.values is None else float(each.values[position]) for each in strip.sides)
            told = figures_of_two(a, b, value)
        lines.append(f"{strip.shown}: {told}, full colour at {figure(self._scale)}")
        if strip.sides is not None and (words := self._marks_of(strip).words.get(number)):
            lines.append(words)
        elif strip.dead is not None and strip.dead[position]:
            steps = self._since(strip)
            since = int(steps[position]) if len(steps) else -1
            lines.append(f"dead since the pass at step {since:,}" if since >= 0 else "dead at this pass")
        return "\n".join(lines)

    def _name(self, number: int) -> str:
        return self._class_names[number] if number < len(self._class_names) else f"class {number}"

    def _unit_at(self, at: QPointF) -> tuple[int, int] | None:
        for row, strip in enumerate(self._strips):
            place = self.rect_of(row)
            if place.contains(at) and len(strip.units):
                position = int((at.x() - place.left()) / place.width() * len(strip.units))
                return row, min(position, len(strip.units) - 1)
        return None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        metrics = QFontMetrics(font(SMALL_PX + 1, bold=True))
        seen = self._rows_in(self.rect() if event is None else event.rect())
        names = elided_apart(metrics, [self._strips[row].stage for row in seen], _NAME_PX - 10)
        for row, name in zip(seen, names, strict=True):
            strip = self._strips[row]
            self._paint_name(painter, row, strip, name)
            place = self.rect_of(row)
            if strip.values is None:
                painter.fillRect(place, QColor(active().bar_ground))
                painter.setPen(QColor(active().faint_text))
                reason = f"not recorded: {strip.reason}"
                words = elided(painter.fontMetrics(), reason, place.width() - 8, Qt.TextElideMode.ElideRight)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
                continue
            painter.drawImage(place, self.image(row))
            painter.setPen(QColor(active().line))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
            self._paint_numbers(painter, row, strip)
            self._paint_dead(painter, row, strip)
        if self._unit is not None:
            self._frame_unit(painter, *self._unit)
        if self._pointed is not None:
            painter.setPen(QColor(active().text))
            painter.drawRect(self.cell_of(*self._pointed))

    def _rows_in(self, part: QRect) -> range:
        """The strips of which anything is in a part of the widget."""
        first, pitch = self.rect_of(0).top(), self.rect_of(1).top() - self.rect_of(0).top()
        above, below = (
            part.top() - first - _LINES_BELOW * _LINE_PX,
            part.bottom() + _SPACE_PX - first,
        )  # where names begin
        return range(max(int(above // pitch), 0), min(int(below // pitch) + 1, len(self._strips)))

    def _paint_name(self, painter: QPainter, row: int, strip: Strip, name: str) -> None:
        place = self.rect_of(row)
        is_chosen = strip.stage == self._chosen
        painter.setFont(font(SMALL_PX + 1, bold=is_chosen))
        painter.setPen(QColor(active().hovered if is_chosen else active().text))
        right = Qt.AlignmentFlag.AlignRight
        half = place.height() / 2
        painter.drawText(
            QRectF(0, place.top() + half - _LINE_PX, _NAME_PX - 8, _LINE_PX),
            right | Qt.AlignmentFlag.AlignVCenter,
            name,
        )
        painter.setFont(font(SMALL_PX - 1))
        painter.setPen(QColor(active().faint_text))
        kept = len(strip.units)
        size = f"{kept:,} of {strip.n_units:,}" if kept < strip.n_units else f"{kept:,} unit{'s' * (kept != 1)}"
        painter.drawText(
            QRectF(0, place.top() + half, _NAME_PX - 8, _LINE_PX), right | Qt.AlignmentFlag.AlignVCenter, size
        )

    def _paint_numbers(self, painter: QPainter, row: int, strip: Strip) -> None:
        painter.setFont(font(SMALL_PX - 1))
        place = self.rect_of(row)
        n = len(strip.units)
        width = place.width() / max(n, 1)
        below = place.bottom() + 1
        middle = Qt.AlignmentFlag.AlignCenter
        if self._class_names and row == len(self._strips) - 1 and width >= _FIGURE_PX:
            for position, number in enumerate(strip.units.tolist()):
                self._paint_class(painter, QRectF(place.left() + position * width, below, width, _LINE_PX), row, number)
            return
        if self._class_names and row == len(self._strips) - 1:
            self._paint_verdicts(painter, QRectF(place.left(), below + _LINE_PX, place.width(), _LINE_PX), strip)
        painter.setFont(font(SMALL_PX - 1))
        painter.setPen(QColor(active().faint_text))
        numbers = list(map(str, strip.units.tolist()))
        need = max(map(painter.fontMetrics().horizontalAdvance, numbers), default=0) + _APART_PX
        for position in range(0, n, ceil(need / width)):
            spot = QRectF(place.left() + (position + 0.5) * width - need / 2, below, need, _LINE_PX)
            painter.drawText(spot, middle, numbers[position])

    def _paint_verdicts(self, painter: QPainter, spot: QRectF, strip: Strip) -> None:
        """Of many classes the predicted one and the label only, with their logits: on one line where they fit."""
        painter.setFont(font(SMALL_PX, bold=True))
        painter.setPen(QColor(active().text))
        metrics, verdicts = painter.fontMetrics(), self.verdicts(strip)
        whole = "   ".join(verdicts)
        if width_of(metrics, whole) <= spot.width():
            verdicts = [whole]
        for words in elided_apart(metrics, verdicts, spot.width()):
            painter.drawText(spot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            spot = spot.translated(0, _LINE_PX)

    def verdicts(self, strip: Strip) -> list[str]:
        """The predicted class of the logits' strip and the label in words, with their logits."""
        parts = []
        for what, number in (("predicted", self._predicted), ("label", self._true)):
            if number is not None:
                at = np.flatnonzero(strip.units == number)
                known = len(at) and strip.values is not None
                told = figure if strip.sides is None else signed_figure
                value = told(float(strip.values[at[0]]) if known else None)  # type: ignore[index]
                parts.append(f"{what} {self._name(number)}: {value.replace('-', '−')}")
        return parts

    def _paint_class(self, painter: QPainter, spot: QRectF, row: int, number: int) -> None:
        """Name and logit of a class; the predicted one green or red, the true one underlined."""
        middle = Qt.AlignmentFlag.AlignCenter
        colour = active().text
        if number == self._predicted and self._true is not None:
            colour = active().right if self._predicted == self._true else active().wrong
        bold = number in (self._predicted, self._true)
        painter.setFont(font(SMALL_PX, bold=bold))
        painter.setPen(QColor(colour))
        name = elided(painter.fontMetrics(), self._name(number), spot.width() - 4)
        painter.drawText(spot, middle, name)
        strip = self._strips[row]
        position = int(np.flatnonzero(strip.units == number)[0])
        assert strip.values is not None
        value = float(strip.values[position])
        told = figure(value, 3) if strip.sides is None else signed_figure(value, 3)
        painter.drawText(spot.translated(0, _LINE_PX), middle, told)
        words = {self._true: "label", self._predicted: "predicted"}
        if number in words and number is not None:
            text = "label" if number == self._true and number != self._predicted else words[number]
            text = "right" if number == self._predicted == self._true else text
            painter.setFont(font(SMALL_PX - 1))
            painter.drawText(spot.translated(0, 2 * _LINE_PX), middle, text)

    def _paint_dead(self, painter: QPainter, row: int, strip: Strip) -> None:
        if strip.dead is None:
            return
        marks = self._marks_of(strip)
        for position in np.flatnonzero(strip.dead).tolist():
            cell = self.cell_of(row, position)
            side = min(cell.width(), cell.height()) * 0.5
            spot = QRectF(0, 0, side, side)
            spot.moveCenter(cell.center())
            paint_cross(painter, spot, marks.only_in.get(int(strip.units[position])))

    def _marks_of(self, strip: Strip) -> DeadMarks:
        """Which of the dead units of two passes are so in one alone."""
        a, b = (None, None) if strip.sides is None else (each.dead for each in strip.sides)
        return NO_MARKS if a is None or b is None else marks_of_two(strip.units, a, b)

    def _frame_unit(self, painter: QPainter, stage: str, unit: int) -> None:
        for row, strip in enumerate(self._strips):
            if strip.stage == stage:
                painter.setPen(QPen(QColor(active().hovered), 2))
                for position in np.flatnonzero(strip.units == unit).tolist():
                    painter.drawRect(self.cell_of(row, position))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._point(self._unit_at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def _point(self, place: tuple[int, int] | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._unit_at(event.position())
        if place is not None:
            strip = self._strips[place[0]]
            self.unit_requested.emit(strip.stage, int(strip.units[place[1]]))
            return
        for row, strip in enumerate(self._strips):
            beside = self.rect_of(row)
            if event.position().x() < _NAME_PX and beside.top() <= event.position().y() <= beside.bottom():
                self.layer_requested.emit(strip.stage)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = QRect(event.pos(), QSize(1, 1))  # so that the next unit has words of its own
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(QPointF(event.pos()))), self, near)
            return True
        return super().event(event)


def _not_known(strip: Strip) -> np.ndarray:
    return np.zeros(0, np.int64)


def _image(strip: Strip, scale: float) -> QImage:
    if strip.values is None:
        return QImage()
    pixels = colours.diverging_rgba(strip.values, scale)
    return QImage(pixels.tobytes(), len(pixels), 1, len(pixels) * 4, QImage.Format.Format_RGBA8888).copy()
