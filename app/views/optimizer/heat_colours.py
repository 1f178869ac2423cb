"""Colours of the picture of all layers, and marks for what has no colour on it."""

import numpy as np
import pyqtgraph as pg

from app.analysis import colours
from app.views.optimizer.analysis.layer_heat import (
    HIGHEST,
    LOWEST,
    NO_GRADIENT,
    NOT_FINITE,
    NOT_RECORDED,
    ZERO,
    LayerHeat,
)
from app.views.optimizer.heat_difference import MIDDLE, HeatDifference
from app.widgets.difference_colours import difference_colours

ZERO_RGB = (125, 129, 138)
NO_GRADIENT_RGB = (70, 58, 52)
"""No colour of viridis, and none that asks for attention: a layer may be frozen for a whole run."""


def colour_table(heat: LayerHeat | None = None) -> np.ndarray:
    """RGBA uint8 ``[256, 4]`` of the picture's numbers, and marks for what has no colour on it.

    Of values viridis, of differences from blue over the ground, which is the same, to red.
    """
    table = np.zeros((256, 4), np.uint8)
    if isinstance(heat, HeatDifference):
        table[LOWEST : HIGHEST + 1] = difference_colours((np.arange(LOWEST, HIGHEST + 1) - MIDDLE) / (HIGHEST - MIDDLE))
    else:
        lookup = pg.colormap.get("viridis").getLookupTable(nPts=HIGHEST - LOWEST + 1, alpha=True)
        table[LOWEST : HIGHEST + 1] = lookup
    table[ZERO] = (*ZERO_RGB, 255)
    table[NO_GRADIENT] = (*NO_GRADIENT_RGB, 255)
    table[NOT_FINITE] = (*colours.NOT_FINITE_RGB, 255)
    table[NOT_RECORDED] = (0, 0, 0, 0)
    return table
