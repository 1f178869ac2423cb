"""The eigenvalues of the covariance of a layer's activations, and what they say."""

import numpy as np

from collector.metrics.effective_rank import effective_ranks

FIRST, LEAST = 1, 8
"""The slope is that of the logarithms from the second eigenvalue on; of fewer than so many there is none."""


def covariance_eigenvalues(rows: np.ndarray) -> np.ndarray:
    """Falling, float64 ``[min(R, U)]``, of the covariance of the columns of float32 ``[R, U]`` (÷ R).

    Those that float32 cannot tell from 0 are 0: singular values below the largest by max(R, U) roundings.
    """
    found: np.ndarray = np.maximum(np.linalg.eigvalsh(centred_gram(rows))[::-1], 0.0) / len(rows)
    least = (max(rows.shape) * np.finfo(np.float32).eps) ** 2
    found[found <= least * found[0]] = 0.0
    return found


def centred_gram(rows: np.ndarray) -> np.ndarray:
    """X Xᵀ or Xᵀ X of ``[R, U]`` with the columns' means taken off, whichever is smaller: both have its eigenvalues."""
    centred = rows.astype(np.float64)
    centred -= centred.mean(axis=0)
    gram: np.ndarray = centred @ centred.T if len(rows) <= rows.shape[1] else centred.T @ centred
    return gram


def effective_rank(rows: np.ndarray) -> float:
    """See `collector.metrics.effective_rank`, of ``[R, U]``."""
    return float(effective_ranks(centred_gram(rows)[None])[0])


def decay(eigenvalues: np.ndarray) -> float:
    """The exponent α of λₙ ∝ n^−α: minus the slope of log λₙ over log n, by least squares.

    Stringer et al. 2019, High-dimensional geometry of population responses in visual cortex, Nature 571; Agrawal et al.
    2022, α-ReQ, NeurIPS. The first eigenvalue, and those that are 0, are left out.

    Args:
        eigenvalues: falling.

    Returns:
        NaN where fewer than `LEAST` are left.
    """
    largest = eigenvalues[0] if len(eigenvalues) else 0.0
    n_kept = int(np.count_nonzero(eigenvalues))
    if largest <= 0 or n_kept - FIRST < LEAST:
        return float("nan")
    x, y = np.log(np.arange(FIRST + 1, n_kept + 1)), np.log(eigenvalues[FIRST:n_kept])
    x = x - x.mean()
    return -float(x @ y / (x @ x))
