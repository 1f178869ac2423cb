"""The loss of each step, which the Trainer tells its callbacks only as a mean over many."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

_FOUR_DIGITS = 1e-4
"""Older Trainers round what they log."""


class ModelLosses:
    """Gathers the losses that the model returns while it trains.

    Args:
        model: None where it cannot be listened to.
        n_sharing: ranks among which the words of a step are shared, so that each takes its loss so many times.

    Attributes:
        are_there: whether the model has returned a loss.
    """

    def __init__(self, model: nn.Module | None, n_sharing: int = 1) -> None:
        self.are_there = False
        self._n_sharing = n_sharing
        self._hook = None if model is None else model.register_forward_hook(self._gather, with_kwargs=True)
        self._batches: list[Tensor] = []
        self._are_shares = False
        self._since_log: list[Tensor] = []
        self._taken = 0

    def _gather(self, model: nn.Module, args: Any, given: dict[str, Any], output: Any) -> None:
        if not (model.training and torch.is_grad_enabled()):
            return
        if isinstance(output, Mapping):
            loss = output.get("loss")
        else:
            loss = output[0] if isinstance(output, tuple) and given.get("labels") is not None else None
        if isinstance(loss, Tensor) and loss.numel() == 1:
            self.are_there = True
            self._batches.append(loss.detach().float())
            # Such a loss is divided by what all batches of the step hold, others by what their own batch holds.
            self._are_shares = given.get("num_items_in_batch") is not None

    def of_step(self, taken: int) -> Tensor | None:
        """The loss of the step just taken; None where there is none, or where no step was taken.

        Args:
            taken: steps that the optimizer has taken.
        """
        batches, self._batches = self._batches, []
        is_taken, self._taken = taken > self._taken, taken
        if not batches:
            return None
        loss = torch.stack(batches).sum() * self._n_sharing if self._are_shares else torch.stack(batches).mean()
        self._since_log.append(loss)
        return loss if is_taken else None

    def compared(self, mean: float, n_ranks: int) -> str:
        """What is to be told when the Trainer's mean since it last told one is not that of the losses seen.

        On several ranks the Trainer's is of all of them, and the losses seen are of one: they are not compared.
        """
        since, self._since_log = self._since_log, []
        if not self.are_there:
            return (
                "The model returns no loss: the losses recorded are the Trainer's means since it last logged, at the "
                "steps at which it does; with logging_steps=1 that is the loss of each step."
            )
        if not since or n_ranks > 1:
            return ""
        seen = float(torch.stack(since).mean())
        if not (isfinite(seen) and isfinite(mean)) or abs(seen - mean) <= _FOUR_DIGITS + 1e-3 * abs(mean):
            return ""
        return (
            f"The losses recorded are those that the model returns, and not what the Trainer minimises, as it makes "
            f"others of them: their mean over the last {len(since)} steps is {seen:.4g}, the Trainer's {mean:.4g}."
        )

    def close(self) -> None:
        """Listen no more."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None
