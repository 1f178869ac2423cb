"""Values that are no numbers."""

import numpy as np

KINDS = ("nan", "plus_inf", "minus_inf")


def not_finite(values: np.ndarray | None) -> np.ndarray:
    """How many are NaN, +∞ and −∞: int ``[3]`` of an array of any shape, or of none."""
    if values is None:
        return np.zeros(3, np.int64)
    return np.array([np.isnan(values).sum(), np.isposinf(values).sum(), np.isneginf(values).sum()], np.int64)
