"""Rows beside the output column: name of a class, bar of its probability, figure."""

from dataclasses import dataclass

import numpy as np

from app.analysis.graph.columns import Column
from app.analysis.graph.rectangle import Rectangle
from app.views.network.units.analysis.grid import Grid

ROW_HEIGHT = 16.0
"""Least height of a row whose text can be read, px."""

MOST_LISTED = 10
GAP = 14.0
_SPACE = 8.0
_LETTER = 8.4
"""Of a bold one, as the names of the true and of the predicted class are."""
_PERCENT = 50.0
_LEAST_NAME, _LEAST_BAR = 50.0, 24.0
"""Where there is less for a name, the network gives way; names give way to a bar, and it to names of so much."""


@dataclass(frozen=True, eq=False)
class OutputRows:
    """Where the rows stand.

    Attributes:
        are_aligned: there is a row for each class, beside its neuron. Otherwise there are too many classes, or not
            all are kept, and the rows list the most probable ones from the top.
        middles: vertical middle of each row, px ``[R]``.
        height: of a row, px.
        names: horizontal room for the names, from left to right border, px.
        bars: the same for the bars; the right border is probability 1. None: there is no room for them.
        figures: the same for the percentages.
    """

    are_aligned: bool
    middles: np.ndarray
    height: float
    names: tuple[float, float]
    bars: tuple[float, float] | None
    figures: tuple[float, float]


def output_width(output: Column, width: float) -> float:
    """Room for the rows in a view with ``width`` px of room in all."""
    bar = float(np.clip(0.08 * width, 44, 130))
    name = _name_width(output)
    least = GAP + min(name, _LEAST_NAME) + _SPACE + _PERCENT
    return max(min(GAP + name + 2 * _SPACE + bar + _PERCENT, 0.3 * width), least)


def _name_width(output: Column) -> float:
    longest = max((len(name) for name in output.class_names), default=1)
    return min(longest * _LETTER + 18, 120.0)


def place_rows(output: Column, centres: np.ndarray, grid: Grid, room: Rectangle) -> OutputRows:
    """Place the rows in the room to the right of the output's neurons (``centres``, px ``[U, 2]``)."""
    classes = len(output.class_names)
    aligned = grid.columns == 1 and len(output) == classes and grid.pitch >= ROW_HEIGHT
    if aligned:
        middles, height = centres[:, 1], min(grid.pitch, 28.0)
    else:
        listed = max(1, min(MOST_LISTED, classes, int(room.height / ROW_HEIGHT)))
        height = float(min(28.0, room.height / listed))
        middles = room.y + room.height / 2 + (np.arange(listed) - (listed - 1) / 2) * height
    left = room.x + GAP
    figures = (room.right - _PERCENT, room.right)
    wanted = _name_width(output)
    name = min(wanted, 0.5 * room.width, figures[0] - left - 2 * _SPACE - _LEAST_BAR)
    if name < min(wanted, _LEAST_NAME):
        return OutputRows(aligned, middles, height, (left, figures[0] - _SPACE), None, figures)
    bars = (left + name + _SPACE, figures[0] - _SPACE)
    return OutputRows(aligned, middles, height, (left, left + name), bars, figures)
