"""Small trainings, with and without the collector."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.storage import Collection

Batches = list[tuple[Any, Tensor]]


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    """Small tensors are slower on several threads, and sums come out alike on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test begins with the same random numbers."""
    torch.manual_seed(0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a collection goes."""
    return tmp_path / "run.json"


def _make_batches(n: int, *shape: int, size: int = 6, n_classes: int = 3) -> Batches:
    chance = torch.Generator().manual_seed(1)
    return [
        (torch.randn(size, *shape, generator=chance), torch.randint(0, n_classes, (size,), generator=chance))
        for _ in range(n)
    ]


@pytest.fixture(scope="session")
def make_batches() -> Callable[..., Batches]:
    """Makes ``n`` batches of pictures (or ``size`` samples of any shape) and labels."""
    return _make_batches


def _train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Batches,
    collector: Collector | None = None,
    watch: Callable[[int, str], None] = lambda step, when: None,
) -> list[float]:
    """The loss of each step; ``watch`` is called with ``before`` and ``after`` around each update."""
    losses = []
    for step, (inputs, labels) in enumerate(batches):
        output = model(inputs)
        loss = nn.functional.cross_entropy(output, labels)
        optimizer.zero_grad()
        loss.backward()
        watch(step, "before")
        optimizer.step()
        watch(step, "after")
        losses.append(loss.item())
        if collector is not None:
            collector.log(loss=loss)
    return losses


@pytest.fixture(scope="session")
def train() -> Callable[..., list[float]]:
    """Trains a model the way a user does; see `_train`."""
    return _train


@pytest.fixture
def collect(path: Path) -> Iterator[Callable[..., Collection]]:
    """Trains a model with the collector on and opens what it left."""
    collections: list[Collection] = []

    def run(
        model: nn.Module,
        batches: Batches,
        optimizer: torch.optim.Optimizer | None = None,
        watch: Callable[[int, str], None] = lambda step, when: None,
        probe: Any = "first",
        **options: Any,
    ) -> Collection:
        if optimizer is None:
            optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        probe = batches[0] if isinstance(probe, str) else probe
        with Collector(model, optimizer, path, probe=probe, **({"interval": 2} | options)) as collector:
            _train(model, optimizer, batches, collector, watch)
        collections.append(open_collection(path))
        return collections[-1]

    yield run
    for collection in collections:
        collection.close()
