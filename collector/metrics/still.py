"""How far weights move whose gradient stays near zero."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.flat import WORD, Piece

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
        for number, plane in enumerate(retained):
            mask = np.unpackbits(plane.view(np.uint8))
            masked = absolute * mask.astype(np.float32)
            for piece, (start, stop) in zip(pieces, bounds, strict=True):
                self._add(number, piece.parameter, masked[start:stop], absolute[start:stop], mask[start:stop])

    def _add(self, threshold: int, parameter: int, masked: np.ndarray, absolute: np.ndarray, mask: np.ndarray) -> None:
        if not masked.size:
            return
        square = float(masked.dot(masked))
        if not square < np.inf:  # NaN and Inf of those that are left out must not count either
            masked = np.where(mask, absolute, 0).astype(np.float64)
            square = float(masked.dot(masked))
        own = self.sums[:, threshold, parameter]
        own[0] += float(masked.sum())
        own[1] = max(own[1], float(masked.max()))
        own[2] += square


def _words(piece: Piece, first: int) -> tuple[int, int]:
    """The words of a chunk that a piece lies in."""
    return (piece.target.start - first) // WORD, -(-(piece.target.stop - first) // WORD)
