"""What the optimizers of ``torch.optim`` keep for each layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from collector.metrics.norms import layer_norms, sum_of_squares

FIRST_MOMENTS = ("exp_avg", "momentum_buffer")
SECOND_MOMENTS = ("exp_avg_sq", "square_avg", "sum")
"""The names that the optimizers give their running averages: Adam's, RMSprop's, Adagrad's."""


def moments(optimizer: torch.optim.Optimizer, layers: Mapping[str, Sequence[Tensor]]) -> dict[str, float]:
    """``first_moment_norm/layer`` = ‖m‖₂ and ``second_moment_mean/layer`` = mean(v), where the optimizer has them.

    m is Adam's first moment or the momentum buffer, v Adam's second moment, RMSprop's mean square or Adagrad's sum,
    as the optimizer holds them: without bias correction.

    Args:
        layers: layer → its parameters.
    """
    states: Mapping[Tensor, dict[str, Any]] = optimizer.state
    found: dict[str, float] = {}
    squares: dict[Tensor, float] = {}
    for layer, parameters in layers.items():
        own = {each: states[each] for each in parameters if each in states}
        for parameter, state in own.items():
            for key in FIRST_MOMENTS:
                if isinstance(state.get(key), Tensor):
                    squares[parameter] = sum_of_squares(state[key])
        second = [state[key] for state in own.values() for key in SECOND_MOMENTS if isinstance(state.get(key), Tensor)]
        if second:
            n_values = sum(each.numel() for each in second)
            found[f"second_moment_mean/{layer}"] = sum(float(each.sum()) for each in second) / n_values
    return found | layer_norms("first_moment_norm", squares, layers)
