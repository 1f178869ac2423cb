"""Many shapes handed to QPainter as one block of memory that NumPy fills: a call for each would take longer."""

from typing import Any

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QLineF, QRectF
from PyQt6.QtGui import QPainter


def lines_of(numbers: np.ndarray) -> "sip.array[QLineF | None]":
    """What `QPainter.drawLines` takes, from x and y of both ends, ``[k, 4]``."""
    return _filled(QLineF, numbers)


def rects_of(numbers: np.ndarray) -> "sip.array[QRectF | None]":
    """What `QPainter.drawRects` takes, from left, top, width and height, ``[k, 4]``."""
    return _filled(QRectF, numbers)


def fragments_of(numbers: np.ndarray) -> "sip.array[QPainter.PixmapFragment | None]":
    """What `QPainter.drawPixmapFragments` takes.

    Args:
        numbers: x, y, left, top, width, height, x scale, y scale, rotation and opacity of each, ``[k, 10]``.
    """
    return _filled(QPainter.PixmapFragment, numbers)


def _filled(kind: type, numbers: np.ndarray) -> Any:
    array: Any = sip.array(kind, len(numbers))  # type: ignore[call-arg]
    if numbers.size:  # nothing has no memory that could be written to
        memory: Any = sip.voidptr(array, numbers.size * 8)
        np.frombuffer(memory, np.float64).reshape(numbers.shape)[:] = numbers
    return array
