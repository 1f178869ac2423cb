"""Debiased linear CKA of layers, from their Gram matrices.

With K̃ the U-centred Gram matrix of a layer (Székely & Rizzo 2014, eq. 2.3), the unbiased estimator of HSIC of Song et
al. 2012 (eq. 5) is ⟨K̃, L̃⟩ / (n (n − 3)), and CKA is HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)) (Nguyen, Raghu & Kornblith
2021, eq. 3). So all pairs of layers take one product. Of unrelated layers it is 0 on average, whatever the number of
samples, while the biased form reads 0.9 at 64 samples; it can be slightly below 0.
"""

import numpy as np

FEWEST_SAMPLES = 4
"""With fewer, the estimator does not exist."""

_BAND = (2.5, 97.5)


def u_centred(grams: np.ndarray) -> np.ndarray:
    """U-centred Gram matrices, scaled to length 1.

    Args:
        grams: ``[L, N, N]``, of features that need not be centred.

    Returns:
        float64 ``[L, N, N]`` with zero diagonals and zero row sums, Σ of squares 1; NaN for a layer whose samples are
        all alike, and for all layers where N < 4.
    """
    n_layers, n, _ = grams.shape
    if n < FEWEST_SAMPLES:
        return np.full(grams.shape, np.nan)
    centred = np.array(grams, np.float64)
    diagonal = np.arange(n)
    before = np.abs(centred).max(axis=(1, 2), initial=0)
    centred[:, diagonal, diagonal] = 0
    rows = centred.sum(axis=2)
    total = rows.sum(axis=1)
    rows /= n - 2
    centred -= rows[:, :, None]
    centred -= rows[:, None, :]
    centred += (total / ((n - 1) * (n - 2)))[:, None, None]
    centred[:, diagonal, diagonal] = 0
    flat = centred.reshape(n_layers, -1)
    length = np.sqrt(np.einsum("ls,ls->l", flat, flat))
    # what is left of equal samples is rounding
    length[length <= n * np.finfo(np.float64).eps * before] = np.nan
    flat /= length[:, None]
    return centred


def debiased_cka(centred: np.ndarray) -> np.ndarray:
    """CKA of all pairs of layers, float64 ``[L, L]``, from what `u_centred` gives, ``[L, N, N]``."""
    flat = centred.reshape(len(centred), -1)
    similarity: np.ndarray = flat @ flat.T
    return similarity


def null_band(centred: np.ndarray, shuffles: int, seed: int = 0) -> np.ndarray:
    """What CKA is by chance: its 2.5th and 97.5th percentile over random orders of one layer's samples.

    Args:
        centred: what `u_centred` gives, ``[L, N, N]``.
        shuffles: number of orders, ≥ 1; the same for all pairs.
        seed: draws them, from a generator of its own.

    Returns:
        float64 ``[L, L, 2]``, symmetric.
    """
    n_layers, n, _ = centred.shape
    if n < FEWEST_SAMPLES:
        return np.full((n_layers, n_layers, 2), np.nan)
    chance = np.random.default_rng(seed)
    above, right = np.triu_indices(n, 1)
    # samples first, so that a shuffled entry is one stretch of memory for all layers
    by_entry = np.ascontiguousarray(centred.reshape(n_layers, -1).T, np.float32)
    fixed = np.ascontiguousarray(by_entry[above * n + right].T)
    by_chance = np.empty((shuffles, n_layers, n_layers))
    for shuffle in by_chance:
        order = chance.permutation(n)
        shuffle[:] = 2 * (fixed @ by_entry.take(order[above] * n + order[right], axis=0))
    band: np.ndarray = np.moveaxis(np.percentile(by_chance, _BAND, axis=0), 0, -1)
    lower = np.tril_indices(n_layers, -1)
    band[lower] = band.swapaxes(0, 1)[lower]
    return band
