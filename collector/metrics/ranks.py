"""What the processes ("ranks") of one training make of their own parts of the data. `R` ranks, `K` values."""

from collections.abc import Mapping

import numpy as np


def gradient_disagreement(gradients: np.ndarray) -> float:
    """How far the ranks' own gradients g_r, float ``[R, K]``, are from one another: d = mean ‖g_r‖² ÷ ‖mean g_r‖².

    1: all the same; about `R`: nothing in common but chance; more: they pull against one another. At least 1, infinite
    where they cancel, NaN where all are zero.

    With it the gradient noise scale can be estimated: of batches of b samples a rank, the unbiased estimates of
    McCandlish et al. 2018 (An Empirical Model of Large-Batch Training, appendix A.1, with b and R·b as the two batch
    sizes) are |G|² = (R ‖mean g_r‖² − mean ‖g_r‖²) ÷ (R − 1) and S = b R (mean ‖g_r‖² − ‖mean g_r‖²) ÷ (R − 1), so
    S ÷ |G|² = b R (d − 1) ÷ (R − d). One step tells little: average S and |G|² over many before dividing.
    """
    gradients = gradients.astype(np.float64, copy=False)
    of_ranks = np.square(gradients).sum(axis=1).mean()
    of_mean = np.square(gradients.mean(axis=0)).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(of_ranks / of_mean)


def rank_columns(name: str, values: Mapping[int, float]) -> dict[str, float]:
    """The columns of a scalar that ranks have logged, rank → value.

    Under ``name`` the plain mean over them; where they are several also ``rank_name/0`` and so on, and
    ``rank_name/spread``, the largest minus the smallest.
    """
    numbers = np.array(list(values.values()), np.float64)
    columns = {name: float(numbers.mean())}
    if len(values) > 1:
        columns |= {f"rank_{name}/{rank}": value for rank, value in values.items()}
        columns[f"rank_{name}/spread"] = float(np.ptp(numbers))
    return columns
