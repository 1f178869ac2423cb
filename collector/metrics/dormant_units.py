"""Units that hardly speak beside the others of their layer."""

import numpy as np


def dormant_fraction(rows: np.ndarray, tau: float) -> float:
    """Share of the τ-dormant units: E|hᵢ| ÷ mean over the layer's units of E|h| ≤ τ, 0 … 1.

    Sokar, Agarwal, Castro & Evci 2023, The Dormant Neuron Phenomenon in Deep Reinforcement Learning, arXiv:2302.12902,
    definition 3.1.

    Args:
        rows: ``[R, U]``, outputs of an activation.
        tau: 0 … 1; at 0 those that are 0 for every row.

    Returns:
        1 where all units are 0; NaN where a value is not finite.
    """
    sizes = np.abs(rows).mean(axis=0, dtype=np.float64)
    whole = sizes.mean()
    if not np.isfinite(whole) or not sizes.size:
        return float("nan")
    return float(np.mean(sizes <= tau * whole))
