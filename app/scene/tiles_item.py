"""The input picture and the tiles of convolutional layers as one item."""

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.analysis import colours
from app.analysis.columns import Column, Drawing
from app.analysis.graph_view import ColumnView, GraphView
from app.analysis.layout import ColumnPlace, Layout
from app.analysis.tile_sheet import tile_shares, tile_sheet
from app.palette import Palette

_EMPTY = 257
_DIVERGING = np.vstack([colours.DIVERGING, np.zeros((1, 4), np.uint8)])
_GREY = np.vstack([colours.GREY, np.zeros((2, 4), np.uint8)])


class TilesItem(QGraphicsItem):
    """Draws each column of tiles as one image."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._bounds = QRectF()
        self._view: GraphView | None = None
        self._layout: Layout | None = None
        self._images: dict[int, QImage] = {}

    def show_view(self, view: GraphView | None, layout: Layout | None) -> None:
        """Show another pass or sample, or the same in another place."""
        if view is self._view and layout is self._layout:
            return
        bounds = QRectF() if layout is None else QRectF(0, 0, layout.width, layout.height)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self._view, self._layout = view, layout
        self._images = {}
        if view is not None and layout is not None:
            for number, (column, spot) in enumerate(zip(view.graph.columns, layout.columns, strict=True)):
                if column.drawing is Drawing.MAPS and len(column):
                    self._images[number] = _tiles_image(column, view.columns[number], spot)
                elif column.drawing is Drawing.PICTURE and view.picture is not None:
                    self._images[number] = _picture_image(view.picture)
        self.update()

    def paint_column(self, painter: QPainter, number: int) -> None:
        """Draw one column; nothing where it has no tiles."""
        if self._view is None or self._layout is None:
            return
        column, body = self._view.graph.columns[number], self._layout.columns[number].body
        target = QRectF(body.x, body.y, body.width, body.height)
        if column.drawing is Drawing.PICTURE:
            painter.setPen(QPen(QColor(self._palette.line), 1))
            painter.setBrush(QColor(self._palette.bar_ground))
            painter.drawRect(target.adjusted(-1, -1, 1, 1))
        image = self._images.get(number)
        if image is None:
            return
        if column.drawing is Drawing.MAPS:
            # tiles stand in the upper left corner of their cells
            grid = self._layout.columns[number].grid
            across, down = tile_shares(*column.grid)
            target.translate(grid.pitch * grid.aspect * (1 - across) / 2, grid.pitch * (1 - down) / 2)
        shrinks = target.width() * painter.worldTransform().m11() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        if column.drawing is Drawing.MAPS:
            # edges to tiles further right pass behind, not through the space between tiles
            _fill_cells(painter, self._layout.columns[number], len(column), QColor(self._palette.background))
        painter.drawImage(target, image)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is not None and self._view is not None:
            for number in range(len(self._view.columns)):
                self.paint_column(painter, number)


def _fill_cells(painter: QPainter, spot: ColumnPlace, cells: int, colour: QColor) -> None:
    """Fill the room of as many cells as there are tiles, row by row."""
    grid, body = spot.grid, spot.body
    rows, rest = divmod(cells, grid.columns)
    painter.fillRect(QRectF(body.x, body.y, body.width, rows * grid.pitch), colour)
    painter.fillRect(QRectF(body.x, body.y + rows * grid.pitch, rest * grid.pitch * grid.aspect, grid.pitch), colour)


def _tiles_image(column: Column, view: ColumnView, spot: ColumnPlace) -> QImage:
    if view.tiles is None:
        # each tile in the colour of its mean activation
        tiles = np.broadcast_to(view.numbers[:, None, None], (len(column), *column.grid))
        table = _DIVERGING
    else:
        tiles, table = view.tiles.astype(np.int16), _DIVERGING if view.tiles_are_signed else _GREY
    sheet = tile_sheet(tiles, spot.grid.rows, spot.grid.columns, _EMPTY)
    return _rgba_image(table[sheet])


def _picture_image(picture: np.ndarray) -> QImage:
    rgba = np.full((*picture.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = picture[..., None] if picture.ndim == 2 else picture
    return _rgba_image(rgba)


def _rgba_image(rgba: np.ndarray) -> QImage:
    height, width = rgba.shape[:2]
    # wholly opaque or wholly transparent pixels are premultiplied as they are
    pixels = rgba.tobytes()
    image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888_Premultiplied)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
