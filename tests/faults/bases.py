"""The models and data that cases are made of."""

import argparse
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.training import Training

BATCH = 64


@lru_cache
def digits(*, as_pictures: bool = False) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Standardised digits: training inputs and labels, held-out inputs and labels."""
    data = datasets.load_digits()
    inputs, labels = data.data.astype(np.float32), data.target.astype(np.int64)
    order = np.random.default_rng(0).permutation(len(inputs))
    inputs, labels = inputs[order], labels[order]
    inputs = (inputs - inputs[:1300].mean()) / inputs[:1300].std()
    if as_pictures:
        inputs = inputs.reshape(-1, 1, 8, 8)
    both = torch.from_numpy(inputs), torch.from_numpy(labels)
    return both[0][:1300], both[1][:1300], both[0][1300:], both[1][1300:]


def batches(inputs: Tensor, targets: Tensor, seed: int, size: int = BATCH) -> Callable[[int], tuple[Tensor, Tensor]]:
    """Step → batch, in an order of its own in each epoch."""
    per_epoch = max(len(inputs) // size, 1)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        epoch, place = divmod(step, per_epoch)
        order = torch.from_numpy(np.random.default_rng((seed, epoch)).permutation(len(inputs)))
        own = order[place * size : (place + 1) * size]
        return inputs[own], targets[own]

    return batch


def accuracy_of(inputs: Tensor, labels: Tensor) -> Callable[[nn.Module], float]:
    """Share of right answers."""
    return lambda model: float((model(inputs).argmax(1) == labels).float().mean())


def loss_of(inputs: Tensor, targets: Tensor, loss: Callable[..., Tensor]) -> Callable[[nn.Module], float]:
    """Held-out loss."""
    return lambda model: float(loss(model(inputs), targets))


def he(model: nn.Module) -> nn.Module:
    """Weights by He et al., biases of zero."""
    for each in model.modules():
        if isinstance(each, nn.Linear | nn.Conv2d):
            nn.init.kaiming_normal_(each.weight, nonlinearity="relu")
            nn.init.zeros_(each.bias)
    return model


def mlp(sizes: tuple[int, ...] = (64, 128, 64, 10), activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    """``fc1``, ``act1``, ``fc2``, …; nothing behind the last."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        parts[f"fc{number}"] = nn.Linear(n_in, n_out)
        if number < len(sizes) - 1:
            parts[f"act{number}"] = activation()
    return nn.Sequential(parts)


def m1(seed: int, *, n_steps: int = 400, rate: float = 1e-3, model: nn.Module | None = None, **fields: Any) -> Training:
    """MLP 64-128-64-10 on digits, Adam."""
    torch.manual_seed(seed)
    inputs, labels, held, held_labels = digits()
    model = he(mlp()) if model is None else model
    given: dict[str, Any] = {
        "batch": batches(inputs, labels, seed),
        "loss": functional.cross_entropy,
        "optimizers": [torch.optim.Adam(model.parameters(), rate)],
        "n_steps": n_steps,
        "score": accuracy_of(held, held_labels),
        "held_out": loss_of(held, held_labels, functional.cross_entropy),
        "probe": (held[:64], held_labels[:64]),
        "steps_per_epoch": len(inputs) // BATCH,
    }
    return Training(model=model, **given | fields)


def cnn() -> nn.Sequential:
    """Two convolutions with batch norm and one linear layer."""
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 16, 3, padding=1),
            bn1=nn.BatchNorm2d(16),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(16, 32, 3, padding=1),
            bn2=nn.BatchNorm2d(32),
            relu2=nn.ReLU(),
            pool=nn.MaxPool2d(2),
            flat=nn.Flatten(),
            fc=nn.Linear(32 * 16, 10),
        )
    )


def m2(seed: int, *, n_steps: int = 300, rate: float = 1e-3, model: nn.Module | None = None, **fields: Any) -> Training:
    """CNN on digits, Adam."""
    torch.manual_seed(seed)
    inputs, labels, held, held_labels = digits(as_pictures=True)
    model = he(cnn()) if model is None else model
    given: dict[str, Any] = {
        "batch": batches(inputs, labels, seed),
        "loss": functional.cross_entropy,
        "optimizers": [torch.optim.Adam([each for each in model.parameters() if each.requires_grad], rate)],
        "n_steps": n_steps,
        "score": accuracy_of(held, held_labels),
        "held_out": loss_of(held, held_labels, functional.cross_entropy),
        "probe": (held[:64], held_labels[:64]),
        "steps_per_epoch": len(inputs) // BATCH,
    }
    return Training(model=model, **given | fields)


