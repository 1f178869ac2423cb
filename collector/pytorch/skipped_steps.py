"""Iterations whose update a `torch.amp.GradScaler` leaves out, because their gradients are not finite."""

from typing import Any

import torch
from torch import nn

from collector.capture.run_log import RunLog
from collector.capture.wording import listed
from collector.pytorch.optimizers import parameters_of
from collector.pytorch.tensors import real_values

NAME = "skipped_steps"


class SkippedSteps:
    """Counts them: ``skipped_steps`` at a step is how many came behind the step before, where there were any.

    The first one is noted with the layers whose gradients were not finite, and how many there were at the end.

    Args:
        names: module → layer.
    """

    def __init__(self, names: dict[nn.Module, str], log: RunLog) -> None:
        self._names = names
        self._log = log
        self._since_step = self._in_all = 0

    def add(self, optimizer: Any) -> None:
        """One more; its gradients are still there."""
        self._since_step += 1
        self._in_all += 1
        if self._in_all == 1:
            own = parameters_of(optimizer)
            hit = [
                name
                for module, name in self._names.items()
                if any(each in own and _is_not_finite(each.grad) for each in module._parameters.values())
            ]
            where = f" in {listed(hit)}" if hit else ""
            self._log.guard.remark(
                f"Before step {self._log.steps_taken} an iteration was skipped by a GradScaler: a gradient was not "
                f"finite{where}. Skipped iterations are no steps, and what is logged of them is not recorded; "
                f"{NAME} counts them."
            )

    def stepped(self, step: int) -> None:
        """The step of this number was taken."""
        if self._since_step:
            self._log.put(NAME, step, self._since_step)
            self._since_step = 0

    def ended(self) -> None:
        """The run is over."""
        if self._since_step and self._log.is_open:
            self._log.add_end_scalars({NAME: self._since_step})
        if self._in_all > 1:
            self._log.guard.remark(f"In all {self._in_all} iterations were skipped by a GradScaler.")


def _is_not_finite(gradient: torch.Tensor | None) -> bool:
    return gradient is not None and not bool(torch.isfinite(real_values(gradient.detach())).all())
