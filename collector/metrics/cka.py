"""Debiased linear CKA of layers, from their Gram matrices.

With K̃ the U-centred Gram matrix of a layer (Székely & Rizzo 2014, eq. 2.3), the unbiased estimator of HSIC of Song et
al. 2012 (eq. 5) is ⟨K̃, L̃⟩ / (n (n − 3)), and CKA is HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)) (Nguyen, Raghu & Kornblith
2021, eq. 3). So all pairs of layers take one product. Of unrelated layers it is 0 on average, whatever the number of
samples, while the biased form reads 0.9 at 64 samples; it can be slightly below 0.
"""

import numpy as np

FEWEST_SAMPLES = 4
"""With fewer, the estimator does not exist."""

_SKEWS = np.linspace(0, 4, 17)
_LOWER = (
    *(-1.95996, -1.83903, -1.71365, -1.58510, -1.45507, -1.32590, -1.20059, -1.08248, -0.97468),
    *(-0.87923, -0.79667, -0.72625, -0.66638, -0.61531, -0.57141, -0.53333, -0.50000),
)
_UPPER = (
    *(1.95996, 2.07555, 2.18505, 2.28791, 2.38364, 2.47184, 2.55222, 2.62459, 2.68888),
    *(2.74512, 2.79345, 2.83410, 2.86735, 2.89353, 2.91299, 2.92610, 2.93324),
)
"""See `percentiles`, by skewness."""


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


def null_band(centred: np.ndarray) -> np.ndarray:
    """What CKA is by chance: between these lie 95 of 100 values for one layer's samples in random order.

    The first three moments over all n! orders are exact (see `_moments`); the percentiles are those of the Pearson
    type III distribution that has them, as Kazi-Aoual et al. 1995 (Computational Statistics & Data Analysis 20) do
    for the RV coefficient. So the band is no estimate from a few random orders. Of two layers of one feature each it
    holds about 90 of 100: their CKA by chance is near a squared normal number, whose lower end is blurred.

    Args:
        centred: what `u_centred` gives, ``[L, N, N]``.

    Returns:
        float64 ``[L, L, 2]``, symmetric; NaN where there are fewer than 4 samples.
    """
    n_layers, n, _ = centred.shape
    if n < FEWEST_SAMPLES:
        return np.full((n_layers, n_layers, 2), np.nan)
    variance, third = _moments(centred)
    skew = third / variance**1.5
    band: np.ndarray = np.stack(percentiles(skew), axis=-1) * np.sqrt(variance)
    return np.clip(band, -1, 1)


def percentiles(skew: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 2.5th and 97.5th percentile of the Pearson type III distribution of mean 0 and variance 1.

    Args:
        skew: its skewness, of any shape; beyond ±4 it is taken for ±4.
    """
    size, up = np.abs(skew), skew > 0
    low, high = np.interp(size, _SKEWS, _LOWER), np.interp(size, _SKEWS, _UPPER)
    return np.where(up, low, -high), np.where(up, high, -low)


def _moments(centred: np.ndarray) -> tuple[float, np.ndarray]:
    """Variance, and third moment ``[L, L]``, of Σ AᵢⱼBₚ₍ᵢ₎ₚ₍ⱼ₎ over all orders p; the mean is 0.

    A product of two or three entries is a graph of as many edges on v samples, and its mean over all orders is
    S(A) S(B) ÷ (n)ᵥ, with S the sum over different samples and (n)ᵥ = n (n − 1) … (n − v + 1). As rows and diagonals
    of A and B are 0 in sum and in each entry, all S come down to ΣA² = 1, s = ΣAᵢⱼ³ and t = tr A³.
    """
    n = centred.shape[1]
    falling = np.cumprod([1.0, *range(n, n - 6, -1)])  # (n)₀ … (n)₆
    variance = 2 / falling[2] + 4 / falling[3] + 4 / falling[4]
    narrow = centred.astype(np.float32)
    squares = narrow @ narrow
    t = np.einsum("lij,lij->l", squares, narrow, dtype=np.float64)
    s = np.einsum("lij,lij->l", np.square(narrow), narrow, dtype=np.float64)
    graphs = (  # times, edges' sum S, samples v
        (4, s, 2),  # one edge three times
        (24, -s, 3),  # one twice, and one beside it
        (6, 2 * s, 4),  # one twice, and one apart
        (8, t, 3),  # a triangle
        (24, s - t, 4),  # a path
        (8, 2 * s, 4),  # a star
        (12, 2 * t - 4 * s, 5),  # two that meet, and one apart
        (1, 16 * s - 8 * t, 6),  # three apart
    )
    third = np.zeros((len(s), len(s)))
    for times, sums, samples in graphs:
        if falling[samples]:
            third += times / falling[samples] * np.outer(sums, sums)
    return variance, third
