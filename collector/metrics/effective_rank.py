"""How many directions the outputs of a layer really use."""

import numpy as np


def effective_ranks(grams: np.ndarray) -> np.ndarray:
    """Effective rank of each layer: exp of the entropy of its singular values' shares (Roy & Vetterli 2007, def. 1).

    Args:
        grams: float64 ``[L, N, N]``, of centred features; their eigenvalues are the squared singular values.

    Returns:
        float64 ``[L]``, 1 … min(N − 1, D); NaN where no feature varies, or where some are not finite.
    """
    ranks = np.full(len(grams), np.nan)
    for number, gram in enumerate(grams):
        if np.isfinite(gram).all():
            ranks[number] = _effective_rank(gram)
    return ranks


def _effective_rank(gram: np.ndarray) -> float:
    squares = np.linalg.eigvalsh(gram)
    largest = squares[-1] if squares.size else 0
    squares = squares[squares > len(gram) * np.finfo(np.float64).eps * largest]
    if largest <= 0:
        return float("nan")
    shares = np.sqrt(squares)
    shares /= shares.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
