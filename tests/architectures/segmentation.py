"""A network that tells each pixel of a picture apart: background, rectangle, disc."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector

CLASSES = ("background", "rectangle", "disc")


def scenes(n: int, numbers: np.random.Generator, size: int = 32) -> tuple[Tensor, Tensor]:
    """Pictures ``[N, 3, 32, 32]`` and masks ``[N, 32, 32]``."""
    rows, columns = np.mgrid[:size, :size]
    pictures, masks = numbers.normal(0.3, 0.15, (n, 3, size, size)), np.zeros((n, size, size), np.int64)
    for picture, mask in zip(pictures, masks, strict=True):
        for kind in numbers.permutation([1, 2]):
            (top, left), half = numbers.integers(6, size - 6, 2), numbers.integers(3, 7)
            far = (rows - top) ** 2 + (columns - left) ** 2 <= half**2
            near = np.maximum(np.abs(rows - top), np.abs(columns - left)) <= half
            mask[inside := far if kind == 2 else near] = kind
            picture[:, inside] = numbers.random((3, 1)) + numbers.normal(0, 0.1, (3, inside.sum()))
    return torch.from_numpy(pictures.astype(np.float32)), torch.from_numpy(masks)


class Segmenter(nn.Module):
    """Convolutions at two resolutions, logits ``[N, K, H, W]``."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.fine, self.fine_norm = nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width)
        self.coarse1, self.coarse_norm = nn.Conv2d(width, 2 * width, 3, 2, 1), nn.BatchNorm2d(2 * width)
        self.coarse2 = nn.Conv2d(2 * width, 2 * width, 3, padding=2, dilation=2)
        self.classifier = nn.Conv2d(3 * width, len(CLASSES), 1)

    def forward(self, pictures: Tensor) -> Tensor:
        fine = functional.relu(self.fine_norm(self.fine(pictures)))
        coarse = functional.relu(self.coarse_norm(self.coarse1(fine)))
        coarse = functional.interpolate(functional.relu(self.coarse2(coarse)), scale_factor=2.0)
        return self.classifier(torch.cat([fine, coarse], 1))


def train(path: Path, seed: int = 0, steps: int = 200) -> float:
    """Share of the held-out pixels told right."""
    torch.manual_seed(seed)
    pictures, masks = scenes(600, np.random.default_rng(0))
    held, held_masks = scenes(32, np.random.default_rng(1))
    model = Segmenter()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with Collector(model, optimizer, path, probe=(held[:16], held_masks[:16]), class_names=CLASSES) as collector:
        for _ in range(steps):
            chosen = torch.randint(len(pictures), (16,))
            loss = functional.cross_entropy(model(pictures[chosen]), masks[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return (model(held).argmax(1) == held_masks).float().mean().item()
