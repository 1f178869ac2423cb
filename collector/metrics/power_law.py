"""How heavy the tail of a distribution is: a power law p(x) ∝ x^−α above some x_min, fitted by maximum likelihood."""

from typing import NamedTuple

import numpy as np


class PowerLaw(NamedTuple):
    """A fitted tail.

    Attributes:
        alpha: its exponent, > 1.
        x_min: where the tail begins.
        distance: Kolmogorov-Smirnov distance of the tail from the fit, 0 … 1.
        n_tail: values in the tail.
    """

    alpha: float
    x_min: float
    distance: float
    n_tail: int


FEWEST = 50
"""Of fewer values nothing can be said: the estimate is biased below that (Clauset et al., section 3.1)."""

LEAST_TAIL = 10
"""Values that a tail has at least."""


def fit_power_law(values: np.ndarray) -> PowerLaw | None:
    """The fit of Clauset, Shalizi & Newman 2009, Power-Law Distributions in Empirical Data, arXiv:0706.1062.

    For each value as x_min, α = 1 + n ÷ Σ ln(xᵢ/x_min) (equation 3.1) over the n values from there on; of all these the
    one whose tail is nearest to its fit by the Kolmogorov-Smirnov distance is taken (section 3.3).

    Args:
        values: ``[n]``; of these the positive, finite ones count.

    Returns:
        None where fewer than `FEWEST` count, or all are alike.
    """
    x = np.sort(values[np.isfinite(values) & (values > 0)].astype(np.float64))
    if len(x) < FEWEST:
        return None
    logs = np.log(x)
    starts = np.arange(len(x) - LEAST_TAIL + 1)
    starts = starts[np.r_[True, x[starts[1:]] > x[starts[:-1]]]]  # of values that are alike the first
    n = len(x) - starts
    sums = np.cumsum(logs[::-1])[::-1][starts] - n * logs[starts]
    is_spread = sums > 1e-12 * n
    best: PowerLaw | None = None
    for start, n_tail, total in zip(starts[is_spread], n[is_spread], sums[is_spread], strict=True):
        alpha = 1 + n_tail / total
        fitted = 1 - np.exp((1 - alpha) * (logs[start:] - logs[start]))
        ranks = np.arange(n_tail + 1) / n_tail
        distance = float(max(np.max(ranks[1:] - fitted), np.max(fitted - ranks[:-1])))
        if best is None or distance < best.distance:
            best = PowerLaw(float(alpha), float(x[start]), distance, int(n_tail))
    return best
