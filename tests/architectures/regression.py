"""One value for each sample: how far diabetes goes in a year."""

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_diabetes
from torch import nn
from torch.nn import functional

from collector import Collector


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """The share of the held-out variance that is explained."""
    inputs, values = load_diabetes(return_X_y=True, scaled=False)
    order = np.random.default_rng(0).permutation(len(inputs))
    inputs, values = inputs[order], values[order]
    inputs = torch.from_numpy(((inputs - inputs.mean(0)) / inputs.std(0)).astype(np.float32))
    values = torch.from_numpy(((values - values.mean()) / values.std()).astype(np.float32))
    held, held_values = inputs[:100], values[:100]

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    off = lambda outputs, values: functional.mse_loss(outputs[:, 0], values, reduction="none")  # noqa: E731
    with Collector(model, optimizer, path, probe=(held[:16], held_values[:16]), loss=off) as collector:
        for _ in range(steps):
            chosen = torch.randint(100, len(inputs), (32,))
            loss = functional.mse_loss(model(inputs[chosen])[:, 0], values[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    with torch.no_grad():
        return 1 - (functional.mse_loss(model(held)[:, 0], held_values) / held_values.var()).item()
