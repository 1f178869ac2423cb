"""The sizes of all gradients, weights and updates of a step, however few values are counted of it."""

from collections.abc import Callable, Mapping, Sequence
from math import nan

import numpy as np
from torch import Tensor

from collector.metrics.norms import Sizes
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.shards import Shards
from collector.pytorch.weight_copies import WeightCopies

UNKNOWN = np.full(3, -1)
"""In the place of how many values are not finite: that was not looked at, and the norm is told by the optimizer."""

Told = Callable[[Sequence[Tensor]], Mapping[Tensor, float | Tensor]]
"""Gives ‖Δw‖₂ of the latest update of those parameters of which the optimizer tells it."""


class StepSizes:
    """Measures one step after the other.

    A weight that is not trained, and was not written to since it was measured last, is not measured again.

    Args:
        parameters: in the order of the sizes.
        copies: of the weights before an update.
        told: of updates, where there are no copies.
        shards: the ranks, where the parameters are shared out to them.
    """

    def __init__(
        self, parameters: Sequence[Tensor], copies: WeightCopies, told: Told, shards: Shards | None = None
    ) -> None:
        self._shards, self._told = shards, told
        self._parameters = parameters
        self._copies = copies
        self._before: dict[Tensor, Tensor] = {}
        self._versions: dict[Tensor, int] = {}
        self._at_rest: dict[Tensor, tuple[int, float, np.ndarray]] = {}
        """Parameter → its version when it was measured last, norm, and what is not finite in it."""

    def before(self, gradients: Sequence[Tensor | None], weights: Sequence[Tensor]) -> tuple[Sizes, Sizes]:
        """Of gradients, and of weights before an update, which are kept until `of_changes`."""
        found = self._nothing(), self._nothing()
        moving, values = [], []
        for number, (parameter, weight, gradient) in enumerate(zip(self._parameters, weights, gradients, strict=True)):
            if gradient is not None:
                found[0].take(number, gradient)
            rests = gradient is None and not parameter.requires_grad
            known = self._at_rest.get(parameter)
            if rests and known is not None and known[0] == parameter._version:
                found[1].put(number, *known[1:])
                continue
            found[1].take(number, weight)
            moving.append(parameter)
            values.append(weight)
        if self._copies.are_made:
            self._before = self._copies.hold(moving, values)
        else:
            self._versions = {each: each._version for each in moving}
        gradient_sizes, weight_sizes = (each.sizes() for each in found)
        for number, parameter in enumerate(self._parameters):
            if not parameter.requires_grad:
                version = parameter._version
                self._at_rest[parameter] = version, *found[1].of(number)
        return gradient_sizes, weight_sizes

    def of_changes(self, after: Sequence[Tensor]) -> Sizes:
        """Of what was changed since `before`, to the weights ``after`` the update.

        Where there are no copies, and the parameter was written to, it is what the optimizer tells, or NaN; `UNKNOWN`.
        """
        found = self._nothing()
        written = [each for each, version in self._versions.items() if version != each._version]
        told = self._told(written) if written else {}
        for number, (parameter, now) in enumerate(zip(self._parameters, after, strict=True)):
            if parameter in self._before:
                found.take_change(number, now, self._before[parameter])
            elif self._versions.get(parameter, parameter._version) != parameter._version:
                found.put(number, float(told.get(parameter, nan)), UNKNOWN)
        self._before, self._versions = {}, {}
        return found.sizes()

    def _nothing(self) -> "_Found":
        return _Found(len(self._parameters), self._shards)


class _Found:
    """Sizes on their way: those on other devices come over together."""

    def __init__(self, n_parameters: int, shards: Shards | None) -> None:
        self._norms, self._not_finite = np.zeros(n_parameters), np.zeros((n_parameters, 3), np.int64)
        self._host_copy = HostCopy(shards)

    def take(self, number: int, tensor: Tensor) -> None:
        self._host_copy.take_size(tensor, lambda norm, not_finite: self.put(number, norm, not_finite))

    def take_change(self, number: int, after: Tensor, before: Tensor) -> None:
        self._host_copy.take_change(after, before, lambda norm, not_finite: self.put(number, norm, not_finite))

    def put(self, number: int, norm: float, not_finite: np.ndarray) -> None:
        self._norms[number], self._not_finite[number] = norm, not_finite

    def of(self, number: int) -> tuple[float, np.ndarray]:
        return float(self._norms[number]), self._not_finite[number]

    def sizes(self) -> Sizes:
        self._host_copy.fetch()
        return Sizes(self._norms, self._not_finite.sum(axis=1))  # of what is unknown below 0
