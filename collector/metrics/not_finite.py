"""Values that are no numbers."""

import numpy as np

KINDS = ("nan", "plus_inf", "minus_inf")


def not_finite(values: np.ndarray) -> np.ndarray:
    """How many are NaN, +∞ and −∞: int ``[3]`` of float32 ``[D]``."""
    return np.array([np.isnan(values).sum(), np.isposinf(values).sum(), np.isneginf(values).sum()], np.int64)
