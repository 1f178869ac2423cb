"""What activations for the probe are like."""

from collections.abc import Mapping

import numpy as np

from collector.capture.metric import Metric
from collector.capture.step_state import ACTIVATIONS, StepState
from collector.metrics.activation_spectra import covariance_eigenvalues, decay, effective_rank
from collector.metrics.dormant_units import dormant_fraction
from collector.metrics.kurtosis import kurtosis
from collector.storage import schema

ACTIVATION_KINDS = frozenset(
    {
        *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Softplus"),
        *("Sigmoid", "Hardsigmoid", "Tanh", "Hardtanh", "Hardswish", "Softsign", "Threshold", "GLU", "LogSigmoid"),
        *(
            "Activation",
            "NewGELUActivation",
            "GELUActivation",
            "FastGELUActivation",
            "PytorchGELUTanh",
            "SiLUActivation",
        ),
    }
)
"""Classes of modules whose outputs are those of neurons."""


class ActivationSpectra(Metric):
    """How many directions the activations of each layer use, for the probe.

    - ``activation_effective_rank``: exp of the entropy of the singular values' shares (Roy & Vetterli 2007, The
      Effective Rank, definition 1), of all rows with their mean taken off. At most one less than there are rows.
    - ``activation_decay``: α of λₙ ∝ n^−α over the eigenvalues of their covariance (Stringer et al. 2019, Nature 571;
      Agrawal et al. 2022, α-ReQ).

    Rows are the probe's samples, and positions where a layer has some; of large outputs evenly spread ones.

    Args:
        interval: steps between two numbers.
        most: units, or rows, whichever are fewer; a layer with more has no numbers.
    """

    name = "activation_spectra"
    needs = (ACTIVATIONS,)
    numbers = (
        schema.Metric(
            "activation_effective_rank",
            "effective rank of the activations",
            "How many directions the layer's outputs for the probe use: 1 where all lie on a line. At most one less "
            "than samples and positions.",
        ),
        schema.Metric(
            "activation_decay",
            "decay of activation spectrum",
            "α of λₙ ∝ n^−α over the eigenvalues of the activations' covariance: near 1 many directions matter, far "
            "above only a few.",
            is_linear=True,
        ),
    )

    def __init__(self, interval: int = 200, most: int = 1024) -> None:
        self.interval, self._most = interval, most

    def compute(self, state: StepState) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for layer, rows in state.activations.items():
            if 1 < min(rows.shape) <= self._most and np.isfinite(rows).all():
                found[f"activation_effective_rank/{layer}"] = effective_rank(rows)
                found[f"activation_decay/{layer}"] = decay(covariance_eigenvalues(rows))
        return found


class DormantUnits(Metric):
    """Share of the τ-dormant units behind each activation, for the probe.

    Sokar, Agarwal, Castro & Evci 2023, The Dormant Neuron Phenomenon in Deep Reinforcement Learning, arXiv:2302.12902,
    definition 3.1: a unit is τ-dormant if its mean absolute output is at most τ times that of its layer's units.

    Args:
        tau: 0 … 1; the paper measures with 0.025, and at 0 counts those that are 0 for every row.
        interval: steps between two numbers.
    """

    name = "dormant_fraction"
    unit = "fraction"
    needs = (ACTIVATIONS,)

    def __init__(self, tau: float = 0.025, interval: int = 100) -> None:
        if not 0 <= tau <= 1:
            raise ValueError(f"tau is {tau!r}; it must be a number from 0 to 1, as 0.025")
        self.interval, self._tau = interval, tau
        self.title = f"dormant units (τ = {tau:g})"
        self.description = (
            f"Share of the units whose mean absolute output for the probe is at most {tau:g} of their layer's mean: "
            "they hardly speak, though a gradient may pass."
        )

    def compute(self, state: StepState) -> Mapping[str, float]:
        own = {layer: rows for layer, rows in state.activations.items() if state.kinds.get(layer) in ACTIVATION_KINDS}
        return {layer: dormant_fraction(rows, self._tau) for layer, rows in own.items()}


class ActivationKurtosis(Metric):
    """Kurtosis of all values of each layer's output for the probe: how much a few very large ones stand out.

    Bondarenko, Nagel & Blankevoort 2023, Quantizable Transformers: Removing Outliers by Helping Attention Heads Do
    Nothing, arXiv:2306.12929.

    Args:
        interval: steps between two numbers.
    """

    name = "activation_kurtosis"
    title = "kurtosis of the activations"
    description = (
        "E(x − μ)⁴ ÷ σ⁴ of the layer's outputs for the probe: 3 of a normal distribution, hundreds where a few values "
        "stand far out, which are hard to quantize."
    )
    needs = (ACTIVATIONS,)

    def __init__(self, interval: int = 100) -> None:
        self.interval = interval

    def compute(self, state: StepState) -> Mapping[str, float]:
        return {layer: kurtosis(rows) for layer, rows in state.activations.items()}
