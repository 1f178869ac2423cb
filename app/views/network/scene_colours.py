"""The ground that the graph is drawn on, as the theme has it."""

from functools import lru_cache

import numpy as np
from PyQt6.QtGui import QColor

from app.analysis.colours import DIVERGING, DIVERGING_ON_LIGHT, ON_DARK, ON_LIGHT, SceneColours
from app.palette import Palette, active


def is_light(palette: Palette) -> bool:
    """Whether dark lines are needed to be seen."""
    return _is_light(palette.background)


@lru_cache
def _is_light(background: str) -> bool:
    return QColor(background).lightnessF() > 0.5


def scene_colours() -> SceneColours:
    """Colours of edges and marks on the present ground."""
    return ON_LIGHT if is_light(active()) else ON_DARK


def diverging_table() -> np.ndarray:
    """Colours of values on the present ground, see `colours.DIVERGING`."""
    return DIVERGING_ON_LIGHT if is_light(active()) else DIVERGING


@lru_cache
def background_rgb(background: str) -> np.ndarray:
    """The background, float32 ``[3]``."""
    colour = QColor(background)
    return np.array([colour.red(), colour.green(), colour.blue()], np.float32)
