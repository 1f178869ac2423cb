"""Maps that are fixed once: PCA is scikit-learn's, the linear autoencoder's plane is PCA's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from app.views.projection.process.linear_maps import LinearAutoencoder, NonlinearAutoencoder, PrincipalAxes


def silent(share: float) -> None:
    assert 0 <= share <= 1


def samples(seed: int, n_samples: int, n_features: int) -> np.ndarray:
    """float32 ``[N, D]`` with shares of variance that fall off."""
    random = np.random.default_rng(seed)
    turned = random.normal(size=(n_features, n_features))
    values = random.normal(size=(n_samples, n_features)) * 0.85 ** np.arange(n_features)
    return (values @ turned + random.normal(size=n_features)).astype(np.float32)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 999), st.integers(12, 90), st.integers(3, 40))
def test_that_the_axes_are_those_of_scikit_learn_up_to_sign(seed: int, n_samples: int, n_features: int) -> None:
    features = samples(seed, n_samples, n_features)
    axes = PrincipalAxes(features)

    reference = PCA(2, svd_solver="full").fit(features.astype(np.float64))
    expected = reference.transform(features.astype(np.float64))
    placed = axes.place(features)
    signs = np.sign((placed * expected).sum(axis=0))
    np.testing.assert_allclose(placed * signs, expected, atol=1e-3 * np.abs(expected).max())
    np.testing.assert_allclose(axes.explained(features), reference.explained_variance_ratio_, atol=1e-6)


def test_that_beyond_a_thousand_features_the_axes_are_still_those() -> None:
    random = np.random.default_rng(0)
    features = (random.normal(size=(60, 4)) * [9, 6, 2, 1]) @ random.normal(size=(4, 1500))
    axes = PrincipalAxes(features + random.normal(size=(60, 1500)) * 0.01)

    expected = PCA(2, svd_solver="full").fit_transform(features)
    placed = axes.place(features)
    signs = np.sign((placed * expected).sum(axis=0))
    np.testing.assert_allclose(placed * signs, expected, atol=0.02 * np.abs(expected).max())


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 999), st.integers(12, 90), st.integers(3, 40))
def test_that_the_linear_autoencoder_s_plane_is_that_of_pca_within_a_degree(
    seed: int, n_samples: int, n_features: int
) -> None:
    features = samples(seed, n_samples, n_features)
    encoder = LinearAutoencoder(features, silent)

    reference = PCA(3, svd_solver="full").fit(features.astype(np.float64))
    second, third = reference.explained_variance_[1:]
    if third < 0.98 * second:  # else there are planes as good as each other
        assert np.degrees(subspace_angles(encoder.decoder, reference.components_[:2].T)).max() < 1
    lost = reference.explained_variance_ratio_[:2].sum() - encoder.explained(features)[0]
    assert lost == pytest.approx(0, abs=1e-3)


@given(st.integers(0, 99))
@settings(deadline=None, max_examples=10)
def test_that_its_gradients_are_those_of_its_error(seed: int) -> None:
    features = samples(seed, 40, 6)
    network = NonlinearAutoencoder(features, silent, rounds=1)
    inputs = np.random.default_rng(seed).normal(size=(9, 6))
    # In double precision, so that differences of small steps are worth something.
    network._weights = [each.astype(np.float64) for each in network._weights]
    network._biases = [each.astype(np.float64) for each in network._biases]
    learned = [*network._weights, *network._biases]

    for value, gradient in zip(learned, network._gradients(inputs), strict=True):
        at = np.unravel_index(seed % value.size, value.shape)
        errors = []
        for change in (1e-5, -2e-5):
            value[at] += change
            errors.append(float(((network._through(inputs)[4] - inputs) ** 2).mean()))
        value[at] += 1e-5
        assert gradient[at] == pytest.approx((errors[0] - errors[1]) / 2e-5, rel=1e-3, abs=1e-8)


def test_that_the_non_linear_autoencoder_places_samples_it_never_saw_among_their_like() -> None:
    random = np.random.default_rng(0)
    centres = random.normal(size=(3, 20)) * 4
    labels = np.arange(300) % 3
    features = (centres[labels] + random.normal(size=(300, 20))).astype(np.float32)
    network = NonlinearAutoencoder(features[:200], silent)

    known, new = network.place(features[:200]), network.place(features[200:])
    nearest = ((new[:, None] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (labels[:200][nearest] == labels[200:]).mean() > 0.95
    assert 0.3 < network.explained(features)[0] < 1


class OfOneSlope(NonlinearAutoencoder):
    """Its error falls equally fast along every weight, so that a step is as long as the rate; keeps where it was."""

    def _gradients(self, inputs: np.ndarray) -> list[np.ndarray]:
        vars(self).setdefault("seen", []).append(float(self._biases[0][0]))
        return [np.ones_like(each) for each in (*self._weights, *self._biases)]


def test_that_the_non_linear_autoencoder_learns_slower_from_the_middle_on() -> None:
    network = OfOneSlope(samples(0, 20, 5), silent, rounds=8)
    seen = [*vars(network)["seen"], float(network._biases[0][0])]
    rates = [2e-3, 2e-3, 2e-3, 2e-3, 2e-3, 1.5e-3, 1e-3, 5e-4]
    assert -np.diff(seen) == pytest.approx(rates, rel=1e-3)


def test_that_samples_that_are_all_alike_are_one_point() -> None:
    alike = np.full((20, 4), 2.0, np.float32)
    for placed in (
        PrincipalAxes(alike).place(alike),
        LinearAutoencoder(alike, silent).place(alike),
        NonlinearAutoencoder(alike, silent, rounds=2).place(alike),
    ):
        assert np.isfinite(placed).all()
        assert np.ptp(placed, axis=0).max() < 1e-6
