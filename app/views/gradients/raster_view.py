"""The sign raster: a pixel for each gradient or group of gradients, steps downwards, parameters to the right."""

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.palette import SMALL_PX, active, font
from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_range import RasterRange, TileKey
from app.views.gradients.analysis.raster_tiles import SignTile, TileStore, picture_of
from app.views.gradients.analysis.sign_colours import colour_table
from app.views.gradients.analysis.sign_words import OF_ONE, SignWords
from app.views.gradients.raster_axes import (
    ABOVE_PX,
    LAYER_PX,
    NUMBERS_PX,
    Places,
    paint_bands,
    paint_numbers,
    paint_playhead,
    paint_steps,
    step_of_row,
)
from app.widgets.plain_text import plain_tooltip
from app.widgets.walk import PlaceWalk

_RIGHT_PX = 10
_CLICK_PX = 4
"""A press that moves no further is a click."""

_WHEEL_NOTCH = 120
_PER_NOTCH = 0.8


@dataclass(frozen=True, eq=False)
class Cell:
    """What one pixel shows: columns ``first`` to ``last`` of the rows ``top`` to ``bottom``, both ends included."""

    first: int
    last: int
    top: int
    bottom: int
    shares: np.ndarray | None
    """uint8 ``[3]`` in 255ths; None where it is still to be read or cannot be."""
    is_readable: bool

    @property
    def is_single(self) -> bool:
        """Whether it is one gradient."""
        return self.n_gradients == 1

    @property
    def n_gradients(self) -> int:
        """How many gradients it sums up."""
        return (self.last - self.first + 1) * (self.bottom - self.top + 1)


_LEAST_PX = 6.0
"""An arrow goes so far at the least: a raster of a million columns is crossed by a hundred presses."""

_CLOSER = 0.64


class RasterWalk(PlaceWalk):
    """Stands on a cell of the data, so that it stays there when something else is seen; what it goes to is seen."""

    zooms = True

    def __init__(self, raster: "RasterView") -> None:
        self._raster = raster
        self._column = self._row = 0.5
        super().__init__(raster)

    def place(self) -> QRectF | None:
        if not self._raster.has_cells:
            return None
        places = self._raster.places()
        width, height = self._apart()
        column, row = int(self._column), int(self._row)
        across, down = max(width, 1.0) * places.x_scale, max(height, 1.0) * places.y_scale
        return QRectF(places.x(column), places.y(row), across, down)

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        if not self._raster.has_cells:
            return
        view = self._raster.view
        width, height = self._apart()
        self._column = min(max(self._column + across * max(width, 1.0), 0.5), view.n_columns - 0.5)
        self._row = min(max(self._row + down * max(height, 1.0), 0.5), view.n_rows - 0.5)
        self._raster.bring_into_sight(self._column, self._row)
        self.point(self._middle())

    def zoom(self, *, is_closer: bool) -> None:
        if not self._raster.has_cells:
            return
        factor = _CLOSER if is_closer else 1 / _CLOSER
        self._raster.zoom(self._column, self._row, factor, factor)
        self.point(self._middle())

    def _apart(self) -> tuple[float, float]:
        """Columns and rows of `_LEAST_PX`."""
        places = self._raster.places()
        return _LEAST_PX / places.x_scale, _LEAST_PX / places.y_scale

    def _middle(self) -> QPointF:
        places = self._raster.places()
        return QPointF(places.x(self._column), places.y(self._row))


