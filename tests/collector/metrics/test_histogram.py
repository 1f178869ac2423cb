"""The spread of values by sign and power of two."""

from math import floor, gcd, inf, log2, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.metrics.histogram import MOST_COUNTED, counting_step, histogram, spread_histogram


def slow_histogram(values: np.ndarray) -> list[int]:
    counts = [0] * 129
    for value in values.tolist():
        if abs(value) < 2.0**-48:
            counts[64] += 1
        elif abs(value) < inf:
            exponent = min(63, floor(log2(abs(value))) + 48)
            counts[65 + exponent if value > 0 else 63 - exponent] += 1
    return counts


@given(st.lists(st.one_of(st.floats(width=32), st.sampled_from([0.0, -0.0, nan, inf, 2.0**-48, -(2.0**-48), 2.0**20]))))
def test_that_each_value_is_in_the_bin_of_its_sign_and_power_of_two(values: list[float]) -> None:
    array = np.array(values, np.float32)

    assert histogram(array).tolist() == slow_histogram(array)


@pytest.mark.parametrize("shape", [(50_000, 256), (3, 2**20), (2**21,), (50_257, 768), (1, 2**22, 1)])
def test_that_of_many_values_evenly_spread_ones_of_every_row_and_column_are_counted(shape: tuple[int, ...]) -> None:
    step = counting_step(shape)
    assert step > 1
    assert MOST_COUNTED / 2 < np.prod(shape) / step <= MOST_COUNTED
    assert all(gcd(step, n) == 1 for n in shape)


def test_that_all_values_are_counted_of_a_parameter_that_is_not_very_large() -> None:
    assert (counting_step((1024, 1024)), counting_step(()), counting_step((0, 5))) == (1, 1, 1)


def test_that_each_counted_value_stands_for_as_many() -> None:
    array = np.array([1.0, 2.0, 2.0, 1.0, 4.0, 1.0, 1.0], np.float32)
    assert spread_histogram(array, 3).tolist() == (3 * histogram(array[[0, 3, 6]])).tolist()
    assert spread_histogram(array, 1).tolist() == histogram(array).tolist()
