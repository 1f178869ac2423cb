"""Lines handed to QPainter as one block of memory that NumPy fills."""

from collections.abc import Callable

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QLineF
from PyQt6.QtGui import QPainter, QPen

from app.analysis.strands import strands
from app.analysis.strongest import style_runs


class LineArray:
    """Lines from points to points.

    Args:
        starts: ``[k, 2]``
        ends: ``[k, 2]``
        styles: ``[k]``; neighbours of the same style are drawn in one stroke.
        widths: how many px wide the lines of each style are, int ``[styles]``.
        scale: px of the device for one unit of the points.
    """

    def __init__(
        self, starts: np.ndarray, ends: np.ndarray, styles: np.ndarray, widths: np.ndarray, scale: float = 1.0
    ) -> None:
        starts, ends, line = strands(starts, ends, widths[styles], 1 / scale)
        self._runs = style_runs(styles[line])
        self._lines = sip.array(QLineF, len(line))
        if len(line):
            numbers = np.frombuffer(sip.voidptr(self._lines, len(line) * 32), np.float64).reshape(-1, 4)
            numbers[:, :2] = starts
            numbers[:, 2:] = ends

    def draw(self, painter: QPainter, pen_of: Callable[[int], QPen]) -> None:
        """Draw the lines in order, each with the pen of its style."""
        for style, start, stop in self._runs:
            painter.setPen(pen_of(style))
            painter.drawLines(self._lines[start:stop])
