"""Means of Pearson matrices, and stability, against numpy.corrcoef."""

import numpy as np
import pytest

from collector.metrics.correlations import clipped_means, plain_means, stability
from collector.metrics.features import standardised

SIZES = (5, 300, 40)


def layers(seed: int = 0, n: int = 60) -> list[np.ndarray]:
    chance = np.random.default_rng(seed)
    common = chance.normal(size=(n, 3))
    return [common @ chance.normal(size=(3, d)) + chance.normal(2, 1, (n, d)) for d in SIZES]


def matrix(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The Pearson matrix as NumPy makes it."""
    return np.corrcoef(one, other, rowvar=False)[: one.shape[1], one.shape[1] :]


@pytest.mark.parametrize(("means", "clip"), [(clipped_means, True), (plain_means, False)])
def test_that_a_pairs_mean_is_that_of_the_matrix_of_numpy(means: object, clip: bool) -> None:
    features = layers()

    found = means([standardised(each) for each in features])

    for i, one in enumerate(features):
        for j, other in enumerate(features):
            expected = matrix(one, other)
            expected = np.clip(expected, 0, 1) if clip else expected
            assert found[i, j] == pytest.approx(expected.mean(), abs=1e-5)


def test_that_the_diagonal_of_a_layer_with_itself_counts() -> None:
    alone = np.random.default_rng(0).normal(size=(30, 1))

    assert clipped_means([standardised(alone)])[0, 0] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("means", [clipped_means, plain_means])
def test_that_constant_features_are_left_out_of_the_mean(means: object) -> None:
    features = layers()
    with_constant = [np.insert(each, [1, 3], 5, axis=1) for each in features]

    plain, spoilt = (means([standardised(each) for each in which]) for which in (features, with_constant))

    np.testing.assert_allclose(spoilt, plain, atol=1e-6)


@pytest.mark.parametrize("means", [clipped_means, plain_means])
def test_that_a_layer_that_never_varies_or_is_not_finite_has_no_mean_and_costs_the_others_none(means: object) -> None:
    features = [*layers(), np.ones((60, 4)), np.full((60, 2), np.nan)]

    found = means([standardised(each) for each in features])

    assert np.isfinite(found[:3, :3]).all()
    assert np.isnan(found[3:]).all()
    assert np.isnan(found[:, 3:]).all()


@pytest.mark.parametrize("means", [clipped_means, plain_means])
def test_that_the_means_do_not_change_with_shift_and_scale_of_features(means: object) -> None:
    features = layers()
    moved = [each * np.linspace(0.1, 40, each.shape[1]) - 7 for each in features]

    plain, changed = (means([standardised(each) for each in which]) for which in (features, moved))

    np.testing.assert_allclose(changed, plain, atol=1e-5)


def test_that_stability_is_the_correlation_with_the_first_sample() -> None:
    features = np.random.default_rng(0).normal(1, 1, (7, 9000)).astype(np.float32)
    features[2] = 3 * features[0] - 1
    features[3] = -features[0]

    found = stability(features)

    np.testing.assert_allclose(found, np.corrcoef(features.astype(np.float64))[0], atol=1e-5)
    assert found[[0, 2, 3]].tolist() == pytest.approx([1, 1, -1])


def test_that_an_output_without_any_difference_among_its_features_has_no_stability() -> None:
    features = np.random.default_rng(0).normal(size=(3, 20))
    features[1] = 0.1
    first_is_flat = features[[1, 0, 2]]

    assert np.isnan(stability(features)).tolist() == [False, True, False]
    assert np.isnan(stability(first_is_flat)).all()


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_that_stability_is_the_same_in_any_unit(scale: float) -> None:
    features = np.random.default_rng(0).normal(size=(4, 50)).astype(np.float32)
    features[2] = features[2, 0]  # all alike
    np.testing.assert_allclose(stability(features * np.float32(scale)), stability(features), atol=1e-5)
    assert np.isnan(stability(features)).tolist() == [False, False, True, False]
