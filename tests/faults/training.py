"""A training as a user would write it, and a case: one of them with a fault that can be switched on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from collector import Collector

VALIDATE_EACH = 25


@dataclass
class Training:
    """What a training loop is made of.

    Attributes:
        model: in training mode.
        batch: step → inputs and targets.
        loss: of outputs and targets.
        optimizers: one, or several.
        n_steps: updates.
        score: of the model at the end, higher is better; in evaluation mode.
        held_out: held-out loss, which is logged now and then; None: there is none.
        probe: inputs and labels that the passes are measured on.
        step: makes one update and gives the loss; None: the usual one.
        clip: norm to which the usual one clips the gradients; None: it does not.
        before: is called before each step.
        steps_per_epoch: where the data come in epochs.
        logs: more that is logged at each step: name → of outputs and targets.
    """

    model: nn.Module
    batch: Callable[[int], tuple[Tensor, Tensor]]
    loss: Callable[[Tensor, Tensor], Tensor]
    optimizers: Sequence[Any]
    n_steps: int
    score: Callable[[nn.Module], float]
    held_out: Callable[[nn.Module], float] | None = None
    probe: tuple[Tensor, Tensor | None] | None = None
    step: "Callable[[Training, int], dict[str, Any] | None] | None" = None
    clip: float | None = None
    before: Callable[[int], None] = lambda step: None
    steps_per_epoch: int | None = None
    validates_in_training_mode: bool = False
    logs: dict[str, Callable[[Tensor, Tensor], float]] = field(default_factory=dict)

    def usual_step(self, number: int) -> dict[str, Any]:
        """Forward, backward, update; what is logged of it."""
        inputs, targets = self.batch(number)
        outputs = self.model(inputs)
        loss = self.loss(outputs, targets)
        for each in self.optimizers:
            each.zero_grad()
        loss.backward()
        if self.clip is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        for each in self.optimizers:
            each.step()
        return {"loss": loss} | {name: of(outputs.detach(), targets) for name, of in self.logs.items()}

    def steps(self) -> Iterator[dict[str, Any]]:
        """Make all updates, one each time; what is logged of it."""
        for number in range(self.n_steps):
            self.before(number)
            yield (self.step(self, number) if self.step else self.usual_step(number)) or {}

    def evaluated(self, measure: Callable[[nn.Module], float]) -> float:
        """A measure of the model, in evaluation mode where validation is; the modes are as before afterwards."""
        modes = {each: each.training for each in self.model.modules()}
        if not self.validates_in_training_mode:
            self.model.eval()
        with torch.no_grad():
            value = measure(self.model)
        for each, mode in modes.items():
            each.training = mode
        return value


def accumulating(n_batches: int) -> Callable[[Training, int], dict[str, Any]]:
    """A step with the mean gradient of so many batches."""

    def step(training: Training, number: int) -> dict[str, Any]:
        training.optimizers[0].zero_grad()
        total = 0.0
        for part in range(n_batches):
            inputs, targets = training.batch(n_batches * number + part)
            loss = training.loss(training.model(inputs), targets) / n_batches
            loss.backward()
            total += loss.item()
        training.optimizers[0].step()
        return {"loss": total}

    return step


@dataclass(frozen=True)
class Case:
    """A training with a fault that can be switched on.

    Attributes:
        name: the number it has in the list of faults, and what is wrong.
        make: seed and whether it is broken → the training.
        rules: findings of which one is right.
        layers: of which one has to be named; empty: it is a fault of the whole training.
        onset: the step at which the fault is switched on.
        is_silent: the fault does no harm to the score by construction.
    """

    name: str
    make: Callable[[int, bool], Training]
    rules: frozenset[str]
    layers: frozenset[str] = frozenset()
    onset: int = 0
    is_silent: bool = False


def case(name: str, make: Callable[..., Any], rules: str, layers: str = "", onset: int = 0, **fields: Any) -> Case:
    """A case of which rules and layers are words of a text."""
    return Case(name, make, frozenset(rules.split()), frozenset(layers.split()), onset, **fields)


@dataclass(frozen=True)
class Healthy:
    """A training that looks suspicious and is not."""

    name: str
    make: Callable[[int], Training]


def run(training: Training, path: Path, seed: int, **options: Any) -> float:
    """Train and record; the score at the end.

    Args:
        seed: of torch's random numbers from here on.
        options: of the collector.
    """
    torch.manual_seed(seed)
    about = {} if training.steps_per_epoch is None else {"steps_per_epoch": training.steps_per_epoch}
    options = {"interval": 25, "probe": training.probe, "overwrite": True, "about": about} | options
    given = list(training.optimizers) if len(training.optimizers) > 1 else training.optimizers[0]
    with Collector(training.model, given, path, **options) as collector:
        for number, logged in enumerate(training.steps()):
            collector.log(**logged)
            if training.held_out is not None and number % VALIDATE_EACH == VALIDATE_EACH - 1:
                collector.log(val_loss=training.evaluated(training.held_out))
    return training.evaluated(training.score)
