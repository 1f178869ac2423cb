"""Colours of differences over the steps: where both are the same the ground's, so that only differences stand out."""

import numpy as np
from PyQt6.QtGui import QColor

from app.analysis import colours
from app.palette import DARK, active

_LIFT = 0.6
"""Most differences are far below the largest: colours change faster near the middle."""


def difference_colours(places: np.ndarray) -> np.ndarray:
    """RGBA uint8 ``[…, 4]`` in the active theme, of places from -1 (B least) over 0 (the same) to 1 (B most)."""
    ends = colours.ON_DARK if active() is DARK else colours.ON_LIGHT
    ground = QColor(active().bar_ground)
    middle = np.array([ground.red(), ground.green(), ground.blue()], float)
    place = np.clip(np.asarray(places, float), -1, 1)[..., None]
    end = np.where(np.signbit(place), ends.negative, ends.positive)
    shown = np.full((*place.shape[:-1], 4), 255, np.uint8)
    shown[..., :3] = np.round(middle + (end - middle) * np.abs(place) ** _LIFT)
    return shown
