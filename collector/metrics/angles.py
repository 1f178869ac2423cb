"""Angles between vectors of millions of dimensions."""

import numpy as np


def degrees(products: np.ndarray, squares: np.ndarray, other_squares: np.ndarray) -> np.ndarray:
    """The angle arccos(x·y ÷ ‖x‖‖y‖) in degrees, 0…180; NaN where one of the two is 0 or not finite.

    Args:
        products: x·y, of any shape.
        squares: ‖x‖².
        other_squares: ‖y‖².
    """
    with np.errstate(all="ignore"):
        cosines = products / (np.sqrt(squares) * np.sqrt(other_squares))
        return np.degrees(np.arccos(np.clip(cosines, -1, 1)))
