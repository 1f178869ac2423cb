"""A Wasserstein GAN of digits: five steps of the critic for each of the generator, a penalty on its gradient."""

from pathlib import Path

import torch
from torch import Tensor, nn

from collector import Collector
from tests.faults.bases import digits

N_CRITIC, NOISE = 5, 16


def penalty(critic: nn.Module, real: Tensor, made: Tensor) -> Tensor:
    """How far the norm of the critic's gradient is from 1 between what is real and what is made (Gulrajani 2017)."""
    share = torch.rand(len(real), 1)
    between = (share * real + (1 - share) * made).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (gradient.norm(2, 1) - 1).square().mean()


def judge(model: nn.ModuleDict, noise: Tensor) -> tuple[Tensor, Tensor]:
    """The critic's score of what is made of noise, and that itself as pictures."""
    made = model["generator"](noise)
    return model["critic"](made), made.view(-1, 1, 8, 8)


def train(path: Path, seed: int = 0, steps: int = 200) -> float:
    """Minus how far the mean picture that is made is off the mean real one; ``steps`` are the generator's."""
    torch.manual_seed(seed)
    real, *_ = digits()
    real = torch.tanh(real)
    generator = nn.Sequential(
        nn.Linear(NOISE, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.Tanh()
    )
    critic = nn.Sequential(nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    opt_c = torch.optim.Adam(critic.parameters(), 5e-4, (0.5, 0.9))
    opt_g = torch.optim.Adam(generator.parameters(), 5e-4, (0.5, 0.9))
    both = nn.ModuleDict({"generator": generator, "critic": critic})
    noise = torch.randn(16, NOISE)
    optimizers = {"critic": opt_c, "generator": opt_g}
    with Collector(both, optimizers, path, probe=(noise, None), probe_call=judge) as collector:
        for _ in range(steps):
            for _ in range(N_CRITIC):
                batch = real[torch.randint(len(real), (64,))]
                made = generator(torch.randn(64, NOISE)).detach()
                loss_c = critic(made).mean() - critic(batch).mean() + 10 * penalty(critic, batch, made)
                opt_c.zero_grad()
                loss_c.backward()
                opt_c.step()
            loss_g = -critic(generator(torch.randn(64, NOISE))).mean()
            opt_g.zero_grad()
            loss_g.backward()
            opt_g.step()
            collector.log(critic_loss=loss_c, generator_loss=loss_g)
    with torch.no_grad():
        return -(generator(torch.randn(1000, NOISE)).mean(0) - real.mean(0)).square().mean().item()
