"""Faults that can be put into any training that is drawn, if its network takes them."""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tests.faults.networks import Draft, mlp

Fault = tuple[str, tuple[str, ...], int]
"""Rules of which one is right, layers of which one is to be named, onset."""


def _onset(numbers: random.Random, draft: Draft) -> int:
    return numbers.randint(60, draft.training.n_steps - 120)


def dead_units(numbers: random.Random, draft: Draft) -> Fault | None:
    """A bias that silences a layer."""
    if not draft.rectified:
        return None
    name, at = numbers.choice(sorted(draft.rectified)), _onset(numbers, draft)

    def act(step: int) -> None:
        if step == at:
            nn.init.constant_(draft.module(name).bias, -30.0)

    draft.from_step(at, act)
    return "dead-units no-gradient", (name, draft.rectified[name]), at


def rate_jump(numbers: random.Random, draft: Draft) -> Fault:
    """The rate times 100 or more."""
    at, times = _onset(numbers, draft), numbers.choice([100, 300, 1000])

    def act(step: int) -> None:
        if step == at:
            for group in draft.training.optimizers[0].param_groups:
                group["lr"] *= times

    draft.from_step(at, act)
    right = "learning-rate-too-high update-too-large loss-spike diverging-loss not-finite exploding-gradient dead-units"
    return right, (), at


def rate_too_low(numbers: random.Random, draft: Draft) -> Fault:
    """A rate of nearly nothing."""
    draft.optimize(draft.model.parameters(), lr=numbers.choice([1e-8, 1e-7, 3e-7]))
    return "learning-rate-too-low update-too-small", (), 0


