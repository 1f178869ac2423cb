"""Spectra of weights."""

from collections.abc import Mapping

import numpy as np

from collector.capture.metric import Metric
from collector.capture.step_state import WEIGHTS, StepState
from collector.metrics.power_law import fit_power_law
from collector.metrics.weight_spectra import as_matrix, largest_singular_value, squared_singular_values, stable_rank
from collector.storage import schema


class Spectra(Metric):
    """Stable rank, largest singular value and power-law exponent of each layer's weights.

    - ``stable_rank``: ‖W‖_F² ÷ σ₁² (Rudelson & Vershynin 2007, arXiv:math/0503442).
    - ``largest_singular_value``: σ₁ (as in Yoshida & Miyato 2017, Spectral Norm Regularization, arXiv:1705.10941).
    - ``power_law_exponent``: α of the eigenvalues of WᵀW (Martin & Mahoney 2021, Implicit Self-Regularization in Deep
      Neural Networks, arXiv:1810.01075), fitted as Clauset, Shalizi & Newman 2009 do; of layers with 50 and more.

    Of each layer the parameter ``weight`` counts, as a matrix ``[U, D]``: of a convolution each kernel is a row.

    Args:
        interval: steps between two numbers. A layer of 1,024 × 1,024 takes a quarter of a second.
        most: of weights whose smaller side is longer, σ₁ comes from power iteration, and there is no exponent.
    """

    name = "spectra"
    needs = (WEIGHTS,)
    numbers = (
        schema.Metric(
            "stable_rank",
            "stable rank",
            "‖W‖² ÷ σ₁²: how many directions the layer's weights really have. Low is a layer that does one thing.",
        ),
        schema.Metric(
            "largest_singular_value",
            "largest singular value",
            "σ₁ of the layer's weights: how much longer they can make what they are given.",
        ),
        schema.Metric(
            "power_law_exponent",
            "power-law exponent",
            "α of the tail of the eigenvalues of WᵀW (Martin & Mahoney): well trained layers lie between 2 and 6, "
            "random ones above. Of layers with 50 eigenvalues and more.",
            is_linear=True,
        ),
    )

    def __init__(self, interval: int = 500, most: int = 1024) -> None:
        self.interval, self._most = interval, most

    def compute(self, state: StepState) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for layer, own in state.weights.items():
            weight = own.get("weight")
            if weight is None or weight.ndim < 2 or not np.isfinite(weight).all():
                continue
            matrix = as_matrix(weight)
            if min(matrix.shape) <= self._most:
                squares = squared_singular_values(matrix)
                largest, fit = float(np.sqrt(squares[-1])), fit_power_law(squares)
            else:
                largest, fit = largest_singular_value(matrix), None
            found[f"largest_singular_value/{layer}"] = largest
            found[f"stable_rank/{layer}"] = stable_rank(float(np.square(matrix).sum()), largest)
            if fit is not None:
                found[f"power_law_exponent/{layer}"] = fit.alpha
        return found
