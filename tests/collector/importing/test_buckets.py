"""Buckets of any edges, told by powers of two."""

import numpy as np
import pytest

from collector.importing.buckets import by_power_of_two
from collector.importing.logged import Buckets
from collector.metrics.histogram import histogram


def test_that_buckets_of_powers_of_two_give_the_counts_of_the_values_themselves() -> None:
    values = np.random.default_rng(0).normal(size=5000) * 0.1
    powers = np.exp2(np.arange(-40.0, 3))
    edges = np.concatenate([-powers[::-1], powers])
    counts, _ = np.histogram(values, edges)
    found = by_power_of_two(Buckets(np.stack([edges[:-1], edges[1:]], 1), counts.astype(float)))
    np.testing.assert_array_equal(found, histogram(values))


@pytest.mark.parametrize(
    ("edges", "count", "bins"),
    [
        ([0.5, 0.5], 7, {64 + 48: 7}),
        ([0.0, 0.0], 7, {64: 7}),
        ([-0.5, -0.5], 7, {64 - 48: 7}),
        ([1.0, 4.0], 9, {65 + 48: 3, 65 + 49: 6}),
        ([1.0, 4.0], 1, {65 + 49: 1}),
        ([1e30, 1e31], 5, {128: 5}),
        ([-1e31, -1e30], 5, {0: 5}),
    ],
)
def test_that_within_a_bucket_values_count_as_evenly_spread(
    edges: list[float], count: float, bins: dict[int, int]
) -> None:
    found = by_power_of_two(Buckets(np.array([edges]), np.array([float(count)])))
    assert {int(place): int(found[place]) for place in np.flatnonzero(found)} == bins


def test_that_what_is_no_number_is_in_no_bin() -> None:
    edges = np.array([[np.nan, 1], [0, np.inf], [1, 2], [1, 2]])
    found = by_power_of_two(Buckets(edges, np.array([3, 3, np.nan, 4.0])))
    assert found.sum() == 4
