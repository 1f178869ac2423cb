"""What maps ask of scikit-learn, when they have turned often enough, and which way their axes point."""

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from app.views.projection.process import linear_maps
from app.views.projection.process.linear_maps import LinearAutoencoder, NonlinearAutoencoder, PrincipalAxes


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []

    class Asked(PCA):  # type: ignore[misc]
        def __init__(self, n_components: int, **named: Any) -> None:
            asked.append((n_components, named))
            super().__init__(n_components, **named)

    monkeypatch.setattr(linear_maps, "PCA", Asked)
    return asked


def features(n: int, wide: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, wide)) * 0.8 ** np.arange(wide)).astype(np.float32)


@pytest.mark.parametrize(("wide", "solver"), [(1024, "covariance_eigh"), (1025, "randomized")])
def test_that_axes_are_exact_up_to_a_thousand_features(asked: list[tuple[Any, ...]], wide: int, solver: str) -> None:
    one, again = (PrincipalAxes(features(6, wide)) for _ in range(2))
    assert asked == [(2, {"svd_solver": solver, "iterated_power": 7, "random_state": 0})] * 2
    np.testing.assert_array_equal(one.place(features(6, wide)), again.place(features(6, wide)))
    assert one.place(features(6, wide)).dtype == np.float64


def test_that_wide_samples_are_narrowed_to_as_many_axes_as_there_are_samples_at_most(
    asked: list[tuple[Any, ...]],
) -> None:
    def silent(share: float) -> None:
        assert share == 0

    for n, wide in ((20, 256), (20, 257), (270, 257)):
        NonlinearAutoencoder(features(n, wide), silent if n == 20 else lambda share: None, rounds=1)
    assert asked == [(20, {"random_state": 0}), (256, {"random_state": 0})]


def test_that_a_plane_that_moves_no_more_is_not_turned_on() -> None:
    told: list[float] = []
    flat = np.diag([5.0, 3.0, 0.0, 0.0]).astype(np.float32)
    exact = LinearAutoencoder(np.concatenate([flat, -flat]), told.append)
    assert told == pytest.approx([number / 5000 for number in range(len(told))])
    assert 2 <= len(told) <= 4, "it lies in a plane from the first turn on"
    assert np.abs(exact.decoder[2:]).max() < 1e-9
    told.clear()
    slow = features(40, 6)
    LinearAutoencoder(slow, told.append, most_turns=3)
    assert told == pytest.approx([0, 1 / 3, 2 / 3])
    told.clear()
    whole = LinearAutoencoder(slow, told.append)
    assert 10 < len(told) < 5000
    covariance = np.cov(slow.T.astype(np.float64), bias=True)
    turned, _ = np.linalg.qr(covariance @ whole.decoder)
    left = turned - whole.decoder @ (whole.decoder.T @ turned)
    assert np.linalg.norm(left) < 1e-9


def test_that_axes_are_told_in_order_and_point_where_they_are_largest() -> None:
    samples = features(50, 5)
    map_ = LinearAutoencoder(samples, lambda share: None)
    decoder = map_.decoder
    np.testing.assert_allclose(decoder.T @ decoder, np.eye(2), atol=1e-9)
    placed = map_.place(samples)
    assert placed.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    first, second = placed.var(axis=0)
    assert first > second
    assert np.cov(placed.T)[0, 1] == pytest.approx(0, abs=1e-6)
    assert (decoder[np.abs(decoder).argmax(axis=0), [0, 1]] > 0).all()
    np.testing.assert_array_equal(LinearAutoencoder(samples, lambda share: None).decoder, decoder)
    total = samples.astype(np.float64).var(axis=0).sum()
    assert map_.explained(samples) == (pytest.approx((first + second) / total),)
    assert PrincipalAxes(samples).explained(samples) == pytest.approx((first / total, second / total), rel=1e-5)
