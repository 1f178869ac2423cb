"""The norms against a slow float64 version of themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collector.metrics.norms import layer_norms, layer_ratios, sums_of_squares

VALUES = st.floats(-1e6, 1e6, width=32)


@given(st.lists(arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(0, 7)), elements=VALUES), max_size=4))
def test_that_a_sum_of_squares_is_that_of_float64(given_arrays: list[np.ndarray]) -> None:
    slow = [sum(float(value) ** 2 for value in array.ravel()) for array in given_arrays]

    assert sums_of_squares(given_arrays) == pytest.approx(slow, rel=1e-5)


def test_that_millions_of_values_lose_no_accuracy() -> None:
    array = np.random.default_rng(0).normal(1, 0.1, 5_000_003).astype(np.float32)

    exact = float(np.square(array.astype(np.float64)).sum())

    assert sums_of_squares([array])[0] == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("size", [1e-30, 1e-19, 1e19, 1e30])
def test_that_values_whose_squares_float32_cannot_hold_are_neither_zero_nor_infinite(size: float) -> None:
    array = np.full((3, 4), size, np.float32)

    assert sums_of_squares([array])[0] == pytest.approx(12 * size**2, rel=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_that_what_is_not_finite_stays_so_without_a_warning(value: float) -> None:
    (total,) = sums_of_squares([np.array([1, value], np.float32)])

    assert np.isnan(total) if np.isnan(value) else total == np.inf


def test_that_an_empty_and_a_zero_array_have_the_sum_zero() -> None:
    assert sums_of_squares([np.zeros((0, 3), np.float32), np.zeros(4, np.float32)]) == [0.0, 0.0]


def test_that_an_array_that_is_not_contiguous_is_squared_as_it_is() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2]

    assert sums_of_squares([array]) == [float((array**2).sum())]


def test_that_a_tensor_of_two_layers_counts_in_both_and_once_in_the_total() -> None:
    norms = layer_norms("norm", {"shared": 9.0, "own": 16.0}, {"a": ["shared"], "b": ["shared", "own"]})

    assert norms == {"norm/a": 3.0, "norm/b": 5.0, "norm/total": 5.0}


def test_that_a_layer_without_any_tensor_has_no_norm() -> None:
    assert layer_norms("norm", {"x": 4.0}, {"a": ["x"], "b": ["y"]}) == {"norm/a": 2.0, "norm/total": 2.0}
    assert layer_norms("norm", {}, {"a": ["x"]}) == {}


def test_that_a_sum_that_is_no_number_gives_a_norm_that_is_none() -> None:
    assert np.isnan(layer_norms("norm", {"x": float("nan")}, {"a": ["x"]})["norm/a"])


def test_that_a_ratio_is_made_where_both_parts_are_there_and_is_no_number_over_zero() -> None:
    norms = {"up/a": 1.0, "w/a": 4.0, "up/b": 2.0, "up/c": 2.0, "w/c": 0.0, "other/a": 9.0}

    ratios = layer_ratios("ratio", "up", "w", norms)

    assert ratios == {"ratio/a": 0.25, "ratio/c": pytest.approx(np.nan, nan_ok=True)}