def m3(
    seed: int, *, activation: Callable[[], nn.Module] = nn.ReLU, model: nn.Module | None = None, **fields: Any
) -> Training:
    """Deep MLP, SGD with momentum. The healthy one has a batch norm in front of each activation."""
    torch.manual_seed(seed)
    if model is None:
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        for number in range(1, 21):
            parts[f"fc{number}"] = nn.Linear(64, 64)
            parts[f"bn{number}"] = nn.BatchNorm1d(64)
            parts[f"act{number}"] = activation()
        parts["head"] = nn.Linear(64, 10)
        model = he(nn.Sequential(parts))
    return m1(
        seed,
        model=model,
        optimizers=[torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)],
        **fields,
    )


class CharTransformer(nn.Module):
    """Two pre-norm blocks that predict the next letter."""

    def __init__(self, n_letters: int, width: int = 64, length: int = 32) -> None:
        super().__init__()
        self.letters = nn.Embedding(n_letters, width)
        self.places = nn.Embedding(length, width)
        block = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, n_letters)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(length), persistent=False)

    def forward(self, letters: Tensor) -> Tensor:
        places = torch.arange(letters.shape[1])
        features = self.blocks(self.letters(letters) + self.places(places), mask=self.mask)
        return self.head(self.norm(features)).transpose(1, 2)


@lru_cache
def text() -> tuple[Tensor, int]:
    """Letters of a file that comes with Python, as numbers, and how many different ones there are."""
    words = Path(argparse.__file__).read_text("utf-8")[:40_000]
    known = sorted(set(words))
    return torch.tensor([known.index(each) for each in words]), len(known)


def m4(seed: int, *, n_steps: int = 400, rate: float = 1e-3, warm_up: int = 50, **fields: Any) -> Training:
    """Char transformer, AdamW with warm-up."""
    torch.manual_seed(seed)
    letters, n_letters = text()
    model, length = CharTransformer(n_letters), 32
    end = len(letters) * 9 // 10

    def batch_of(start: int, stop: int, numbers: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        begins = numbers.integers(start, stop - length - 1, size)
        both = torch.stack([letters[each : each + length + 1] for each in begins.tolist()])
        return both[:, :-1], both[:, 1:]

    held, held_targets = batch_of(end, len(letters), np.random.default_rng(0), 64)
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / warm_up))

    def before(step: int) -> None:
        if step:
            schedule.step()

    given: dict[str, Any] = {
        "batch": lambda step: batch_of(0, end, np.random.default_rng((seed, step)), 32),
        "loss": functional.cross_entropy,
        "optimizers": [optimizer],
        "n_steps": n_steps,
        "score": lambda model: -float(functional.cross_entropy(model(held), held_targets)),
        "held_out": loss_of(held, held_targets, functional.cross_entropy),
        "probe": (held[:16], None),
        "before": before,
    }
    return Training(model=model, **given | fields)


