"""Pictures of feature maps and of the input."""

from functools import lru_cache

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage

from app.analysis import colours
from app.analysis.graph.column_view import ColumnView
from app.analysis.graph.columns import Column
from app.views.network.scene_colours import diverging_table
from app.views.network.units.analysis.layout import ColumnPlace
from app.views.network.units.analysis.tile_sheet import tile_sheet

_FLAT_SIDE = 14
_EMPTY = -1
"""Number of the space between tiles, which is transparent: the last one of its table."""


def tiles_image(column: Column, view: ColumnView, spot: ColumnPlace) -> QImage:
    """All tiles of a column: its feature maps, or each tile in the one colour of its unit."""
    if view.tiles is None:
        tiles = np.broadcast_to(view.numbers[:, None, None], (len(column), *_coarse(*column.grid)))
        table = _with_space(diverging_table().tobytes())
    else:
        tiles = view.tiles.astype(np.int16)
        table = _with_space((diverging_table() if view.tiles_are_signed else colours.GREY).tobytes())
    return _image(np.take(table, tile_sheet(tiles, spot.grid.rows, spot.grid.columns, _EMPTY)))


def _coarse(height: int, width: int) -> tuple[int, int]:
    """A size of the same proportions that a tile of one colour needs no more than, whatever the layer claims."""
    times = max(min(height, width) / _FLAT_SIDE, max(height, width) / (8 * _FLAT_SIDE), 1)
    return max(round(height / times), 1), max(round(width / times), 1)


def picture_image(picture: np.ndarray) -> QImage:
    """The input, uint8 ``[H, W]`` or ``[H, W, 3]``."""
    rgba = np.full((*picture.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = picture[..., None] if picture.ndim == 2 else picture
    return _image(_pixels(rgba))


def enlarged(image: QImage, target: QRectF) -> QImage:
    """As many pixels as keep the squares of a small picture sharp where a viewer smooths pictures."""
    times = max(1, round(2 * target.width() / max(image.width(), 1)))
    return image.scaled(image.width() * times, image.height() * times)


@lru_cache(4)
def _with_space(table: bytes) -> np.ndarray:
    """A table of colours, RGBA, as pixels; behind them a transparent one."""
    return np.append(_pixels(np.frombuffer(table, np.uint8).reshape(-1, 4)), np.uint32(0))


def _pixels(rgba: np.ndarray) -> np.ndarray:
    """RGBA uint8 ``[…, 4]`` as Qt's ARGB32, uint32 ``[…]``: wholly opaque or transparent is premultiplied, too."""
    red, green, blue, alpha = np.moveaxis(rgba.astype(np.uint32), -1, 0)
    return alpha << 24 | red << 16 | green << 8 | blue


def _image(pixels: np.ndarray) -> QImage:
    height, width = pixels.shape
    block = pixels.tobytes()
    return QImage(block, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
