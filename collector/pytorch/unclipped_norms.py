"""Norms of gradients when a step's last backward pass ended, before anybody clips them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from math import hypot
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.autograd import Variable

from collector.capture.guard import Guard
from collector.capture.step_state import Clipping
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import tensors_in


class UnclippedNorms:
    """Looks at gradients around the end of backward passes. What the model gives tells when one reaches it.

    Args:
        clock: runs while we compute.
    """

    def __init__(
        self,
        plans: Sequence[LayerPlan],
        stepping: OptimizerHooks,
        guard: Guard,
        clock: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._plans, self._optimizer_hooks, self._guard, self._clock = plans, stepping, guard, clock
        self._ended: Norms | None = None
        self._is_under_way = False

    def called(self, outputs: Any) -> None:
        """The model has given this in a step that is measured."""
        if torch.compiler.is_compiling() or torch.jit.is_tracing():
            return
        first = next((each for each in tensors_in(outputs) if each.requires_grad and type(each) is Tensor), None)
        if first is not None and not torch._C._functorch.is_functorch_wrapped_tensor(first):
            first.register_hook(self._begins)

    def take(self) -> dict[str, Clipping]:
        """Layer → its norms, where the gradients of the step are there and nothing is updated yet."""
        ended, self._ended = self._ended, None
        if ended is None or self._optimizer_hooks.is_scaled:
            return {}
        parameters = list(ended.parameters)
        now = zip(parameters, self._optimizer_hooks.gradients(parameters), strict=True)
        after = Norms({each: gradient for each, gradient in now if gradient is not None})
        before_by_parameter, after_by_parameter = ended.fetched(), after.fetched()
        found: dict[str, Clipping] = {}
        for plan in self._plans:
            own = [each for each in plan.parameters.values() if each in after_by_parameter]
            if own:
                norms = (hypot(*(of[each] for each in own)) for of in (before_by_parameter, after_by_parameter))
                found[plan.name] = Clipping(*norms)
        return found

    def _begins(self, gradient: Tensor) -> None:
        if not self._is_under_way:
            self._is_under_way = True
            Variable._execution_engine.queue_callback(self._ends)

    def _ends(self) -> None:
        self._is_under_way = False
        with self._guard.quick("looking at the end of a backward pass"), self._clock():
            own = dict.fromkeys(each for plan in self._plans for each in plan.parameters.values())
            self._ended = Norms({each: each.grad for each in own if each.grad is not None and not each.is_complex()})


class Norms:
    """Norms of gradients as they are now, brought over when they are asked for."""

    def __init__(self, gradients: Mapping[Tensor, Tensor]) -> None:
        self.parameters = list(gradients)
        self._host_copy, self._norms = HostCopy(), dict[Tensor, float]()
        with torch.no_grad():
            for parameter, gradient in gradients.items():
                self._host_copy.take_size(gradient, partial(self._put, parameter))

    def fetched(self) -> dict[Tensor, float]:
        """Parameter → ‖g‖."""
        self._host_copy.fetch()
        return self._norms

    def _put(self, parameter: Tensor, norm: float, not_finite: np.ndarray) -> None:
        self._norms[parameter] = norm