class AddingGru(nn.Module):
    """Adds two marked numbers of a sequence."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.gru = nn.GRU(2, width, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, sequence: Tensor) -> Tensor:
        return self.head(self.gru(sequence)[0][:, -1])


def adding(numbers: np.random.Generator, length: int, size: int) -> tuple[Tensor, Tensor]:
    """Sequences ``[B, T, 2]`` of numbers and marks, and the sums ``[B, 1]`` of the two that are marked."""
    values = numbers.uniform(0, 1, (size, length)).astype(np.float32)
    marks = np.zeros_like(values)
    for row in range(size):
        marks[row, numbers.choice(length, 2, replace=False)] = 1
    return torch.from_numpy(np.stack([values, marks], -1)), torch.from_numpy((values * marks).sum(1, keepdims=True))


def m5(
    seed: int,
    *,
    length: int = 30,
    n_steps: int = 400,
    clip: float | None = 1.0,
    model: nn.Module | None = None,
    **fields: Any,
) -> Training:
    """GRU on the adding task, Adam, clipped."""
    torch.manual_seed(seed)
    model = AddingGru() if model is None else model
    held, sums = adding(np.random.default_rng(0), length, 256)

    given: dict[str, Any] = {
        "batch": lambda number: adding(np.random.default_rng((seed, number)), length, 32),
        "loss": functional.mse_loss,
        "optimizers": [torch.optim.Adam(model.parameters(), 1e-3)],
        "n_steps": n_steps,
        "score": lambda model: -float(torch.nan_to_num(functional.mse_loss(model(held), sums), nan=1e3)),
        "probe": (held[:32], None),
        "clip": clip,
    }
    return Training(model=model, **given | fields)


def m6(seed: int, *, scale: float = 1.0, rate: float = 1e-3, n_steps: int = 400, **fields: Any) -> Training:
    """Regression on diabetes, scaled, Adam. The score does not depend on the scale of the targets."""
    torch.manual_seed(seed)
    data = datasets.load_diabetes()
    inputs = torch.from_numpy((data.data / data.data.std()).astype(np.float32))
    targets = torch.from_numpy(((data.target - data.target.mean()) / data.target.std()).astype(np.float32))[:, None]
    if scale != 1:
        targets = (targets + 2) * scale
    model = he(mlp((10, 64, 64, 1)))
    held, held_targets = inputs[350:], targets[350:]

    def score(model: nn.Module) -> float:
        return -float(functional.mse_loss(model(held), held_targets) / held_targets.var())

    given: dict[str, Any] = {
        "batch": batches(inputs[:350], targets[:350], seed, 32),
        "loss": functional.mse_loss,
        "optimizers": [torch.optim.Adam(model.parameters(), rate, weight_decay=1e-2)],
        "n_steps": n_steps,
        "score": score,
        "probe": (held[:32], None),
        "steps_per_epoch": 350 // 32,
    }
    return Training(model=model, **given | fields)


def m7(seed: int, **fields: Any) -> Training:
    """Autoencoder 64-32-8-32-64 on digits in 0…1, Adam."""
    torch.manual_seed(seed)
    inputs = torch.from_numpy((datasets.load_digits().data / 16).astype(np.float32))
    model = mlp((64, 32, 8, 32, 64))
    held = inputs[1300:]
    given: dict[str, Any] = {
        "batch": batches(inputs[:1300], inputs[:1300], seed),
        "loss": functional.mse_loss,
        "optimizers": [torch.optim.Adam(model.parameters(), 1e-3)],
        "n_steps": 400,
        "score": lambda model: -float(functional.mse_loss(model(held), held)),
        "held_out": loss_of(held, held, functional.mse_loss),
        "probe": (held[:64], None),
        "steps_per_epoch": 1300 // BATCH,
    }
    return Training(model=model, **given | fields)


class Block(nn.Module):
    """Two convolutions with batch norm beside a path of its own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)

    def forward(self, inputs: Tensor) -> Tensor:
        inner = functional.relu(self.bn1(self.conv1(inputs)))
        return functional.relu(inputs + self.bn2(self.conv2(inner)))


class SmallResNet(nn.Module):
    """A stem, three blocks and a linear layer."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(width)
        self.block1, self.block2, self.block3 = Block(width), Block(width), Block(width)
        self.fc = nn.Linear(width, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        features = functional.relu(self.bn(self.stem(inputs)))
        features = functional.max_pool2d(self.block1(features), 2)
        return self.fc(self.block3(self.block2(features)).mean((2, 3)))


def m8(seed: int, *, n_steps: int = 200, model: nn.Module | None = None, **fields: Any) -> Training:
    """Small ResNet on digits, SGD with a cosine."""
    torch.manual_seed(seed)
    inputs, labels, held, held_labels = digits(as_pictures=True)
    model = SmallResNet() if model is None else model
    optimizer = torch.optim.SGD([each for each in model.parameters() if each.requires_grad], 0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)

    def before(step: int) -> None:
        if step:
            schedule.step()

    given: dict[str, Any] = {
        "batch": batches(inputs, labels, seed),
        "loss": functional.cross_entropy,
        "optimizers": [optimizer],
        "n_steps": n_steps,
        "score": accuracy_of(held, held_labels),
        "held_out": loss_of(held, held_labels, functional.cross_entropy),
        "probe": (held[:32], held_labels[:32]),
        "before": before,
        "steps_per_epoch": len(inputs) // BATCH,
    }
    return Training(model=model, **given | fields)


class Gan(nn.Module):
    """A generator and a discriminator of points in a plane."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = mlp((8, 64, 64, 2))
        self.discriminator = mlp((2, 64, 64, 1), lambda: nn.LeakyReLU(0.2))

    def forward(self, noise: Tensor) -> Tensor:
        return self.discriminator(self.generator(noise))


def ring(numbers: np.random.Generator, size: int) -> Tensor:
    """Points of eight narrow clusters on a circle, ``[B, 2]``."""
    angles = numbers.integers(0, 8, size) * (2 * np.pi / 8)
    points = np.stack([np.cos(angles), np.sin(angles)], 1) * 2 + numbers.normal(0, 0.05, (size, 2))
    return torch.from_numpy(points.astype(np.float32))


