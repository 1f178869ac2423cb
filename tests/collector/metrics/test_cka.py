"""Debiased CKA against the sums of the paper, and what has to hold of it."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearson3

from collector.metrics.cka import _moments, debiased_cka, null_band, percentiles, u_centred
from collector.metrics.features import gram_matrix


def cka(*layers: np.ndarray) -> np.ndarray:
    return debiased_cka(centred(*layers))


def centred(*layers: np.ndarray) -> np.ndarray:
    return u_centred(np.stack([gram_matrix(layer)[0] for layer in layers]))


def normal(seed: int, n: int, d: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def hsic(k: np.ndarray, l: np.ndarray) -> float:  # noqa: E741 - the paper's letters
    """Song et al. 2012, eq. 5, as sums over distinct samples, one after the other."""
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))  # noqa: E741
    trace = sum(k[i, j] * l[j, i] for i in range(n) for j in range(n))
    outer = sum(k[i, j] for i in range(n) for j in range(n)) * sum(l[i, j] for i in range(n) for j in range(n))
    middle = sum(k[i, j] * l[j, m] for i in range(n) for j in range(n) for m in range(n))
    return (trace + outer / ((n - 1) * (n - 2)) - 2 / (n - 2) * middle) / (n * (n - 3))


def test_that_cka_is_that_of_the_papers_sums() -> None:
    one = normal(0, 14, 5) + 3
    other = one @ normal(1, 5, 8) + normal(2, 14, 8)

    found = cka(one, other)

    k, l = one @ one.T, other @ other.T  # noqa: E741 - which are not centred: the estimator does not need it
    expected = hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l))
    assert found[0, 1] == pytest.approx(expected, abs=1e-9)
    assert found[1, 0] == found[0, 1]


@pytest.mark.parametrize("n", [4, 16, 256])
def test_that_a_layer_is_as_similar_to_itself_as_can_be(n: int) -> None:
    np.testing.assert_allclose(np.diag(cka(normal(0, n, 6), normal(1, n, 700))), 1, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(1e-6, 1e6))
def test_that_rotation_scale_and_shift_change_nothing(seed: int, scale: float) -> None:
    one = normal(seed, 20, 6)
    other = one @ normal(seed + 1, 6, 4) + normal(seed + 2, 20, 4)
    rotation = np.linalg.qr(normal(seed + 3, 6, 6))[0]

    found = cka(one, one @ rotation * scale + 5 * scale, other)

    assert found[0, 1] == pytest.approx(1, abs=1e-6)
    assert found[1, 2] == pytest.approx(found[0, 2], abs=1e-6)


@pytest.mark.parametrize("n", [64, 256, 1024])
def test_that_independent_layers_have_none_within_the_null_band(n: int) -> None:
    layers = centred(*(normal(seed, n, d) for seed, d in enumerate((300, 500, 40, 800, 10, 90, 150, 600))))
    low, high = np.moveaxis(null_band(layers), -1, 0)

    found = debiased_cka(layers)

    pairs = np.triu_indices(8, 1)
    assert (np.abs(found[pairs]) < 6 / n).all()
    assert abs(found[pairs].mean()) < 1 / n
    assert ((low < 0) & (high > 0))[pairs].all()
    assert ((low <= found) & (found <= high))[pairs].mean() > 0.85  # of 95 in 100


def test_that_layers_that_see_the_same_lie_far_above_the_band() -> None:
    one = normal(0, 64, 10)
    layers = centred(one, one @ normal(1, 10, 30))

    assert debiased_cka(layers)[0, 1] > 4 * null_band(layers)[0, 1, 1]


def test_that_the_band_holds_about_95_of_100_orders_of_the_samples() -> None:
    one, other = normal(0, 32, 12), normal(1, 32, 12)
    low, high = null_band(centred(one, other))[0, 1]
    chance = np.random.default_rng(99)

    shuffled = [cka(one, other[chance.permutation(32)])[0, 1] for _ in range(400)]

    assert 0.91 < np.mean([low <= value <= high for value in shuffled]) < 0.99


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_that_the_moments_are_those_of_every_order_of_the_samples(n: int) -> None:
    layers = centred(normal(0, n, 2), normal(1, n, 9))
    orders = [list(order) for order in permutations(range(n))]

    by_chance = np.array([(layers[0] * layers[1][np.ix_(order, order)]).sum() for order in orders])

    variance, third = _moments(layers)
    assert by_chance.mean() == pytest.approx(0, abs=1e-9)
    assert variance == pytest.approx(np.square(by_chance).mean())
    assert third[0, 1] == pytest.approx((by_chance**3).mean(), abs=1e-6)


@pytest.mark.parametrize(("n", "widths"), [(12, (4, 200)), (32, (2, 3)), (64, (1, 300)), (64, (10, 40))])
def test_that_the_band_holds_93_to_97_of_100_unrelated_layers(n: int, widths: tuple[int, int]) -> None:
    chance = np.random.default_rng(5)
    n_inside = 0
    for _ in range(2000):
        layers = centred(*(chance.normal(size=(n, width)) for width in widths))
        low, high = null_band(layers)[0, 1]
        n_inside += low <= debiased_cka(layers)[0, 1] <= high

    assert 0.93 <= n_inside / 2000 <= 0.97


def test_that_the_percentiles_are_those_of_pearsons_third_distribution() -> None:
    skews = np.linspace(-4, 4, 33)  # what is in the tables
    for percent, found in zip((0.025, 0.975), percentiles(skews), strict=True):
        np.testing.assert_allclose(found, [pearson3.ppf(percent, skew) for skew in skews], atol=1e-5)


def test_that_between_them_percentiles_are_near_and_beyond_a_skewness_of_4_those_of_4() -> None:
    skews = np.random.default_rng(0).uniform(-4, 4, 100)
    for percent, found in zip((0.025, 0.975), percentiles(skews), strict=True):
        np.testing.assert_allclose(found, [pearson3.ppf(percent, skew) for skew in skews], atol=5e-3)
    np.testing.assert_array_equal(percentiles(np.array([-9.0, 9.0])), percentiles(np.array([-4.0, 4.0])))


def test_that_the_band_is_the_same_for_both_orders_of_a_pair() -> None:
    band = null_band(centred(normal(0, 20, 3), normal(1, 20, 5), normal(2, 20, 4)))

    np.testing.assert_array_equal(band, band.swapaxes(0, 1))


def test_that_a_layer_that_never_varies_has_no_similarity_and_costs_the_others_none() -> None:
    found = cka(normal(0, 20, 3), np.ones((20, 5)), normal(0, 20, 3) @ normal(1, 3, 3))

    assert np.isnan(found[1]).all()
    assert np.isfinite(found[[0, 0, 2], [0, 2, 2]]).all()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_that_fewer_than_four_samples_give_no_number(n: int) -> None:
    layers = centred(normal(0, n, 3), normal(1, n, 3))

    assert np.isnan(debiased_cka(layers)).all()
    assert np.isnan(null_band(layers)).all()
