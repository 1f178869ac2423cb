"""How far weights move whose gradient stays near zero."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.flat import WORD, Piece
from collector.metrics.norms import SAFE

_MOSTLY = 0.75
"""From this share of words on, leaving out the others costs more than it saves."""


class StillChanges:
    """Sum, largest, and sum of squares of |Δw| over the retained, gathered chunk by chunk.

    Args:
        n_thresholds: T, rising, so that what is retained at one is retained at all that follow.
        n_parameters: P.

    Attributes:
        sums: float64 ``[3, T, P]``.
    """

    def __init__(self, n_thresholds: int, n_parameters: int) -> None:
        self.sums = np.zeros((3, n_thresholds, n_parameters))

    def clear(self) -> None:
        """Begin a new step."""
        self.sums.fill(0)

    def add(self, changes: np.ndarray, retained: np.ndarray, pieces: Sequence[Piece], first: int) -> None:
        """Take a chunk.

        Args:
            changes: float32 ``[64 W]``.
            retained: uint64 ``[T, W]``.
            pieces: the parameters' parts in the chunk.
            first: where the chunk begins in the flat buffer.
        """
        words = np.flatnonzero(retained[-1])
        if not words.size:
            return
        rows = changes.reshape(-1, WORD)
        if words.size < _MOSTLY * len(rows):
            rows, retained = rows[words], retained.take(words, 1)  # whose rows are whole, unlike those of [:, words]
            bounds = [np.searchsorted(words, _words(piece, first)) * WORD for piece in pieces]
        else:
            bounds = [np.array(_words(piece, first)) * WORD for piece in pieces]
        absolute = np.abs(rows).reshape(-1)
        masks = np.unpackbits(retained.view(np.uint8), axis=1).astype(np.float32)
        masked = masks * absolute
        for piece, (start, stop) in zip(pieces, bounds, strict=True):
            if start < stop:
                self._add(piece.parameter, masked[:, start:stop], absolute[start:stop], masks[:, start:stop])

    def _add(self, parameter: int, masked: np.ndarray, absolute: np.ndarray, masks: np.ndarray) -> None:
        """Take the retained of one parameter: ``[T, n]``, ``[n]`` and their 0 or 1 ``[T, n]``."""
        sums, largest, squares = masks @ absolute, masked.max(axis=1), [each.dot(each) for each in masked]
        if not SAFE[0] < max(squares) < SAFE[1] and masked.any():
            # Something was lost to under- or overflow, or a NaN of those that are left out came in.
            chosen = np.where(masks > 0, absolute, np.float64(0))
            sums, largest, squares = chosen.sum(axis=1), chosen.max(axis=1), list(np.square(chosen).sum(axis=1))
        own = self.sums[:, :, parameter]
        own[0] += sums
        np.maximum(own[1], largest, out=own[1])
        own[2] += squares


def _words(piece: Piece, first: int) -> tuple[int, int]:
    """The words of a chunk that a piece lies in."""
    return (piece.target.start - first) // WORD, -(-(piece.target.stop - first) // WORD)
