"""A siamese network: two pictures of the same digit lie near one another, those of different ones apart."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import handwritten


class Siamese(nn.Module):
    """Both pictures of a pair as points ``[N, 16]``, by the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 5, 2), nn.ReLU(), nn.Flatten())
        self.fc1, self.fc2 = nn.Linear(256, 64), nn.Linear(64, 16)

    def once(self, pictures: Tensor) -> Tensor:
        """Points of single pictures."""
        return self.fc2(functional.relu(self.fc1(self.trunk(pictures))))

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        return self.once(first), self.once(second)


def contrastive(first: Tensor, second: Tensor, is_same: Tensor) -> Tensor:
    """R. Hadsell, S. Chopra, Y. LeCun 2006, with a margin of 2."""
    distance = functional.pairwise_distance(first, second)
    return (is_same * distance.square() + (1 - is_same) * functional.relu(2 - distance).square()).mean()


def pairs(pictures: Tensor, labels: Tensor, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """About half of them of the same digit."""
    first = torch.randint(len(labels), (size,), generator=generator)
    second = torch.randint(len(labels), (size,), generator=generator)
    for number in range(0, size, 2):
        alike = torch.nonzero(labels == labels[first[number]])[:, 0]
        second[number] = alike[torch.randint(len(alike), (1,), generator=generator)]
    return pictures[first], pictures[second], (labels[first] == labels[second]).float()


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """Share of held-out pairs that a distance of 1 tells right."""
    torch.manual_seed(seed)
    pictures, labels, held, held_labels = handwritten()
    first, second, is_same = pairs(held, held_labels, 128, torch.Generator().manual_seed(0))
    drawing = torch.Generator().manual_seed(seed)
    model = Siamese()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    probe = (first[:16], second[:16]), None
    with Collector(model, optimizer, path, probe=probe, task="embedding") as collector:
        for _ in range(steps):
            one, other, alike = pairs(pictures, labels, 64, drawing)
            loss = contrastive(*model(one, other), alike)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return ((functional.pairwise_distance(*model(first, second)) < 1) == is_same.bool()).float().mean().item()
