"""A denoising diffusion model of handwritten digits."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import handwritten

N_TIMES = 200


class Denoiser(nn.Module):
    """The noise in a picture ``[N, 1, H, W]``, of which moment ``[N]`` it is told."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.time = nn.Sequential(nn.Embedding(N_TIMES, 32), nn.Linear(32, 2 * width), nn.SiLU())
        self.into = nn.Conv2d(1, width, 3, padding=1)
        self.down = nn.Conv2d(width, 2 * width, 3, 2, 1)
        self.middle, self.norm = nn.Conv2d(2 * width, 2 * width, 3, padding=1), nn.GroupNorm(4, 2 * width)
        self.up = nn.ConvTranspose2d(2 * width, width, 4, 2, 1)
        self.out = nn.Conv2d(2 * width, 1, 3, padding=1)

    def forward(self, noisy: Tensor, moments: Tensor) -> Tensor:
        fine = functional.silu(self.into(noisy))
        coarse = functional.silu(self.down(fine) + self.time(moments)[:, :, None, None])
        coarse = coarse + functional.silu(self.norm(self.middle(coarse)))
        return self.out(torch.cat([functional.silu(self.up(coarse)), fine], 1))


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """Minus the held-out squared error."""
    torch.manual_seed(seed)
    pictures, _, held, _ = handwritten()
    pictures, held = (functional.avg_pool2d(each, 2) for each in (pictures, held))
    kept = torch.cumprod(1 - torch.linspace(1e-4, 0.04, N_TIMES), 0)

    def noised(clean: Tensor, moments: Tensor, noise: Tensor) -> Tensor:
        share = kept[moments][:, None, None, None]
        return share.sqrt() * clean + (1 - share).sqrt() * noise

    fixed = torch.Generator().manual_seed(0)
    held = held[:64]
    held_moments = torch.randint(N_TIMES, (64,), generator=fixed)
    held_noise = torch.randn(held.shape, generator=fixed)
    held_noisy = noised(held, held_moments, held_noise)
    model = Denoiser()
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    with Collector(model, optimizer, path, probe=((held_noisy[:16], held_moments[:16]), held_noise[:16])) as collector:
        for _ in range(steps):
            batch = pictures[torch.randint(len(pictures), (32,))]
            moments, noise = torch.randint(N_TIMES, (32,)), torch.randn_like(batch)
            loss = functional.mse_loss(model(noised(batch, moments, noise), moments), noise)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return -functional.mse_loss(model(held_noisy, held_moments), held_noise).item()
