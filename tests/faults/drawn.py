"""Trainings drawn at random, broken or healthy, with other networks, layers and onsets than the cases.

    python -m tests.faults.drawn --number 10 --seed 7 --keep FOLDER      run-00.json …, answers sealed beside them
    python -m tests.faults.drawn --number 60 --seed 7                    and how well the rules do on them
    python -m tests.faults.drawn --answers FOLDER                        what was wrong

For looking at recordings without knowing what is wrong, and for measuring on trainings that nothing was set on.
"""

import argparse
import base64
import json
import random
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector.findings.alarms import wilson
from tests.faults.measure import Outcome, judged
from tests.faults.networks import NETWORKS, Draft, mlp
from tests.faults.report import told
from tests.faults.training import Case, run

HEALTHY_SHARE = 0.35


@dataclass(frozen=True)
class Answer:
    """What is wrong in a recording; ``fault`` is empty where nothing is."""

    file: str
    network: str
    seed: int
    fault: str = ""
    rules: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    onset: int = 0
    score: float = float("nan")
    twin: float = float("nan")


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
    limit = numbers.choice([1e-3, 3e-3, 1e-2])

    def step(training: Any, number: int) -> dict[str, Any]:
        inputs, targets = training.batch(number)
        loss = training.loss(training.model(inputs), targets)
        training.optimizers[0].zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(training.model.parameters(), limit)
        training.optimizers[0].step()
        return {"loss": loss}

    draft.training.step = step
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
    return "output-mismatch", ("head",), 0


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


def cosine(numbers: random.Random, draft: Draft) -> None:
    """The rate falls to zero."""
    optimizer, n_steps = draft.training.optimizers[0], draft.training.n_steps
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    draft.from_step(1, lambda step: schedule.step())


def warm_up(numbers: random.Random, draft: Draft) -> None:
    """The rate rises from zero."""
    length = numbers.randint(20, 80)
    schedule = torch.optim.lr_scheduler.LambdaLR(draft.training.optimizers[0], lambda step: min(1.0, step / length))
    draft.from_step(1, lambda step: schedule.step())


def clipped(numbers: random.Random, draft: Draft) -> None:
    """Clipping that cuts the largest gradients."""

    def step(training: Any, number: int) -> dict[str, Any]:
        inputs, targets = training.batch(number)
        loss = training.loss(training.model(inputs), targets)
        training.optimizers[0].zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(training.model.parameters(), 5.0)
        training.optimizers[0].step()
        return {"loss": loss}

    draft.training.step = step


def smoothed(numbers: random.Random, draft: Draft) -> None:
    """Smoothed labels."""
    if draft.has_classes:
        draft.training.loss = lambda outputs, targets: functional.cross_entropy(outputs, targets, label_smoothing=0.1)


def frozen_stem(numbers: random.Random, draft: Draft) -> None:
    """The first layer is frozen on purpose."""
    draft.module(draft.layers[0]).requires_grad_(False)
    draft.optimize([each for each in draft.model.parameters() if each.requires_grad])


def accumulated(numbers: random.Random, draft: Draft) -> None:
    """Two batches for each update."""

    def step(training: Any, number: int) -> dict[str, Any]:
        training.optimizers[0].zero_grad()
        for half in (0, 1):
            inputs, targets = training.batch(2 * number + half)
            loss = training.loss(training.model(inputs), targets)
            (loss / 2).backward()
        training.optimizers[0].step()
        return {"loss": loss}

    draft.training.step = step


def as_it_is(numbers: random.Random, draft: Draft) -> None:
    """Nothing special."""


HABITS = (as_it_is, as_it_is, cosine, warm_up, clipped, smoothed, frozen_stem, accumulated)


def drawn(seed: int, *, is_twin: bool = False) -> tuple[Draft, Answer]:
    """A training and what is wrong with it; its twin is the same with nothing wrong."""
    numbers = random.Random(seed)
    torch.manual_seed(seed)
    is_healthy = numbers.random() < HEALTHY_SHARE
    file = f"run-{seed}.json"
    if not is_healthy and numbers.random() < 1 / (len(FAULTS) + 1):
        draft, fault = deep_sigmoids(numbers, seed)
        return draft, Answer(file, draft.kind, seed, "deep_sigmoids", tuple(fault[0].split()), fault[1], fault[2])
    spoil = numbers.choice(FAULTS)
    for _ in range(100):
        draft = NETWORKS[numbers.choice(list(NETWORKS))](numbers, seed)
        if is_healthy or is_twin:
            habit = numbers.choice(HABITS)
            if is_healthy:
                habit(numbers, draft)
            return draft, Answer(file, f"{draft.kind}, {habit.__name__}", seed)
        if (found := spoil(numbers, draft)) is not None:
            rules, layers, onset = found
            return draft, Answer(file, draft.kind, seed, spoil.__name__, tuple(rules.split()), layers, onset)
    raise RuntimeError(f"no network takes the fault {spoil.__name__}")


def record(seed: int, folder: Path) -> tuple[Answer, Outcome]:
    """Train, record, and judge one of them."""
    draft, answer = drawn(seed)
    path = folder / answer.file
    interval = random.Random(-seed).choice([10, 20, 25, 40])
    score = run(draft.training, path, seed, interval=interval)
    case = Case(answer.fault, lambda seed, broken: draft.training, frozenset(answer.rules), frozenset(answer.layers))
    case = Case(case.name, case.make, case.rules, case.layers, answer.onset)
    kind = "broken" if answer.fault else "healthy"
    name = f"{answer.fault or 'healthy'} in {answer.network}"
    return answer, judged(path, name, kind, seed, score, case if answer.fault else None)


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.drawn", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--number", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the first; the others follow")
    parser.add_argument("--keep", type=Path, help="leave the recordings here, and say nothing of what is wrong")
    parser.add_argument("--answers", type=Path, metavar="FOLDER", help="say what is wrong in the recordings there")
    chosen = parser.parse_args()
    if chosen.answers:
        sealed = base64.b64decode((chosen.answers / "answers.sealed").read_bytes())
        print(*(" ".join(f"{key}={value}" for key, value in each.items()) for each in json.loads(sealed)), sep="\n")
        return 0
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        answers, outcomes = [], []
        for seed in range(chosen.seed, chosen.seed + chosen.number):
            answer, outcome = record(seed, folder)
            answers.append(asdict(answer))
            outcomes.append(outcome)
            print(answer.file if chosen.keep else f"{told(outcome)} {answer.layers} {answer.onset}", flush=True)
            if not chosen.keep:
                (folder / answer.file).unlink()
    if chosen.keep:
        (folder / "answers.sealed").write_bytes(base64.b64encode(json.dumps(answers).encode()))
    else:
        print(_figures(outcomes))
    return 0


def _figures(outcomes: list[Outcome]) -> str:
    broken = [each for each in outcomes if each.kind == "broken"]
    healthy = [each for each in outcomes if each.kind == "healthy"]
    found = [each for each in broken if each.is_found]
    alarmed = [each for each in healthy if each.serious]
    low, high = wilson(len(alarmed), len(healthy))
    missed = Counter(each.case.partition(" ")[0] for each in broken if not each.is_found)
    return (
        f"broken {len(broken)}: found {len(found)}, layer {sum(each.is_layer for each in found)}, "
        f"onset {sum(each.is_onset for each in found)}; missed {dict(missed)}\n"
        f"healthy {len(healthy)}: with a false alarm {len(alarmed)} (95 % interval {low:.1%} to {high:.1%})"
    )


if __name__ == "__main__":
    sys.exit(main())
