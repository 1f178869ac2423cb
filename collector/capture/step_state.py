"""A step of a training as metrics are given it, and which parts of it there are to be asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

WEIGHTS, GRADIENTS, UPDATES, ACTIVATIONS, BATCHES, CLIPPING, LOSS = NEEDS = (
    *("weights", "gradients", "updates", "activations", "batches", "clipping", "loss"),
)

TOTAL = "total"
"""Stands for a layer, where a number is that of the whole model."""

Arrays = Mapping[str, Mapping[str, np.ndarray]]
"""Layer → name of its parameter, as ``weight`` → values, float32 or float64, all of them."""

LossAt = Callable[[Arrays], float]
"""The loss of the probe, where the weights are moved by so much; the network is as before afterwards. Of a parameter
that has several names one is enough."""

MOST_VALUES = 2**18
"""Of a layer's output for the probe so many are given at most: of larger ones evenly spread positions and samples."""


class Squares(NamedTuple):
    """Squared lengths of a gradient, made of few samples and of many, both as means over theirs, up to one factor.

    Attributes:
        small: ‖g‖² of ``n_small`` samples, the mean over the parts of a batch.
        big: ‖g‖² of the ``n_big`` samples of all these parts.
    """

    small: float
    big: float
    n_small: float
    n_big: float


class Clipping(NamedTuple):
    """Length of a gradient when the last backward pass of a step ended, and when the optimizer was given it.

    Attributes:
        after: behind the clipping of an optimizer that does it itself.
    """

    before: float
    after: float


@dataclass(frozen=True)
class StepState:
    """A step of the training, as far as the metrics that are due need it. The arrays are copies.

    Kernels and convolutions are as PyTorch has them, units first: ``[U, U_in]``, ``[U, U_in, H, W]``. A parameter
    without a gradient has none here, and complex ones are left out. What the framework, or this training, does not
    let anybody know is not there.

    Attributes:
        step: its number; the first one is 0.
        weights: before the update.
        gradients: those that the update is made of.
        updates: weights after the step minus weights before it.
        activations: layer → its output for the probe before the update, float32 ``[R, U]``: a row for each sample and
            position, at most `MOST_VALUES` values.
        kinds: layer → class of its module, of those that have activations.
        batches: layer → what parts of the step's batch say of its gradient.
        clipping: layer → what was cut of its gradient.
        loss: of the probe, at the weights behind the update and around them; None: it cannot be computed.
    """

    step: int
    weights: Arrays = field(default_factory=dict)
    gradients: Arrays = field(default_factory=dict)
    updates: Arrays = field(default_factory=dict)
    activations: Mapping[str, np.ndarray] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    batches: Mapping[str, Squares] = field(default_factory=dict)
    clipping: Mapping[str, Clipping] = field(default_factory=dict)
    loss: LossAt | None = None
