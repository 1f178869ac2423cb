"""A bit for each parameter: which are near zero, negative, positive. Logic on whole words, counts by population."""

from collections.abc import Sequence

import numpy as np

_ZERO = np.float32(0)


class PlanePacker:
    """Makes the planes of a chunk of values, with buffers that are used again.

    Args:
        thresholds: near zero is |x| ≤ threshold, as float32.
        longest: values of the longest chunk.
    """

    def __init__(self, thresholds: Sequence[float], longest: int) -> None:
        self._limits = [np.float32(each) for each in thresholds]
        self._absolute = np.empty(longest, np.float32)
        self._truths = np.empty(max(len(thresholds), 2) * longest, bool)

    def near(self, values: np.ndarray, into: np.ndarray) -> None:
        """Which are near zero, NaN never: uint64 ``[T, W]`` of float32 ``[64 W]``."""
        n = values.size
        absolute, near = self._absolute[:n], self._rows(len(self._limits), n)
        np.abs(values, out=absolute)
        for limit, plane in zip(self._limits, near, strict=True):
            np.less_equal(absolute, limit, out=plane)
        into[:] = np.packbits(near, axis=1).view(np.uint64)

    def signs(self, values: np.ndarray, into: np.ndarray) -> None:
        """Which are negative and which positive, zeros and NaN neither: uint64 ``[2, W]``."""
        signs = self._rows(2, values.size)
        np.less(values, _ZERO, out=signs[0])
        np.greater(values, _ZERO, out=signs[1])
        into[:] = np.packbits(signs, axis=1).view(np.uint64)

    def _rows(self, n_rows: int, length: int) -> np.ndarray:
        return self._truths[: n_rows * length].reshape(n_rows, length)


def opposite(signs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where one is negative and the other positive: uint64 ``[W]`` of two ``[2, W]``."""
    both: np.ndarray = (signs[0] & others[1]) | (signs[1] & others[0])
    return both


def same(signs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where both are negative or both positive: uint64 ``[W]`` of two ``[2, W]``."""
    both: np.ndarray = (signs[0] & others[0]) | (signs[1] & others[1])
    return both


def counts(planes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Set bits from each word of ``starts`` up to the next, int64 ``[…, P]`` of uint64 ``[…, W]``."""
    sums: np.ndarray = np.add.reduceat(np.bitwise_count(planes), starts, axis=-1)
    return sums.astype(np.int64)
