"""How alike the representations of two networks are, for the same samples: CKA and orthogonal Procrustes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.metrics.cka import debiased_cka, null_band, u_centred

SHUFFLES = 50

_SEED = 0


@dataclass(frozen=True)
class Likeness:
    """Layers of A against layers of B.

    Attributes:
        values: float64 ``[L, M]``.
        null: ``[L, M, 2]``: between these lie 95 of 100 values by chance.
    """

    values: np.ndarray
    null: np.ndarray


def cka_across(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> Likeness:
    """Debiased linear CKA of each layer of A with each of B, and what it is by chance; see `collector.metrics.cka`.

    Args:
        a, b: of each layer its features ``[N, D]`` for the same N samples.

    Raises:
        ValueError: the layers have not as many samples.
    """
    _check(a, b)
    centred = u_centred(np.stack([_gram(each) for each in (*a, *b)]))
    n = len(a)
    return Likeness(debiased_cka(centred)[:n, n:], null_band(centred)[:n, n:])


def procrustes_across(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> Likeness:
    """How well features turn into one another by a rotation: 1 − d²/2 with d the orthogonal Procrustes distance.

    Of features centred and scaled to length 1 that is the sum of the singular values of XᵀY, in 0…1 (Ding, Denain &
    Steinhardt 2021, eq. 3; Schönemann 1966). It grows with the number of features even by chance, so that it says
    little without its null: 50 random orders of B's samples.

    Args:
        a, b: of each layer its features ``[N, D]`` for the same N samples.

    Raises:
        ValueError: the layers have not as many samples.
    """
    _check(a, b)
    numbers = np.random.default_rng(_SEED)
    orders = [numbers.permutation(len(a[0])) for _ in range(SHUFFLES)]
    values, null = np.full((len(a), len(b)), np.nan), np.full((len(a), len(b), 2), np.nan)
    of_a, of_b = [_scaled(each) for each in a], [_scaled(each) for each in b]
    for row, one in enumerate(of_a):
        for column, other in enumerate(of_b):
            values[row, column] = _turned(one, other)
            chance = [_turned(one, other[order]) for order in orders]
            null[row, column] = np.quantile(chance, (0.025, 0.975))
    return Likeness(values, null)


def _check(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> None:
    counts = {len(each) for each in (*a, *b)}
    if len(counts) > 1:
        raise ValueError(f"features of {' and '.join(map(str, sorted(counts)))} samples are not of the same ones")


def _gram(features: np.ndarray) -> np.ndarray:
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    gram: np.ndarray = centred @ centred.T
    return gram


def _scaled(features: np.ndarray) -> np.ndarray:
    """Centred, of length 1, in as few columns as there are samples: a rotation changes nothing of what is asked."""
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred)
    if length == 0 or not np.isfinite(length):
        return np.full((len(features), 1), np.nan)
    if centred.shape[1] > len(centred):
        left, singular, _ = np.linalg.svd(centred, full_matrices=False)
        centred = left * singular
    scaled: np.ndarray = centred / length
    return scaled


def _turned(a: np.ndarray, b: np.ndarray) -> float:
    product = a.T @ b
    if not np.isfinite(product).all():
        return np.nan
    return float(np.linalg.svd(product, compute_uv=False).sum())
