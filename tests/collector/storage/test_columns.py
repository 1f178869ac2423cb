"""Scalars gathered record by record, and the axis they are shown on."""

import json
import warnings

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.storage.columns import Columns, read_columns
from collector.storage.encode import encode
from collector.storage.errors import BlockError
from collector.storage.schema import Column
from collector.storage.series import Series

VALUES = st.lists(st.floats(), min_size=1, max_size=80)


def through_the_file(columns: Columns) -> Columns:
    """The columns as they come back from a summary."""
    read = Columns()
    for name, column in columns.to_schema().items():
        text = b"".join(encode(column))
        json.loads(text)
        read.put(name, *read_columns({name: msgspec.json.decode(text, type=Column)})[name])
    return read


@given(st.lists(st.tuples(st.integers(0, 2**53 - 100), VALUES), min_size=1, max_size=5))
def test_that_a_column_comes_back_from_the_summary(chunks: list[tuple[int, list[float]]]) -> None:
    columns = Columns()
    for start, values in chunks:
        columns.add(start, {"x": np.array(values)})
    kept = {start + at: value for start, each in chunks for at, value in enumerate(each)}
    for steps, values in (columns.column("x"), through_the_file(columns).column("x")):
        np.testing.assert_array_equal(steps, sorted(kept))
        np.testing.assert_array_equal(values, [kept[step] for step in sorted(kept)])


def test_that_a_summary_in_another_order_is_put_in_order_and_the_later_value_of_a_step_counts() -> None:
    columns = Columns()
    columns.put("x", *read_columns({"x": Column([1.0, 2.0, 3.0, 4.0], [0, 20, 10, 20])})["x"])
    for _ in range(2):
        steps, values = columns.column("x")
        assert steps.tolist() == [0, 10, 20]
        assert values.tolist() == [1, 3, 4]
    assert Series(columns, 30)["x"].tolist() == [1, 3, 4]


def test_that_a_column_without_gaps_needs_no_steps_and_float32_where_that_is_exact() -> None:
    columns = Columns()
    columns.add(0, {"coarse": np.full(100, 0.5), "fine": np.full(100, 0.1)})
    columns.add(100, {"coarse": np.full(100, 0.5)})
    coarse, fine = columns.to_schema()["coarse"], columns.to_schema()["fine"]
    assert coarse.steps is None
    assert coarse.values.dtype == np.float32
    assert fine.values.dtype == np.float64


def test_that_a_diverging_value_is_kept_without_a_warning() -> None:
    columns = Columns()
    columns.add(0, {"loss": np.array([1.0, 1e300, np.inf])})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = through_the_file(columns).column("loss")[1]
    assert values.tolist() == [1.0, 1e300, np.inf]


def test_that_gathered_values_are_copies() -> None:
    columns, buffer = Columns(), np.array([1.0, 2.0])
    columns.add(0, {"x": buffer})
    buffer[:] = 9
    assert columns.column("x")[1].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ([1.0, 2.0], [0]),
        ([1.0], [0, 1]),
        ([1.0], [-1]),
        ([1.0], [0.5]),
        ([[1.0]], None),
        ([[1.0]], [[1]]),
        ([1.0], [2**70]),
        (["1"], None),
    ],
)
def test_that_a_column_whose_steps_and_values_disagree_is_refused(values: list, steps: list | None) -> None:
    with pytest.raises(BlockError):
        read_columns({"x": Column(values, steps)})


@pytest.fixture
def series() -> Series:
    """Four steps of loss; a norm at steps 0, 2 and in the state after the last step."""
    columns = Columns()
    columns.add(0, {"loss": np.array([4.0, 3.0])})
    columns.add(2, {"loss": np.array([np.nan, 1.0])})
    for step in (0, 2, 4):
        columns.add(step, {"norm/fc": np.array([step / 2])})
    return Series(columns, 4)


def test_that_all_scalars_share_one_axis_with_nan_in_the_gaps(series: Series) -> None:
    assert series.steps.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(series["norm/fc"], [0, np.nan, 1, np.nan])
    np.testing.assert_array_equal(series["loss"], [4, 3, np.nan, 1])


def test_that_the_state_after_the_last_step_is_only_among_the_recorded_values(series: Series) -> None:
    steps, values = series.recorded("norm/fc")
    assert steps.tolist() == [0, 2, 4]
    assert values.tolist() == [0, 1, 2]


def test_that_the_axis_has_no_steps_at_which_nothing_was_recorded() -> None:
    columns = Columns()
    columns.add(0, {"a": np.array([1.0])})
    columns.add(2**52, {"b": np.array([2.0])})
    series = Series(columns, 2**53)
    assert series.steps.tolist() == [0, 2**52]
    np.testing.assert_array_equal(series["a"], [1, np.nan])


def test_that_the_later_of_two_values_of_a_step_counts() -> None:
    columns = Columns()
    columns.add(0, {"a": np.array([1.0, 2.0])})
    columns.add(1, {"a": np.array([5.0])})
    assert Series(columns, 2)["a"].tolist() == [1, 5]


def test_that_series_is_a_mapping(series: Series) -> None:
    assert list(series) == ["loss", "norm/fc"]
    assert len(series) == 2
    assert "loss" in series
    assert "weight" not in series
    assert series.get("weight") is None
    with pytest.raises(KeyError):
        series["weight"]
    with pytest.raises(KeyError):
        series.recorded("weight")


def test_that_a_run_without_scalars_has_an_empty_axis() -> None:
    assert Series(Columns(), 10).steps.shape == (0,)


def test_that_columns_of_the_same_steps_share_them_and_others_have_their_own() -> None:
    given = {
        "a": Column([1.0, 2.0], [0, 10]),
        "b": Column([3.0, 4.0], [0, 10]),
        "every step": Column([5.0, 6.0]),
        "c": Column([7.0, 8.0], [0, 20]),
        "d": Column([9.0, "nan"], [0, 20]),
    }
    read = read_columns(given)
    assert read["a"][0] is read["b"][0]
    assert [list(steps) for steps, _ in read.values()] == [[0, 10], [0, 10], [0, 1], [0, 20], [0, 20]]
    assert read["b"][1].tolist() == [3.0, 4.0]
    with pytest.raises(BlockError):
        read_columns({"a": Column([1.0, 2.0], [0, 10]), "b": Column([1.0], [0, 10])})
