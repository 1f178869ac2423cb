"""The non-linear autoencoder against the same network in torch, step by step."""

from itertools import pairwise

import numpy as np
import pytest

from app.views.projection.process.linear_maps import NonlinearAutoencoder

ROUNDS = 4


@pytest.fixture
def features() -> np.ndarray:
    """More than two batches, of another scale and another mean in each feature."""
    random = np.random.default_rng(3)
    return (random.normal(size=(600, 6)) * [1, 2, 3, 0.5, 1, 4] + [5, 0, -3, 1, 0, 0]).astype(np.float32)


def test_that_it_learns_by_adam_slower_in_the_second_half(features: np.ndarray) -> None:
    import torch

    told: list[float] = []
    network = NonlinearAutoencoder(features, told.append, rounds=ROUNDS)
    assert told == [0, 0.25, 0.5, 0.75]

    random = np.random.default_rng(0)
    scaled = (features - features.mean(axis=0)) / features.std()
    sizes = (6, 128, 2, 128, 6)
    pairs = list(pairwise(sizes))
    weights = [torch.tensor(random.normal(size=(a, b)) / np.sqrt(a), dtype=torch.float32) for a, b in pairs]
    biases = [torch.zeros(b) for b in sizes[1:]]
    learned = [each.requires_grad_() for each in [*weights, *biases]]
    adam = torch.optim.Adam(learned, lr=0.002)

    def through(inputs: torch.Tensor) -> list[torch.Tensor]:
        one = torch.tanh(inputs @ weights[0] + biases[0])
        plane = one @ weights[1] + biases[1]
        back = torch.tanh(plane @ weights[2] + biases[2])
        return [plane, back @ weights[3] + biases[3]]

    n_steps = 3 * ROUNDS
    for step in range(n_steps):
        if step % 3 == 0:
            order = random.permutation(600)
        rows = torch.tensor(scaled[order[step % 3 * 256 :][:256]])
        for group in adam.param_groups:
            group["lr"] = 0.002 if step <= n_steps / 2 else 0.002 * 2 * (n_steps - step) / n_steps
        adam.zero_grad()
        ((through(rows)[1] - rows) ** 2).mean().backward()
        adam.step()

    with torch.no_grad():
        plane, again = (each.numpy() for each in through(torch.tensor(scaled)))
    np.testing.assert_allclose(network.place(features), plane, atol=2e-3)
    kept = 1 - ((again - scaled) ** 2).sum() / ((scaled - scaled.mean(axis=0)) ** 2).sum()
    assert network.explained(features) == (pytest.approx(kept, abs=1e-3),)


def test_that_wide_samples_are_seen_along_their_principal_axes() -> None:
    features = np.random.default_rng(0).normal(size=(40, 300)).astype(np.float32)
    network = NonlinearAutoencoder(features, lambda _: None, rounds=1)
    assert network.place(features).shape == (40, 2)
    assert 0 <= network.explained(features)[0] < 1
    assert network._weights[0].shape == (40, 128), "no more axes than samples"
    narrow = NonlinearAutoencoder(features[:, :256], lambda _: None, rounds=1)
    assert narrow._weights[0].shape == (256, 128), "what is not wide stays as it is"
