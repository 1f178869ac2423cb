"""Records the demos that the start page opens: ``make demos``.

Three trainings of one small network on handwritten digits: one that learns, one in which a layer dies, one that meets a
picture which cannot be normalised.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, InsightOptions

FOLDER = Path(__file__).parents[1] / "resources" / "demos"
N_STEPS, PER_EPOCH, BATCH, HELD_OUT = 180, 60, 24, 357
SHIFT_AT, BLANK_AT = 100, 130
RATE = 0.02


def network() -> nn.Sequential:
    """Two convolutions and two linear layers."""
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(1, 6, 3, padding=1),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(6, 8, 3, padding=1),
            relu2=nn.ReLU(),
            pool=nn.MaxPool2d(4),
            flatten=nn.Flatten(),
            fc1=nn.Linear(8 * 2 * 2, 16),
            relu3=nn.ReLU(),
            fc2=nn.Linear(16, 10),
        )
    )


def normalised(pictures: Tensor) -> Tensor:
    """Each picture ``[N, 1, 8, 8]`` by its own mean and spread, as many write it: 0/0 where one is blank."""
    return (pictures - pictures.mean((2, 3), keepdim=True)) / pictures.std((2, 3), keepdim=True)


def as_it_is(step: int, pictures: Tensor, model: nn.Sequential) -> Tensor:
    return pictures


def shifted(step: int, pictures: Tensor, model: nn.Sequential) -> Tensor:
    """At one step a bias is shifted by hand, far beyond what its layer ever gives: a line that was left behind."""
    if step == SHIFT_AT:
        with torch.no_grad():
            model.get_parameter("conv2.bias").sub_(40)
    return pictures


def blank(step: int, pictures: Tensor, model: nn.Sequential) -> Tensor:
    """The first picture of one batch is blank."""
    if step != BLANK_AT:
        return pictures
    changed = pictures.clone()
    changed[0] = 0
    return changed


DEMOS: dict[str, Callable[[int, Tensor, nn.Sequential], Tensor]] = {
    "healthy": as_it_is,
    "dead_layer": shifted,
    "nan": blank,
}


def record(path: Path, happens: Callable[[int, Tensor, nn.Sequential], Tensor]) -> None:
    """Train for three epochs with a pass each 30 steps."""
    data = datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    pictures = torch.from_numpy(data.images[order, None].astype(np.float32) / 16)
    labels = torch.from_numpy(data.target[order].astype(np.int64))
    held, held_labels = normalised(pictures[:HELD_OUT]), labels[:HELD_OUT]
    pictures, labels = pictures[HELD_OUT:], labels[HELD_OUT:]
    torch.manual_seed(0)
    model = network()
    nn.init.constant_(model.fc1.bias, 0.1)  # no unit is silent from the start
    optimizer = torch.optim.SGD(model.parameters(), RATE, momentum=0.9)
    with Collector(
        model,
        optimizer,
        path,
        probe=(held[:16], held_labels[:16]),
        interval=30,
        neuron_cap=12,
        feature_maps="last",
        feature_samples=2,
        insight=InsightOptions(interval=15, sign_interval=10),
        similarity=(held[:48], held_labels[:48]),
        similarity_features=8,
        projection=(held[:60], held_labels[:60]),
        projection_layers=["fc1", "fc2"],
        about={
            "model": "a small CNN",
            "dataset": "handwritten digits",
            "data_used": "handwritten digits",
            "steps_per_epoch": PER_EPOCH,
            "total_steps": N_STEPS,
            "seed": 0,
        },
        overwrite=True,
    ) as collector:
        for step in range(N_STEPS):
            rows = np.random.default_rng((0, step // PER_EPOCH)).permutation(len(labels))
            rows = rows[step % PER_EPOCH * BATCH :][:BATCH]
            outputs = model(normalised(happens(step, pictures[rows], model)))
            loss = functional.cross_entropy(outputs, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            accuracy = (outputs.argmax(1) == labels[rows]).float().mean()
            collector.log(loss=loss, accuracy=accuracy)
            if step % PER_EPOCH == PER_EPOCH - 1:
                with torch.no_grad():
                    answers = model(held)
                test_loss = functional.cross_entropy(answers, held_labels).item()
                test_accuracy = (answers.argmax(1) == held_labels).float().mean().item()
                collector.log(val_loss=test_loss)
                collector.end_epoch(test_loss=test_loss, test_accuracy=test_accuracy)


def main(folder: Path = FOLDER) -> int:
    """Record all of them; the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, happens in DEMOS.items():
        record(folder / f"{name}.json", happens)
        print(f"{folder / name}.json: {(folder / f'{name}.json').stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
