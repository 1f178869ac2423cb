"""Trains a model for a number of epochs and tells callbacks what happens."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from models.batch_order import order_of, set_order
from models.evaluation import Batches, Criterion, Outcome, Tally, evaluate
from models.seeds import random_states, seed_everything, set_random_states

__all__ = ["Callback", "EpochResult", "Outcome", "StepResult", "Trainer", "evaluate", "seed_everything"]


@dataclass(frozen=True)
class StepResult:
    """One optimizer update. `step` counts from 0 over the whole run, `epoch` likewise.

    `loss` `[]` and `logits` `[N, classes]` are those of the forward before the update, detached and still on
    the device: reading a number out of them waits for it, which is for the callback to decide.
    """

    step: int
    epoch: int
    loss: Tensor
    logits: Tensor
    labels: Tensor

    def accuracy(self) -> Tensor:
        """Share of the batch whose largest logit is the label's, `[]` in 0..1."""
        return (self.logits.argmax(1) == self.labels).float().mean()


@dataclass(frozen=True)
class EpochResult:
    """An epoch, counted from 0, and the number of steps made by its end.

    `train` is what each training batch gave just before its own update, so it averages over a network that
    was changing; `test` is the finished epoch's network in evaluation mode.
    """

    epoch: int
    steps: int
    train: Outcome
    test: Outcome


class Callback:
    """Told about a training as it goes; every method may be left as it is.

    `on_train_end` comes for each callback whose `on_train_begin` succeeded, the last one first, even if the
    training was stopped or failed. An epoch that was cut short has no `on_epoch_end`.
    """

    def on_train_begin(self, trainer: "Trainer") -> None: ...

    def on_epoch_begin(self, trainer: "Trainer") -> None: ...

    def on_step_end(self, trainer: "Trainer", result: StepResult) -> None: ...

    def on_epoch_end(self, trainer: "Trainer", result: EpochResult) -> None: ...

    def on_train_end(self, trainer: "Trainer") -> None: ...


class Trainer:
    """`fit` trains `model`; callbacks may read every attribute and call `stop`.

    `epochs` is the number asked for, `epoch` the current one, `step` the number of updates made so far and `batch`
    the number of those of the epoch that is under way.

    `state_dict` is all that another process needs to go on, in the middle of an epoch too: after `load_state_dict` the
    same batches follow, with the same random numbers, as if nothing had come between.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        criterion: Criterion,
        train_loader: Batches,
        test_loader: Batches,
        callbacks: Sequence[Callback] = (),
        device: torch.device | str = "cpu",
    ) -> None:
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.optimizer = optimizer
        self.criterion = criterion
        self.train_loader = train_loader
        self.test_loader = test_loader
        self.callbacks = list(callbacks)
        self.epochs = 0
        self.epoch = 0
        self.step = 0
        self.batch = 0
        self.stopped = False
        self._first_epoch = 0
        self._n_ended = 0
        self._tally = Tally()
        self._order = order_of(train_loader)

    def stop(self) -> None:
        """End the training cleanly after the current step; safe to call from a signal handler."""
        self.stopped = True

    def fit(self, epochs: int) -> None:
        """Train for `epochs` epochs, those of an earlier process among them, or until `stop` is called.

        The model is evaluated after each.
        """
        self.epochs = epochs
        with ExitStack() as ends:
            for callback in self.callbacks:
                callback.on_train_begin(self)
                ends.callback(callback.on_train_end, self)
            for epoch in range(self._first_epoch, epochs):
                self.epoch = epoch
                if self._is_stopped():
                    break
                self._run_epoch()

    def _run_epoch(self) -> None:
        for callback in self.callbacks:
            callback.on_epoch_begin(self)
        self.model.train()
        self._order = order_of(self.train_loader)
        for images, labels in islice(self.train_loader, self.batch, None):
            result = self._run_step(images.to(self.device), labels.to(self.device))
            self._tally.add(result.loss, result.logits, result.labels)
            self.step += 1
            self.batch += 1
            for callback in self.callbacks:
                callback.on_step_end(self, result)
            if self._is_stopped():
                return
        test = evaluate(self.model, self.criterion, self.test_loader, self.device)
        epoch_result = EpochResult(self.epoch, self.step, self._outcome(self._tally), test)
        self._n_ended, self.batch, self._tally = self.epoch + 1, 0, Tally()
        self._order = order_of(self.train_loader)
        for callback in self.callbacks:
            callback.on_epoch_end(self, epoch_result)

    def state_dict(self) -> dict[str, Any]:
        """Where the training is, of tensors and plain values: after a step, or after an epoch."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epochs_ended": self._n_ended,
            "step": self.step,
            "batch": self.batch,
            "tally": self._tally.state_dict(),
            "order": self._order,
            "random": random_states(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Be where another training was; `fit` goes on from there. Load it last, before `fit`."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self._first_epoch = self._n_ended = self.epoch = state["epochs_ended"]
        self.step, self.batch = state["step"], state["batch"]
        self._tally.load_state_dict(state["tally"])
        set_order(self.train_loader, state["order"])
        set_random_states(state["random"])

    def _run_step(self, images: Tensor, labels: Tensor) -> StepResult:
        logits = self._forward(images)
        loss = self.criterion(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return StepResult(self.step, self.epoch, loss.detach(), logits.detach(), labels)

    def _forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.model(images)
        return logits

    def _is_stopped(self) -> bool:
        return self.stopped

    def _outcome(self, tally: Tally) -> Outcome:
        return tally.outcome()
