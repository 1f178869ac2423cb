"""A U-Net that takes noise out of colour pictures."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import coloured


def double(n_in: int, n_out: int) -> nn.Sequential:
    """Two convolutions of one resolution."""
    first, second = nn.Conv2d(n_in, n_out, 3, padding=1), nn.Conv2d(n_out, n_out, 3, padding=1)
    return nn.Sequential(first, nn.BatchNorm2d(n_out), nn.ReLU(), second, nn.BatchNorm2d(n_out), nn.ReLU())


class UNet(nn.Module):
    """Down twice and up twice, what was seen on the way down beside it."""

    def __init__(self, n_in: int = 3, n_out: int = 3, width: int = 8) -> None:
        super().__init__()
        self.down1, self.down2, self.bottom = (
            double(n_in, width),
            double(width, 2 * width),
            double(2 * width, 4 * width),
        )
        self.up2, self.up1 = (nn.ConvTranspose2d(2 * each, each, 2, 2) for each in (2 * width, width))
        self.join2, self.join1 = double(4 * width, 2 * width), double(2 * width, width)
        self.out = nn.Conv2d(width, n_out, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        fine = self.down1(pictures)
        middle = self.down2(functional.max_pool2d(fine, 2))
        coarse = self.bottom(functional.max_pool2d(middle, 2))
        middle = self.join2(torch.cat([self.up2(coarse), middle], 1))
        return self.out(self.join1(torch.cat([self.up1(middle), fine], 1)))


def train(path: Path, seed: int = 0, steps: int = 200) -> float:
    """Minus the held-out squared error."""
    torch.manual_seed(seed)
    pictures, _, held, _ = coloured()
    noisy = held + 0.5 * torch.randn(held.shape, generator=torch.Generator().manual_seed(0))
    model = UNet()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    with Collector(model, optimizer, path, probe=(noisy[:16], held[:16])) as collector:
        for _ in range(steps):
            batch = pictures[torch.randint(len(pictures), (16,))]
            loss = functional.mse_loss(model(batch + 0.5 * torch.randn_like(batch)), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return -functional.mse_loss(model(noisy), held).item()
