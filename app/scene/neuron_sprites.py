"""Circles in every colour a neuron can have, side by side in one picture for each radius."""

import numpy as np
from PyQt6.QtGui import QColor, QImage, QPixmap

from app.analysis.colours import DIVERGING

_HALO = 1.5
"""Ring in the colour of the background, px: keeps edges off the circle."""


class NeuronSprites:
    """Makes the pictures once and keeps them."""

    def __init__(self, background: str) -> None:
        colour = QColor(background)
        self._background = np.array([colour.red(), colour.green(), colour.blue()], np.float32)
        self._made: dict[int, tuple[QPixmap, int]] = {}

    def of_radius(self, radius: float) -> tuple[QPixmap, int]:
        """Circles of about this radius in device px: the picture, and the width of one of its squares in px.

        The circle of colour number `n` of `colours.DIVERGING` is in the `n`-th square from the left.
        """
        quarters = max(2, round(radius * 4))
        if quarters not in self._made:
            if len(self._made) > 40:
                self._made.clear()
            self._made[quarters] = self._make(quarters / 4)
        return self._made[quarters]

    def _make(self, radius: float) -> tuple[QPixmap, int]:
        halo = min(_HALO, radius / 3)
        side = 2 * int(np.ceil(radius + halo + 0.5))
        from_middle = np.abs(np.arange(side) - (side - 1) / 2)
        distance = np.hypot(from_middle[:, None], from_middle[None])
        cover = np.clip(radius - distance + 0.5, 0, 1)[:, :, None]
        with_halo = np.clip(radius + halo - distance + 0.5, 0, 1)[:, :, None]
        # the rim is a little darker: a white circle keeps its border beside another
        rim = np.clip(distance - (radius - 1.4) + 0.5, 0, 1)[:, :, None] * (0.42 if radius > 4 else 0.0)
        fill = DIVERGING[:, None, None, :3] * (1 - rim)
        premultiplied = fill * cover + self._background * (with_halo - cover).clip(0)
        pixels = np.empty((len(DIVERGING), side, side, 4), np.uint8)
        pixels[..., :3] = premultiplied[..., ::-1]
        pixels[..., 3] = np.maximum(cover, with_halo)[..., 0] * 255
        sheet = pixels.transpose(1, 0, 2, 3).tobytes()
        width = len(DIVERGING) * side
        image = QImage(sheet, width, side, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        return QPixmap.fromImage(image.copy()), side
