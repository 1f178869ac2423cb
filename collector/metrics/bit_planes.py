"""A bit for each parameter: which are near zero, negative, positive. Logic on whole words, counts by population."""

from collections.abc import Sequence

import numpy as np


class PlanePacker:
    """Makes the planes of blocks of values, with buffers that are used again.

    Args:
        thresholds: near zero is |x| ≤ threshold, in the precision of the values.
        largest: values of the largest block.
        dtype: of the values.
    """

    def __init__(self, thresholds: Sequence[float], largest: int, dtype: np.dtype) -> None:
        self._limits = [dtype.type(each) for each in thresholds]
        self._zero = dtype.type(0)
        self._absolute = np.empty(largest, dtype)
        self._truths = np.empty(max(len(thresholds), 2) * largest, bool)

    def near(self, values: np.ndarray, into: np.ndarray) -> None:
        """Which are near zero, NaN never: uint64 ``[T, S, W]`` of float ``[S, 64 W]``."""
        absolute = np.abs(values, out=self._absolute[: values.size].reshape(values.shape))
        near = self._planes(len(self._limits), values)
        for limit, plane in zip(self._limits, near, strict=True):
            np.less_equal(absolute, limit, out=plane)
        into[:] = _packed(near, into)

    def signs(self, values: np.ndarray, into: np.ndarray) -> None:
        """Which are negative and which positive, zeros and NaN neither: uint64 ``[2, S, W]`` of ``[S, 64 W]``."""
        signs = self._planes(2, values)
        np.less(values, self._zero, out=signs[0])
        np.greater(values, self._zero, out=signs[1])
        into[:] = _packed(signs, into)

    def _planes(self, n_planes: int, values: np.ndarray) -> np.ndarray:
        return self._truths[: n_planes * values.size].reshape(n_planes, *values.shape)


def _packed(truths: np.ndarray, like: np.ndarray) -> np.ndarray:
    # Rows are whole words, so that all of them are packed as one.
    return np.packbits(truths.reshape(-1)).view(np.uint64).reshape(like.shape)


def opposite(signs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where one is negative and the other positive: uint64 ``[…]`` of two ``[2, …]``."""
    both: np.ndarray = (signs[0] & others[1]) | (signs[1] & others[0])
    return both


def same(signs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Where both are negative or both positive: uint64 ``[…]`` of two ``[2, …]``."""
    both: np.ndarray = (signs[0] & others[0]) | (signs[1] & others[1])
    return both


def sums_by_parameter(of_words: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Sums from each word of ``starts`` up to the next, int64 ``[…, P]`` of set bits, uint8 ``[…, W]``."""
    sums: np.ndarray = np.add.reduceat(of_words, starts, axis=-1, dtype=np.int64)
    return sums
