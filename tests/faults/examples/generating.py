"""Pictures that are made, restored or repainted."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import batches
from tests.faults.examples.data import coloured, handwritten
from tests.faults.training import Training


def _grey() -> tuple[Tensor, Tensor]:
    """Digits in 0…1 ``[N, 1, 14, 14]``, those for training and the others."""
    inputs, _, held, _ = handwritten()
    both = [functional.avg_pool2d((each - inputs.min()) / (inputs.max() - inputs.min()), 2) for each in (inputs, held)]
    return both[0], both[1]


class VariationalAutoencoder(nn.Module):
    """Mean and log-variance of a few numbers, a picture from a draw of them."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.mean, self.spread = nn.Linear(196, 100), nn.Linear(100, 10), nn.Linear(100, 10)
        self.fc3, self.fc4 = nn.Linear(10, 100), nn.Linear(100, 196)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = functional.relu(self.fc1(pictures.flatten(1)))
        mean, spread = self.mean(features), self.spread(features)
        drawn = mean + torch.randn_like(mean) * torch.exp(0.5 * spread)
        return torch.sigmoid(self.fc4(functional.relu(self.fc3(drawn)))), mean, spread


def _evidence_bound(outputs: Any, pictures: Tensor) -> Tensor:
    made, mean, spread = outputs
    off = functional.binary_cross_entropy(made, pictures.flatten(1), reduction="sum")
    return off - 0.5 * torch.sum(1 + spread - mean.pow(2) - spread.exp())


def variational_autoencoder(seed: int) -> Training:
    """Summed cross entropy and divergence, Adam."""
    torch.manual_seed(seed)
    inputs, held = _grey()
    model = VariationalAutoencoder()
    return Training(
        model,
        batches(inputs, inputs, seed, 128),
        _evidence_bound,
        [torch.optim.Adam(model.parameters(), 1e-3)],
        400,
        score=lambda model: -float(_evidence_bound(model(held), held)) / len(held),
        probe=(held[:64], None),
        steps_per_epoch=len(inputs) // 128,
    )


def convolutional_autoencoder(seed: int) -> Training:
    """Strided convolutions and their transposes, a squared error."""
    torch.manual_seed(seed)
    inputs, held = _grey()
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(8, 4, 3, 2, 1),
        nn.ReLU(),
        nn.ConvTranspose2d(4, 8, 3, 2, 1),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 1, 4, 2, 1),
        nn.Sigmoid(),
    )
    return Training(
        model,
        batches(inputs, inputs, seed),
        functional.mse_loss,
        [torch.optim.Adam(model.parameters(), 1e-3, weight_decay=1e-5)],
        300,
        score=lambda model: -float(functional.mse_loss(model(held), held)),
        held_out=lambda model: float(functional.mse_loss(model(held), held)),
        probe=(held[:64], None),
    )


