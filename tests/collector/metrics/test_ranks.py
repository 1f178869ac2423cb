"""What ranks have in common, against slow versions."""

from functools import reduce
from operator import add

import numpy as np
import pytest

from collector.metrics import ranks
from collector.metrics.ranks import GradientsOfRanks, OfRanks, rank_columns


def gradient_disagreement(gradients: np.ndarray) -> float:
    return reduce(add, (GradientsOfRanks.of(rank, each) for rank, each in enumerate(gradients))).disagreement()


def of_ranks(values: dict[int, float]) -> OfRanks:
    return reduce(add, (OfRanks.of(rank, value) for rank, value in values.items()))


def test_that_the_disagreement_is_the_mean_square_over_the_square_of_the_mean() -> None:
    gradients = np.random.default_rng(0).normal(size=(3, 50))
    mean = [sum(row[k] for row in gradients) / 3 for k in range(50)]
    of_ranks = sum(sum(value * value for value in row) for row in gradients) / 3

    assert gradient_disagreement(gradients) == pytest.approx(of_ranks / sum(value * value for value in mean))


def test_that_the_disagreement_tells_agreement_from_chance_and_from_contradiction() -> None:
    row = np.arange(1.0, 6.0)
    chance = np.random.default_rng(0).normal(size=(4, 100_000))

    assert gradient_disagreement(np.stack([row, row, row])) == pytest.approx(1)
    assert gradient_disagreement(chance) == pytest.approx(4, rel=0.02)
    assert gradient_disagreement(np.stack([row, -row])) == np.inf
    assert np.isnan(gradient_disagreement(np.zeros((2, 5))))


def test_that_the_noise_scale_follows_from_it() -> None:
    """True gradient G, noise of variance σ² in each of K values and each sample: S = K σ², and S ÷ |G|² is known."""
    chance, n_ranks, batch, n_values, noise = np.random.default_rng(0), 4, 8, 400, 2.0
    true = chance.normal(size=n_values)
    of_ranks, of_mean = 0.0, 0.0
    for _ in range(300):
        gradients = true + noise * chance.normal(size=(n_ranks, batch, n_values)).mean(axis=1)
        mean_square = np.square(gradients).sum(axis=1).mean()
        of_ranks += mean_square
        of_mean += mean_square / gradient_disagreement(gradients)
    d = of_ranks / of_mean

    estimate = batch * n_ranks * (d - 1) / (n_ranks - d)

    assert estimate == pytest.approx(n_values * noise**2 / np.square(true).sum(), rel=0.03)


def test_that_a_scalar_is_averaged_over_the_ranks_that_logged_it() -> None:
    assert rank_columns("loss", of_ranks({0: 1.0, 2: 4.0})) == {
        "loss": 2.5,
        "rank_loss/0": 1.0,
        "rank_loss/2": 4.0,
        "rank_loss/spread": 3.0,
    }
    assert rank_columns("accuracy", of_ranks({0: 0.5})) == {"accuracy": 0.5}


def test_that_of_many_ranks_no_more_is_told_than_of_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranks, "MOST_TOLD", 3)
    many = {rank: float(rank * rank) for rank in range(7)}

    assert rank_columns("loss", of_ranks(many)) == {
        "loss": 13.0,
        "rank_loss/least": 0.0,
        "rank_loss/most": 36.0,
        "rank_loss/spread": 36.0,
    }
    gradients = reduce(add, (GradientsOfRanks.of(rank, np.full(4, float(rank))) for rank in range(7)))
    assert gradients.norms(4.0) == {"rank_gradient_norm/least": 0.0, "rank_gradient_norm/most": 24.0}


def test_that_the_order_in_which_ranks_are_put_together_is_the_same() -> None:
    one, two, three = (OfRanks.of(rank, value) for rank, value in enumerate([1.5, 2.5, -4.0]))

    assert (one + two) + three == one + (two + three)
    assert rank_columns("loss", three + (two + one)) == rank_columns("loss", (one + two) + three)
