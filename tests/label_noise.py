"""Does the ranking of suspicion find wrong labels in real pictures? ``python -m tests.label_noise`` prints the table.

10,000 pictures of MNIST and of CIFAR-10 are learnt for 5 epochs by a small network, once with 5 % of the labels planted
wrong and once as they are, with each of ten seeds. All samples are followed. Of the 100 most suspicious at least 80 are
to be planted ones, and ``label-noise`` is to be silent on the labels as they are.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.findings.suspicion import suspicion_of

DATA = Path(os.environ.get("STROBE_DATA_ROOT", "../shared/data"))
N, EPOCHS, SHARE, TOP = 10_000, 5, 0.05, 100


@dataclass(frozen=True)
class Outcome:
    """Of one training.

    Attributes:
        found: planted ones among the 100 most suspicious.
        is_told: whether ``label-noise`` says something.
        share: of wrong labels, as the rule estimates it; NaN where it says nothing.
        accuracy: share of the samples that are taken for their label at the end.
        seconds: of processor time.
    """

    found: int
    is_told: bool
    share: float
    accuracy: float
    seconds: float


def mnist() -> tuple[Tensor, Tensor]:
    """The first 10,000 pictures, ``[N, 1, 28, 28]``, and their labels."""
    raw = DATA / "MNIST" / "raw"
    pictures = np.frombuffer((raw / "train-images-idx3-ubyte").read_bytes(), np.uint8, N * 784, 16)
    labels = np.frombuffer((raw / "train-labels-idx1-ubyte").read_bytes(), np.uint8, N, 8)
    return _scaled(pictures.reshape(N, 1, 28, 28)), torch.from_numpy(labels.astype(np.int64))


def cifar10() -> tuple[Tensor, Tensor]:
    """10,000 pictures, 1,000 of each class, ``[N, 3, 32, 32]``, and their labels."""
    folders = sorted((DATA / "cifar10_images" / "train").iterdir())
    files = [(path, number) for number, folder in enumerate(folders) for path in sorted(folder.iterdir())]
    pictures = np.stack([np.asarray(Image.open(path)) for path, _ in files]).transpose(0, 3, 1, 2)
    return _scaled(pictures), torch.tensor([number for _, number in files])


def _scaled(pictures: np.ndarray) -> Tensor:
    values = torch.from_numpy(pictures.astype(np.float32))
    return (values - values.mean((0, 2, 3), keepdim=True)) / values.std((0, 2, 3), keepdim=True)


def network(shape: tuple[int, ...]) -> nn.Module:
    """A small one for such pictures, of ten classes."""
    if shape[0] == 1:
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    return nn.Sequential(
        nn.Conv2d(3, 24, 5, 2), nn.BatchNorm2d(24), nn.ReLU(), nn.Conv2d(24, 48, 3, 2), nn.BatchNorm2d(48), nn.ReLU(),
        nn.Flatten(), nn.Linear(48 * 36, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def planted(labels: Tensor, seed: int, n_classes: int = 10, share: float = SHARE) -> tuple[Tensor, np.ndarray]:
    """The labels, of which a share are another class, each as likely; and bool ``[N]``: which."""
    chance = torch.Generator().manual_seed(1_000 + seed)
    n_planted = int(share * len(labels))
    at = torch.randperm(len(labels), generator=chance)[:n_planted]
    wrong = labels.clone()
    wrong[at] = (wrong[at] + torch.randint(1, n_classes, (n_planted,), generator=chance)) % n_classes
    return wrong, (wrong != labels).numpy()


def train(model: nn.Module, inputs: Tensor, labels: Tensor, path: Path, epochs: int = EPOCHS) -> None:
    """Learn them, with stories of all."""
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    options = {"stories": (inputs, labels), "story_of": "training", "insight": None, "interval": 10**6}
    with Collector(model, optimizer, path, overwrite=True, **options) as collector:  # type: ignore[arg-type]
        for _ in range(epochs):
            for batch in torch.randperm(len(labels)).split(32):
                loss = nn.functional.cross_entropy(model(inputs[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss.item())
            collector.end_epoch()


def outcome(inputs: Tensor, labels: Tensor, is_planted: np.ndarray, seed: int, path: Path) -> Outcome:
    """Train once and look."""
    began = time.process_time()
    torch.manual_seed(seed)
    train(network(tuple(inputs.shape[1:])), inputs, labels, path)
    with open_collection(path) as collection:
        suspicion = suspicion_of(collection.stories)
        assert suspicion is not None
        told = collection.findings(["label-noise"]).findings
        accuracy = float((collection.stories[-1].predictions == labels.numpy()).mean())
    found = int(is_planted[suspicion.order[:TOP]].sum())
    share = float(told[0].rests_on.figures["share of wrong labels, estimated"]) if told else float("nan")
    return Outcome(found, bool(told), share, accuracy, time.process_time() - began)


def table(names: list[str], seeds: range) -> Iterator[str]:
    """The rows, each as soon as it is known."""
    yield f"{'data':<8} {'labels':<8} seed accuracy planted of {TOP}  told  share     s"
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            inputs, labels = {"mnist": mnist, "cifar10": cifar10}[name]()
            for seed in seeds:
                for kind in ("planted", "clean"):
                    given, which = planted(labels, seed) if kind == "planted" else (labels, np.zeros(N, bool))
                    one = outcome(inputs, given, which, seed, Path(folder) / "run.json")
                    found = str(one.found) if kind == "planted" else "-"
                    yield (
                        f"{name:<8} {kind:<8} {seed:>4} {one.accuracy:>8.3f} {found:>14} "
                        f"{'yes' if one.is_told else 'no':>5} {one.share:>6.3f} {one.seconds:>5.0f}"
                    )


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["mnist", "cifar10"], choices=["mnist", "cifar10"])
    parser.add_argument("--first_seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    torch.set_num_threads(1)
    for row in table(given.data, range(given.first_seed, given.first_seed + given.seeds)):
        sys.stdout.write(row + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