def not_in_optimizer(numbers: random.Random, draft: Draft) -> Fault:
    """Layers that the optimizer was not given."""
    left_out = numbers.sample(draft.layers[:-1], numbers.randint(1, max(1, len(draft.layers) // 2)))
    prefixes = tuple(f"{name}." for name in left_out)
    draft.optimize([each for name, each in draft.model.named_parameters() if not name.startswith(prefixes)])
    return "not-in-optimizer not-updated", tuple(left_out), 0


def cut_graph(numbers: random.Random, draft: Draft) -> Fault | None:
    """What a layer gives is detached."""
    if not draft.is_chain or len(draft.layers) < 3:
        return None
    place = numbers.randrange(len(draft.layers) - 1)
    draft.module(draft.layers[place]).register_forward_hook(lambda module, args, output: output.detach())
    return "no-gradient not-updated", tuple(draft.layers[: place + 1]), 0


def nan_in_input(numbers: random.Random, draft: Draft) -> Fault:
    """One value of one batch."""
    at, usual = _onset(numbers, draft), draft.training.batch

    def batch(step: int) -> tuple[Tensor, Tensor]:
        inputs, targets = usual(step)
        if step == at:
            inputs = inputs.clone()
            inputs.view(-1)[7] = numbers.choice([float("nan"), float("inf")])
        return inputs, targets

    draft.training.batch = batch
    return "not-finite", (), at


def nan_in_layer(numbers: random.Random, draft: Draft) -> Fault:
    """A layer that divides by zero in one step."""
    at, place, now = _onset(numbers, draft), numbers.randrange(len(draft.layers)), [0]
    name = draft.layers[place]

    module = draft.module(name)
    usual = module.forward

    def forward(*args: Any) -> Any:
        output = usual(*args)
        if now[0] != at or not module.training:
            return output
        spoilt = lambda each: each / torch.zeros_like(each)  # noqa: E731
        return (spoilt(output[0]), *output[1:]) if isinstance(output, tuple) else spoilt(output)

    draft.from_step(0, lambda step: now.__setitem__(0, step))
    module.forward = forward
    return "not-finite", (name,), at


def not_zeroed(numbers: random.Random, draft: Draft) -> Fault:
    """Gradients that go on being added up."""
    at = _onset(numbers, draft)

    def step(training: Any, number: int) -> dict[str, Any]:
        inputs, targets = training.batch(number)
        loss = training.loss(training.model(inputs), targets)
        if number < at:
            training.optimizers[0].zero_grad()
        loss.backward()
        training.optimizers[0].step()
        return {"loss": loss}

    draft.training.step = step
    return "accumulating-gradients exploding-gradient diverging-loss", (), at


def all_alike(numbers: random.Random, draft: Draft) -> Fault | None:
    """Weights that are one number."""
    if draft.kind not in ("mlp", "cnn", "regression"):
        return None
    value = numbers.choice([0.0, 0.02, 0.1])
    for name in draft.layers:
        nn.init.constant_(draft.module(name).weight, value)
        nn.init.zeros_(draft.module(name).bias)
    return "symmetric-units bad-initialization", tuple(draft.layers), 0


def weights_too_small(numbers: random.Random, draft: Draft) -> Fault | None:
    """Weights near zero in a chain."""
    if draft.kind != "mlp" or len(draft.layers) < 5:
        return None
    for name in draft.layers:
        nn.init.normal_(draft.module(name).weight, std=1e-3)
    return "bad-initialization vanishing-gradient", tuple(draft.layers), 0


def not_normalised(numbers: random.Random, draft: Draft) -> Fault | None:
    """Inputs in 0 to 255."""
    if draft.kind == "regression":
        return None
    usual, training = draft.training.batch, draft.training
    scaled = lambda inputs: (inputs + 1) * 60  # noqa: E731

    def batch(step: int) -> tuple[Tensor, Tensor]:
        inputs, targets = usual(step)
        return scaled(inputs), targets

    training.batch = batch
    score, held_out = training.score, training.held_out
    assert training.probe is not None
    assert held_out is not None
    training.probe = scaled(training.probe[0]), training.probe[1]
    through = lambda model: lambda inputs: model(scaled(inputs))  # noqa: E731
    training.score, training.held_out = lambda model: score(through(model)), lambda model: held_out(through(model))
    return "input-scale", (draft.layers[0],), 0


def labels_shuffled(numbers: random.Random, draft: Draft) -> Fault:
    """Targets that belong to other inputs."""
    usual, kept = draft.training.batch, numbers.random()
    generator = torch.Generator().manual_seed(int(kept * 1e6))

    def batch(step: int) -> tuple[Tensor, Tensor]:
        inputs, targets = usual(step)
        return inputs, targets[torch.randperm(len(targets), generator=generator)]

    draft.training.batch = batch
    return "noise-gradient overfitting loss-plateau constant-output", (), 0


def dropout(numbers: random.Random, draft: Draft) -> Fault | None:
    """Nearly all units of hidden layers are dropped."""
    if draft.kind not in ("mlp", "cnn"):
        return None
    share = numbers.choice([0.93, 0.95, 0.97])
    parts = list(draft.model.named_children())
    added: list[tuple[str, nn.Module]] = []
    names = []
    for name, each in parts:
        added.append((name, each))
        if name.startswith(draft.activation if draft.kind == "mlp" else "relu"):
            names.append(f"drop{len(names)}")
            added.append((names[-1], nn.Dropout(share)))
    for name, _ in parts:
        delattr(draft.model, name)
    for name, each in added:
        draft.model.add_module(name, each)
    return "dropout-too-high", tuple(names), 0


def softmax_twice(numbers: random.Random, draft: Draft) -> Fault | None:
    """A softmax in front of a loss that has one."""
    if draft.kind not in ("mlp", "cnn", "residual"):
        return None
    draft.model.add_module("probabilities", nn.Softmax(dim=1))
    return "output-mismatch", (draft.layers[-1], "probabilities"), 0


def norms_in_evaluation(numbers: random.Random, draft: Draft) -> Fault | None:
    """Norms that do not follow their batches."""
    norms = [name for name, each in draft.model.named_modules() if isinstance(each, nn.BatchNorm2d)]
    if not norms:
        return None
    draft.from_step(0, lambda step: draft.model.eval() and None)
    return "norm-statistics", tuple(norms), 0


def same_batch(numbers: random.Random, draft: Draft) -> Fault:
    """A loader that gives one batch for ever."""
    at, usual = _onset(numbers, draft), draft.training.batch
    draft.training.batch = lambda step: usual(min(step, at))
    return "repeated-batch overfitting", (), at


def schedule_ends(numbers: random.Random, draft: Draft) -> Fault:
    """A rate of zero after a few steps."""
    at = numbers.randint(8, 30)

    def act(step: int) -> None:
        if step >= at:
            for group in draft.training.optimizers[0].param_groups:
                group["lr"] = 0.0

    draft.from_step(at, act)
    return "learning-rate-zero not-updated", (), at


def clipped_to_nothing(numbers: random.Random, draft: Draft) -> Fault | None:
    """A norm that every step exceeds by far."""
    if draft.optimizer != "SGD":
        draft.optimizer = "SGD"
        draft.optimize(draft.model.parameters())
    draft.training.clip = numbers.choice([1e-3, 3e-3, 1e-2])
    return "clipping-always learning-rate-too-low update-too-small", (), 0


def decayed(numbers: random.Random, draft: Draft) -> Fault:
    """Weights that are pulled to zero faster than they learn."""
    draft.optimizer = "AdamW"
    draft.optimize(draft.model.parameters(), weight_decay=numbers.choice([20.0, 50.0, 100.0]))
    return "weight-decay-dominates shrinking-weights", (), 0


def targets_not_scaled(numbers: random.Random, draft: Draft) -> Fault | None:
    """Targets in the thousands."""
    if draft.has_classes:
        return None
    usual, factor = draft.training.batch, numbers.choice([3e3, 1e4, 1e5])

    def batch(step: int) -> tuple[Tensor, Tensor]:
        inputs, targets = usual(step)
        return inputs, targets * factor

    draft.training.batch = batch
    training = draft.training
    assert training.held_out is not None
    score = training.score
    training.score = lambda model: score(lambda inputs: model(inputs) / factor)  # type: ignore[arg-type,return-value]
    held_out = training.held_out
    training.held_out = lambda model: (
        held_out(lambda inputs: model(inputs) / factor) * factor**2  # type: ignore[arg-type,return-value]
    )
    return "target-scale", ("head",), 0


def gradient_explodes(numbers: random.Random, draft: Draft) -> Fault:
    """A layer whose gradient is a thousand times too large from a step on."""
    draft.optimizer = "SGD"
    draft.optimize(draft.model.parameters())
    at, name, now = _onset(numbers, draft), numbers.choice(draft.layers), [0]
    draft.from_step(0, lambda step: now.__setitem__(0, step))
    for each in draft.module(name).parameters(recurse=False):
        each.register_hook(lambda gradient: gradient * 1000 if now[0] >= at else gradient)
    right = "exploding-gradient update-too-large learning-rate-too-high diverging-loss loss-spike not-finite dead-units"
    return right, (name,), at


def few_samples(numbers: random.Random, draft: Draft) -> Fault:
    """A training on two batches."""
    usual = draft.training.batch
    draft.training.batch = lambda step: usual(step % 2)
    return "overfitting repeated-batch", (), 0


def deep_sigmoids(numbers: random.Random, seed: int) -> tuple[Draft, Fault]:
    """Many layers of sigmoids."""
    depth = numbers.randint(9, 18)
    draft = mlp(numbers, seed, depth=depth, activation="tanh")
    for name, each in list(draft.model.named_children()):
        if isinstance(each, nn.Tanh):
            setattr(draft.model, name, nn.Sigmoid())
    for name in draft.layers:
        nn.init.xavier_normal_(draft.module(name).weight)
    return draft, ("vanishing-gradient bad-initialization", tuple(draft.layers[: depth // 2]), 0)


FAULTS: tuple[Callable[[random.Random, Draft], Fault | None], ...] = (
    dead_units,
    rate_jump,
    rate_too_low,
    not_in_optimizer,
    cut_graph,
    nan_in_input,
    nan_in_layer,
    not_zeroed,
    all_alike,
    weights_too_small,
    not_normalised,
    labels_shuffled,
    dropout,
    softmax_twice,
    norms_in_evaluation,
    same_batch,
    schedule_ends,
    clipped_to_nothing,
    decayed,
    targets_not_scaled,
    gradient_explodes,
    few_samples,
)
