"""Trainings of one seed, and what is changed in the second of each pair."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector.comparing.comparison import Phase, Verdict
from tests.faults.bases import accuracy_of, batches, digits, he
from tests.faults.training import Training

N_STEPS = 130


@dataclass(frozen=True)
class Planted:
    """One change.

    Attributes:
        plant: changes a training that is ready, before its first step.
        step: at which it shows first.
        phase, layer, verdict: that have to be named.
        threads: that the second training computes with.
        base: makes the training: ``mlp`` or ``cnn``.
    """

    name: str
    plant: Callable[[Training], None]
    step: int
    phase: Phase
    layer: str
    verdict: Verdict
    base: str = "mlp"


def mlp(*, probability: float = 0.1) -> nn.Sequential:
    """Dense layers with a dropout."""
    return nn.Sequential(
        OrderedDict(
            fc1=nn.Linear(64, 64),
            act1=nn.ReLU(),
            drop1=nn.Dropout(probability),
            fc2=nn.Linear(64, 48),
            act2=nn.ReLU(),
            fc3=nn.Linear(48, 10),
        )
    )


def cnn() -> nn.Sequential:
    """Convolutions with norms."""
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 8, 3, padding=1),
            bn1=nn.BatchNorm2d(8),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(8, 16, 3, padding=1),
            bn2=nn.BatchNorm2d(16),
            relu2=nn.ReLU(),
            pool=nn.AdaptiveAvgPool2d(2),
            flat=nn.Flatten(),
            fc=nn.Linear(64, 10),
        )
    )


def training(base: str, seed: int = 0, *, batch: int = 64, n_steps: int = N_STEPS) -> Training:
    """One of them, always the same with the same seed."""
    torch.manual_seed(seed)
    inputs, labels, held, held_labels = digits(as_pictures=base == "cnn")
    model = he(mlp() if base == "mlp" else cnn())
    return Training(
        model,
        batches(inputs, labels, seed, batch),
        functional.cross_entropy,
        [torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-2)],
        n_steps,
        accuracy_of(held, held_labels),
        probe=(held[:64], held_labels[:64]),
        steps_per_epoch=len(inputs) // batch,
    )


def from_step(start: int, act: Callable[[Training], object], *, until: int | None = None) -> Callable[[Training], None]:
    """Do something before the step, and before each one that follows up to another."""

    def plant(changed: Training) -> None:
        usual = changed.before

        def before(step: int) -> None:
            usual(step)
            if step >= start and (until is None or step < until):
                act(changed)

        changed.before = before

    return plant


def option(name: str, value: float) -> Callable[[Training], None]:
    """An option of the optimizer's only group, from now on."""
    return lambda changed: changed.optimizers[0].param_groups[0].update({name: value})


def other_batches(start: int, *, seed: int) -> Callable[[Training], None]:
    """The samples in another order from a step on."""

    def plant(changed: Training) -> None:
        usual = changed.batch
        inputs, labels, *_ = digits(as_pictures=usual(0)[0].ndim == 4)
        other = batches(inputs, labels, seed)
        changed.batch = lambda step: other(step) if step >= start else usual(step)

    return plant


def one_batch(step: int, change: Callable[[Tensor], Tensor]) -> Callable[[Training], None]:
    """A single batch that is changed, as by an augmentation."""

    def plant(changed: Training) -> None:
        usual = changed.batch

        def batch(number: int) -> tuple[Tensor, Tensor]:
            inputs, labels = usual(number)
            return (change(inputs), labels) if number == step else (inputs, labels)

        changed.batch = batch

    return plant


def initialised(layer: str) -> Callable[[Training], None]:
    """One layer begins with other weights."""

    def plant(changed: Training) -> None:
        numbers = torch.Generator().manual_seed(99)
        weight = changed.model.get_submodule(layer).weight
        with torch.no_grad():
            weight.copy_(torch.randn(weight.shape, generator=numbers) * weight.std())  # type: ignore[operator,arg-type]

    return plant


def dropout(layer: str, probability: float) -> Callable[[Training], None]:
    """Another probability."""
    return lambda changed: setattr(changed.model.get_submodule(layer), "p", probability)


