"""A training with a layer that is dead from the start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from collector import Collector, open_collection
from collector.storage.reader import Collection

HOSTILE = "<img src=x onerror=alert(1)>\x07"
"""What stands for text in a page must not be one of its elements."""


@pytest.fixture(scope="session")
def dead_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dead") / "dead.json"
    torch.manual_seed(0)
    inputs, labels = torch.randn(64, 8), torch.randint(0, 3, (64,))
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))
    with torch.no_grad():
        model[2].bias.fill_(-20.0)
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    probe, about = (inputs[:8], labels[:8]), {"model": HOSTILE, "dataset": "noise"}
    with Collector(model, optimizer, path, probe=probe, interval=20, about=about) as collector:
        for _ in range(120):
            loss = functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    return path


@pytest.fixture
def dead(dead_path: Path) -> Iterator[Collection]:
    with open_collection(dead_path) as collection:
        yield collection
