"""What changes the weights between the end of one step and the beginning of the next."""

from collections.abc import Sequence
from operator import is_

import numpy as np
import torch
from torch import Tensor

from collector.capture.outer_updates import ROUNDING, OuterNorms
from collector.capture.run_log import RunLog
from collector.pytorch.arrivals import OnItsWay
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import real_values, wide

MOST_VALUES = 2**18
"""Of models with more values a share is looked at, evenly spread over each parameter."""


class OuterUpdates:
    """Compares the weights of two moments; see `OuterNorms`.

    Args:
        plans: of the layers.
        stepping: knows what a step ends with.
    """

    def __init__(self, plans: Sequence[LayerPlan], stepping: OptimizerHooks, log: RunLog) -> None:
        self._plans = plans
        self._optimizer_hooks = stepping
        self._norms, self._log = OuterNorms(log), log
        self._coming: list[tuple[int, list[tuple[Tensor, float]], OnItsWay]] = []
        self._parameters: list[Tensor] = []
        self._values: Tensor | None = None

    def step_ends(self, step: int, *, is_pass: bool) -> None:
        """Keep the weights after a step, where they are compared."""
        self._values = None
        if self._norms.wants(step, is_pass=is_pass):
            self._parameters = self._now()
            ended = self._optimizer_hooks.weights_after(self._parameters)
            self._values = self._taken(ended) if self._parameters else None

    def step_begins(self) -> None:
        """Compare the weights with those when the last step ended."""
        self._look_for_come()
        before, self._values = self._values, None
        if before is None:
            return
        now = self._now()
        is_same = len(now) == len(self._parameters) and all(map(is_, now, self._parameters))
        if not is_same or (before.is_cpu and torch.equal(before, after := self._taken(now))):
            return
        after = after if before.is_cpu else self._taken(now)
        changes = (after - before).to(wide(after))
        squares = torch.where(changes.abs() <= ROUNDING * before.abs(), 0, changes.square())
        parts = self._parts()
        sums = self._log.far.bring(torch.stack([squares[part].sum() for _, part, _ in parts]))
        own = [(each, share) for each, _, share in parts]
        if isinstance(sums, Tensor):
            self._put(self._norms.step, own, sums.numpy())
        else:  # an accelerator is not waited for
            self._coming.append((self._norms.step, own, sums))

    def _look_for_come(self, *, is_end: bool = False) -> None:
        """Record what was compared on an accelerator, as far as it has come."""
        while self._coming and (is_end or self._coming[0][2].array is not None):
            step, own, sums = self._coming.pop(0)
            self._put(step, own, sums.read())

    def ended(self) -> None:
        """The run is over."""
        self._look_for_come(is_end=True)

    def _put(self, step: int, parts: Sequence[tuple[Tensor, float]], sums: np.ndarray) -> None:
        own = {each: float(total) * share for (each, share), total in zip(parts, sums, strict=True)}
        layers = {plan.name: list(plan.parameters.values()) for plan in self._plans if plan.parameters}
        norms = {name: np.sqrt(sum(own.get(each, 0.0) for each in mine)) for name, mine in layers.items()}
        self._norms.put(norms, np.sqrt(sum(own.values())), step)

    @property
    def is_waiting(self) -> bool:
        """Whether the next step's weights are compared with those that are held."""
        return self._values is not None or self._norms.looks_at_all

    @property
    def looks_at_all(self) -> bool:
        """Whether each step is still looked at."""
        return self._norms.looks_at_all and bool(self._plans)

    def _now(self) -> list[Tensor]:
        return list({each: None for plan in self._plans for each in plan.parameters.values() if each.numel()})

    def _strides(self) -> list[int]:
        every = -(-sum(each.numel() for each in self._parameters) // MOST_VALUES)
        return [min(every, max(1, each.numel() // 512)) for each in self._parameters]

    def _taken(self, weights: Sequence[Tensor]) -> Tensor:
        """The values that are looked at, one behind the other, ``[K]``."""
        values = [
            real_values(each.detach().reshape(-1)[::stride]).reshape(-1)
            for each, stride in zip(weights, self._strides(), strict=True)
        ]
        return torch.cat([each.to(values[0].device, torch.promote_types(each.dtype, torch.float32)) for each in values])

    def _parts(self) -> list[tuple[Tensor, slice, float]]:
        """Parameter, where its values lie, and how many each of them stands for."""
        parts, start = [], 0
        for each, stride in zip(self._parameters, self._strides(), strict=True):
            n_values = -(-each.numel() // stride) * (1 + each.is_complex())
            share = each.numel() * (1 + each.is_complex()) / n_values
            parts.append((each, slice(start, start + n_values), share))
            start += n_values
        return parts
