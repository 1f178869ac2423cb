"""Which of many places in a row belong together."""

import numpy as np


def stretches(joined: np.ndarray) -> list[slice]:
    """Each stretch of True in a row of truth values, from left to right."""
    edges = np.flatnonzero(np.diff(joined, prepend=False, append=False))
    return list(map(slice, edges[::2], edges[1::2]))