def m9(seed: int, *, times: float = 1.0, n_steps: int = 600, **fields: Any) -> Training:
    """GAN on a ring of Gaussians; ``times``: by which the discriminator's rate is larger."""
    torch.manual_seed(seed)
    model = Gan()
    of_discriminator = torch.optim.Adam(model.discriminator.parameters(), 2e-4 * times, (0.5, 0.999))
    of_generator = torch.optim.Adam(model.generator.parameters(), 2e-4, (0.5, 0.999))
    entropy = functional.binary_cross_entropy_with_logits
    noise = torch.from_numpy(np.random.default_rng(0).normal(size=(256, 8)).astype(np.float32))

    def step(training: Training, number: int) -> dict[str, Any]:
        numbers = np.random.default_rng((seed, number))
        real, own = ring(numbers, 64), torch.from_numpy(numbers.normal(size=(64, 8)).astype(np.float32))
        of_discriminator.zero_grad()
        fake = model.generator(own)
        said = model.discriminator(real), model.discriminator(fake.detach())
        loss_d = entropy(said[0], torch.ones(64, 1)) + entropy(said[1], torch.zeros(64, 1))
        loss_d.backward()
        of_discriminator.step()
        of_generator.zero_grad()
        loss_g = entropy(model.discriminator(fake), torch.ones(64, 1))
        loss_g.backward()
        of_generator.step()
        return {"loss": loss_g, "loss_d": loss_d.detach()}

    def score(model: nn.Module) -> float:
        """How near the generated points lie to the ring, and how many clusters they reach."""
        points = model.generator(noise)
        angles = torch.round(torch.atan2(points[:, 1], points[:, 0]) / (2 * np.pi / 8)) % 8
        centres = torch.stack([torch.cos(angles * 2 * np.pi / 8), torch.sin(angles * 2 * np.pi / 8)], 1) * 2
        near = (points - centres).norm(dim=1) < 0.5
        return len(set(angles[near].tolist())) / 8 + float(near.float().mean())

    given: dict[str, Any] = {
        "batch": lambda number: (noise, noise),
        "loss": lambda outputs, targets: outputs.sum(),
        "optimizers": [of_discriminator, of_generator],
        "n_steps": n_steps,
        "score": score,
        "probe": (noise[:64], None),
        "step": step,
    }
    return Training(model=model, **given | fields)


class GridWorld:
    """A walker on 5 × 5 fields that is to reach the corner; 20 moves at most."""

    def __init__(self, numbers: np.random.Generator) -> None:
        self._numbers = numbers

    def episode(self, policy: nn.Module) -> tuple[Tensor, Tensor, float]:
        """States ``[T, 25]``, moves ``[T]`` and what was won."""
        at, states, moves, won = (0, 0), [], [], 0.0
        for _ in range(20):
            state = torch.zeros(25)
            state[at[0] * 5 + at[1]] = 1
            chances = torch.softmax(policy(state), 0).detach().numpy().astype(float)
            move = int(self._numbers.choice(4, p=chances / chances.sum()))
            states.append(state)
            moves.append(move)
            down, right = ((1, 0), (-1, 0), (0, 1), (0, -1))[move]
            at = min(max(at[0] + down, 0), 4), min(max(at[1] + right, 0), 4)
            won -= 0.05
            if at == (4, 4):
                return torch.stack(states), torch.tensor(moves), won + 1
        return torch.stack(states), torch.tensor(moves), won


def m10(seed: int, *, n_steps: int = 300, **fields: Any) -> Training:
    """REINFORCE with a running baseline on a grid."""
    torch.manual_seed(seed)
    model = mlp((25, 64, 4))
    world, baseline = GridWorld(np.random.default_rng(seed)), [0.0]
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)

    def step(training: Training, number: int) -> dict[str, Any]:
        losses, rewards = [], []
        for _ in range(4):
            states, moves, won = world.episode(model)
            chosen = torch.log_softmax(model(states), 1)[torch.arange(len(moves)), moves]
            losses.append(-chosen.sum() * (won - baseline[0]))
            rewards.append(won)
        baseline[0] = 0.9 * baseline[0] + 0.1 * float(np.mean(rewards))
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": loss, "reward": float(np.mean(rewards))}

    given: dict[str, Any] = {
        "batch": lambda number: (torch.eye(25), torch.eye(25)),
        "loss": lambda outputs, targets: outputs.sum(),
        "optimizers": [optimizer],
        "n_steps": n_steps,
        "score": lambda model: float(
            np.mean([GridWorld(np.random.default_rng(n)).episode(model)[2] for n in range(20)])
        ),
        "probe": (torch.eye(25), None),
        "step": step,
    }
    return Training(model=model, **given | fields)
