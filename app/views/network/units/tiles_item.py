"""The input picture and the tiles of convolutional layers as one item."""

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph_view import GraphView
from app.palette import active
from app.views.network.shape_arrays import rects_of
from app.views.network.text import is_vector
from app.views.network.units.analysis.layout import ColumnPlace, Layout
from app.views.network.units.analysis.tile_sheet import tile_shares
from app.views.network.units.tile_images import enlarged, picture_image, tiles_image
from app.views.network.units.view_item import ViewItem


class TilesItem(ViewItem):
    """Draws each column of tiles as one image."""

    def __init__(self) -> None:
        super().__init__()
        self._images: dict[int, QImage] = {}

    def show_view(self, view: GraphView | None, layout: Layout | None) -> None:
        super().show_view(view, layout)
        self._make_images()

    def restyle(self) -> None:
        """Take on the colours of the theme, in which the scene paints it anew."""
        self._make_images()

    def _make_images(self) -> None:
        view, layout = self._view, self._layout
        self._images = {}
        if view is not None and layout is not None:
            for number, column in enumerate(view.graph.columns):
                if column.drawing is Drawing.MAPS and len(column) and not view.columns[number].why_hollow:
                    self._images[number] = tiles_image(column, view.columns[number], layout.columns[number])
                elif column.drawing is Drawing.PICTURE and view.picture is not None:
                    self._images[number] = picture_image(view.picture)

    def paint_column(self, painter: QPainter, number: int) -> None:
        """Draw one column; nothing where it has no tiles."""
        if self._shown is None:
            return
        view, layout = self._shown
        column, spot = view.graph.columns[number], layout.columns[number]
        body, grid = spot.body, spot.grid
        target = QRectF(body.x, body.y, body.width, body.height)
        if column.drawing is Drawing.PICTURE:
            painter.setPen(QColor(active().line))
            painter.setBrush(QColor(active().bar_ground))
            painter.drawRect(target.adjusted(-1, -1, 1, 1))
        if column.drawing is Drawing.MAPS and view.columns[number].why_hollow:
            _fill_cells(painter, spot, len(column), QColor(active().background))
            _draw_outlines(painter, spot, active().faint_text)
        image = self._images.get(number)
        if image is None:
            return
        if is_vector(painter):
            image = enlarged(image, target)
        if column.drawing is Drawing.MAPS:
            # tiles stand in the upper left corner of their cells
            across, down = tile_shares(*column.grid)
            target.translate(grid.pitch * grid.aspect * (1 - across) / 2, grid.pitch * (1 - down) / 2)
        shrinks = target.width() * painter.worldTransform().m11() < image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        if column.drawing is Drawing.MAPS:
            # edges to tiles further right pass behind, not through the space between tiles
            _fill_cells(painter, spot, len(column), QColor(active().background))
        painter.drawImage(target, image)
        if column.drawing is Drawing.MAPS:
            # what is near zero has a colour near that of the ground
            _draw_outlines(painter, spot, active().line)

    def paint_unit(self, painter: QPainter, number: int, position: int) -> None:
        """Draw one tile or pixel of a column; nothing where it has none."""
        image = self._images.get(number)
        if image is None or self._shown is None:
            return
        view, layout = self._shown
        spot = layout.columns[number]
        row, across = divmod(position, spot.grid.columns)
        wide, high = image.width() // spot.grid.columns, image.height() // spot.grid.rows
        (x, y), (width, height) = spot.centres[position], spot.size
        shares = tile_shares(*view.graph.columns[number].grid)
        is_picture = view.graph.columns[number].drawing is Drawing.PICTURE
        part = (wide, high) if is_picture else (round(wide * shares[0]), round(high * shares[1]))
        unit = image.copy(across * wide, row * high, *part)
        target = QRectF(x - width / 2, y - height / 2, width, height)
        painter.drawImage(target, enlarged(unit, target) if is_vector(painter) else unit)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is not None and self._view is not None:
            for number in range(len(self._view.columns)):
                self.paint_column(painter, number)


def _draw_outlines(painter: QPainter, spot: ColumnPlace, colour: str) -> None:
    width, height = spot.size
    painter.setPen(QColor(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = spot.centres - np.array([width, height]) / 2
    painter.drawRects(rects_of(np.concatenate([corners, np.full_like(corners, (width, height))], axis=1)))


def _fill_cells(painter: QPainter, spot: ColumnPlace, cells: int, colour: QColor) -> None:
    """Fill the room of as many cells as there are tiles, row by row."""
    grid, body = spot.grid, spot.body
    rows, rest = divmod(cells, grid.columns)
    painter.fillRect(QRectF(body.x, body.y, body.width, rows * grid.pitch), colour)
    painter.fillRect(QRectF(body.x, body.y + rows * grid.pitch, rest * grid.pitch * grid.aspect, grid.pitch), colour)
