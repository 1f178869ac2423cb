"""Lines and picture fragments handed to QPainter as one block of memory that NumPy fills."""

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QLineF
from PyQt6.QtGui import QPainter


class LineArray:
    """Lines from points to points.

    Args:
        starts: ``[k, 2]``
        ends: ``[k, 2]``
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self.lines = sip.array(QLineF, len(starts))
        if len(starts):
            numbers = np.frombuffer(sip.voidptr(self.lines, len(starts) * 32), np.float64).reshape(-1, 4)
            numbers[:, :2] = starts
            numbers[:, 2:] = ends

    def __len__(self) -> int:
        return len(self.lines)

    def draw(self, painter: QPainter, start: int, stop: int) -> None:
        """Draw some of the lines with the painter's pen."""
        painter.drawLines(self.lines[start:stop])


class FragmentArray:
    """Pieces of a picture, each drawn around a point: one ``[k, 10]`` block of x, y, left, top, width, height,
    x scale, y scale, rotation, opacity."""

    def __init__(self, n: int) -> None:
        self.fragments = sip.array(QPainter.PixmapFragment, n)
        block = sip.voidptr(self.fragments, n * 80) if n else b""
        self.numbers = np.frombuffer(block, np.float64).reshape(-1, 10)
