"""Networks of any depth, width and kind, on several data sets, for trainings that are drawn at random."""

import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import accuracy_of, batches, digits, loss_of
from tests.faults.training import Training

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky": lambda: nn.LeakyReLU(0.1),
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
}
OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "Adam": lambda parameters: torch.optim.Adam(parameters, 1e-3),
    "AdamW": lambda parameters: torch.optim.AdamW(parameters, 2e-3, weight_decay=1e-2),
    "SGD": lambda parameters: torch.optim.SGD(parameters, 0.05, momentum=0.9),
    "RMSprop": lambda parameters: torch.optim.RMSprop(parameters, 5e-4),
}


@dataclass
class Draft:
    """A healthy training that a fault may be put into.

    Attributes:
        kind: of the network.
        layers: weighted ones from input to output, names.
        rectified: hidden layer → the ReLU that it feeds and nothing between.
        is_chain: whether each layer feeds the next one alone.
        has_classes: whether the loss is that of classes.
        optimizer: name of its kind.
    """

    training: Training
    kind: str
    layers: list[str]
    rectified: dict[str, str] = field(default_factory=dict)
    is_chain: bool = True
    has_classes: bool = True
    activation: str = "relu"
    optimizer: str = "Adam"

    @property
    def model(self) -> nn.Module:
        return self.training.model

    def module(self, name: str) -> Any:
        """The module of this name."""
        return self.model.get_submodule(name)

    def from_step(self, start: int, act: Callable[[int], None]) -> None:
        """Let something be done before each step from this one on."""
        usual = self.training.before

        def before(step: int) -> None:
            usual(step)
            if step >= start:
                act(step)

        self.training.before = before

    def optimize(self, parameters: Any, **options: Any) -> None:
        """Train these parameters, by the same kind of optimizer."""
        optimizer = OPTIMIZERS[self.optimizer](parameters)
        for group in optimizer.param_groups:
            group.update(options)
        self.training.optimizers = [optimizer]


@lru_cache
def _table(name: str) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    if name == "cancer":
        data = datasets.load_breast_cancer()
        inputs, labels = data.data, data.target
    elif name == "diabetes":
        data = datasets.load_diabetes()
        inputs, labels = data.data, (data.target - data.target.mean()) / data.target.std()
    else:
        inputs, labels = datasets.make_classification(
            2000, 24, n_informative=12, n_classes=5, class_sep=1.6, random_state=3
        )
    order = np.random.default_rng(1).permutation(len(inputs))
    inputs = ((inputs - inputs.mean(0)) / inputs.std(0)).astype(np.float32)[order]
    labels = np.asarray(labels)[order]
    end = len(inputs) * 3 // 4
    targets = torch.from_numpy(labels.astype(np.float32 if name == "diabetes" else np.int64))
    if name == "diabetes":
        targets = targets[:, None]
    both = torch.from_numpy(inputs), targets
    return both[0][:end], both[1][:end], both[0][end:], both[1][end:]


def _classifier(numbers: random.Random, seed: int, model: nn.Module, data: Any, kind: str) -> Draft:
    inputs, labels, held, held_labels = data
    optimizer = numbers.choice(list(OPTIMIZERS))
    batch = numbers.choice([32, 64])
    training = Training(
        model,
        batches(inputs, labels, seed, batch),
        functional.cross_entropy,
        [OPTIMIZERS[optimizer](model.parameters())],
        numbers.randint(250, 450),
        accuracy_of(held, held_labels),
        loss_of(held, held_labels, functional.cross_entropy),
        (held[:64], held_labels[:64]),
        steps_per_epoch=len(inputs) // batch,
    )
    layers = [
        name for name, each in model.named_modules() if isinstance(each, nn.Linear | nn.Conv2d | nn.GRU | nn.LSTM)
    ]
    return Draft(training, kind, layers, optimizer=optimizer)


def mlp(numbers: random.Random, seed: int, *, depth: int | None = None, activation: str | None = None) -> Draft:
    """A chain of dense layers."""
    data = digits() if (which := numbers.choice(["digits", "cancer", "made"])) == "digits" else _table(which)
    activation = activation or numbers.choice(list(ACTIVATIONS))
    depth = depth or numbers.randint(2, 5)
    sizes = [data[0].shape[1], *[numbers.choice([32, 48, 64, 100]) for _ in range(depth)], int(data[1].max()) + 1]
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    rectified = {}
    for number, (n_in, n_out) in enumerate(pairwise(sizes)):
        name = "head" if number == depth else f"dense{number}"
        parts[name] = layer = nn.Linear(n_in, n_out)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="tanh" if activation == "tanh" else "relu")
        nn.init.zeros_(layer.bias)
        if number < depth:
            parts[f"{activation}{number}"] = ACTIVATIONS[activation]()
            if activation == "relu":
                rectified[name] = f"{activation}{number}"
    draft = _classifier(numbers, seed, nn.Sequential(parts), data, "mlp")
    draft.rectified, draft.activation = rectified, activation
    return draft


