"""How a network predicts a set of samples."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Batches = Iterable[tuple[Tensor, Tensor]]
Criterion = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Outcome:
    """How a set of samples was predicted: mean `loss`, `predictions` and `labels` `[N]`, in order."""

    loss: float
    predictions: Tensor
    labels: Tensor

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0..1."""
        return (self.predictions == self.labels).float().mean().item()


class Tally:
    """Adds up batches without waiting for the device; `criterion` is taken to be a mean over the batch."""

    def __init__(self) -> None:
        self._losses: list[Tensor] = []
        self._predictions: list[Tensor] = []
        self._labels: list[Tensor] = []

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        self._losses.append(loss)
        self._predictions.append(logits.argmax(1))
        self._labels.append(labels)

    def state_dict(self) -> dict[str, list[Tensor]]:
        """What was added so far."""
        return {"losses": self._losses, "predictions": self._predictions, "labels": self._labels}

    def load_state_dict(self, state: dict[str, list[Tensor]]) -> None:
        """Go on from there."""
        self._losses, self._predictions, self._labels = (list(each) for each in state.values())

    def outcome(self) -> Outcome:
        if not self._losses:
            raise ValueError("there are no batches: the loader gave none")
        sizes = torch.tensor([len(labels) for labels in self._labels], dtype=torch.float64)
        losses = torch.stack(self._losses).double().cpu()
        mean = (losses * sizes).sum() / sizes.sum()
        return Outcome(mean.item(), torch.cat(self._predictions).cpu(), torch.cat(self._labels).cpu())


def evaluate(model: nn.Module, criterion: Criterion, batches: Batches, device: torch.device | str = "cpu") -> Outcome:
    """How `model`, in evaluation mode, predicts all `batches`; each module's mode is as before afterwards."""
    tally = Tally()
    with _evaluation_mode(model), torch.no_grad():
        for images, labels_on_host in batches:
            logits, labels = model(images.to(device)), labels_on_host.to(device)
            tally.add(criterion(logits, labels), logits, labels)
    return tally.outcome()


@contextmanager
def _evaluation_mode(model: nn.Module) -> Iterator[None]:
    training = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, was_training in training.items():
            module.training = was_training
