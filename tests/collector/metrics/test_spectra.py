"""Singular values of weights, and eigenvalues of the covariance of activations: against those of the whole matrices."""

import numpy as np
import pytest

from collector.metrics.activation_spectra import covariance_eigenvalues, decay, effective_rank
from collector.metrics.weight_spectra import as_matrix, largest_singular_value, squared_singular_values, stable_rank

CHANCE = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(30, 50), (50, 30), (8, 3, 3, 3), (1, 7), (7, 1)])
def test_that_singular_values_are_those_of_the_whole_matrix(shape: tuple[int, ...]) -> None:
    weight = CHANCE.standard_normal(shape).astype(np.float32)
    matrix = as_matrix(weight)

    wanted = np.linalg.svd(weight.reshape(shape[0], -1).astype(np.float64), compute_uv=False)
    squares = squared_singular_values(matrix)

    np.testing.assert_allclose(np.sqrt(squares)[::-1], wanted, rtol=1e-9, atol=1e-9)
    assert largest_singular_value(matrix) == pytest.approx(wanted[0], rel=0.02)
    assert largest_singular_value(matrix) <= wanted[0] * (1 + 1e-9)
    assert stable_rank(float(np.sum(matrix**2)), wanted[0]) == pytest.approx(np.sum(wanted**2) / wanted[0] ** 2)


def test_that_power_iteration_finds_a_value_that_stands_out() -> None:
    matrix = CHANCE.standard_normal((300, 400)) * 0.01 + np.outer(np.ones(300), np.ones(400)) / 100

    assert largest_singular_value(matrix) == pytest.approx(np.linalg.norm(matrix, 2), rel=1e-6)


def test_that_a_matrix_of_zeros_has_no_stable_rank_and_one_of_rank_1_has_1() -> None:
    assert np.isnan(stable_rank(0.0, largest_singular_value(np.zeros((4, 5)))))
    matrix = np.outer(np.arange(1.0, 5), np.arange(1.0, 7))
    assert stable_rank(float(np.sum(matrix**2)), largest_singular_value(matrix)) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_that_eigenvalues_are_those_of_the_covariance(shape: tuple[int, int]) -> None:
    rows = (CHANCE.standard_normal(shape) + 5).astype(np.float32)

    wanted = np.linalg.eigvalsh(np.cov(rows.T.astype(np.float64), bias=True))[::-1][: min(shape)]

    np.testing.assert_allclose(covariance_eigenvalues(rows), wanted, rtol=1e-6, atol=1e-9)


def test_that_effective_rank_is_the_exponent_of_the_entropy_of_the_singular_values_shares() -> None:
    rows = CHANCE.standard_normal((40, 12)).astype(np.float32)

    values = np.linalg.svd(rows.astype(np.float64) - rows.astype(np.float64).mean(0), compute_uv=False)
    shares = values / values.sum()

    assert effective_rank(rows) == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=1e-6)


def test_that_decay_is_the_exponent_that_eigenvalues_fall_with() -> None:
    eigenvalues = 7.0 * np.arange(1.0, 41) ** -1.3
    eigenvalues[0] *= 100  # the first one does not count

    assert decay(eigenvalues) == pytest.approx(1.3)
    x, y = np.log(np.arange(2, 41)), np.log(CHANCE.random(40)[1:] + 0.1)
    assert decay(np.r_[3.0, np.exp(y)]) == pytest.approx(-np.polyfit(x, y, 1)[0])


def test_that_what_rounding_leaves_of_a_lost_direction_is_no_eigenvalue() -> None:
    rows = np.exp(CHANCE.standard_normal((64, 12)))
    rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)  # as of a softmax: they lie in a plane

    assert np.count_nonzero(covariance_eigenvalues(rows)) == 11


def test_that_of_few_eigenvalues_and_of_rows_alike_there_is_no_decay() -> None:
    assert np.isnan(decay(np.array([3.0, 2.0, 1.0])))
    assert np.isnan(decay(covariance_eigenvalues(np.ones((20, 20), np.float32))))


@pytest.mark.parametrize("seed", range(10))
def test_that_no_squared_singular_value_of_a_matrix_of_rank_1_is_below_0(seed: int) -> None:
    chance = np.random.default_rng(seed)
    squares = squared_singular_values(np.outer(chance.standard_normal(9), chance.standard_normal(12)))
    assert (squares[:-1] >= 0).all()
    assert squares[:-1].max() < 1e-9 * squares[-1]
