"""A run of a small residual network on the project's own shapes: ``python -m tests.deep_network COLLECTION``."""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from collector import Collector
from data.pictures import channel_statistics
from data.shape_outlines import OUTLINES
from data.shapes import draw_shapes

STEPS, INTERVAL, BATCH = 100, 10, 32


class Block(nn.Module):
    """Two convolutions, around which the data pass as well; in the first of a stage through a convolution."""

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__()
        stride = 1 if n_inputs == n_outputs else 2
        self.conv1, self.bn1 = nn.Conv2d(n_inputs, n_outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(n_outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2, self.bn2 = nn.Conv2d(n_outputs, n_outputs, 3, padding=1, bias=False), nn.BatchNorm2d(n_outputs)
        self.shortcut = nn.Sequential()
        if stride == 2:
            self.shortcut = nn.Sequential(nn.Conv2d(n_inputs, n_outputs, 1, 2), nn.BatchNorm2d(n_outputs))

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + self.shortcut(x))


class ResidualNetwork(nn.Module):
    """Three stages of two blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.stage1 = nn.Sequential(Block(16, 16), Block(16, 16))
        self.stage2 = nn.Sequential(Block(16, 32), Block(32, 32))
        self.stage3 = nn.Sequential(Block(32, 64), Block(64, 64))
        self.pool, self.flatten, self.head = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.flatten(self.pool(self.stage3(self.stage2(self.stage1(self.stem(x)))))))


def record(path: Path) -> None:
    """Train, and leave a collection."""
    torch.manual_seed(0)
    pictures, labels = (torch.from_numpy(each) for each in draw_shapes(STEPS * BATCH, np.random.default_rng(0)))
    mean, std = channel_statistics(pictures)
    inputs = (pictures.float() / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    model = ResidualNetwork()
    optimizer = torch.optim.AdamW(model.parameters(), 0.003)
    options = {"class_names": tuple(OUTLINES), "mean": mean, "std": std, "interval": INTERVAL, "overwrite": True}
    about = {"model": "residual network", "dataset": "shapes", "data_used": "shapes", "seed": 0}
    with Collector(model, optimizer, path, probe=(inputs[:16], labels[:16]), about=about, **options) as collector:
        for first in range(0, STEPS * BATCH, BATCH):
            output, batch = model(inputs[first : first + BATCH]), labels[first : first + BATCH]
            loss = nn.functional.cross_entropy(output, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss, accuracy=(output.argmax(1) == batch).float().mean())


if __name__ == "__main__":
    record(Path(sys.argv[1]))
