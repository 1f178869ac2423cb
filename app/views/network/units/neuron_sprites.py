"""Circles in every colour a neuron can have, side by side in one picture for each radius."""

import numpy as np
from PyQt6.QtGui import QImage, QPixmap

from app.palette import active
from app.views.network.scene_colours import background_rgb, diverging_table

_HALO = 1.5
"""Ring in the colour of the background, px: keeps edges off the circle."""

RIM = 1.4
RIM_SHADE = 0.42
"""The rim is a little darker, by this part: a white circle keeps its border beside another and on a light ground."""

_MOST = 40


class NeuronSprites:
    """Makes the pictures once and keeps them."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[QPixmap, int]] = {}

    def of_radius(self, radius: float) -> tuple[QPixmap, int]:
        """Circles of about this radius in device px: the picture, and the width of one of its squares in px.

        The circle of colour number `n` of `colours.DIVERGING` is in the `n`-th square from the left.
        """
        key = max(2, round(radius * 4)), active().background
        if key not in self._made:
            if len(self._made) > _MOST:
                self._made.clear()
            self._made[key] = _make(key[0] / 4, background_rgb(key[1]), diverging_table())
        return self._made[key]


def _make(radius: float, background: np.ndarray, table: np.ndarray) -> tuple[QPixmap, int]:
    halo = min(_HALO, radius / 3)
    side = 2 * int(np.ceil(radius + halo + 0.5))
    from_middle = np.abs(np.arange(side) - (side - 1) / 2)
    distance = np.hypot(from_middle[:, None], from_middle[None])
    cover = np.clip(radius - distance + 0.5, 0, 1)
    with_halo = np.clip(radius + halo - distance + 0.5, 0, 1)
    rim = np.clip(distance - (radius - RIM) + 0.5, 0, 1) * (RIM_SHADE if radius > 4 else 0.0)
    # in float32 and in the order of the picture's rows: a window that opens waits for this
    fill = ((1 - rim) * cover).astype(np.float32)[:, None, :, None]
    ground = ((with_halo - cover)[..., None] * background).astype(np.float32)[:, None]
    pixels = np.empty((side, len(table), side, 4), np.uint8)
    pixels[..., 2::-1] = table[:, None, :3].astype(np.float32) * fill + ground
    pixels[..., 3] = (with_halo * 255)[:, None]
    sheet = pixels.tobytes()
    width = len(table) * side
    image = QImage(sheet, width, side, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    return QPixmap.fromImage(image.copy()), side
