"""All parameters in one flat buffer, where a whole-model operation is one call and a bit plane is whole words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WORD = 64
"""Each parameter starts at a multiple of so many values, and a sample is made of runs of so many."""

_LEAST_RUNS = 8
"""Of a small parameter in a large model no fewer are taken, so that its layer can be told something of."""

_CHUNK = 2**18
"""Values worked on at once, so that they and what is made of them stay in the processor's cache."""


@dataclass(frozen=True)
class Piece:
    """A part of one parameter that lies in one chunk.

    Attributes:
        parameter: its number.
        source: its values in the flattened parameter, or the numbers ``[R]`` of their runs in a sampled one.
        target: its values in the flat buffer.
    """

    parameter: int
    source: slice | np.ndarray
    target: slice


class FlatLayout:
    """Where each parameter lies in the flat buffers.

    Args:
        sizes: number of values of each parameter.
        sample: where there are more values in all, about so many are taken, drawn by ``seed`` in runs of 64
            neighbours, of each parameter in proportion, but eight runs at the least; 0: all, always.

    Attributes:
        sizes: int ``[P]``.
        counted: int ``[P]``, how many values of each are in the buffer.
        weights: float ``[P]``, for how many values each one in the buffer stands.
        length: of a buffer, a multiple of 64.
        chunks: slices of the buffer and the pieces in each.
        starts: int ``[P]``, the first word of each parameter.
        valid: uint64 ``[W]``, the bits that stand for a value.
    """

    def __init__(self, sizes: Sequence[int], sample: int = 0, seed: int = 0) -> None:
        self.sizes = np.array(sizes, np.int64)
        total = int(self.sizes.sum())
        self.is_sampled = 0 < sample < total
        chance = np.random.default_rng(seed)
        runs = [_runs(size, sample / total, chance) if self.is_sampled else None for size in sizes]
        counted = [size if own is None else len(own) * WORD for size, own in zip(sizes, runs, strict=True)]
        self.counted = np.array(counted, np.int64)
        words = -(-self.counted // WORD)
        self.starts = np.cumsum(words) - words
        self.weights = self.sizes / np.maximum(self.counted, 1)
        self.length = int(words.sum()) * WORD
        valid = np.zeros(self.length, bool)
        pieces = []
        for number, (start, size) in enumerate(zip(self.starts * WORD, counted, strict=True)):
            valid[start : start + size] = True
            pieces += _pieces(number, int(start), size, runs[number])
        self.valid = np.packbits(valid).view(np.uint64)
        self.chunks = [
            (
                slice(start, min(start + _CHUNK, self.length)),
                [piece for piece in pieces if start <= piece.target.start < start + _CHUNK],
            )
            for start in range(0, self.length, _CHUNK)
        ]
        self.piece_parameters = np.array([piece.parameter for piece in pieces], np.int64)

    def buffer(self) -> np.ndarray:
        """A float32 buffer of zeros."""
        return np.zeros(self.length, np.float32)

    def values_of(self, parameter: int, buffer: np.ndarray) -> np.ndarray:
        """One parameter's part of a flat buffer."""
        start = self.starts[parameter] * WORD
        return buffer[start : start + self.counted[parameter]]

    def per_parameter(self, of_pieces: Sequence[float]) -> np.ndarray:
        """The sums of one number for each piece, float64 ``[P]``."""
        return np.bincount(self.piece_parameters, of_pieces, len(self.sizes))


def flattened(arrays: Sequence[np.ndarray | None]) -> list[np.ndarray | None]:
    """Each array as a vector, without a copy where that can be."""
    return [None if array is None else array.reshape(-1) for array in arrays]


def copy_piece(piece: Piece, flats: Sequence[np.ndarray | None], target: np.ndarray) -> None:
    """Copy one piece of the parameters into a flat buffer; one that is missing becomes zeros."""
    flat, to = flats[piece.parameter], target[piece.target]
    if flat is None:
        to.fill(0)
    elif isinstance(piece.source, slice):
        np.copyto(to, flat[piece.source])
    else:
        rows = flat[: flat.size // WORD * WORD].reshape(-1, WORD)
        # without a mode, take would go through a buffer of its own
        rows.take(piece.source, 0, out=to.reshape(-1, WORD), mode="clip")


def values_of_piece(piece: Piece, flats: Sequence[np.ndarray | None]) -> np.ndarray:
    """One piece of a parameter that is there; a view of it where that can be."""
    flat = flats[piece.parameter]
    assert flat is not None
    if isinstance(piece.source, slice):
        return flat[piece.source]
    return flat[: flat.size // WORD * WORD].reshape(-1, WORD).take(piece.source, 0).reshape(-1)


def _runs(size: int, share: float, chance: np.random.Generator) -> np.ndarray | None:
    """Numbers ``[R]`` of the runs taken of a parameter of ``size`` values, rising; None: all of it is taken."""
    n_whole = size // WORD
    n_taken = max(_LEAST_RUNS, round(size * share / WORD))
    if n_taken >= n_whole:
        return None
    return np.sort(chance.choice(n_whole, n_taken, replace=False, shuffle=False))


def _pieces(number: int, start: int, size: int, runs: np.ndarray | None) -> list[Piece]:
    """The parts of a parameter that begins at ``start``, cut where a chunk ends."""
    pieces = []
    at = start
    while at < start + size:
        stop = min(start + size, (at // _CHUNK + 1) * _CHUNK)
        first, last = at - start, stop - start
        source = slice(first, last) if runs is None else runs[first // WORD : last // WORD]
        pieces.append(Piece(number, source, slice(at, stop)))
        at = stop
    return pieces
