"""Arrays that a person can read."""

import numpy as np
import pytest

from collector.storage.blocks import to_array
from collector.storage.errors import BlockError
from collector.storage.plain_lists import PLAIN_LIMIT, plain_array, plain_list


def test_that_64_values_are_a_plain_list_and_65_are_a_block() -> None:
    assert PLAIN_LIMIT == 64
    assert plain_list(np.zeros(64)) == [0.0] * 64
    assert plain_list(np.zeros((8, 8), np.int64)) == [[0] * 8] * 8
    assert plain_list(np.zeros(65)) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_that_one_value_that_json_cannot_write_makes_a_block(value: float) -> None:
    assert plain_list(np.array([0.0, value])) is None
    assert plain_list(np.array([[0.0, 1.0], [value, 2.0]], np.float32)) is None


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (0, 3)])
def test_that_arrays_whose_shape_lists_would_lose_are_blocks(shape: tuple[int, ...]) -> None:
    assert plain_list(np.zeros(shape)) is None


def test_that_a_list_has_the_type_of_its_place() -> None:
    assert plain_array([1, 2.5], "<f4").dtype == np.float32
    assert plain_array([1, 2], "<i8").dtype == np.int64
    assert plain_array([], "<f4").shape == (0,)


def test_that_long_lists_are_read_too() -> None:
    numbers = [[float(row * column) for column in range(50)] for row in range(20)]
    np.testing.assert_array_equal(to_array(numbers), np.outer(np.arange(20), np.arange(50)))


@pytest.mark.parametrize(
    "values",
    [
        ["1.5"],
        [1.0, None],
        [True],
        [1.0, "x" * 100],
        [[1.0], 2.0],
        [[1.0], [1.0, 2.0]],
        [{"a": 1}],
        ["NaN"],
        ["infinity"],
        [["nan"], [1.0, "nan"]],
        [10**400],
    ],
)
def test_that_lists_that_are_no_array_of_numbers_are_refused(values: list[object]) -> None:
    with pytest.raises(BlockError):
        plain_array(values, "<f4")


def test_that_a_number_that_its_place_cannot_hold_exactly_is_kept_in_float64() -> None:
    for values in ([1e300], [0.1], [1e-50, 2.0], [2**24 + 1]):
        array = plain_array(values, "<f4")
        assert array.dtype == np.float64
        assert array.tolist() == values


def test_that_the_three_words_are_numbers_of_floating_point_however_deep() -> None:
    array = plain_array([[0.5, "nan"], ["inf", "-inf"]], "<f4")
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, [[0.5, np.nan], [np.inf, -np.inf]])
    np.testing.assert_array_equal(plain_array(["nan"], "<f8"), [np.nan])


@pytest.mark.parametrize("values", [[0.5], [1.0], ["nan"], [2**63], [-(2**64)]])
def test_that_whole_numbers_are_never_rounded_into_place(values: list[object]) -> None:
    with pytest.raises(BlockError):
        plain_array(values, "<i8")


def test_that_eight_dimensions_are_read_and_nine_refused() -> None:
    nested: list[object] = [1.0]
    for _ in range(7):
        nested = [nested]
    assert plain_array(nested, "<f4").ndim == 8
    with pytest.raises(BlockError):
        plain_array([nested], "<f4")


def test_that_a_text_beside_many_numbers_costs_no_memory() -> None:
    # NumPy alone would make every one of the numbers as long as the text.
    numbers: list[object] = [0.0] * 100_000
    with pytest.raises(BlockError):
        plain_array([*numbers, "x" * 1_000_000], "<f4")
