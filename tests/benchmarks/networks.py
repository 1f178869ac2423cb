"""The collections that the window is measured on, from 1,560 edges to 158,320."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.generated import write_collection

TRAINED = {
    "cnn": ("cnn", 24),
    "cnn, every unit": ("cnn", 0),
    "cnn_large": ("cnn_large", 24),
    "cnn_large, every unit": ("cnn_large", 0),
}
"""Name → model and neuron cap."""

GENERATED = {
    "a tenth": ([48, 24, 12, 10], 0),
    "linear layers as the original drew the cnn": ([576, 24, 24, 24, 24, 10], 0),
    "1 GB": ([784, 126, 10], 10**9),
    "ten times": ([1250, 120, 64, 10], 0),
}
"""Name → layer sizes and bytes; of 0 bytes so many as 20 passes take."""


def write_trained(path: Path, model: str, neuron_cap: int, seed: int = 0) -> None:
    """20 passes of a training of one of the project's models on random pictures, in a child process."""
    code = f"""
import torch
from collector import Collector
from models.build import build
torch.manual_seed({seed})
model = build({model!r}, (1, 28, 28), 10)
optimizer = torch.optim.AdamW(model.parameters(), 0.002)
images, labels = torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,))
options = dict(probe=(images[:16], labels[:16]), interval=1, neuron_cap={neuron_cap}, overwrite=True)
with Collector(model, optimizer, {str(path)!r}, class_names="0123456789", **options) as collector:
    for _ in range(19):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        collector.log(loss=loss, accuracy=0.5)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def write_deep(path: Path, n_blocks: int) -> None:
    """20 passes of a training of residual blocks of a norm and a convolution, in a child process."""
    code = f"""
import torch
from torch import nn
from collector import Collector
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(16), nn.Conv2d(16, 16, 3, padding=1)
    def forward(self, x):
        return x + self.conv(self.norm(x).relu())
stages = [nn.Sequential(*[Block() for _ in range({n_blocks} // 3)]) for _ in range(3)]
model = nn.Sequential(nn.Conv2d(1, 16, 3, 2), *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
optimizer = torch.optim.AdamW(model.parameters(), 0.002)
images, labels = torch.rand(16, 1, 12, 12), torch.randint(0, 10, (16,))
options = dict(probe=(images, labels), interval=1, overwrite=True)
with Collector(model, optimizer, {str(path)!r}, class_names="0123456789", **options) as collector:
    for _ in range(19):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        collector.log(loss=loss, accuracy=0.5)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def collections(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each, which is deleted when the next one is asked for."""
    path = folder / "collection.json"
    for name, (model, neuron_cap) in TRAINED.items():
        write_trained(path, model, neuron_cap)
        yield name, path
    for name, (sizes, n_bytes) in GENERATED.items():
        path.unlink()
        write_collection(path, sizes, n_bytes or sum(a * b for a, b in pairwise(sizes)) * 16 * 20)
        yield name, path
