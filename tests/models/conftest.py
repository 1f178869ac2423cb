"""A small problem that a small network learns in a few steps."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from models.optimizers import build_optimizer
from models.training import Callback, Trainer

Batch = tuple[torch.Tensor, torch.Tensor]
MakeTrainer = Callable[..., Trainer]


@pytest.fixture
def batches() -> list[Batch]:
    """Twelve batches of eight points in the plane; the class is the sign of the first coordinate."""
    points = torch.randn(96, 2, generator=torch.Generator().manual_seed(0))
    labels = (points[:, 0] > 0).long()
    return list(zip(points.split(8), labels.split(8), strict=True))


@pytest.fixture
def make_trainer(batches: list[Batch]) -> MakeTrainer:
    def make(*callbacks: Callback, model: nn.Module | None = None, lr: float = 0.05) -> Trainer:
        if model is None:
            with torch.random.fork_rng():
                torch.manual_seed(0)
                model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 2))
        optimizer = build_optimizer("adam", model.parameters(), lr=lr)
        return Trainer(model, optimizer, nn.CrossEntropyLoss(), batches, batches[:3], callbacks)

    return make
