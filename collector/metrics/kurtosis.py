"""How much of a layer's activations lies in a few very large values."""

import numpy as np


def kurtosis(values: np.ndarray) -> float:
    """E(x − μ)⁴ ÷ σ⁴ of all values, ≥ 1; 3 of a normal distribution. NaN where they do not vary or are not finite.

    As a measure of outliers in activations: Bondarenko, Nagel & Blankevoort 2023, Quantizable Transformers,
    arXiv:2306.12929, section 5.
    """
    if not values.size or not np.isfinite(values).all():
        return float("nan")
    centred = values.astype(np.float64).ravel()
    centred -= centred.mean()
    squares = centred * centred
    variance = float(squares.mean())
    return float((squares * squares).mean() / variance**2) if variance > 0 else float("nan")
