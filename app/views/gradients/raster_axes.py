"""What stands around the sign raster: names of layers and parameters above, numbers below, steps at the left."""

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.palette import SMALL_PX, TEXT_PX, active, font
from app.views.gradients.analysis.raster_bands import LayerBand, RasterBands
from app.views.gradients.analysis.raster_range import RasterRange
from app.widgets.plain_text import elided

LAYER_PX, PARAMETER_PX, NUMBERS_PX, GAP_PX = 20, 16, 18, 2
ABOVE_PX = LAYER_PX + PARAMETER_PX + GAP_PX

_LABEL_PX = 92
_STEP_PX = 34
_LEAST_NAME_PX, _LEAST_LETTERS, _FEW_LETTERS = 14, 4, 6
"""Of a name of which there is room for few letters, the last part says more than its beginning and its end."""
_SPREAD_NAME_PX = 96
"""Where no layer has room for its name, some have so much, from where they begin."""
_BRACKET_PX = 12
"""Rows this high are framed by the playhead, which would hide lower ones less than it shows them."""
_APART_PX = 24.0
"""Lines through the picture are no closer."""


@dataclass(frozen=True)
class Places:
    """From columns and rows to pixels and back."""

    plot: QRectF
    view: RasterRange

    def x(self, column: float) -> float:
        share = (column - self.view.left) / max(self.view.right - self.view.left, 1e-9)
        return self.plot.left() + share * self.plot.width()

    def y(self, row: float) -> float:
        share = (row - self.view.top) / max(self.view.bottom - self.view.top, 1e-9)
        return self.plot.top() + share * self.plot.height()

    @property
    def x_scale(self) -> float:
        """Pixels of a column."""
        return self.plot.width() / max(self.view.right - self.view.left, 1e-9)

    @property
    def y_scale(self) -> float:
        """Pixels of a row."""
        return self.plot.height() / max(self.view.bottom - self.view.top, 1e-9)

    def column(self, x: float) -> float:
        share = (x - self.plot.left()) / max(self.plot.width(), 1.0)
        return self.view.left + share * (self.view.right - self.view.left)

    def row(self, y: float) -> float:
        share = (y - self.plot.top()) / max(self.plot.height(), 1.0)
        return self.view.top + share * (self.view.bottom - self.view.top)


def paint_bands(painter: QPainter, places: Places, bands: RasterBands, selected: str | None) -> None:
    """Names of layers, below them those of parameters, and lines where a layer begins, through the picture.

    Where all layers are too narrow for their names, those of some stand in the place of the parameters.
    """
    palette, plot = active(), places.plot
    painter.save()
    painter.setClipRect(QRectF(plot.left(), 0, plot.width(), plot.bottom()))
    rooms: list[tuple[str, QRectF]] = []
    is_named = False
    for number, (band, name) in enumerate(zip(bands.layers, bands.names, strict=True)):
        room = _between(places, band.first, band.stop, 0, LAYER_PX)
        if room is None:
            continue
        is_selected = band.layer == selected
        ground = QColor(palette.bar if is_selected else palette.bar_ground)
        if not is_selected and number % 2:
            ground.setAlphaF(0.45)
        painter.fillRect(room, ground)
        colour = "#ffffff" if is_selected else palette.text
        is_named |= _name(painter, room, name, TEXT_PX, colour, is_bold=is_selected)
        rooms.append((name, room))
    for part in bands.parameters if is_named else ():
        room = _between(places, part.first, part.first + part.columns, LAYER_PX, PARAMETER_PX)
        if room is not None:
            _name(painter, room, part.parameter, SMALL_PX, palette.faint_text)
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawLine(QLineF(room.left(), room.top() + 3, room.left(), room.bottom()))
    _paint_borders(painter, places, bands.layers, selected)
    if not is_named:
        _paint_spread_names(painter, rooms, plot.right())
    painter.restore()


def _paint_spread_names(painter: QPainter, layers: list[tuple[str, QRectF]], right: float) -> None:
    """The name of a layer from its left border on, and of the next one that begins behind it."""
    palette, taken = active(), -np.inf
    painter.setFont(font(SMALL_PX))
    metrics = QFontMetricsF(painter.font())
    for name, band in layers:
        if band.left() < taken:
            continue
        shown = elided(metrics, name, _SPREAD_NAME_PX)
        room = QRectF(band.left() + 1, LAYER_PX, metrics.horizontalAdvance(shown) + 6, PARAMETER_PX)
        if room.right() > right:
            break
        painter.fillRect(room, QColor(palette.background))
        painter.setPen(QColor(palette.faint_text))
        painter.drawText(room.adjusted(3, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        taken = room.right() + 6


def _paint_borders(painter: QPainter, places: Places, layers: tuple[LayerBand, ...], selected: str | None) -> None:
    palette, plot = active(), places.plot
    left, right = places.view.left, places.view.right
    lines, last = [], plot.left()
    for x in (places.x(band.first) for band in layers if left < band.first < right):
        # lines through the picture would hide it where many layers are narrow: there they end above it
        is_apart = x - last >= _APART_PX
        last = x if is_apart else last
        lines.append(QLineF(round(x) + 0.5, 0, round(x) + 0.5, plot.bottom() if is_apart else plot.top()))
    # on a line of the ground, so that it is seen on any colour
    for width, colour in ((3, palette.background), (1, palette.faint_text)):
        painter.setPen(QPen(QColor(colour), width, cap=Qt.PenCapStyle.FlatCap))
        painter.drawLines(lines)  # type: ignore[call-overload] # the stubs know no lists
    for band in layers:
        if band.layer == selected and band.stop > left and band.first < right:
            frame = QRectF(QPointF(places.x(band.first), 1), QPointF(places.x(band.stop), plot.bottom() - 1))
            painter.setPen(QPen(QColor(palette.bar), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(frame)


def paint_numbers(painter: QPainter, places: Places) -> None:
    """Numbers of columns below the picture, and the names of both axes."""
    palette, plot, view = active(), places.plot, places.view
    painter.setFont(font(SMALL_PX))
    metrics = QFontMetricsF(painter.font())
    every = nice_interval((view.right - view.left) * _LABEL_PX / max(plot.width(), 1.0))
    painter.setPen(QColor(palette.faint_text))
    sides = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0, LAYER_PX, plot.left() - 8, PARAMETER_PX), sides, "step")
    painter.drawText(QRectF(0, plot.bottom() + 3, plot.left() - 8, PARAMETER_PX), sides, "index")
    first = int(np.ceil(view.left / every)) * every
    taken = -np.inf
    for column in range(first, int(np.ceil(view.right)), every):
        x = places.x(column + 0.5)
        text = f"{column:,}"
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, plot.left()), plot.right() - width)
        if x > plot.right() or left < taken:
            continue
        taken = left + width + 8
        painter.drawLine(QLineF(x, plot.bottom() + 1, x, plot.bottom() + 4))
        painter.drawText(QPointF(left, plot.bottom() + 5 + metrics.ascent()), text)


