"""The spread of values by sign and power of two."""

from math import floor, inf, log2, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collector.metrics.histogram import histogram


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
