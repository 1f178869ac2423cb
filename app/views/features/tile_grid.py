"""Filters or feature maps as tiles; the one under the pointer is told in words, a click chooses its unit."""

from math import ceil

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget
from PyQt6.sip import voidptr

from app.palette import SMALL_PX, active, font
from app.views.features.analysis.dead_marks import NO_MARKS, DeadMarks
from app.views.features.analysis.tiles import Tiles
from app.views.features.tile_places import NUMBER_PX, SIDE_PX, TilePlaces, tile_places
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import plain_tooltip
from app.widgets.rimmed import draw_rimmed
from app.widgets.walk import CellWalk, in_rows

_PAD = 2
_LEAST_FRAMED_PX = 14
_APART_PX = 6


class TileGrid(QWidget):
    """Draws tiles as large as fit. Dead units have a cross.

    Signals:
        unit_requested(int): the user clicked a tile of the unit of this true number.
    """

    unit_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: Tiles | None = None
        self._message = ""
        self._dead = NO_MARKS
        self._unit: int | None = None
        self._pointed: tuple[int, int, int] | None = None
        self._block = np.zeros((0, 0), np.uint32)
        """The memory of the image."""
        self._image = QImage()
        self._places: TilePlaces | None = None
        self._lines: QPixmap | None = None
        self._like: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.walk = CellWalk(self, self._rows, lambda row, column: self.rect_of(row * self._n_columns() + column))

    @property
    def tiles(self) -> Tiles | None:
        """What is shown."""
        return self._tiles

    @property
    def message(self) -> str:
        """Why nothing is shown."""
        return self._message

    @property
    def image(self) -> QImage:
        """All tiles as they are drawn, without numbers and marks."""
        return self._image

    def show_tiles(self, tiles: Tiles | None, message: str = "", dead: DeadMarks = NO_MARKS) -> None:
        """Show tiles, or say why there are none.

        Args:
            tiles: what to show.
            message: why there are none.
            dead: the dead units.
        """
        self._tiles, self._message, self._dead = tiles, message, dead
        self.setAccessibleDescription(message)
        self._draw()

    def show_unit(self, unit: int | None) -> None:
        """Frame the tiles of a unit, by its true number."""
        if unit != self._unit:
            self._unit = unit
            self.update()

    def rect_of(self, tile: int) -> QRectF:
        """Where a tile is, in pixels of the widget."""
        assert self._places is not None
        return self._places.rect(tile)

    def _n_columns(self) -> int:
        return 1 if self._places is None else self._places.n_columns

    def _rows(self) -> list[int]:
        return [] if self._places is None else in_rows(self._places.n, self._places.n_columns)

    def tip(self, at: QPointF) -> str:
        """The value at a point in words; empty where there is none."""
        place = None if self._places is None else self._places.at(at)
        if place is None or self._tiles is None:
            return ""
        since = self._dead.words.get(int(self._tiles.units[place[0]]))
        return self._tiles.tell(*place) + (f"\n{since}" if since else "")

    def _draw(self) -> None:
        """Make the picture of all tiles, so that painting is copying it."""
        tiles = self._tiles
        if tiles is None or not tiles.values.size:
            self._places, self._image = None, QImage()
        else:
            n, height, width = tiles.values.shape[:3]
            names = tiles.column_names, tiles.labels, tiles.units.tobytes()
            like = (n, height, width, tiles.n_columns, *names, self.size())
            if like != self._like or self._places is None:
                room = QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
                self._places = tile_places(n, height, width, room, tiles.n_columns)
                self._like, self._lines = like, None
            self._block = block = _sheet(tiles.pixels(), self._places)
            stride = block.shape[1] * 4
            memory = voidptr(block)  # type: ignore[arg-type] # anything with a buffer
            self._image = QImage(memory, block.shape[1], block.shape[0], stride, QImage.Format.Format_RGBA8888)  # type: ignore[call-overload]
        self.update()

    def _drawn_lines(self, places: TilePlaces, tiles: Tiles) -> QPixmap:
        """Frames and numbers, which stay from pass to pass."""
        ratio = self.devicePixelRatio()
        lines = QPixmap(self.size() * ratio)
        lines.setDevicePixelRatio(ratio)
        lines.fill(QColor(0, 0, 0, 0))
        painter = QPainter(lines)
        self._paint_frames(painter, places)
        self._paint_numbers(painter, places, tiles)
        painter.end()
        return lines

    def _paint_frames(self, painter: QPainter, places: TilePlaces) -> None:
        """Thin lines, so that a pale tile ends somewhere on a pale ground."""
        if places.width * places.factor >= _LEAST_FRAMED_PX:
            painter.setPen(QColor(active().line))
            for tile in range(places.n):
                painter.drawRect(places.rect(tile).adjusted(-1, -1, 0, 0))

    def _paint_numbers(self, painter: QPainter, places: TilePlaces, tiles: Tiles) -> None:
        painter.setFont(font(SMALL_PX - 1))
        painter.setPen(QColor(active().faint_text))
        across, down = places.pitch
        if tiles.n_columns:
            need = max(map(painter.fontMetrics().horizontalAdvance, tiles.column_names)) + _APART_PX
            every = ceil(need / across)
            for column in range(0, tiles.n_columns, every):
                spot = QRectF(places.rect(column).left(), places.origin.y() - NUMBER_PX - 1, across * every, NUMBER_PX)
                name = tiles.column_names[column]
                painter.drawText(spot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            every = ceil(NUMBER_PX / down)
            for row in range(0, places.n // tiles.n_columns, every):
                middle = places.rect(row * tiles.n_columns).center().y()
                spot = QRectF(0, middle - NUMBER_PX / 2, SIDE_PX - 3, NUMBER_PX)
                number = str(int(tiles.units[row * tiles.n_columns]))
                painter.drawText(spot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        elif places.above:
            metrics = painter.fontMetrics()
            for tile, unit in enumerate(tiles.units.tolist()):
                place = places.rect(tile)
                spot = QRectF(place.left(), place.top() - places.above, place.width(), places.above)
                label = tiles.labels[tile] if tiles.labels else ""
                text = label if label and metrics.horizontalAdvance(label) <= place.width() else str(unit)
                painter.drawText(spot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_dead(self, painter: QPainter, places: TilePlaces, tiles: Tiles) -> None:
        if not self._dead.words:
            return
        for tile in np.flatnonzero(np.isin(tiles.units, list(self._dead.words))).tolist():
            paint_cross(
                painter, places.rect(tile).adjusted(1, 1, -1, -1), self._dead.only_in.get(int(tiles.units[tile]))
            )

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._tiles is None or self._places is None:
            write_absence(painter, self.rect().adjusted(12, 0, -12, 0), self._message)
            return
        if self._lines is None or self._lines.devicePixelRatio() != self.devicePixelRatio():
            self._lines = self._drawn_lines(self._places, self._tiles)
        places = self._places
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, places.factor < 1)
        right = places.rect(min(places.n, places.n_columns) - 1).right()
        bottom = places.rect(places.n - 1).bottom()
        painter.drawImage(QRectF(places.origin, QPointF(right, bottom)), self._image)
        painter.drawPixmap(0, 0, self._lines)
        self._paint_dead(painter, places, self._tiles)
        if self._unit is not None:
            painter.setPen(QPen(QColor(active().hovered), 2))
            for tile in np.flatnonzero(self._tiles.units == self._unit).tolist():
                painter.drawRect(self._places.rect(tile).adjusted(-1, -1, 1, 1))
        if self._pointed is not None:
            painter.setPen(QColor(active().text))
            painter.drawRect(self._places.rect(self._pointed[0]).adjusted(-2, -2, 1, 1))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None:
            self._point(None if self._places is None else self._places.at(event.position()))

    def leaveEvent(self, event: QEvent | None) -> None:
        self._point(None)

    def _point(self, place: tuple[int, int, int] | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self.update()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton or self._tiles is None:
            return
        place = None if self._places is None else self._places.at(event.position())
        if place is not None:
            self.unit_requested.emit(int(self._tiles.units[place[0]]))

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = QRect(event.pos(), QSize(1, 1))  # so that the next value has words of its own
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(QPointF(event.pos()))), self, near)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._pointed = None
        self._draw()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        self._lines = None

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 90)


def paint_cross(painter: QPainter, place: QRectF, only_in: str | None = None) -> None:
    """The mark of a dead unit; of one that is so in ``A`` or ``B`` alone, half of it."""

    def draw() -> None:
        if only_in != "B":
            painter.drawLine(place.topLeft(), place.bottomRight())
        if only_in != "A":
            painter.drawLine(place.topRight(), place.bottomLeft())

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)  # or each would be as thick as its place lets it
    draw_rimmed(painter, QPen(QColor(active().wrong), 1.6), draw)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _sheet(pixels: np.ndarray, places: TilePlaces) -> np.ndarray:
    """All tiles, RGBA uint8 ``[T, h, w, 4]``, as one picture, uint32 ``[H, W]``; between them it is transparent."""
    times = int(places.factor)
    tiles = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    if times > 1:
        tiles = tiles.repeat(times, axis=1).repeat(times, axis=2)
    n, height, width = tiles.shape
    shrunk = min(places.factor, 1.0)
    gap, above = round(places.gap / shrunk), round(places.above / shrunk)
    rows, columns = -(-n // places.n_columns), places.n_columns
    cells = np.zeros((rows * columns, height + gap + above, width + gap), np.uint32)
    cells[:n, above : above + height, :width] = tiles
    cells = cells.reshape(rows, columns, height + gap + above, width + gap).transpose(0, 2, 1, 3)
    sheet = cells.reshape(rows * (height + gap + above), columns * (width + gap))[: -gap or None, : -gap or None]
    return np.ascontiguousarray(sheet)
