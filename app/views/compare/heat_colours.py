"""Colours of the map of differences: blue where B is less, red where it is more, the ground's own where they agree."""

import numpy as np
from PyQt6.QtGui import QColor

from app.analysis import colours
from app.palette import DARK, active
from app.views.compare.analysis.difference_heat import NO_RATIO, NOT_RECORDED, SAME

_LIFT = 0.6
"""Most differences are far below the largest: colours change faster near the middle."""


def difference_table() -> np.ndarray:
    """RGBA uint8 ``[256, 4]`` of the picture's numbers in the active theme."""
    ends = colours.ON_DARK if active() is DARK else colours.ON_LIGHT
    ground = QColor(active().bar_ground)
    middle = np.array([ground.red(), ground.green(), ground.blue()], float)
    position = (np.arange(256) - SAME)[:, None] / (SAME - 1.0)
    end = np.where(position < 0, np.array(ends.negative), np.array(ends.positive))
    table = np.full((256, 4), 255, np.uint8)
    table[:, :3] = np.round(middle + (end - middle) * np.clip(np.abs(position), 0, 1) ** _LIFT)
    table[NO_RATIO, :3] = ends.not_finite
    table[NOT_RECORDED] = 0
    return table
