"""How far weights move whose gradient stays near zero."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from collector.metrics.flat import WORD
from collector.metrics.norms import SAFE

_MOSTLY = 0.75
"""From this share of words on, leaving out the others costs more than it saves."""


class StillChanges:
    """Sums of |Δw| over the retained, with buffers that are used again.

    Args:
        largest: values of the largest block.
    """

    def __init__(self, largest: int) -> None:
        self._absolute = np.empty(largest, np.float32)
        self._selected = np.empty(largest, np.float32)
        self._ones = np.ones(largest, np.float32)

    def sums(self, changes: np.ndarray, retained: np.ndarray, pieces: Sequence[slice]) -> np.ndarray:
        """Sum, largest, and sum of squares of |Δw| over the retained at `K` steps.

        Args:
            changes: float32 ``[K, 64 W]``.
            retained: uint64 ``[T, K, W]``, of rising thresholds, so that what is retained at one is at all that follow.
            pieces: where the parameters lie among the columns, one after the other, each from a whole word on.

        Returns:
            Float64 ``[3, K, T, pieces]``.
        """
        n_thresholds, n_steps, n_words = retained.shape
        found = np.zeros((3, n_steps, n_thresholds, len(pieces)))
        words = np.flatnonzero(np.bitwise_or.reduce(retained[-1], axis=0))
        if not words.size:
            return found
        if words.size >= _MOSTLY * n_words:
            self._add(found, changes, retained, pieces, range(len(pieces)))
            return found
        starts = np.searchsorted(words, [piece.start // WORD for piece in pieces]).tolist()
        parts = [slice(*each) for each in pairwise((*starts, words.size))]
        numbers = [number for number, part in enumerate(parts) if part.start < part.stop]
        parts = [slice(parts[number].start * WORD, parts[number].stop * WORD) for number in numbers]
        rows = changes.reshape(n_steps, n_words, WORD).take(words, 1).reshape(n_steps, -1)
        self._add(found, rows, retained.take(words, 2), parts, numbers)
        return found

    def _add(
        self,
        found: np.ndarray,
        changes: np.ndarray,
        retained: np.ndarray,
        parts: Sequence[slice],
        numbers: Sequence[int],
    ) -> None:
        """Put what `sums` finds of the parameters of these ``numbers`` into ``found``; ``parts`` is where they lie."""
        absolute = np.abs(changes, out=self._absolute[: changes.size].reshape(changes.shape))
        bounds = [part.start for part in parts]
        for threshold, plane in enumerate(retained):
            values = self._select(absolute, plane)
            sums, largest, squares = found[:, :, threshold]
            largest[:, numbers] = np.maximum.reduceat(values, bounds, axis=1)
            for number, part in zip(numbers, parts, strict=True):
                own = values[:, part]
                sums[:, number] = np.vecdot(own, self._ones[: own.shape[1]])
                squares[:, number] = np.vecdot(own, own)
            lost = ~((squares > SAFE[0]) & (squares < SAFE[1])) & (largest != 0)
            if lost.any():  # to under- or overflow
                for step, number in np.argwhere(lost):
                    wide = values[step, parts[numbers.index(number)]].astype(np.float64)
                    sums[step, number], squares[step, number] = wide.sum(), wide.dot(wide)

    def _select(self, absolute: np.ndarray, retained: np.ndarray) -> np.ndarray:
        """|Δw| where it is retained, else 0, whatever it is: ``[K, 64 W]`` of ``[K, 64 W]`` and ``[K, W]``."""
        masks = np.unpackbits(retained.view(np.uint8)).view(np.int8)
        selected = self._selected[: masks.size].view(np.int32)
        np.copyto(selected, np.negative(masks, out=masks))  # all bits or none
        selected &= absolute.reshape(-1).view(np.int32)
        return selected.view(np.float32).reshape(len(retained), -1)
