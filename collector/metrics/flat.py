"""All parameters in one flat buffer, where a whole-model operation is one call and a bit plane is whole words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WORD = 64
"""Each parameter starts at a multiple of so many values, and a sample is made of runs of so many."""

_LEAST_RUNS = 8
"""Of a small parameter in a large model no fewer are taken, so that its layer can be told something of."""

_BLOCK = 2**18
"""Values worked on at once, so that they and what is made of them stay in the processor's cache."""

_WAITING = 2**19
"""Values that wait to be worked on, of several steps in a small model, so that each call does more."""

_MOST_STEPS = 32


@dataclass(frozen=True)
class Chunk:
    """Columns of the flat buffer that are worked on at once.

    Attributes:
        columns: its values in the buffer.
        words: the same in words.
        pieces: where each parameter that has values in it lies in the chunk.
        numbers: those of its pieces among the pieces of all chunks.
    """

    columns: slice
    words: slice
    pieces: tuple[slice, ...]
    numbers: slice


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
        starts: int ``[P]``, the first word of each parameter.
        valid: uint64 ``[W]``, the bits that stand for a value.
        steps_at_once: how many steps wait to be worked on together.
        chunks: what is worked on one after the other.
        longest, largest: columns and values of the largest chunk of so many steps.
        parameters: the parameter of each piece.
        first_pieces: int ``[P]``, the number of each parameter's first piece.
    """

    def __init__(self, sizes: Sequence[int], sample: int = 0, seed: int = 0) -> None:
        self.sizes = np.array(sizes, np.int64)
        total = int(self.sizes.sum())
        self.is_sampled = 0 < sample < total
        chance = np.random.default_rng(seed)
        self._runs = [_runs(size, sample / total, chance) if self.is_sampled else None for size in sizes]
        counted = [size if own is None else len(own) * WORD for size, own in zip(sizes, self._runs, strict=True)]
        self.counted = np.array(counted, np.int64)
        words = -(-self.counted // WORD)
        self.starts = np.cumsum(words) - words
        self.weights = self.sizes / np.maximum(self.counted, 1)
        self.length = int(words.sum()) * WORD
        self._places = [slice(start, start + size) for start, size in zip(self.starts * WORD, counted, strict=True)]
        valid = np.zeros(self.length, bool)
        for place in self._places:
            valid[place] = True
        self.valid = np.packbits(valid).view(np.uint64)
        self.steps_at_once = min(max(1, round(_WAITING / self.length)), _MOST_STEPS)
        self.longest = min(_BLOCK // self.steps_at_once // WORD * WORD, self.length)
        self.largest = self.longest * self.steps_at_once
        self.chunks, self.parameters = self._cut(self.longest)
        self.first_pieces = np.searchsorted(self.parameters, np.arange(len(sizes)))

    def _cut(self, length: int) -> tuple[list[Chunk], list[int]]:
        """The chunks of so many columns, and the parameter of each piece."""
        chunks: list[Chunk] = []
        parameters: list[int] = []
        for start in range(0, self.length, length):
            stop, first, pieces = min(start + length, self.length), len(parameters), []
            for number, place in enumerate(self._places):
                if place.start < stop and start < place.stop:
                    pieces.append(slice(max(place.start, start) - start, min(place.stop, stop) - start))
                    parameters.append(number)
            words = slice(start // WORD, stop // WORD)
            chunks.append(Chunk(slice(start, stop), words, tuple(pieces), slice(first, len(parameters))))
        return chunks, parameters

    def place(self, parameter: int) -> slice:
        """Where the values of a parameter lie in a buffer."""
        return self._places[parameter]

    def copy(self, flats: Sequence[np.ndarray | None], into: np.ndarray) -> None:
        """Copy flattened parameters into a buffer; one that is missing becomes zeros."""
        for flat, runs, place in zip(flats, self._runs, self._places, strict=True):
            if flat is None:
                into[place] = 0
            elif runs is None:
                into[place] = flat
            else:
                rows = flat[: flat.size // WORD * WORD].reshape(-1, WORD)
                # without a mode, take would go through a buffer of its own
                rows.take(runs, 0, into[place].reshape(-1, WORD), "clip")


def flattened(arrays: Sequence[np.ndarray | None]) -> list[np.ndarray | None]:
    """Each array as a vector, without a copy where that can be."""
    return [None if array is None else array.reshape(-1) for array in arrays]


def _runs(size: int, share: float, chance: np.random.Generator) -> np.ndarray | None:
    """Numbers ``[R]`` of the runs taken of a parameter of ``size`` values, rising; None: all of it is taken."""
    n_whole = size // WORD
    n_taken = max(_LEAST_RUNS, round(size * share / WORD))
    if n_taken >= n_whole:
        return None
    return np.sort(chance.choice(n_whole, n_taken, replace=False, shuffle=False))