class PictureGan(nn.Module):
    """Transposed convolutions against convolutions, norms in both."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.generator = nn.Sequential(
            nn.ConvTranspose2d(16, 2 * width, 4, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False),
            nn.Tanh(),
        )
        self.discriminator = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, noise: Tensor) -> Tensor:
        return self.discriminator(self.generator(noise)).flatten()


def picture_gan(seed: int) -> Training:
    """DCGAN: Adam at 0.0002 with a first moment of a half, weights drawn with 0.02."""
    torch.manual_seed(seed)
    model = PictureGan()
    for each in model.modules():
        if isinstance(each, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(each.weight, 0, 0.02)
        elif isinstance(each, nn.BatchNorm2d):
            nn.init.normal_(each.weight, 1, 0.02)
    against, made_by = (
        torch.optim.Adam(part.parameters(), 2e-4, (0.5, 0.999)) for part in (model.discriminator, model.generator)
    )
    pictures = torch.tanh(coloured()[0])
    noise = torch.randn(64, 16, 1, 1)
    entropy = functional.binary_cross_entropy

    def step(training: Training, number: int) -> dict[str, Any]:
        real = pictures[torch.from_numpy(np.random.default_rng((seed, number)).integers(0, len(pictures), 64))]
        against.zero_grad()
        made = model.generator(torch.randn(64, 16, 1, 1))
        own = entropy(model.discriminator(real).flatten(), torch.ones(64))
        own = own + entropy(model.discriminator(made.detach()).flatten(), torch.zeros(64))
        own.backward()
        against.step()
        made_by.zero_grad()
        loss = entropy(model.discriminator(made).flatten(), torch.ones(64))
        loss.backward()
        made_by.step()
        return {"loss_d": own.detach(), "loss_g": loss.detach()}

    return Training(
        model,
        lambda step: (noise, noise),
        lambda outputs, targets: outputs.sum(),
        [against, made_by],
        200,
        score=lambda model: -float((model.generator(noise).mean(0) - pictures.mean(0)).square().mean()),
        probe=(noise, None),
        step=step,
    )


def super_resolution(seed: int) -> Training:
    """Convolutions, a shuffle of pixels, orthogonal weights; a squared error."""
    torch.manual_seed(seed)
    inputs, _, held, _ = coloured()
    fine, held_fine = (each.mean(1, keepdim=True) / 4 + 0.5 for each in (inputs, held))
    coarse, held_coarse = (functional.avg_pool2d(each, 2) for each in (fine, held_fine))
    layers = [
        nn.Conv2d(1, 32, 5, 1, 2),
        nn.Conv2d(32, 32, 3, 1, 1),
        nn.Conv2d(32, 16, 3, 1, 1),
        nn.Conv2d(16, 4, 3, 1, 1),
    ]
    for each in layers[:-1]:
        nn.init.orthogonal_(each.weight, nn.init.calculate_gain("relu"))
    nn.init.orthogonal_(layers[-1].weight)
    relu = [part for each in layers[:-1] for part in (each, nn.ReLU())]
    model = nn.Sequential(*relu, layers[-1], nn.PixelShuffle(2))
    return Training(
        model,
        batches(coarse, fine, seed),
        functional.mse_loss,
        [torch.optim.Adam(model.parameters(), 1e-3)],
        250,
        score=lambda model: -float(functional.mse_loss(model(held_coarse), held_fine)),
        held_out=lambda model: float(functional.mse_loss(model(held_coarse), held_fine)),
        probe=(held_coarse[:32], None),
    )


class Repainter(nn.Module):
    """Convolutions with instance norms, a residual block, and back to the size of the picture."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.into = nn.Conv2d(3, width, 5, 1, 2, padding_mode="reflect")
        self.down = nn.Conv2d(width, 2 * width, 3, 2, 1)
        self.inner1, self.inner2 = (nn.Conv2d(2 * width, 2 * width, 3, 1, 1) for _ in range(2))
        self.up, self.out = nn.Conv2d(2 * width, width, 3, 1, 1), nn.Conv2d(width, 3, 5, 1, 2)
        self.norms = nn.ModuleList(
            nn.InstanceNorm2d(each, affine=True) for each in (width, 2 * width, 2 * width, 2 * width, width)
        )

    def forward(self, pictures: Tensor) -> Tensor:
        features = functional.relu(self.norms[0](self.into(pictures)))
        features = functional.relu(self.norms[1](self.down(features)))
        inner = functional.relu(self.norms[2](self.inner1(features)))
        features = features + self.norms[3](self.inner2(inner))
        features = functional.relu(self.norms[4](self.up(functional.interpolate(features, scale_factor=2.0))))
        return self.out(features)


def fast_style(seed: int) -> Training:
    """Content and style, as features of a frozen network tell them; weights of 1e5 and 1e6."""
    torch.manual_seed(seed)
    inputs, _, held, _ = coloured()
    model = Repainter()
    eye = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.ReLU(), nn.Conv2d(16, 16, 3, 2, 1), nn.ReLU())
    eye.requires_grad_(False)

    def gram(features: Tensor) -> Tensor:
        flat = features.flatten(2)
        return flat @ flat.transpose(1, 2) / flat[0].numel()

    style = gram(eye(inputs[:1]))

    def loss(painted: Tensor, pictures: Tensor) -> Tensor:
        seen = eye(painted)
        return 1e5 * functional.mse_loss(seen, eye(pictures)) + 1e6 * functional.mse_loss(
            gram(seen), style.expand(len(seen), -1, -1)
        )

    return Training(
        model,
        batches(inputs, inputs, seed, 16),
        loss,
        [torch.optim.Adam(model.parameters(), 1e-3)],
        300,
        score=lambda model: -float(loss(model(held), held)),
        probe=(held[:16], None),
    )
