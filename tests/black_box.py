"""Trainings that break, each in a known way at a known step, and what the black box has to have kept of them.

All of them: ``python -m tests.black_box``.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import FrameType

import numpy as np
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.storage import Collection
from collector.storage.layer import Layer
from collector.storage.layer_arrays import ENDINGS, LayerArrays

N_STEPS = 6
"""That are held."""
INTERVAL = 10
KINDS = {"nan": "not finite", "exception": "exception", "sigterm": "signal", "spike": "spike"}
"""What breaks a training → the cause that the file names."""
STEPS = (17, 23, 31, 38)
"""At which they break: with passes of the schedule just before, among, or far from the steps that are kept."""

Arrays = dict[str, np.ndarray]
"""Layer and parameter, as ``fc.weight`` → values."""


class Terminated(BaseException):
    """What a training's own handler of SIGTERM raises."""


class Broken(Exception):
    """What goes wrong in a training."""


class Attentive(nn.Module):
    """A transformer of one block over words."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(40, 32)
        self.norm1, self.norm2 = nn.LayerNorm(32), nn.LayerNorm(32)
        self.attention = nn.MultiheadAttention(32, 4, batch_first=True)
        self.wide, self.narrow, self.head = nn.Linear(32, 64), nn.Linear(64, 32), nn.Linear(32, 5)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words)
        normed = self.norm1(x)
        x = x + self.attention(normed, normed, normed, need_weights=False)[0]
        x = x + self.narrow(torch.relu(self.wide(self.norm2(x))))
        return self.head(x.mean(1))


def mlp() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 5))


def cnn() -> nn.Module:
    convolutions = nn.Conv2d(1, 30, 3), nn.BatchNorm2d(30), nn.ReLU(), nn.ConvTranspose2d(30, 8, 3), nn.ReLU()
    return nn.Sequential(*convolutions, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 5))


MODELS: dict[str, Callable[[], nn.Module]] = {"mlp": mlp, "cnn": cnn, "transformer": Attentive}


@dataclass(frozen=True)
class Break:
    """One planted break."""

    model: str
    kind: str
    step: int

    def __str__(self) -> str:
        return f"{self.model}, {self.kind} at step {self.step}"

    @property
    def kept(self) -> range:
        """The steps that are to be in the file: those before the break, and with it where its update was made."""
        stop = self.step + (self.kind in ("nan", "spike"))
        return range(stop - N_STEPS, stop)


@dataclass
class Kept:
    """What a test has kept by hand of a step."""

    weights: Arrays
    gradients: Arrays
    updates: Arrays


def breaks() -> list[Break]:
    """All that are planted in PyTorch, 48 of them."""
    return [Break(*each) for each in product(MODELS, KINDS, STEPS)]


def _copied(model: nn.Module) -> Arrays:
    return {name: each.detach().numpy().copy() for name, each in model.named_parameters()}


def _give_up(number: int, frame: FrameType | None) -> None:
    raise Terminated


def train(planted: Break, path: Path) -> dict[int, Kept]:
    """Train until it breaks; step → what was kept by hand."""
    torch.manual_seed(planted.step)
    model = MODELS[planted.model]()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    is_of_words = planted.model == "transformer"
    inputs = torch.randint(0, 40, (8, 6)) if is_of_words else torch.randn(8, 1, 8, 8)
    labels = torch.randint(0, 5, (8,))
    kept: dict[int, Kept] = {}
    options = {"probe": (inputs[:4], labels[:4]), "interval": INTERVAL, "overwrite": True}
    before = signal.signal(signal.SIGTERM, _give_up)
    try:
        with Collector(model, optimizer, path, black_box=N_STEPS, **options) as collector:
            for step in range(planted.step + 3):
                is_now = step == planted.step
                loss = nn.functional.cross_entropy(model(inputs), labels)
                if is_now and planted.kind == "exception":
                    raise Broken(f"a bad batch\nat {step}")
                if is_now and planted.kind == "sigterm":
                    os.kill(os.getpid(), signal.SIGTERM)
                scale = {"nan": float("nan"), "spike": 40.0}.get(planted.kind, 1.0) if is_now else 1.0
                loss = loss * scale
                optimizer.zero_grad()
                loss.backward()
                weights = _copied(model)
                gradients = {name: each.grad.numpy().copy() for name, each in model.named_parameters()}
                optimizer.step()
                after = _copied(model)
                kept[step] = Kept(weights, gradients, {name: after[name] - weights[name] for name in after})
                collector.log(loss=loss)
    except (Broken, Terminated):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
    return kept


def under_plan(layer: Layer, name: str, array: np.ndarray) -> np.ndarray:
    """What the file is to have of a parameter."""
    if name in layer.kept_parameters:
        return array[np.ix_(*(axis.kept for axis in layer.kept_parameters[name]))]
    if array.ndim < 2 or not len(layer.input_kept):
        return array[layer.kept]
    if layer.kind.startswith("ConvTranspose"):
        array = array.swapaxes(0, 1)
    block = layer.input_block
    columns = (np.asarray(layer.input_kept)[:, None] * block + np.arange(block)).ravel()
    return array[layer.kept][:, columns]


def found_of(layer: LayerArrays, name: str, kind: str) -> np.ndarray | None:
    """What the file has of a parameter."""
    if name in layer.parameters:
        return getattr(layer.parameters[name], kind)
    return getattr(layer, name + ENDINGS[kind])


def faults(collection: Collection, planted: Break, kept: dict[int, Kept]) -> Iterator[str]:
    """What the file has otherwise than it was kept by hand."""
    cause = KINDS[planted.kind]
    if cause not in [each.cause for each in collection.dumps]:
        yield f"no dump names {cause!r}"
    numbers = {int(step): number for number, step in enumerate(collection.passes.steps)}
    for step in planted.kept:
        if step not in numbers:
            yield f"step {step} has no pass"
            continue
        one = collection.passes[numbers[step]]
        for place, weight in kept[step].weights.items():
            owner, _, name = place.rpartition(".")
            layer = collection.layers[owner]
            hand = {"value": weight, "gradient": kept[step].gradients[place], "update": kept[step].updates[place]}
            for kind, expected in hand.items():
                found = found_of(one.layers[owner], name, kind)
                if found is None or not np.array_equal(found, under_plan(layer, name, expected), equal_nan=True):
                    yield f"step {step}: the {kind} of {place} is another one"
    if collection.damaged or not (found := collection.verify()).is_sound:
        yield f"the file is damaged: {[*collection.damaged, *found.faults]}"


def check(planted: Break, path: Path, train_it: Callable[[Break, Path], dict[int, Kept]] = train) -> list[str]:
    """Train until it breaks; what is wrong with what was left."""
    kept = train_it(planted, path)
    with open_collection(path) as collection:
        return list(faults(collection, planted, kept))


def main() -> int:
    from tests import black_box_keras  # which takes seconds

    n_bad = 0
    of_keras = black_box_keras.breaks()
    with tempfile.TemporaryDirectory() as folder:
        for number, planted in enumerate([*breaks(), *of_keras], 1):
            train_it = black_box_keras.train if planted in of_keras else train
            wrong = check(planted, Path(folder) / "run.json", train_it)
            n_bad += bool(wrong)
            print(f"{number}. {planted}: {wrong or f'{len(planted.kept)} steps, as kept by hand'}", flush=True)
    print(f"{number - n_bad} of {number} planted breaks left their last {N_STEPS} steps, readable and true.")
    return n_bad > 0


if __name__ == "__main__":
    sys.exit(main())
