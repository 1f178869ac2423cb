"""Small trainings by Lightning's Trainer."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from data.torchvision_import import import_torchvision

import_torchvision()  # torchmetrics imports it, which fails beside a torch of another build
import lightning.pytorch as pl  # noqa: E402

THEIR_WARNINGS = (
    "ignore:.*isinstance.treespec, LeafSpec:FutureWarning",
    "ignore:.*does not have many workers",
    "ignore:.*Skipping val loop",
    "ignore:.*is smaller than the logging interval",
)
"""What Lightning says of a small training, and torch of Lightning."""

QUIETLY = {
    "accelerator": "cpu",
    "devices": 1,
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}
"""Options of a trainer that writes nothing and says nothing."""


class Network(nn.Sequential):
    """A net that draws random numbers and keeps statistics."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))


class Module(pl.LightningModule):
    """What a user writes."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Network()
        self.losses: list[float] = []

    def forward(self, inputs: Tensor) -> Tensor:
        return self.net(inputs)

    def training_step(self, batch: Any, number: int) -> dict[str, Tensor]:
        output = self(batch[0])
        loss = cross_entropy(output, batch[1])
        self.losses.append(loss.item())
        self.log("train/loss", loss, on_step=True, on_epoch=True)
        return {"loss": loss, "accuracy": (output.argmax(1) == batch[1]).float().mean()}

    def validation_step(self, batch: Any, number: int) -> None:
        self.log("val_loss", cross_entropy(self(batch[0]), batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), 0.01)


def samples(n: int, seed: int) -> TensorDataset:
    """``n`` samples of four features in three classes."""
    chance = torch.Generator().manual_seed(seed)
    return TensorDataset(torch.randn(n, 4, generator=chance), torch.randint(0, 3, (n,), generator=chance))


def fit(
    module: pl.LightningModule,
    *callbacks: Any,
    trainer: type = pl.Trainer,
    has_validation: bool = True,
    loader: type[DataLoader] = DataLoader,
    **options: Any,
) -> Any:
    """Trains on 40 samples in shuffled batches of 8, validates on 20; gives back the trainer."""
    made = trainer(callbacks=list(callbacks), **(QUIETLY | {"max_epochs": 2} | options))
    held_out = loader(samples(20, 2), batch_size=10)
    torch.manual_seed(0)
    made.fit(module, DataLoader(samples(40, 1), batch_size=8, shuffle=True), held_out if has_validation else None)
    return made
