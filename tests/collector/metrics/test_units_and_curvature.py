"""Dormant units, kurtosis and curvature: against their definitions, written out."""

import numpy as np
import pytest
from scipy import stats

from collector.metrics.curvature import curvature
from collector.metrics.dormant_units import dormant_fraction
from collector.metrics.kurtosis import kurtosis


@pytest.mark.parametrize("tau", [0.0, 0.025, 0.5, 1.0])
def test_that_units_are_dormant_whose_score_is_at_most_tau(tau: float) -> None:
    rows = np.maximum(np.random.default_rng(0).standard_normal((30, 40)), 0) * np.linspace(0, 1, 40) ** 3

    sizes = [sum(abs(row[unit]) for row in rows) / 30 for unit in range(40)]
    scores = [size / (sum(sizes) / 40) for size in sizes]

    assert dormant_fraction(rows, tau) == sum(score <= tau for score in scores) / 40


def test_that_of_units_that_are_all_0_all_are_dormant_and_of_nan_it_is_not_known() -> None:
    assert dormant_fraction(np.zeros((4, 3)), 0.0) == 1
    assert np.isnan(dormant_fraction(np.full((4, 3), np.nan), 0.1))


def test_that_kurtosis_is_that_of_scipy_and_3_of_a_normal_distribution() -> None:
    values = np.random.default_rng(0).standard_normal((500, 400)).astype(np.float32)

    assert kurtosis(values) == pytest.approx(3, abs=0.05)
    skewed = np.exp(values[:50])
    assert kurtosis(skewed) == pytest.approx(stats.kurtosis(skewed.astype(np.float64), axis=None, fisher=False))


def test_that_values_that_do_not_vary_have_no_kurtosis() -> None:
    assert np.isnan(kurtosis(np.ones(5)))
    assert np.isnan(kurtosis(np.array([1.0, np.inf])))
    assert np.isnan(kurtosis(np.array([])))


def test_that_curvature_is_the_second_derivative_of_a_parabola() -> None:
    assert curvature(lambda x: 3 * x**2 - 7 * x + 2, 0.1) == pytest.approx(6)