def detached(layer: str, start: int) -> Callable[[Training], None]:
    """No gradient goes past the input of a layer from a step on."""

    def plant(changed: Training) -> None:
        state = {"is_on": False}

        def cut(module: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
            return (args[0].detach(),) if state["is_on"] and module.training else None

        changed.model.get_submodule(layer).register_forward_pre_hook(cut)
        from_step(start, lambda _: state.update(is_on=True))(changed)

    return plant


def scaled_gradient(layer: str, start: int, factor: float) -> Callable[[Training], None]:
    """The gradient of a layer's weight is another from a step on."""

    def plant(changed: Training) -> None:
        state = {"factor": 1.0}
        weight = changed.model.get_submodule(layer).weight
        weight.register_hook(lambda gradient: gradient * state["factor"])  # type: ignore[operator,union-attr]
        from_step(start, lambda _: state.update(factor=factor))(changed)

    return plant


def computed_otherwise(layer: str, start: int) -> Callable[[Training], None]:
    """What a layer gives is a little more from a step on."""

    def plant(changed: Training) -> None:
        state = {"factor": 1.0}
        changed.model.get_submodule(layer).register_forward_hook(lambda _, __, output: output * state["factor"])
        from_step(start, lambda _: state.update(factor=1.01))(changed)

    return plant


def evaluated(layer: str) -> Callable[[Training], None]:
    """A module in evaluation mode from now on."""
    return lambda changed: changed.model.get_submodule(layer).eval()


def permuted(changed: Training, orders: Mapping[str, np.ndarray]) -> None:
    """The same network with the units of its first two dense layers in another order.

    Args:
        orders: layer → for each new place the old one.
    """
    parts = [changed.model.get_submodule(name) for name in ("fc1", "fc2", "fc3")]
    with torch.no_grad():
        for layer, behind in pairwise(parts):
            order = torch.from_numpy(orders["fc1" if layer is parts[0] else "fc2"])
            layer.weight.copy_(layer.weight[order].clone())  # type: ignore[operator,index]
            layer.bias.copy_(layer.bias[order].clone())  # type: ignore[operator,index]
            behind.weight.copy_(behind.weight[:, order].clone())  # type: ignore[operator,index]


CASES: tuple[Planted, ...] = (
    Planted("rate at step 60", from_step(60, option("lr", 1e-3)), 60, "options", "", "options"),
    Planted("rate at step 63", from_step(63, option("lr", 1e-3)), 63, "options", "", "options", "cnn"),
    Planted("rate from the start", option("lr", 1e-3), 0, "options", "", "options"),
    Planted("weight decay from the start", option("weight_decay", 0.1), 0, "options", "", "options"),
    Planted("initialisation of fc2", initialised("fc2"), 0, "options", "fc2", "options"),
    Planted("initialisation of conv2", initialised("conv2"), 0, "options", "conv2", "options", "cnn"),
    Planted("dropout's p", dropout("drop1", 0.3), 0, "options", "drop1", "options"),
    Planted("dropout's p at step 70", from_step(70, dropout("drop1", 0.3)), 70, "forward", "drop1", "computation"),
    Planted("other order from step 80", other_batches(80, seed=7), 80, "data", "", "data"),
    Planted("other order from step 83", other_batches(83, seed=7), 83, "data", "", "data", "cnn"),
    Planted("other order from the start", other_batches(0, seed=7), 0, "data", "", "data"),
    Planted("one augmented batch", one_batch(50, lambda each: each.flip(1)), 50, "data", "", "data"),
    Planted("one noisy batch", one_batch(57, lambda each: each + 1e-3), 57, "data", "", "data", "cnn"),
    Planted("detach before fc3 from step 100", detached("fc3", 100), 100, "backward", "fc2", "computation"),
    Planted("detach before conv2 from step 100", detached("conv2", 100), 100, "backward", "bn1", "computation", "cnn"),
    Planted("gradient of fc1 from step 90", scaled_gradient("fc1", 90, 2.0), 90, "backward", "fc1", "computation"),
    Planted("gradient of fc from step 40", scaled_gradient("fc", 40, 0.5), 40, "backward", "fc", "computation", "cnn"),
    Planted("fc2 computed otherwise at 60", computed_otherwise("fc2", 60), 60, "forward", "fc2", "computation"),
    Planted(
        "conv1 computed otherwise at 30", computed_otherwise("conv1", 30), 30, "forward", "conv1", "computation", "cnn"
    ),
    Planted("bn2 in evaluation mode at 20", from_step(20, evaluated("bn2")), 20, "options", "bn2", "options", "cnn"),
)
"""Twenty. Another number of threads is compared by itself: whether it rounds otherwise is the machine's."""
