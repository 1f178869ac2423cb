"""A GAN learns points on a circle; both optimizers are recorded in one collection.

python tests/examples/gan.py
python main.py gan.json
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from collector import Collector

N_STEPS, SIZE = 150, 64


class Gan(nn.Module):
    """Both parts as one module: what a collection shows is the way from noise to the discriminator's verdict."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 2))
        self.discriminator = nn.Sequential(nn.Linear(2, 24), nn.LeakyReLU(0.2), nn.Linear(24, 1))

    def forward(self, noise: Tensor) -> Tensor:
        return self.discriminator(self.generator(noise))


torch.manual_seed(0)
gan = Gan()
opt_d = torch.optim.Adam(gan.discriminator.parameters(), lr=0.003, betas=(0.5, 0.9))
opt_g = torch.optim.Adam(gan.generator.parameters(), lr=0.001, betas=(0.5, 0.9))

# A step ends with the update of the last optimizer in the list.
with Collector(gan, [opt_d, opt_g], "gan.json", probe=(torch.randn(16, 4), None), overwrite=True) as collector:
    for _ in range(N_STEPS):
        angles = torch.rand(SIZE) * 2 * torch.pi
        real = torch.stack((angles.cos(), angles.sin()), dim=1)
        fake = gan.generator(torch.randn(SIZE, 4))

        loss_d = softplus(-gan.discriminator(real)).mean() + softplus(gan.discriminator(fake.detach())).mean()
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()

        loss_g = softplus(-gan.discriminator(fake)).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()

        collector.log(loss=loss_d + loss_g, loss_discriminator=loss_d, loss_generator=loss_g)
