"""What the optimizers of ``torch.optim`` keep for each layer."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor

from collector.metrics.moments import layer_moments
from collector.pytorch.host_copy import HostCopy

Held = Mapping[Tensor, Mapping[str, Any]]

FIRST_MOMENTS = ("exp_avg", "momentum_buffer")
SECOND_MOMENTS = ("exp_avg_sq", "square_avg", "sum")
"""The names that the optimizers give their running averages: Adam's, RMSprop's, Adagrad's."""


class Moments:
    """Their sizes by layer, see `collector.metrics.moments.layer_moments`.

    Args:
        held: what the optimizers hold: parameter → their state of it.
        layers: layer → its parameters.
        host_copy: brings the numbers; they are there when it has fetched them.
    """

    def __init__(self, held: Held, layers: Mapping[str, Sequence[Tensor]], host_copy: HostCopy) -> None:
        self._layers = layers
        # in an order that is the same on all ranks
        self._parameters = dict.fromkeys(parameter for own in layers.values() for parameter in own)
        self._norms: dict[Tensor, float] = {}
        self._sums: dict[Tensor, float] = {}
        self._sizes: dict[Tensor, int] = {}
        firsts = states(held, self._parameters, FIRST_MOMENTS)
        host_copy.take_sizes(list(firsts.values()), [partial(self._put_norm, each) for each in firsts])
        seconds = states(held, self._parameters, SECOND_MOMENTS)
        self._sizes = {parameter: second.numel() for parameter, second in seconds.items()}
        host_copy.take_sums(list(seconds.values()), [partial(self._put_sum, each) for each in seconds])

    def _put_norm(self, parameter: Tensor, norm: float, _: np.ndarray) -> None:
        self._norms[parameter] = norm

    def _put_sum(self, parameter: Tensor, total: np.ndarray) -> None:
        self._sums[parameter] = float(total)

    def scalars(self) -> dict[str, float]:
        """Name → number."""
        return layer_moments(self._norms, self._sums, self._sizes, self._layers)


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
