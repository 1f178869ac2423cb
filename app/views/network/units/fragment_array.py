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
        self.fragments: sip.array[QPainter.PixmapFragment | None]
        self.fragments = sip.array(QPainter.PixmapFragment, n)  # type: ignore[call-arg]
        self.numbers = np.empty((0, 10))
        if n:
            memory = sip.voidptr(self.fragments, n * 80)
            self.numbers = np.frombuffer(memory, np.float64).reshape(-1, 10)  # type: ignore[call-overload]
