"""The ten figures of `shapes`, each as a signed distance: negative inside, positive outside.

A function takes the coordinates of the pixels, x to the right and y upwards, both float32 `[N, H, W]` with
the figure's centre at 0 and its outer radius about 1, and returns the distance `[N, H, W]` in the same units.
The method is that of Inigo Quilez (https://iquilezles.org/articles/distfunctions2d); away from the edge the
distances are only bounds, at the edge they are exact enough to soften it by a pixel.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]
Outline = Callable[[Field, Field], Field]

_PATTERN_REACH = np.float32(0.9)


def circle(x: Field, y: Field) -> Field:
    return np.hypot(x, y) - 0.95


def square(x: Field, y: Field) -> Field:
    return np.maximum(np.abs(x), np.abs(y)) - 0.8


def triangle(x: Field, y: Field) -> Field:
    half_root = np.float32(np.sqrt(3) / 2)
    return np.maximum(np.abs(x) * half_root + y * 0.5, -y) - 0.5


def cross(x: Field, y: Field) -> Field:
    lying = np.maximum(np.abs(x) - 1, np.abs(y) - 0.3)
    standing = np.maximum(np.abs(x) - 0.3, np.abs(y) - 1)
    return np.minimum(lying, standing)


def ring(x: Field, y: Field) -> Field:
    return np.abs(np.hypot(x, y) - 0.72) - 0.22


def star(x: Field, y: Field) -> Field:
    """Five points; one of ten equal wedges, mirrored and turned, is bounded by one straight edge."""
    wedge = np.float32(np.pi / 5)
    angle = np.abs((np.arctan2(x, y) + wedge) % (2 * wedge) - wedge)
    radius = np.hypot(x, y)
    notch = 0.42
    edge_x, edge_y = notch * np.cos(wedge) - 1, notch * np.sin(wedge)
    length = np.hypot(edge_x, edge_y)
    return (radius * np.cos(angle) - 1) * (edge_y / length) - radius * np.sin(angle) * (edge_x / length)


def crescent(x: Field, y: Field) -> Field:
    bite = np.hypot(x - 0.5, y) - 0.75
    return np.maximum(np.hypot(x, y) - 0.98, -bite)


def stripes(x: Field, y: Field) -> Field:
    """Three bars, as far apart as they are wide."""
    bar = np.float32(2 * _PATTERN_REACH / 5)
    bars = np.abs((x / (2 * bar) + 0.5) % 1 - 0.5) * 2 * bar - bar / 2
    return np.maximum(bars, np.maximum(np.abs(x), np.abs(y)) - _PATTERN_REACH)


def checkerboard(x: Field, y: Field) -> Field:
    """Four by four fields."""
    turns = np.float32(2 * np.pi / _PATTERN_REACH)
    fields = np.sin(x * turns) * np.sin(y * turns) / turns
    # Cut a little inside the border, where both distances would be 0 and draw a grey frame.
    return np.maximum(fields, np.maximum(np.abs(x), np.abs(y)) - _PATTERN_REACH * np.float32(0.95))


def heart(x: Field, y: Field) -> Field:
    """A square standing on its corner, with half a disc on each of its upper sides."""
    x, y = np.abs(x), y + np.float32(0.08)
    reach, diagonal = np.float32(0.8), np.float32(np.sqrt(0.5))
    lobe = np.hypot(x - reach / 2, y - reach / 2) - reach * diagonal
    body = (x + np.abs(y) - reach) * diagonal
    return np.minimum(lobe, body)


OUTLINES: dict[str, Outline] = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "cross": cross,
    "ring": ring,
    "star": star,
    "crescent": crescent,
    "stripes": stripes,
    "checkerboard": checkerboard,
    "heart": heart,
}
