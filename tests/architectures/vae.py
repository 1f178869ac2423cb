"""A variational autoencoder of handwritten digits."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import handwritten


class Vae(nn.Module):
    """A picture ``[N, 784]`` from a draw of a few numbers; their mean and log-variance beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(784, 200), nn.Linear(200, 20), nn.Linear(200, 20)
        self.fc3, self.fc4 = nn.Linear(20, 200), nn.Linear(200, 784)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = functional.relu(self.fc1(pictures.view(-1, 784)))
        mean, spread = self.fc21(features), self.fc22(features)
        drawn = mean + torch.randn_like(mean) * torch.exp(0.5 * spread)
        return torch.sigmoid(self.fc4(functional.relu(self.fc3(drawn)))), mean, spread


def bound(made: Tensor, pictures: Tensor, mean: Tensor, spread: Tensor) -> Tensor:
    """The evidence's lower bound, negative, of one picture (D. P. Kingma, M. Welling 2014)."""
    off = functional.binary_cross_entropy(made, pictures.view(-1, 784), reduction="sum")
    return (off - 0.5 * torch.sum(1 + spread - mean.pow(2) - spread.exp())) / len(pictures)


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """The held-out bound."""
    torch.manual_seed(seed)
    pictures, _, held, _ = handwritten()
    low, high = pictures.min(), pictures.max()
    pictures, held = (pictures - low) / (high - low), ((held - low) / (high - low)).clamp(0, 1)
    model = Vae()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    with Collector(model, optimizer, path, probe=(held[:16], None)) as collector:
        for _ in range(steps):
            batch = pictures[torch.randint(len(pictures), (64,))]
            made, mean, spread = model(batch)
            loss = bound(made, batch, mean, spread)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        made, mean, spread = model(held)
        return -bound(made, held, mean, spread).item()
