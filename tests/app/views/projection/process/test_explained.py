"""How much of the variance an autoencoder keeps."""

import numpy as np
import pytest

from app.views.projection.process.linear_maps import NonlinearAutoencoder


def silent(_: float) -> None:
    """Nobody waits for it."""


def test_that_what_is_kept_does_not_depend_on_the_unit_of_the_features() -> None:
    random = np.random.default_rng(0)
    plane = (random.normal(size=(60, 2)) @ random.normal(size=(2, 6))).astype(np.float32)
    small, large = (NonlinearAutoencoder(plane * unit, silent, rounds=300) for unit in (0.01, 100))
    (kept,) = small.explained(plane * 0.01)
    assert 0.5 < kept <= 1
    assert large.explained(plane * 100) == pytest.approx((kept,), abs=0.02)


def test_that_of_features_that_never_change_nothing_is_kept() -> None:
    still = np.ones((20, 4), np.float32)
    assert NonlinearAutoencoder(still, silent, rounds=2).explained(still) == (0.0,)
