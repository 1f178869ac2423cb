"""What changes the weights between the end of one step and the beginning of the next."""

from collections.abc import Sequence
from operator import is_

import numpy as np
import torch
from torch import Tensor

from collector.capture.run_log import RunLog
from collector.capture.words import listed
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import real_values

LOOKS = 32
"""So many steps are looked at when a run begins."""

MOST_VALUES = 2**20
"""Of models with more values a share is looked at, evenly spread over each parameter."""

_ROUNDING = 8 * float(torch.finfo(torch.float32).eps)
"""Weights that are taken away and put back differ by so much of themselves at the most."""

NAME = "outer_update_norm"


class OuterUpdates:
    """``outer_update_norm/layer`` at a step: ‖w' − w‖₂ with w the weights when it ends, w' when the next one begins.

    So what clips weights, averages or ties them, or swaps others in, is told apart from ``update_norm``, which is the
    optimizer's. It is looked for at the first `LOOKS` steps and at each pass, and recorded from the first such change
    on; that one is noted. Changes within rounding are none. ``total`` counts each parameter once.

    Args:
        plans: of the layers.
    """

    def __init__(self, plans: Sequence[LayerPlan], log: RunLog) -> None:
        self._plans = plans
        self._log = log
        self._n_looks = 0
        self._is_told = False
        self._parameters: list[Tensor] = []
        self._values: Tensor | None = None

    def step_ends(self, step: int, *, is_pass: bool) -> None:
        """Keep the weights after a step, where they are compared."""
        self._values = None
        if self._n_looks < LOOKS or is_pass:
            self._n_looks += 1
            self._step = step
            self._parameters = self._now()
            self._values = self._taken() if self._parameters else None

    def step_begins(self) -> None:
        """Compare the weights with those when the last step ended."""
        before, self._values = self._values, None
        if before is None:
            return
        now = self._now()
        is_same = len(now) == len(self._parameters) and all(map(is_, now, self._parameters))
        if not is_same or torch.equal(before, after := self._taken()):
            return
        changes = (after - before).double()
        changes[changes.abs() <= _ROUNDING * before.abs()] = 0
        squares = changes.square().cpu().numpy()
        own = {each: float(squares[part].sum()) * share for each, part, share in self._parts()}
        layers = {plan.name: list(plan.parameters.values()) for plan in self._plans if plan.parameters}
        norms = {name: np.sqrt(sum(own[each] for each in mine)) for name, mine in layers.items()}
        hit = [name for name, norm in norms.items() if norm > 0]
        if hit and not self._is_told:
            self._is_told = True
            self._log.guard.remark(
                f"Behind the optimizer's step {self._step} something else changed the weights of {listed(hit)}: the "
                f"updates in the file are the optimizer's own; {NAME} tells of what comes between them."
            )
        if self._is_told:
            numbers = [*norms.values(), np.sqrt(sum(own.values()))]
            self._log.put_row((*(f"{NAME}/{name}" for name in (*layers, "total")),), self._step, np.array(numbers))

    def _now(self) -> list[Tensor]:
        return list({each: None for plan in self._plans for each in plan.parameters.values() if each.numel()})

    def _strides(self) -> list[int]:
        every = -(-sum(each.numel() for each in self._parameters) // MOST_VALUES)
        return [min(every, max(1, each.numel() // 512)) for each in self._parameters]

    def _taken(self) -> Tensor:
        """The values that are looked at, one behind the other, ``[K]``."""
        values = [
            real_values(each.detach().reshape(-1)[::stride]).reshape(-1)
            for each, stride in zip(self._parameters, self._strides(), strict=True)
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
