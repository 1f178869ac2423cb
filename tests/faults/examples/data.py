"""What the examples learn from: real pictures where they lie in the folder of the data, and what can be made anywhere.

Handwritten digits and colour pictures are those of MNIST and CIFAR-10 where STROBE_DATA_ROOT has them, else those that
come with scikit-learn, enlarged, and shapes that are drawn.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from data.idx import find_idx, read_idx
from data.shapes import draw_shapes
from data.sources import default_data_root
from tests.faults.bases import accuracy_of, batches, digits, loss_of
from tests.faults.training import Training

Split = tuple[Tensor, Tensor, Tensor, Tensor]
"""Training inputs and labels, held-out inputs and labels."""

HELD_OUT = 256


def _split(pictures: Tensor, labels: Tensor, n: int) -> Split:
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(pictures))[: n + HELD_OUT])
    pictures, labels = pictures[order], labels[order]
    return pictures[:n], labels[:n], pictures[n:], labels[n:]


@lru_cache
def handwritten() -> Split:
    """Digits ``[N, 1, 28, 28]``, standardised."""
    folder = default_data_root() / "MNIST" / "raw"
    files = [find_idx(folder, f"train-{kind}") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    if None in files:
        inputs, labels, held, held_labels = digits(as_pictures=True)
        return _split(functional.interpolate(torch.cat([inputs, held]), 28), torch.cat([labels, held_labels]), 1300)
    pictures = torch.from_numpy(read_idx(files[0], 3) / np.float32(255))[:, None]  # type: ignore[arg-type]
    labels = torch.from_numpy(read_idx(files[1], 1).astype(np.int64))  # type: ignore[arg-type]
    return _split((pictures - 0.1307) / 0.3081, labels, 4000)


@lru_cache
def coloured() -> Split:
    """Pictures of ten kinds of thing ``[N, 3, 16, 16]``, standardised."""
    folder = default_data_root() / "cifar10_images" / "train"
    if folder.is_dir():
        kinds = sorted(folder.iterdir())
        files = [(path, kind) for kind, each in enumerate(kinds) for path in sorted(each.iterdir())[:250]]
        read = np.stack([np.asarray(Image.open(path)) for path, _ in files])
        labels = np.array([kind for _, kind in files])
    else:
        read, labels = draw_shapes(2500, np.random.default_rng(0))
        read = read.transpose(0, 2, 3, 1)
    pictures = torch.from_numpy(np.ascontiguousarray(read)).float().permute(0, 3, 1, 2)
    pictures = functional.avg_pool2d(pictures, 2)
    spread, mean = torch.std_mean(pictures, (0, 2, 3), keepdim=True)
    return _split((pictures - mean) / spread, torch.from_numpy(labels.astype(np.int64)), 2000)


@lru_cache
def _found() -> list[str]:
    folder = Path(argparse.__file__).parent
    text = "".join((folder / name).read_text("utf-8") for name in ("argparse.py", "optparse.py", "subprocess.py"))
    return re.findall(r"\w+|[^\w\s]|\n", text)


@lru_cache
def vocabulary(n_words: int = 600) -> list[str]:
    """The most frequent words of files that come with Python; the first stands for every rare one."""
    return ["…", *(word for word, _ in Counter(_found()).most_common(n_words - 1))]


@lru_cache
def words(n_words: int = 600) -> tuple[Tensor, int]:
    """Words of files that come with Python, as numbers, and how many different ones there are; 0 is every rare one."""
    known = {word: number for number, word in enumerate(vocabulary(n_words))}
    return torch.tensor([known.get(each, 0) for each in _found()]), n_words


def classifier(
    seed: int,
    model: nn.Module,
    data: Split,
    optimizer: torch.optim.Optimizer,
    *,
    loss: Callable[..., Tensor] = functional.cross_entropy,
    size: int = 64,
    n_steps: int = 250,
    **fields: Any,
) -> Training:
    """A training on pictures with labels."""
    inputs, labels, held, held_labels = data
    given: dict[str, Any] = {
        "batch": batches(inputs, labels, seed, size),
        "loss": loss,
        "optimizers": [optimizer],
        "n_steps": n_steps,
        "score": accuracy_of(held, held_labels),
        "held_out": loss_of(held, held_labels, loss),
        "probe": (held[:64], held_labels[:64]),
        "steps_per_epoch": len(inputs) // size,
    }
    return Training(model=model, **given | fields)


def scheduled(training: Training, schedule: Any, each: int) -> Training:
    """The same, with a schedule that is stepped after so many steps, as after an epoch."""

    def before(step: int) -> None:
        if step and step % each == 0:
            schedule.step()

    training.before = before
    return training
