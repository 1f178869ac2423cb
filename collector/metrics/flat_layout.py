"""All parameters in one flat buffer, where a whole-model operation is one call and a bit plane is whole words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.metrics.sample import drawn_words, sampled_shares

WORD = 64
"""Each parameter starts at a multiple of so many values, and a sample is made of runs of so many."""

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
        owners: int ``[A]``, the parameters that have values in it.
        starts: int ``[A]``, the first word of each in the chunk.
    """

    columns: slice
    words: slice
    owners: np.ndarray
    starts: np.ndarray


class FlatLayout:
    """Where each parameter lies in the flat buffers.

    Args:
        sizes: number of values of each parameter, ≥ 1.
        sample: where there are more values in all, about so many are taken, drawn by ``seed`` in runs of 64
            neighbours; 0: all, always. See `collector.metrics.sample`.
        is_trained: which parameters the sample is for; None: all.
        dtype: of the buffers: float64 where a parameter has more digits than float32.

    Attributes:
        sizes: int ``[P]``.
        counted: int ``[P]``, how many values of each are in the buffer.
        n_words, n_taken: int ``[P]``, words of each parameter, and how many of them are in the buffer.
        weights: float ``[P]``, for how many words each one in the buffer stands: the inverse of its chance to be drawn.
        length: of a buffer, a multiple of 64.
        starts: int ``[P]``, the first word of each parameter.
        owners: int ``[W]``, the parameter of each word.
        valid: uint64 ``[W]``, the bits that stand for a value.
        steps_at_once: how many steps wait to be worked on together.
        chunks: what is worked on one after the other.
        longest, largest: columns and values of the largest chunk of so many steps.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        sample: int = 0,
        seed: int = 0,
        is_trained: Sequence[bool] | np.ndarray | None = None,
        dtype: type[np.floating] = np.float32,
    ) -> None:
        self.sizes = np.array(sizes, np.int64)
        self.dtype = np.dtype(dtype)
        self.is_sampled = 0 < sample < int(self.sizes.sum())
        self.n_words = -(-self.sizes // WORD)
        self._runs: list[np.ndarray | None] = [None] * len(sizes)
        if self.is_sampled:
            trained = np.ones(len(sizes), bool) if is_trained is None else np.array(is_trained, bool)
            shares = sampled_shares(self.sizes, trained, sample)
            self._runs = drawn_words(self.n_words, shares, np.random.default_rng(seed))
        drawn = [range(n) if runs is None else runs for n, runs in zip(self.n_words, self._runs, strict=True)]
        self.n_taken = np.array([len(runs) for runs in drawn], np.int64)
        # The last word of a parameter may be a part of one.
        has_last = np.array([runs[-1] == n - 1 for runs, n in zip(drawn, self.n_words, strict=True)])
        self.counted = self.n_taken * WORD - has_last * (-self.sizes % WORD)
        self.weights = self.n_words / self.n_taken
        self.starts = np.cumsum(self.n_taken) - self.n_taken
        self.owners = np.repeat(np.arange(len(sizes)), self.n_taken)
        self.length = len(self.owners) * WORD
        first = self.starts * WORD
        self._places = [slice(start, start + n) for start, n in zip(first, self.counted, strict=True)]
        valid = np.zeros(self.length, bool)
        for place in self._places:
            valid[place] = True
        self.valid = np.packbits(valid).view(np.uint64)
        self.steps_at_once = min(max(1, round(_WAITING / self.length)), _MOST_STEPS)
        self.longest = min(_BLOCK // self.steps_at_once // WORD * WORD, self.length)
        self.largest = self.longest * self.steps_at_once
        self.chunks = [self._chunk(start) for start in range(0, self.length, self.longest)]

    def _chunk(self, start: int) -> Chunk:
        stop = min(start + self.longest, self.length)
        words = slice(start // WORD, stop // WORD)
        owners, starts = np.unique(self.owners[words], return_index=True)
        return Chunk(slice(start, stop), words, owners, starts)

    def place(self, parameter: int) -> slice:
        """Where the values of a parameter lie in a buffer."""
        return self._places[parameter]

    def numbers(self, parameter: int) -> np.ndarray:
        """Which of a parameter's values are in the buffer, int ``[counted]``, rising."""
        runs = self._runs[parameter]
        if runs is None:
            return np.arange(self.sizes[parameter])
        return (runs[:, None] * WORD + np.arange(WORD)).reshape(-1)[: self.counted[parameter]]

    def word_sizes(self, parameter: int) -> np.ndarray:
        """How many values the words of a parameter have that are in the buffer, int ``[n_taken]``."""
        sizes = np.full(self.n_taken[parameter], WORD)
        sizes[-1] = (self.counted[parameter] - 1) % WORD + 1
        return sizes

    def copy(self, flats: Sequence[np.ndarray | None], into: np.ndarray) -> None:
        """Copy flattened parameters into a buffer, whole or the values of `numbers` alone; a missing one becomes
        zeros."""
        for flat, runs, place in zip(flats, self._runs, self._places, strict=True):
            if flat is None:
                into[place] = 0
            elif runs is None or flat.size == place.stop - place.start:
                into[place] = flat
            else:
                self._gather(flat, runs, into[place])

    def _gather(self, flat: np.ndarray, runs: np.ndarray, into: np.ndarray) -> None:
        """The drawn words; where the last one is a part of a word, there is no row for it."""
        n_whole = flat.size // WORD
        part = into.size % WORD
        rows, own = flat[: n_whole * WORD].reshape(-1, WORD), into[: into.size - part].reshape(-1, WORD)
        runs = runs[: len(own)]
        if flat.dtype == into.dtype:
            rows.take(runs, 0, own, "clip")  # without a mode, take would go through a buffer of its own
        else:
            own[:] = rows[runs]
        if part:
            into[-part:] = flat[n_whole * WORD :]


def flattened(arrays: Sequence[np.ndarray | None]) -> list[np.ndarray | None]:
    """Each array as a vector, without a copy where that can be."""
    return [None if array is None else array.reshape(-1) for array in arrays]
