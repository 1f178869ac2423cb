"""Quiet, on one thread; collections are closed."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from collector import InsightOptions, open_collection
from collector.storage import Collection
from tests.collector.transformers.trainings import texts, train


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """On which sums come out alike; and accelerate's search for garbage, at each start, has little to look through."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    gc.freeze()
    yield
    gc.unfreeze()
    torch.set_num_threads(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a collection goes."""
    return tmp_path / "run.json"


@pytest.fixture
def collect(path: Path) -> Iterator[Callable[..., tuple[Collection, Any]]]:
    """`train` with the callback; opens what it left, and gives the trainer."""
    from collector.transformers import CollectorCallback

    opened: list[Collection] = []

    def run(model: Any, given: dict[str, Any] | None = None, **options: Any) -> tuple[Collection, Any]:
        chosen = {"probe": texts(20, 2), "interval": 2, "insight": InsightOptions(interval=1)} | (given or {})
        with CollectorCallback(path, **chosen) as callback:
            trainer = train(path.parent, model, callback, **options)
        opened.append(open_collection(path))
        return opened[-1], trainer

    yield run
    for collection in opened:
        collection.close()
