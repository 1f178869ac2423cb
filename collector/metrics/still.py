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
            pieces: the parameters' parts in the chunk, one after the other.
            first: where the chunk begins in the flat buffer.
        """
        words = np.flatnonzero(retained[-1])
        if not words.size:
            return
        rows, starts = changes.reshape(-1, WORD), np.array([_first_word(piece, first) for piece in pieces])
        if words.size < _MOSTLY * len(rows):
            rows, retained = rows[words], retained.take(words, 1)  # whose rows are whole, unlike those of [:, words]
            starts = np.searchsorted(words, starts)
        is_there = np.diff(starts, append=len(rows)) > 0
        bounds, parameters = starts[is_there] * WORD, np.array([piece.parameter for piece in pieces])[is_there]
        absolute = np.abs(rows).reshape(-1)
        masks = np.unpackbits(retained.view(np.uint8), axis=1)
        masked = masks * absolute
        with np.errstate(all="ignore"):
            sums, largest = (each.reduceat(masked, bounds, axis=1) for each in (np.add, np.maximum))
            squares = np.add.reduceat(np.square(masked, out=masked), bounds, axis=1)
        if (~((squares > SAFE[0]) & (squares < SAFE[1])) & (largest != 0)).any():
            # Something was lost to under- or overflow, or a NaN of those that are left out came in.
            chosen = np.where(masks > 0, absolute, np.float64(0))
            sums, largest = (each.reduceat(chosen, bounds, axis=1) for each in (np.add, np.maximum))
            squares = np.add.reduceat(np.square(chosen), bounds, axis=1)
        # A parameter has one piece in a chunk, so that no number is lost by adding to several at once.
        self.sums[0][:, parameters] += sums
        self.sums[1][:, parameters] = np.maximum(self.sums[1][:, parameters], largest)
        self.sums[2][:, parameters] += squares


def _first_word(piece: Piece, first: int) -> int:
    """The word of a chunk that a piece begins at."""
    return (piece.target.start - first) // WORD
