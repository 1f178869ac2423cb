"""Quiet, on one thread; collections are closed."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from collector import InsightOptions, open_collection
from collector.storage import Collection
from tests.collector.lightning.trainings import fit, pl

INSIGHT = InsightOptions(interval=1)


@pytest.fixture(autouse=True, scope="session")
def quiet() -> Iterator[None]:
    """One thread, on which sums come out alike; and Lightning's advice on hardware is not about us."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    for name in ("lightning.pytorch", "lightning.fabric", "pytorch_lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a collection goes."""
    return tmp_path / "run.json"


@pytest.fixture
def collect(path: Path) -> Iterator[Callable[..., Collection]]:
    """`fit` with the callback; opens what it left."""
    opened: list[Collection] = []

    from collector.lightning import CollectorCallback

    def run(module: pl.LightningModule, given: dict[str, Any] | None = None, **options: Any) -> Collection:
        fit(module, CollectorCallback(path, **({"interval": 2, "insight": INSIGHT} | (given or {}))), **options)
        opened.append(open_collection(path))
        return opened[-1]

    yield run
    for collection in opened:
        collection.close()
