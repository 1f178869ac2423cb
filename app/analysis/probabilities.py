"""Logits to probabilities."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray | None:
    """exp(x) / Σ exp(x) of ``[K]`` logits, float64 ``[K]``; None where one of them is not finite.

    Shifted by the largest, so that nothing overflows.
    """
    if not np.isfinite(logits).all():
        return None
    powers = np.exp(logits.astype(np.float64) - logits.max())
    return powers / powers.sum()