class RasterView(QWidget):
    """Paints the tiles it was given, coarser ones where finer are still to come.

    A drag moves along, the wheel zooms into columns, with Ctrl or Shift into rows, a double click shows all.

    Signals:
        range_changed: other columns or rows are seen, or at another size.
        layer_clicked(str): the user clicked on a column of this layer.
        step_requested(float): the user pointed at the axis of steps.
        hovered(QPoint): the mouse is here; None where it has left.
    """

    range_changed = pyqtSignal()
    layer_clicked = pyqtSignal(str)
    step_requested = pyqtSignal(float)
    hovered = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = RasterRange.whole(0, 0)
        self.tiles = TileStore()
        self._steps = np.zeros(0, np.int64)
        self._bands = RasterBands((), {}, 0)
        self._words = OF_ONE
        self._step: float | None = None
        self._held: float | None = None
        self._layer: str | None = None
        self._image: QImage | None = None
        self._pressed: QPointF | None = None
        self._last: QPointF | None = None
        self._is_dragging = False
        self._is_on_steps = False
        self.setMouseTracking(True)
        self.setMinimumSize(240, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Signs of small gradients: steps downwards, parameters to the right")
        self.walk = RasterWalk(self)

    def show_run(
        self, n_columns: int, bands: RasterBands, words: SignWords = OF_ONE, *, keeps_place: bool = False
    ) -> None:
        """Show another raster, of which nothing is known yet but its columns.

        Args:
            n_columns: how many.
            bands: whose they are.
            words: what its classes are.
            keeps_place: it has the same columns as the one before: what was seen is seen, and not the whole.
        """
        self.tiles.clear()
        self._bands, self._words = bands, words
        self._steps = np.zeros(0, np.int64)
        if keeps_place:
            self._refresh()
            return
        self._layer = None
        self._change(RasterRange.whole(n_columns, 0))

    def show_steps(self, steps: np.ndarray) -> None:
        """The raster has these rows, int ``[R]``: all of them stay in sight, or the part that is seen."""
        if len(steps) != len(self._steps):
            self._steps = steps
            self._change(self.view.grown(len(steps)))

    def show_tiles(self, tiles: list[SignTile]) -> None:
        """Some of the tiles have been read."""
        for tile in tiles:
            self.tiles.put(tile)
        if tiles:
            self._refresh()

    def show_step(self, step: float) -> None:
        """Move the playhead."""
        self._step = step
        self.update()

    def show_held(self, step: float | None) -> None:
        """Mark the step that is held, which another is compared with; None: none is."""
        self._held = step
        self.update()

    def show_layer(self, name: str | None) -> None:
        """Mark a layer."""
        self._layer = name
        self.update()

    def fit(self) -> None:
        """Show all columns and rows."""
        self._change(RasterRange.whole(self.view.n_columns, len(self._steps)))

    def zoom(self, column: float, row: float, x_factor: float = 1.0, y_factor: float = 1.0) -> None:
        """Show so many times as many columns and rows, with this place where it was."""
        self._change(self.view.zoomed(column, row, x_factor, y_factor))

    def bring_into_sight(self, column: float, row: float) -> None:
        """Move the view no further than it takes to see a place."""
        view = self.view
        columns = min(column - view.left, 0.0) + max(column - view.right, 0.0)
        rows = min(row - view.top, 0.0) + max(row - view.bottom, 0.0)
        if columns or rows:
            self._change(view.moved(columns, rows))

    @property
    def has_cells(self) -> bool:
        """Whether there is anything to see."""
        return bool(len(self._steps) and self.view.n_columns)

    @property
    def plot_size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels of the screen."""
        plot, ratio = self._plot(), self.devicePixelRatioF()
        return max(int(plot.width() * ratio), 1), max(int(plot.height() * ratio), 1)

    def keys(self, ring: int = 0) -> list[TileKey]:
        """The tiles that the picture is made of, and so many around them."""
        return self.view.keys(*self.plot_size, ring) if len(self._steps) else []

    def whole_keys(self) -> list[TileKey]:
        """The tiles that the picture of everything is made of."""
        whole = RasterRange.whole(self.view.n_columns, len(self._steps))
        return whole.keys(*self.plot_size) if len(self._steps) else []

    def places(self) -> Places:
        """Where columns and rows lie in the widget."""
        return Places(self._plot(), self.view)

    def cell_at(self, at: QPointF) -> Cell | None:
        """What the pixel there shows; None outside of the picture."""
        places = self.places()
        if not places.plot.contains(at) or not self.has_cells:
            return None
        column = min(max(int(places.column(at.x())), 0), self.view.n_columns - 1)
        row = min(max(int(places.row(at.y())), 0), len(self._steps) - 1)
        level_x, level_y = self.view.levels(*self.plot_size)
        x, y = column >> level_x, row >> level_y
        first, top = x << level_x, y << level_y
        last = min(first + (1 << level_x), self.view.n_columns) - 1
        bottom = min(top + (1 << level_y), len(self._steps)) - 1
        tile = self.tiles.get(TileKey(level_x, level_y, x >> 8, y >> 8))
        if tile is None or y % 256 >= tile.numbers.shape[0]:
            return Cell(first, last, top, bottom, None, is_readable=True)
        if not tile.is_readable[y % 256]:
            return Cell(first, last, top, bottom, None, is_readable=False)
        return Cell(first, last, top, bottom, tile.shares[:, y % 256, x % 256], is_readable=True)

    def sizeHint(self) -> QSize:
        return QSize(800, 420)

    def _plot(self) -> QRectF:
        widest = f"{int(self._steps[-1]):,}" if len(self._steps) else "0"
        left = max(QFontMetricsF(font(SMALL_PX)).horizontalAdvance(widest) + 18, 46.0)
        width, height = self.width() - int(left) - _RIGHT_PX, self.height() - ABOVE_PX - NUMBERS_PX
        return QRectF(int(left), ABOVE_PX, max(width, 1), max(height, 1))

    def _change(self, view: RasterRange) -> None:
        self.view = view
        self._refresh()
        self.walk.mark()
        self.range_changed.emit()

    def _refresh(self) -> None:
        self._image = None
        self.update()

    def _picture(self) -> QImage:
        """Made anew only when something else is to be seen; else a frame is one blit."""
        if self._image is None:
            width, height = self.plot_size
            numbers = picture_of(self.view, width, height, self.tiles)
            stride = numbers.strides[0]
            image = QImage(numbers.data, width, height, stride, QImage.Format.Format_Indexed8)  # type: ignore[call-overload]
            is_light = QColor(active().background).lightnessF() > 0.5
            image.setColorTable(colour_table(self._words.on_light if is_light else self._words.on_dark).tolist())
            self._image = image.convertToFormat(QImage.Format.Format_RGB32)
        return self._image

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        palette, places = active(), self.places()
        painter.fillRect(self.rect(), QColor(palette.background))
        if not self.has_cells:
            return
        painter.drawImage(places.plot, self._picture())
        paint_bands(painter, places, self._bands, self._layer)
        painter.setPen(QColor(palette.line))
        painter.drawRect(places.plot.adjusted(-1, -1, 0, 0))
        paint_numbers(painter, places)
        paint_steps(painter, places, self._steps)
        if self._held is not None:
            paint_playhead(painter, places, self._steps, self._held, is_held=True)
        if self._step is not None:
            paint_playhead(painter, places, self._steps, self._step)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._change(self.view)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "_image"):
            self._refresh()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        # Qt turns the wheel for some modifiers
        turned = event.angleDelta().y() or event.angleDelta().x()
        factor = _PER_NOTCH ** (turned / _WHEEL_NOTCH)
        places, at = self.places(), event.position()
        is_down = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        factors = (1.0, factor) if is_down else (factor, 1.0)
        self.zoom(places.column(at.x()), places.row(at.y()), *factors)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or not len(self._steps):
            return
        self._pressed = self._last = event.position()
        self._is_dragging = False
        self._is_on_steps = event.position().x() < self._plot().left()
        if self._is_on_steps:
            self._point_at_step(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        at = event.position()
        self.hovered.emit(at.toPoint())
        if self._pressed is None or self._last is None:
            self.setCursor(self._cursor_at(at))
        elif self._is_on_steps:
            self._point_at_step(at.y())
        elif self._is_dragging or (at - self._pressed).manhattanLength() > _CLICK_PX:
            self._is_dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            before = self.places()
            columns = before.column(self._last.x()) - before.column(at.x())
            rows = before.row(self._last.y()) - before.row(at.y())
            self._last = at
            self._change(self.view.moved(columns, rows))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        is_click = not self._is_dragging and not self._is_on_steps
        self._pressed = self._last = None
        self.setCursor(self._cursor_at(event.position()))
        if is_click and (layer := self._layer_at(event.position())) is not None:
            self.layer_clicked.emit(layer)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().x() >= self._plot().left():
            self.fit()

    def leaveEvent(self, event: QEvent | None) -> None:
        self.hovered.emit(None)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            at: QPoint = event.pos()  # type: ignore[attr-defined]
            QToolTip.showText(event.globalPos(), plain_tooltip(self.band_text(QPointF(at))), self)  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def band_text(self, at: QPointF) -> str:
        """The layer and parameter whose name may be cut short there, in words; nothing elsewhere."""
        places = self.places()
        if not 0 <= at.y() < ABOVE_PX or not places.plot.left() <= at.x() <= places.plot.right():
            return ""
        column = int(places.column(at.x()))
        layer, parameter = self._bands.layer_at(column), self._bands.parameter_at(column)
        if at.y() < LAYER_PX and layer:
            return f"{layer.layer}: columns {layer.first:,} to {layer.stop - 1:,}"
        if parameter:
            return f"{parameter.layer} {parameter.parameter}: {parameter.size:,} values"
        return ""

    def _layer_at(self, at: QPointF) -> str | None:
        places = self.places()
        if not places.plot.left() <= at.x() <= places.plot.right() or at.y() > places.plot.bottom():
            return None
        band = self._bands.layer_at(int(places.column(at.x())))
        return band.layer if band else None

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape:
        if at.x() < self._plot().left():
            return Qt.CursorShape.SizeVerCursor
        return Qt.CursorShape.PointingHandCursor if at.y() < ABOVE_PX else Qt.CursorShape.CrossCursor

    def _point_at_step(self, y: float) -> None:
        self.step_requested.emit(step_of_row(self._steps, self.places().row(y)))
