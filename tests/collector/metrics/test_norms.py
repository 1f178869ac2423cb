"""The norms against a slow float64 version of themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collector.metrics.norms import (
    joint_norm,
    layer_norms,
    layer_ratios,
    norm,
    norm_of_change,
    sizes_of,
    sizes_of_changes,
    sum_of,
)

VALUES = st.floats(-1e6, 1e6, width=32)


@given(arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(0, 7)), elements=VALUES))
def test_that_a_norm_is_that_of_float64(array: np.ndarray) -> None:
    slow = sum(float(value) ** 2 for value in array.ravel()) ** 0.5

    assert norm(array) == pytest.approx(slow, rel=1e-6)
    assert norm(array.astype(np.float64)) == pytest.approx(slow, rel=1e-12)
    assert norm_of_change(array, np.zeros_like(array)) == pytest.approx(slow, rel=1e-6)


@pytest.mark.parametrize("size", [1023, 2**16 + 1, 5_000_003])
def test_that_millions_of_values_lose_no_accuracy(size: int) -> None:
    array = np.random.default_rng(0).normal(1, 0.1, size).astype(np.float32)

    exact = float(np.square(array.astype(np.float64)).sum()) ** 0.5

    assert norm(array) == pytest.approx(exact, rel=1e-7)


def test_that_a_change_is_as_fine_as_the_values_tell_it() -> None:
    before = np.random.default_rng(0).normal(size=100_003)
    after = before + 1e-9

    assert norm_of_change(after, before) == pytest.approx(1e-9 * 100_003**0.5, rel=1e-6)


@pytest.mark.parametrize(("n", "size"), [(0, 1.0), (7, 1.0), (2**16 + 1, 1e-3), (12, 1e-30), (12, 1e30)])
def test_that_a_change_that_is_kept_takes_the_place_of_what_was_before(n: int, size: float) -> None:
    before, after = (size * np.random.default_rng(0).normal(size=(2, n))).astype(np.float32)
    true, true_norm = after - before, norm_of_change(after, before)

    assert norm_of_change(after, before, is_kept=True) == true_norm
    np.testing.assert_array_equal(before, true)


@pytest.mark.parametrize("size", [1e-40, 1e-30, 1e-19, 1e19, 1e30])
def test_that_values_whose_squares_float32_cannot_hold_are_neither_zero_nor_infinite(size: float) -> None:
    array = np.full((3, 4), size, np.float32)

    assert norm(array) == pytest.approx(12**0.5 * float(np.float32(size)), rel=1e-6)
    assert norm_of_change(array, np.zeros_like(array)) == pytest.approx(12**0.5 * float(np.float32(size)), rel=1e-6)


@pytest.mark.parametrize("size", [1e-300, 1e-200, 1e200, 1e300])
def test_that_the_same_holds_of_float64(size: float) -> None:
    assert norm(np.full(12, size)) == pytest.approx(12**0.5 * size, rel=1e-12)
    assert norm_of_change(np.full(12, size), np.zeros(12)) == pytest.approx(12**0.5 * size, rel=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_that_what_is_not_finite_stays_so_without_a_warning_and_is_counted(value: float) -> None:
    array = np.array([[1, value], [value, 2]], np.float32)

    assert norm(array) == pytest.approx(abs(value), nan_ok=True)
    assert sizes_of([np.ones(3), array, None]).not_finite.tolist() == [0, 2, 0]
    assert sizes_of_changes([np.ones((2, 2)), array], [np.ones((2, 2)), np.ones((2, 2))]).not_finite.tolist() == [0, 2]


def test_that_an_empty_and_a_zero_array_have_the_norm_zero() -> None:
    assert [norm(np.zeros((0, 3), np.float32)), norm(np.zeros(4, np.float32))] == [0.0, 0.0]


@pytest.mark.parametrize("order", ["C", "F"])
def test_that_an_array_is_measured_as_it_lies(order: str) -> None:
    array = np.array(np.arange(12).reshape(3, 4), np.float32, order=order)  # type: ignore[call-overload]

    assert norm(array[:, ::2]) == pytest.approx(float((array[:, ::2] ** 2).sum()) ** 0.5)
    assert norm_of_change(array, np.ascontiguousarray(array) + 1) == pytest.approx(12**0.5)


def test_that_a_tensor_of_two_layers_counts_in_both_and_once_in_the_total() -> None:
    norms = layer_norms("norm", {"shared": 3.0, "own": 4.0}, {"a": ["shared"], "b": ["shared", "own"]})

    assert norms == {"norm/a": 3.0, "norm/b": 5.0, "norm/total": 5.0}


def test_that_a_layer_without_any_tensor_has_no_norm() -> None:
    assert layer_norms("norm", {"x": 2.0}, {"a": ["x"], "b": ["y"]}) == {"norm/a": 2.0, "norm/total": 2.0}
    assert layer_norms("norm", {}, {"a": ["x"]}) == {}


def test_that_a_sum_that_is_no_number_gives_a_norm_that_is_none() -> None:
    assert np.isnan(layer_norms("norm", {"x": float("nan")}, {"a": ["x"]})["norm/a"])


def test_that_a_ratio_is_made_where_both_parts_are_there_and_is_no_number_over_zero() -> None:
    norms = {"up/a": 1.0, "w/a": 4.0, "up/b": 2.0, "up/c": 2.0, "w/c": 0.0, "other/a": 9.0}

    ratios = layer_ratios("ratio", "up", "w", norms)

    assert ratios == {"ratio/a": 0.25, "ratio/c": pytest.approx(np.nan, nan_ok=True)}


def test_that_where_there_is_no_gradient_its_size_is_nothing() -> None:
    norms, not_finite = sizes_of([None, np.array([3, 4], np.float32), None, np.array([np.nan, 1], np.float32)])

    assert norms[:3].tolist() == [0, 5, 0] and np.isnan(norms[3])
    assert not_finite.tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1.0, 1e30])
def test_that_the_norm_of_several_arrays_is_that_of_their_values_together(scale: float) -> None:
    rng = np.random.default_rng(0)
    parts = [(rng.standard_normal(shape) * scale).astype(np.float32) for shape in ((3,), (40, 70), (2, 3, 5))]
    every = np.concatenate([each.ravel() for each in parts]).astype(np.float64)

    assert joint_norm(parts) == pytest.approx(np.linalg.norm(every), rel=1e-6)
    parts[1][7, 8] = np.nan
    assert np.isnan(joint_norm(parts))
    assert joint_norm([]) == 0


@given(arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(0, 900)), elements=st.floats(0, 1e6, width=32)))
def test_that_a_sum_is_that_of_float64(array: np.ndarray) -> None:
    assert sum_of(array) == pytest.approx(float(array.sum(dtype=np.float64)), rel=1e-5)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e37])
def test_that_a_sum_loses_nothing_of_the_smallest_and_the_largest(size: float) -> None:
    array = np.full(100_003, size, np.float32)

    assert sum_of(array) == pytest.approx(100_003 * float(np.float32(size)), rel=1e-6)
