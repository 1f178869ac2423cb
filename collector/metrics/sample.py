"""Which values of a large model are counted: a stratified sample of clusters, and the spread of what it estimates.

Each parameter is a stratum, its runs of 64 neighbours (the last one may be shorter) are the clusters, of which some are
drawn without replacement. A cluster is taken whole, or not at all, so that each one stands for N ÷ n of its stratum:
sums of the drawn ones times that are unbiased for the whole (Horvitz & Thompson 1952).
"""

from collections.abc import Sequence

import numpy as np

_LEAST_WORDS, _FEWEST_WORDS = 16, 2
"""Of a small parameter in a large model no fewer are taken than the first: so that its layer can be told something of,
and because small parameters can have most of a gradient's length, whose spread fewer words do not tell. Where there are
so many parameters that all would be more than `_MOST_WORDS`, fewer, down to the second."""
_MOST_WORDS = 1280
"""So that three rows of them, a gradient and the weights around an update, come from an accelerator in a megabyte."""


def sampled_shares(sizes: np.ndarray, is_trained: np.ndarray, sample: int) -> np.ndarray:
    """The share of each parameter that is taken, float ``[P]``: of those that are trained first, in proportion."""
    trained = int(sizes[is_trained].sum())
    others = int(sizes.sum()) - trained
    of_trained = min(1.0, sample / trained) if trained else 1.0
    of_others = min(1.0, max(0, sample - trained) / others) if others else 1.0
    return np.where(is_trained, of_trained, of_others)


def drawn_words(n_words: np.ndarray, shares: np.ndarray, chance: np.random.Generator) -> list[np.ndarray | None]:
    """Numbers ``[n]`` of the words that are taken of each parameter, rising; None: all of them are."""
    drawn: list[np.ndarray | None] = []
    wanted = np.rint(n_words * shares).astype(np.int64)
    most = max(_MOST_WORDS, int(wanted.sum()))
    floors = range(_LEAST_WORDS, _FEWEST_WORDS, -1)
    least = next(
        (each for each in floors if np.minimum(np.maximum(wanted, each), n_words).sum() <= most), _FEWEST_WORDS
    )
    for n, own in zip(n_words.tolist(), wanted.tolist(), strict=True):
        n_taken = max(least, own)
        drawn.append(None if n_taken >= n else np.sort(chance.choice(n, n_taken, replace=False, shuffle=False)))
    return drawn


def covariances(
    values: Sequence[np.ndarray],
    pairs: Sequence[tuple[int, int]],
    starts: np.ndarray,
    n_words: np.ndarray,
    n_taken: np.ndarray,
) -> np.ndarray:
    """Of the estimated totals of each parameter, from the totals of its drawn words.

    N² (1 − n/N) s ÷ n, with s the sample covariance of the words' totals (Cochran 1977, Sampling Techniques, 3rd ed.,
    eq. 2.20 and 9.6). They are 0 where all words are taken, and add up over parameters, as those are drawn apart.

    Args:
        values: of each variable the words' totals, float ``[…, W]``.
        pairs: the numbers of the two variables.
        starts: int ``[P]``, the first word of each parameter.
        n_words, n_taken: int ``[P]``, `N` and `n`.

    Returns:
        float64 ``[pairs, …, P]``.
    """
    sums = [np.add.reduceat(each, starts, axis=-1, dtype=np.float64) for each in values]
    factors = n_words * (n_words - n_taken) / (n_taken * np.maximum(n_taken - 1, 1))
    found = np.empty((len(pairs), *sums[0].shape))
    for row, (one, other) in zip(found, pairs, strict=True):
        products = np.add.reduceat(np.multiply(values[one], values[other]), starts, axis=-1, dtype=np.float64)
        np.multiply(products - sums[one] * sums[other] / n_taken, factors, out=row)
    return found
