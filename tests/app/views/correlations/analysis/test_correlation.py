"""Correlation of features and of samples, against NumPy's own."""

import numpy as np
import pytest

from app.views.correlations.analysis.correlation import of_samples, pearson


@pytest.mark.parametrize(("n", "first", "second"), [(40, 7, 5), (256, 128, 128), (5, 300, 2)])
def test_that_features_correlate_as_numpy_says(n: int, first: int, second: int) -> None:
    random = np.random.default_rng(0)
    left, right = random.normal(3, 2, (n, first)), random.normal(-1, 5, (n, second))
    expected = np.corrcoef(left.T, right.T)[:first, first:]
    assert pearson(left, right) == pytest.approx(expected, abs=1e-9)


def test_that_a_feature_without_variance_has_no_correlation() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(30, 4)).astype(np.float32)
    features[:, 2] = np.float32(1e4)
    features[5, 2] = np.nextafter(np.float32(1e4), np.float32(0))  # rounding is no variance
    known = np.isfinite(pearson(features, features))
    assert not known[2].any()
    assert not known[:, 2].any()
    assert known[np.ix_([0, 1, 3], [0, 1, 3])].all()


def test_that_a_feature_that_is_not_finite_has_no_correlation() -> None:
    features = np.random.default_rng(0).normal(size=(30, 2))
    features[3, 0] = np.inf
    values = pearson(features, features)
    assert np.isnan(values[0]).all()
    assert values[1, 1] == pytest.approx(1)


def test_that_samples_are_not_centred_over_the_batch() -> None:
    random = np.random.default_rng(0)
    features = 10 * random.normal(size=50) + random.normal(size=(20, 50))
    values = of_samples(features)
    assert values == pytest.approx(np.corrcoef(features), abs=1e-9)
    assert values.min() > 0.9, "what all samples share makes them alike"
