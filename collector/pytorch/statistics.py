"""What the optimizers of ``torch.optim`` keep for each layer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from collector.metrics.norms import layer_norms
from collector.pytorch.tensors import sums_of_squares

Held = Mapping[Tensor, Mapping[str, Any]]

FIRST_MOMENTS = ("exp_avg", "momentum_buffer")
SECOND_MOMENTS = ("exp_avg_sq", "square_avg", "sum")
"""The names that the optimizers give their running averages: Adam's, RMSprop's, Adagrad's."""


def moments(held: Held, layers: Mapping[str, Sequence[Tensor]]) -> dict[str, float]:
    """``first_moment_norm/layer`` = ‖m‖₂ and ``second_moment_mean/layer`` = mean(v), where the optimizer has them.

    m is Adam's first moment or the momentum buffer, v Adam's second moment, RMSprop's mean square or Adagrad's sum,
    as the optimizer holds them: without bias correction. ``total`` counts each parameter once.

    Args:
        held: what the optimizers hold: parameter → their state of it.
        layers: layer → its parameters.
    """
    parameters = {parameter for own in layers.values() for parameter in own}
    first = states(held, parameters, FIRST_MOMENTS)
    second = states(held, parameters, SECOND_MOMENTS)
    by_tensor = sums_of_squares(first.values())
    squares = {parameter: by_tensor[tensor] for parameter, tensor in first.items()}
    sums = {parameter: float(tensor.sum(dtype=torch.float32)) for parameter, tensor in second.items()}
    means = {}
    for layer, own in (*layers.items(), ("total", parameters)):
        present = [parameter for parameter in own if parameter in sums]
        if present:
            n_values = sum(second[parameter].numel() for parameter in present)
            means[f"second_moment_mean/{layer}"] = sum(sums[parameter] for parameter in present) / n_values
    return means | layer_norms("first_moment_norm", squares, layers)


def states(held: Held, parameters: Iterable[Tensor], keys: Sequence[str]) -> dict[Tensor, Tensor]:
    """Parameter → the first of the states ``keys`` that the optimizers hold for it."""
    found = {}
    for parameter in parameters:
        if parameter in held:  # reading what is not there would make it
            state = held[parameter]
            value = next((state[key] for key in keys if isinstance(state.get(key), Tensor)), None)
            if value is not None:
                found[parameter] = value
    return found