def paint_steps(painter: QPainter, places: Places, steps: np.ndarray) -> None:
    """Steps at the left of their rows."""
    palette, plot, view = active(), places.plot, places.view
    painter.setFont(font(SMALL_PX))
    painter.setPen(QColor(palette.faint_text))
    every = nice_interval((view.bottom - view.top) * _STEP_PX / max(plot.height(), 1.0))
    first = int(np.ceil(view.top / every)) * every
    for row in range(first, min(int(np.ceil(view.bottom)), len(steps)), every):
        y = places.y(row + 0.5)
        if not plot.top() <= y <= plot.bottom():
            continue
        painter.drawLine(QLineF(plot.left() - 4, y, plot.left() - 1, y))
        middle = min(max(y, plot.top() + 6), plot.bottom() - 6)
        room = QRectF(0, middle - 8, plot.left() - 8, 16)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{steps[row]:,}")


def paint_playhead(painter: QPainter, places: Places, steps: np.ndarray, step: float, *, is_held: bool = False) -> None:
    """A line at the step, with a handle on the axis of steps; around a row that is high enough, a frame.

    That of a step that is held is thin and dashed, and has no handle.
    """
    plot = places.plot
    colour = QColor(active().hovered)
    y = places.y(row_of_step(steps, step))
    painter.save()
    painter.setClipRect(QRectF(0, plot.top() - 6, plot.right(), plot.height() + 12))
    painter.setPen(QPen(colour, 1, Qt.PenStyle.DashLine) if is_held else QPen(colour, 2))
    row = int(np.searchsorted(steps, step, side="right")) - 1
    if row >= 0 and places.y(row + 1) - places.y(row) >= _BRACKET_PX:
        for border in (places.y(row), places.y(row + 1)):
            painter.drawLine(QLineF(plot.left(), round(border), plot.right(), round(border)))
    else:
        painter.drawLine(QLineF(plot.left(), y, plot.right(), y))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tip = plot.left() - 1
    if not is_held:
        painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(tip - 7, y - 5), QPointF(tip - 7, y + 5)]))
    painter.restore()


def row_of_step(steps: np.ndarray, step: float) -> float:
    """Where a step lies among the rows: in the middle of its own row, else between two."""
    if len(steps) == 0:
        return 0.0
    last = float(steps[-1] - steps[-2]) if len(steps) > 1 else 1.0
    known = np.append(steps, steps[-1] + last / 2)
    rows = np.append(np.arange(len(steps)) + 0.5, len(steps))
    return float(np.interp(step, known, rows))


def step_of_row(steps: np.ndarray, row: float) -> float:
    """The step at a place among the rows."""
    return float(np.interp(row, np.arange(len(steps)) + 0.5, steps)) if len(steps) else 0.0


def nice_interval(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20 … that is no less."""
    power = 10 ** max(int(np.floor(np.log10(max(least, 1.0)))), 0)
    return next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= least)


def _between(places: Places, first: float, stop: float, top: float, height: float) -> QRectF | None:
    """The room of a band as far as it is seen."""
    left = max(places.x(first), places.plot.left())
    right = min(places.x(stop), places.plot.right())
    return QRectF(left, top, right - left, height) if right > left else None


def _name(painter: QPainter, room: QRectF, name: str, pixels: int, colour: str, *, is_bold: bool = False) -> bool:
    """The name as far as there is room, and whether it tells which it is: a letter or two do not."""
    if room.width() < _LEAST_NAME_PX:
        return False
    painter.setFont(font(pixels, bold=is_bold))
    metrics = QFontMetricsF(painter.font())
    shown = elided(metrics, name, room.width() - 6)
    n_letters = len(shown.replace("…", ""))
    is_told = n_letters >= min(len(name), _LEAST_LETTERS)
    last = f"…{name.rpartition('.')[2]}"
    if n_letters < min(len(name), _FEW_LETTERS) and "." in name and metrics.horizontalAdvance(last) <= room.width() - 6:
        shown = last
    elif not is_told:
        return False
    painter.setPen(QColor(colour))
    painter.drawText(room.adjusted(3, 0, -3, 0), Qt.AlignmentFlag.AlignCenter, shown)
    return is_told
