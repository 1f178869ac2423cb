"""Standardised features, Gram matrices and effective rank against what NumPy and scikit-learn say."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix, standardised


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def with_constants() -> np.ndarray:
    """Six features of 40 samples, of which the second, fourth and fifth do not vary."""
    features = chance().normal(3, 2, (40, 6)).astype(np.float32)
    features[:, 1] = 0
    features[:, 3] = -1234.5
    features[:, 4] = np.float32(1e4) + np.float32(1e-3) * chance().integers(0, 2, 40)  # one float32 step at the most
    return features


def test_that_standardised_features_are_those_of_scikit_learn() -> None:
    features = chance().normal([0, 5, -1e4], [1, 1e-3, 1e3], (64, 3)).astype(np.float32)

    expected = StandardScaler().fit_transform(features.astype(np.float64)) / np.sqrt(64)

    np.testing.assert_allclose(standardised(features), expected, atol=1e-6)


def test_that_products_of_standardised_features_are_pearson_correlations() -> None:
    one, other = chance(1).normal(size=(50, 7)), chance(2).normal(size=(50, 9))
    one[:, 0] = -other[:, 0]

    matrix = standardised(one).T @ standardised(other)

    np.testing.assert_allclose(matrix, np.corrcoef(one, other, rowvar=False)[:7, 7:], atol=1e-5)
    assert matrix[0, 0] == pytest.approx(-1, abs=1e-6)


def test_that_features_that_vary_by_rounding_only_are_constant_and_become_zeros() -> None:
    features = with_constants()

    assert gram_matrix(features)[1] == 3
    assert not standardised(features)[:, [1, 3, 4]].any()
    assert standardised(features)[:, [0, 2, 5]].all()


def test_that_small_features_far_from_zero_are_not_constant_while_they_vary_by_more() -> None:
    features = 1e4 + 0.1 * chance().normal(size=(40, 1))

    assert gram_matrix(features.astype(np.float32))[1] == 0


def test_that_a_value_that_is_not_finite_spoils_its_own_feature_and_no_other() -> None:
    features = with_constants()
    features[3, 0] = np.nan
    features[5, 2] = np.inf

    scaled = standardised(features)

    assert np.isnan(scaled[:, [0, 2]]).all()
    assert np.isfinite(scaled[:, [1, 3, 4, 5]]).all()
    assert np.isnan(gram_matrix(features)[0]).all()


@pytest.mark.parametrize("n_features", [1, 4095, 4096, 9000])
def test_that_a_gram_matrix_is_that_of_the_centred_features(n_features: int) -> None:
    features = chance().normal(2, 1, (12, n_features)).astype(np.float32)
    features[:, 0] = 7

    gram, n_constant = gram_matrix(features)

    centred = features.astype(np.float64) - features.astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(gram, centred @ centred.T, rtol=1e-9, atol=1e-9)
    assert n_constant == 1


@pytest.mark.parametrize("shape", [(30, 8), (8, 30), (20, 20)])
def test_that_effective_rank_is_the_entropy_of_the_singular_values(shape: tuple[int, int]) -> None:
    features = chance().normal(1, 1, shape) * np.linspace(0.1, 5, shape[1])

    values = np.linalg.svd(features - features.mean(axis=0), compute_uv=False)
    shares = values[values > 1e-9] / values.sum()
    expected = np.exp(-(shares * np.log(shares)).sum())

    assert effective_ranks(gram_matrix(features)[0][None])[0] == pytest.approx(expected, rel=1e-5)


def test_that_equally_strong_directions_count_as_so_many() -> None:
    directions = np.linalg.qr(chance().normal(size=(31, 31)))[0][:, 1:6]
    directions -= directions.mean(axis=0)
    directions = np.linalg.qr(directions)[0]

    repeated = np.repeat(directions, 40, axis=1) * 1e-3

    assert effective_ranks(gram_matrix(repeated)[0][None])[0] == pytest.approx(5, rel=1e-5)


def test_that_where_nothing_varies_or_numbers_are_missing_there_is_no_rank() -> None:
    grams = np.stack([np.zeros((5, 5)), np.full((5, 5), np.nan), np.eye(5) - 0.2])

    assert np.isnan(effective_ranks(grams)).tolist() == [True, True, False]
    assert effective_ranks(grams)[2] == pytest.approx(4)
