"""Colours of the map of differences, and a mark for what differs and has no ratio."""

import numpy as np

from app.analysis import colours
from app.views.compare.analysis.difference_heat import NO_RATIO, NOT_RECORDED, SAME
from app.widgets.difference_colours import difference_colours


def difference_table(_: object = None) -> np.ndarray:
    """RGBA uint8 ``[256, 4]`` of the picture's numbers in the active theme."""
    table = difference_colours((np.arange(256) - SAME) / (SAME - 1))
    table[NO_RATIO] = (*colours.NOT_FINITE_RGB, 255)
    table[NOT_RECORDED] = 0
    return table
