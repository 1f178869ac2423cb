"""All values of a step's weights, gradients and updates, for the metrics that a training brings along."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch
from torch import Tensor

from collector.capture.step_state import GRADIENTS, UPDATES, WEIGHTS, Arrays, StepState
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.preserved_state import preserved_random_states
from collector.pytorch.tensors import is_wide


class StepArrays:
    """Copies what a step starts from, and what it made of the weights.

    Args:
        plans: of the layers; what is replaced is followed.
    """

    def __init__(self, plans: Sequence[LayerPlan], optimizer_hooks: OptimizerHooks) -> None:
        self._plans = plans
        self._optimizer_hooks = optimizer_hooks
        self._weights: dict[Tensor, np.ndarray] = {}
        self._gradients: dict[Tensor, np.ndarray] = {}

    def before_update(self, needs: Collection[str]) -> None:
        """Keep what is needed of a step whose gradients are there."""
        parameters = self._parameters()
        self._weights, self._gradients = {}, {}
        if WEIGHTS in needs or UPDATES in needs:
            weights = self._optimizer_hooks.weights(parameters)
            self._weights = _copied(dict(zip(parameters, weights, strict=True)))
        if GRADIENTS in needs:
            found = zip(parameters, self._optimizer_hooks.gradients(parameters), strict=True)
            self._gradients = _copied({each: gradient for each, gradient in found if gradient is not None})

    def after_update(self, step: int, needs: Collection[str]) -> StepState:
        """The state of the step, for those that need this of it."""
        updates: dict[Tensor, np.ndarray] = {}
        if UPDATES in needs:
            after = _copied({each: each for each in self._parameters() if each in self._weights})
            updates = {each: after[each] - self._weights[each] for each in after}
        weights = self._weights if WEIGHTS in needs else {}
        state = StepState(step, self._by_layer(weights), self._by_layer(self._gradients), self._by_layer(updates))
        self._weights, self._gradients = {}, {}
        return state

    def _parameters(self) -> list[Tensor]:
        own = dict.fromkeys(each for plan in self._plans for each in plan.parameters.values())
        return [each for each in own if not each.is_complex()]

    def _by_layer(self, arrays: Mapping[Tensor, np.ndarray]) -> Arrays:
        return {
            plan.name: own
            for plan in self._plans
            if (own := {name: arrays[each] for name, each in plan.parameters.items() if each in arrays})
        }


@contextmanager
def preserved_for_metrics() -> Iterator[None]:
    """No random number that is drawn within, and no graph that is made, is any of the training's."""
    with torch.no_grad(), preserved_random_states():
        yield


def _copied(tensors: Mapping[Tensor, Tensor]) -> dict[Tensor, np.ndarray]:
    """The values of dense copies, float32 or float64, all that lies on another device in one go."""
    copies: dict[Tensor, np.ndarray] = {}
    host_copy = HostCopy()
    for key, tensor in tensors.items():
        dense = tensor.detach() if tensor.layout == torch.strided else tensor.detach().to_dense()
        host_copy.take(dense, partial(_put, copies, key), exactly=is_wide(dense))
    host_copy.fetch()
    return copies


def _put(copies: dict[Tensor, np.ndarray], key: Tensor, array: np.ndarray) -> None:
    copies[key] = np.array(array, order="C")
