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


def percent(probability: float) -> str:
    """A probability as ``97.6 %``; one that is small but not nothing as ``<0.1 %``."""
    if not np.isfinite(probability):
        return "NaN"
    if 0 < probability < 0.001:
        return "<0.1 %"
    return f"{probability * 100:.1f} %" if probability < 0.9995 else "100 %"
