"""Units, representations, samples and noise across two runs: arrays in, numbers out."""

import numpy as np

from collector.comparing.noise import Band, prediction_band
from collector.comparing.similarity import cka_across, procrustes_across
from collector.comparing.unit_matching import match_units

DRAWN = np.random.default_rng(0)


def test_that_matching_finds_the_permutation_of_units_and_offers_it() -> None:
    a, order = DRAWN.normal(size=(64, 20)), DRAWN.permutation(20)
    found = match_units(a, a[:, order])
    assert (order[found.of_b] == np.arange(20)).all()
    assert found.is_found.all()
    assert found.is_worth_offering


def test_that_units_in_their_own_order_are_not_worth_another() -> None:
    a = DRAWN.normal(size=(64, 20))
    found = match_units(a, a + 0.1 * DRAWN.normal(size=a.shape))
    assert (found.of_b == np.arange(20)).all()
    assert not found.is_worth_offering


def test_that_matches_of_unrelated_units_are_within_chance() -> None:
    found = match_units(DRAWN.normal(size=(64, 20)), DRAWN.normal(size=(64, 20)))
    assert found.is_found.mean() <= 0.25


def test_that_a_unit_without_a_partner_is_told_and_constant_ones_match_nothing() -> None:
    a = DRAWN.normal(size=(64, 4))
    b = a[:, :2].copy()
    b[:, 1] = 3.0
    found = match_units(a, b)
    assert found.of_b[0] == 0
    assert (found.of_b == -1).sum() == 2
    assert np.isnan(found.own[2:]).all()


def test_that_a_rotation_changes_neither_similarity_and_chance_is_below() -> None:
    a = DRAWN.normal(size=(100, 12))
    turned = a @ np.linalg.qr(DRAWN.normal(size=(12, 12)))[0]
    other = DRAWN.normal(size=(100, 12))
    for measure in (cka_across, procrustes_across):
        found = measure([a], [turned, other])
        assert np.isclose(found.values[0, 0], 1)
        assert found.values[0, 0] > found.null[0, 0, 1]
        assert found.null[0, 1, 0] - 0.1 < found.values[0, 1] < found.null[0, 1, 1] + 0.1


def test_that_procrustes_is_the_rotation_that_scipy_finds() -> None:
    from scipy.spatial import procrustes

    a, b = DRAWN.normal(size=(30, 5)), DRAWN.normal(size=(30, 5))
    disparity = procrustes(a, b)[2]  # 1 - s² of the same centred and scaled features
    assert np.isclose(procrustes_across([a], [b]).values[0, 0], np.sqrt(1 - disparity))


def test_that_one_more_run_is_inside_of_the_band_in_95_of_100_cases() -> None:
    runs = np.exp(DRAWN.normal(size=(4, 4000)))
    low, high = prediction_band(runs[:3])
    outside = (runs[3] < low) | (runs[3] > high)
    assert outside.mean() < 0.05


def test_that_two_runs_have_no_band_and_what_has_none_is_not_outside() -> None:
    low, high = prediction_band(np.ones((2, 5)))
    assert np.isnan(low).all()
    assert not Band(np.arange(5), low, high).outside(np.arange(5), np.full(5, 9.0)).any()
