"""The gradient noise scale: its two estimates are without bias, on gradients whose truth is known."""

import numpy as np
import pytest

from collector.metrics.noise_scale import NoiseAverage, noise, signal


def test_that_signal_and_noise_are_right_on_average_over_many_batches() -> None:
    chance = np.random.default_rng(0)
    truth, spread = np.array([1.0, -2.0, 0.5]), np.array([3.0, 1.0, 2.0])
    samples = truth + spread * chance.standard_normal((40_000, 12, 3))  # batches of 12 samples, in parts of 4
    parts = samples.reshape(-1, 3, 4, 3).mean(2)
    small, big = (parts**2).sum(2).mean(1), (parts.mean(1) ** 2).sum(1)

    signals, noises = signal(small, big, 4, 12), noise(small, big, 4, 12)  # type: ignore[arg-type]

    assert np.mean(signals) == pytest.approx(np.sum(truth**2), rel=0.02)
    assert np.mean(noises) == pytest.approx(np.sum(spread**2), rel=0.02)


def test_that_of_exact_squares_both_are_exact() -> None:
    truth, trace = 5.0, 120.0
    small, big = truth + trace / 8, truth + trace / 32

    assert signal(small, big, 8, 32) == pytest.approx(truth)
    assert noise(small, big, 8, 32) == pytest.approx(trace)


def test_that_averages_are_divided_and_not_quotients_averaged() -> None:
    known = NoiseAverage(0.5)
    known.add(1.0, 10.0)
    known.add(-0.25, 30.0)

    # both by 0.25 and 0.5
    assert known.scale == pytest.approx((0.25 * 10 + 0.5 * 30) / (0.25 * 1 - 0.5 * 0.25))


@pytest.mark.parametrize(("signals", "noises"), [(-1.0, 5.0), (1.0, -5.0), (0.0, 1.0)])
def test_that_what_is_lost_in_the_noise_is_not_known(signals: float, noises: float) -> None:
    known = NoiseAverage(0.9)
    known.add(signals, noises)

    assert np.isnan(known.scale)
