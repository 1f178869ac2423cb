"""Pieces of a picture handed to QPainter as one block of memory that NumPy fills."""

import numpy as np
from PyQt6 import sip
from PyQt6.QtGui import QPainter


class FragmentArray:
    """Pieces of a picture, each drawn around a point.

    Attributes:
        fragments: what `QPainter.drawPixmapFragments` takes.
        numbers: the same as float64 ``[k, 10]``: x, y, left, top, width, height, x scale, y scale, rotation, opacity.
    """

    def __init__(self, n: int) -> None:
        self.fragments = sip.array(QPainter.PixmapFragment, n)
        block = sip.voidptr(self.fragments, n * 80) if n else b""
        self.numbers = np.frombuffer(block, np.float64).reshape(-1, 10)
