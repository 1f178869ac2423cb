"""How far weights move whose gradient stays near zero."""

import numpy as np

from collector.metrics.flat_layout import WORD, Chunk, FlatLayout
from collector.metrics.norms import is_safe

_MOSTLY = 0.75
"""From this share of words on, leaving out the others costs more than it saves."""


class NearZeroDrift:
    """Sums of |Δw| over the retained, with buffers that are used again.

    Args:
        layout: where the parameters lie.
    """

    def __init__(self, layout: FlatLayout) -> None:
        self._dtype = layout.dtype
        self._bits = np.dtype(f"i{layout.dtype.itemsize}")  # as wide as a value
        self._absolute = np.empty(layout.largest, layout.dtype)
        self._selected = np.empty(layout.largest, layout.dtype)
        self._ones = np.ones(WORD, layout.dtype)

    def sums(self, changes: np.ndarray, retained: np.ndarray, chunk: Chunk) -> tuple[np.ndarray, np.ndarray]:
        """Sum and sum of squares, and the largest, of |Δw| over the retained at `K` steps.

        Args:
            changes: ``[K, 64 W]``.
            retained: uint64 ``[T, K, W]``, of rising thresholds, so that what is retained at one is at all that follow.
            chunk: the `W` words, of `A` parameters.

        Returns:
            The two sums of each word, float64 ``[2, K, T, W]``, and the largest of each parameter, ``[K, T, A]``.
        """
        n_thresholds, n_steps, n_words = retained.shape
        found = np.zeros((2, n_steps, n_thresholds, n_words))
        largest = np.zeros((n_steps, n_thresholds, len(chunk.starts)))
        words = np.flatnonzero(np.bitwise_or.reduce(retained[-1], axis=0))
        if not words.size:
            return found, largest
        starts, owners = chunk.starts, np.arange(len(chunk.starts))
        if words.size >= _MOSTLY * n_words:
            words = np.arange(n_words)
        else:
            changes = changes.reshape(n_steps, n_words, WORD).take(words, 1).reshape(n_steps, -1)
            retained = retained.take(words, 2)
            owners, starts = np.unique(np.searchsorted(chunk.starts, words, "right") - 1, return_index=True)
        absolute = np.abs(changes, out=self._absolute[: changes.size].reshape(changes.shape))
        for threshold, plane in enumerate(retained):
            values = self._select(absolute, plane)
            of_owners = np.maximum.reduceat(values, starts * WORD, axis=1)
            largest[:, threshold, owners] = of_owners
            sums, squares = self._of_words(values, starts, of_owners)
            found[0, :, threshold, words], found[1, :, threshold, words] = sums.T, squares.T
        return found, largest

    def _of_words(self, values: np.ndarray, starts: np.ndarray, largest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums and sums of squares of the words, ``[K, W]``; in float64 where less would lose something."""
        by_word = values.reshape(len(values), -1, WORD)
        sums, squares = by_word @ self._ones, np.vecdot(by_word, by_word)
        lost = ~is_safe(np.add.reduceat(squares, starts, axis=1, dtype=np.float64), self._dtype) & (largest != 0)
        if lost.any():
            sums, squares = sums.astype(np.float64), squares.astype(np.float64)
            bounds = [*starts, by_word.shape[1]]
            for step, owner in np.argwhere(lost):
                own = step, slice(bounds[owner], bounds[owner + 1])
                wide = by_word[own].astype(np.float64)
                sums[own], squares[own] = wide.sum(axis=1), np.vecdot(wide, wide)
        return sums, squares

    def _select(self, absolute: np.ndarray, retained: np.ndarray) -> np.ndarray:
        """|Δw| where it is retained, else 0, whatever it is: ``[K, 64 W]`` of ``[K, 64 W]`` and ``[K, W]``."""
        masks = np.unpackbits(retained.view(np.uint8)).view(np.int8)
        selected = self._selected[: masks.size].view(self._bits)
        np.copyto(selected, np.negative(masks, out=masks))  # all bits or none
        selected &= absolute.reshape(-1).view(self._bits)
        return selected.view(self._dtype).reshape(len(retained), -1)
