"""What parts of a step's batch say of its gradient: the backward passes of a step, or both halves of its one batch."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch
from torch import Tensor

from collector.capture.guard import Guard
from collector.capture.step_state import Squares
from collector.pytorch.half_batches import WHOLE, HalfBatches
from collector.pytorch.hooks import Hooks
from collector.pytorch.optimizers import backward_under_way
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import real_values

NO_HALVES = (
    "There is no gradient noise scale of steps with one backward pass: of no linear layer or convolution could the "
    "halves of the batch be seen, as in a compiled model."
)

_CHUNK = 2**20
"""So many products are added in the values' own precision, and all else in float64."""
_NEAR = 1e-3
"""What is there before a backward pass is what those before it gave, up to rounding."""


class _Part:
    """One backward pass of a step.

    Attributes:
        n_samples: of the calls of the model since the one before it.
        squares, dots, before: parameter → ‖a‖² of what it gives, its product with what is there already, and ‖·‖² of
            that.
    """

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        self.squares: dict[Tensor, Tensor] = {}
        self.dots: dict[Tensor, Tensor] = {}
        self.before: dict[Tensor, Tensor] = {}


class GradientParts:
    """Looks at the backward passes of the steps that are measured. Nothing of the gradients is copied or changed.

    Whether there will be several is not known when the first one begins: it is what the step before had.

    Args:
        samples: how many samples the latest call of the model was given.
        has_others: whether other processes' gradients come in: then the backward passes are not all that there is.
        clock: runs while we compute.
    """

    def __init__(
        self,
        plans: Sequence[LayerPlan],
        guard: Guard,
        samples: Callable[[], int],
        clock: Callable[[], AbstractContextManager[Any]],
        *,
        has_others: bool,
    ) -> None:
        self._plans, self._guard, self._samples, self._clock = plans, guard, samples, clock
        self._has_others = has_others
        self._halves = HalfBatches(plans, guard, WHOLE, clock)
        self._step, self._n_calls = -1, 0
        self._usual: int | None = None
        self._handles: list[Any] = []
        self._parts: dict[int | None, _Part] = {}
        self._n_waiting = self._n_samples = 0

    def begin_call(self, step: int) -> None:
        """The model is about to be called in a step, whether that is measured or not."""
        if step != self._step:
            self._usual = self._n_calls if self._step >= 0 else None
            self._step, self._n_calls = step, 0
            self.forget()
        self._n_calls += 1

    def put_on(self, hooks: Hooks) -> None:
        """Look at the call that follows, and at its way back; see `CallWatcher`."""
        self._n_samples = self._samples()
        self._n_waiting += self._n_samples
        if self._usual in (None, 1):
            self._halves.put_on(hooks)
        if self._usual != 1 and not self._handles and not self._has_others:
            own = dict.fromkeys(each for plan in self._plans for each in plan.parameters.values())
            trained = [each for each in own if each.requires_grad and not each.is_complex()]
            self._handles = [each.register_hook(partial(self._hear, each)) for each in trained]

    def take(self) -> dict[str, Squares]:
        """Layer → what was found of the step whose gradients are there now; nothing where that is not known."""
        parts, halves = list(self._parts.values()), self._halves.products()
        n_calls, n_samples = self._n_calls, self._n_samples
        self.forget()
        if n_calls > 1 or len(parts) > 1:
            return self._of_parts(parts)
        if not halves:
            self._guard.remark(NO_HALVES)
        return {
            name: _of_halves(products.double().tolist(), n)
            for name, (products, n) in halves.items()
            if n == n_samples - n_samples % 2
        }

    def forget(self) -> None:
        """Leave no hook behind."""
        for each in self._handles:
            each.remove()
        self._handles, self._parts, self._n_waiting = [], {}, 0

    def _hear(self, parameter: Tensor, gradient: Tensor) -> None:
        with self._guard.quick("looking at a backward pass"), self._clock(), torch.no_grad():
            task = backward_under_way()
            if (part := self._parts.get(task)) is None:
                part = self._parts[task] = _Part(self._n_waiting)
                self._n_waiting = 0
            own = real_values(gradient.detach()) if gradient.layout is torch.strided else gradient.detach().to_dense()
            part.squares[parameter] = _dot(own, own)
            if (before := parameter.grad) is not None:
                before = before.detach() if before.layout is torch.strided else before.detach().to_dense()
                part.dots[parameter], part.before[parameter] = _dot(own, before), _dot(before, before)

    def _of_parts(self, parts: Sequence[_Part]) -> dict[str, Squares]:
        sizes = {part.n_samples for part in parts}
        if len(parts) < 2 or len(sizes) > 1 or not min(sizes):
            return {}
        found = {plan.name: self._of_layer(plan, parts) for plan in self._plans}
        return {name: each for name, each in found.items() if each is not None}

    def _of_layer(self, plan: LayerPlan, parts: Sequence[_Part]) -> Squares | None:
        """None where a parameter has no gradient of some part, or another before it than those of the parts before."""
        parameters = [each for each in plan.parameters.values() if any(each in part.squares for part in parts)]
        if not parameters:
            return None
        squares, total = 0.0, 0.0
        for part in parts:
            if any(each not in part.squares for each in parameters):
                return None
            own = _sum(part.squares, parameters)
            if abs(_sum(part.before, parameters) - total) > _NEAR * total:
                return None
            total += own + 2 * _sum(part.dots, parameters)
            squares += own
        n = len(parts)
        return Squares(squares / n, total / n**2, parts[0].n_samples, n * parts[0].n_samples)


def _of_halves(products: Sequence[float], n_samples: int) -> Squares:
    """Of sums over both halves of a mean over the whole: each is half of the mean over its own."""
    dot, one, other = products
    return Squares(2 * (one + other), one + other + 2 * dot, n_samples / 2, n_samples)


def _sum(of: Mapping[Tensor, Tensor], parameters: Sequence[Tensor]) -> float:
    return sum(float(of[each]) for each in parameters if each in of)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """The sum of products, float64 ``[]``, where the tensors are."""
    a, b = one.reshape(-1), other.reshape(-1)
    if a.dtype not in (torch.float32, torch.float64):
        a, b = a.float(), b.float()
    parts = zip(a.split(_CHUNK), b.split(_CHUNK), strict=True)
    return torch.stack([torch.dot(x, y) for x, y in parts]).sum(dtype=torch.float64)