def cnn(numbers: random.Random, seed: int) -> Draft:
    """Convolutions, with or without batch norm, on the digits as pictures."""
    has_norms = numbers.random() < 0.5
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    rectified = {}
    channels = [1, *[numbers.choice([8, 12, 16, 24]) for _ in range(numbers.randint(2, 4))]]
    for number, (n_in, n_out) in enumerate(pairwise(channels)):
        name = f"conv{number}"
        parts[name] = nn.Conv2d(n_in, n_out, 3, padding=1)
        if has_norms:
            parts[f"norm{number}"] = nn.BatchNorm2d(n_out)
        else:
            rectified[name] = f"relu{number}"
        parts[f"relu{number}"] = nn.ReLU()
    parts |= OrderedDict(pool=nn.AdaptiveAvgPool2d(4), flat=nn.Flatten(), head=nn.Linear(16 * channels[-1], 10))
    draft = _classifier(numbers, seed, nn.Sequential(parts), digits(as_pictures=True), "cnn")
    draft.rectified = rectified
    return draft


class ResidualBlock(nn.Module):
    """Norm, two dense layers, and a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.act = nn.ReLU()
        self.down = nn.Linear(2 * width, width)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.down(self.act(self.up(self.norm(values))))  # type: ignore[no-any-return]


def residual(numbers: random.Random, seed: int) -> Draft:
    """Residual blocks of dense layers."""
    width, n_blocks = numbers.choice([32, 48, 64]), numbers.randint(2, 4)
    blocks = [(f"block{number}", ResidualBlock(width)) for number in range(n_blocks)]
    model = nn.Sequential(OrderedDict([("stem", nn.Linear(64, width)), *blocks, ("head", nn.Linear(width, 10))]))
    draft = _classifier(numbers, seed, model, digits(), "residual")
    draft.rectified = {f"block{number}.up": f"block{number}.act" for number in range(n_blocks)}
    draft.is_chain = False
    return draft


class Rows(nn.Module):
    """A recurrent network over the rows of a picture."""

    def __init__(self, kind: type[nn.GRU] | type[nn.LSTM], width: int) -> None:
        super().__init__()
        self.rnn = kind(8, width, batch_first=True)
        self.head = nn.Linear(width, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.rnn(pictures.flatten(1).view(-1, 8, 8))[0][:, -1])  # type: ignore[no-any-return]


def recurrent(numbers: random.Random, seed: int) -> Draft:
    """GRU or LSTM."""
    model = Rows(numbers.choice([nn.GRU, nn.LSTM]), numbers.choice([32, 48, 64]))
    draft = _classifier(numbers, seed, model, digits(), "recurrent")
    draft.is_chain = False
    return draft


class RowTransformer(nn.Module):
    """A transformer over the rows of a picture."""

    def __init__(self, width: int, n_blocks: int, *, norm_first: bool) -> None:
        super().__init__()
        self.rows = nn.Linear(8, width)
        self.places = nn.Parameter(torch.randn(8, width) * 0.1)
        block = nn.TransformerEncoderLayer(width, 4, 2 * width, 0.1, batch_first=True, norm_first=norm_first)
        self.blocks = nn.TransformerEncoder(block, n_blocks, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        rows = self.rows(pictures.flatten(1).view(-1, 8, 8)) + self.places
        return self.head(self.norm(self.blocks(rows)).mean(1))  # type: ignore[no-any-return]


def transformer(numbers: random.Random, seed: int) -> Draft:
    """Pre- or post-norm encoder."""
    model = RowTransformer(numbers.choice([32, 48]), numbers.randint(1, 3), norm_first=numbers.random() < 0.5)
    draft = _classifier(numbers, seed, model, digits(), "transformer")
    draft.is_chain = False
    draft.layers = [name for name in draft.layers if not name.endswith("out_proj")]
    if draft.optimizer in ("SGD", "RMSprop"):
        draft.optimizer = "AdamW"
        draft.optimize(model.parameters())
    return draft


def regression(numbers: random.Random, seed: int) -> Draft:
    """A small network for one number."""
    inputs, targets, held, held_targets = _table("diabetes")
    width, activation = numbers.choice([16, 32]), numbers.choice(["relu", "tanh", "gelu"])
    parts = OrderedDict(
        dense0=nn.Linear(10, width),
        act0=ACTIVATIONS[activation](),
        dense1=nn.Linear(width, width),
        act1=ACTIVATIONS[activation](),
        head=nn.Linear(width, 1),
    )
    model = nn.Sequential(parts)
    training = Training(
        model,
        batches(inputs, targets, seed, 32),
        functional.mse_loss,
        [OPTIMIZERS["Adam"](model.parameters())],
        numbers.randint(250, 400),
        lambda model: -float(functional.mse_loss(model(held), held_targets)),
        loss_of(held, held_targets, functional.mse_loss),
        (held[:64], None),
        steps_per_epoch=len(inputs) // 32,
    )
    rectified = {f"dense{number}": f"act{number}" for number in (0, 1)} if activation == "relu" else {}
    return Draft(
        training, "regression", ["dense0", "dense1", "head"], rectified, has_classes=False, activation=activation
    )


NETWORKS: dict[str, Callable[[random.Random, int], Draft]] = {
    "mlp": mlp,
    "cnn": cnn,
    "residual": residual,
    "recurrent": recurrent,
    "transformer": transformer,
    "regression": regression,
}
