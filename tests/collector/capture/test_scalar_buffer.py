"""Scalars on their way to the file: every column in the order of its steps, wherever its values come from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.scalar_buffer import Part, ScalarBuffer

NAMES = st.sampled_from(["loss", "norm", "rate"])
ROWS = st.sampled_from([("norm", "angle"), ("rate", "angle", "norm"), ("angle",)])
NUMBERS = st.floats(-1e6, 1e6, width=32)
EVENTS = st.one_of(
    st.tuples(st.just("put"), NAMES, st.integers(0, 30), NUMBERS),
    st.tuples(st.just("row"), ROWS, st.integers(0, 30), st.tuples(NUMBERS, NUMBERS, NUMBERS)),
    st.tuples(st.just("take"), st.booleans(), st.integers(0, 31), st.none()),
)


def points(parts: Sequence[Part]) -> list[tuple[str, int, float]]:
    """Name, step and value of everything that was taken, in the order of the file."""
    return [
        (name, step, float(value))
        for steps, columns in parts
        for name, values in columns.items()
        for step, value in zip(steps, values, strict=True)
    ]


def taken(scalars: ScalarBuffer, up_to: int, *, rows: bool = True) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for name, step, value in points(list(scalars.take(up_to, rows=rows))):
        found.setdefault(name, {})[step] = value
    return found


@given(st.lists(EVENTS, max_size=40))
def test_that_each_column_rises_and_holds_the_last_value_put_before_its_step_was_written(events: list[Any]) -> None:
    scalars, parts = ScalarBuffer(), []
    waiting: dict[str, dict[int, float]] = {}
    kept: dict[str, dict[int, float]] = {}
    put: dict[str, set[int]] = {}
    for kind, names, step, values in [*events, ("take", True, 31, None)]:
        if kind == "put":
            scalars.put(names, step, values)
            waiting.setdefault(names, {})[step] = values
            put.setdefault(names, set()).add(step)
        elif kind == "row":
            scalars.put_row(names, step, np.array(values[: len(names)]))
            for name, value in zip(names, values, strict=False):
                waiting.setdefault(name, {})[step] = value
                put.setdefault(name, set()).add(step)
        else:
            found = list(scalars.take(step, rows=names))
            parts += found
            for name, at, _ in points(found):
                if at > max(kept.get(name, {-1: 0})):
                    kept.setdefault(name, {})[at] = waiting[name][at]
            for name in {name for _, columns in found for name in columns}:
                waiting[name] = {at: value for at, value in waiting[name].items() if at >= step}

    written: dict[str, dict[int, float]] = {}
    for name, step, value in points(parts):
        assert step > max(written.get(name, {-1: 0})), "no step twice, none before one that is written"
        written.setdefault(name, {})[step] = value
    assert written == kept
    for name in put.keys() - scalars.late.keys():
        assert set(written[name]) == put[name], "nothing is lost without a word"


@given(st.lists(st.tuples(NAMES, st.integers(0, 40), NUMBERS), max_size=40))
def test_that_nothing_is_lost_of_what_is_put_before_it_is_taken(puts: list[tuple[str, int, float]]) -> None:
    scalars, expected = ScalarBuffer(), {}
    for name, step, value in puts:
        scalars.put(name, step, value)
        expected.setdefault(name, {})[step] = value

    assert taken(scalars, 41) == expected
    assert taken(scalars, 41) == {}
    assert scalars.late == {}


def test_that_scalars_are_taken_once_and_only_below_the_step() -> None:
    scalars = ScalarBuffer()
    for step in range(4):
        scalars.put("loss", step, 0.5 * step)

    assert taken(scalars, 3) == {"loss": {0: 0, 1: 0.5, 2: 1}}
    assert taken(scalars, 3) == {}
    assert taken(scalars, 9) == {"loss": {3: 1.5}}


def test_that_steps_without_a_value_are_not_written() -> None:
    scalars = ScalarBuffer()
    for step in (2, 5, 6):
        scalars.put("loss", step, float(step))

    assert taken(scalars, 9) == {"loss": {2: 2, 5: 5, 6: 6}}


@pytest.mark.parametrize("is_row_last", [True, False])
def test_that_of_a_row_and_a_single_value_of_one_step_the_one_put_last_counts(is_row_last: bool) -> None:
    scalars = ScalarBuffer()
    for is_row in (not is_row_last, is_row_last):
        if is_row:
            scalars.put_row(("norm", "angle"), 3, np.array([1.0, 2.0]))
        else:
            scalars.put("norm", 3, 9.0)

    assert taken(scalars, 4) == {"norm": {3: 1 if is_row_last else 9}, "angle": {3: 2}}


def test_that_a_single_value_waits_for_the_row_that_its_column_comes_in() -> None:
    scalars = ScalarBuffer()
    scalars.put_row(("norm",), 3, np.array([1.0]))
    scalars.put("norm", 5, 2.0)
    scalars.put("loss", 5, 3.0)

    assert taken(scalars, 9, rows=False) == {"loss": {5: 3}}
    assert taken(scalars, 9) == {"norm": {3: 1, 5: 2}}


def test_that_a_value_that_comes_too_late_is_left_out_and_told() -> None:
    scalars = ScalarBuffer()
    scalars.put("loss", 5, 1.0)
    assert taken(scalars, 9) == {"loss": {5: 1}}
    for step in (4, 5, 6):
        scalars.put("loss", step, 2.0)

    assert taken(scalars, 9) == {"loss": {6: 2}}
    assert scalars.late == {"loss": 4}


def test_that_what_an_earlier_part_of_the_run_has_written_is_not_written_again() -> None:
    scalars = ScalarBuffer(first_step=7)
    scalars.put("loss", 6, 1.0)
    scalars.put("loss", 7, 2.0)

    assert taken(scalars, 9) == {"loss": {7: 2}}


def test_that_the_end_is_told_only_of_what_has_no_value_yet_and_not_told_again() -> None:
    scalars = ScalarBuffer()
    scalars.put("norm", 7, 1.0)
    assert taken(scalars, 8) == {"norm": {7: 1}}

    assert scalars.unwritten(["norm", "rank"], 7) == ["rank"]
    scalars.put_row(("norm", "rank"), 8, np.array([2.0, 3.0]))
    scalars.put("rank", 7, 9.0)
    assert taken(scalars, 9) == {"norm": {8: 2}, "rank": {8: 3}}


def test_that_columns_of_the_same_steps_are_in_one_record() -> None:
    scalars = ScalarBuffer()
    for step in (0, 10, 20):
        scalars.put_row(("norm", "angle"), step, np.array([1.0, 2.0]))
        scalars.put("loss", step, 3.0)

    ((steps, columns),) = scalars.take(21, rows=True)

    assert steps == range(0, 21, 10)
    assert set(columns) == {"norm", "angle", "loss"}


def test_that_rows_are_finished_together_and_begin_with_their_first_number() -> None:
    scalars, calls = ScalarBuffer(), []

    def finish(values: Sequence[Any]) -> np.ndarray:
        calls.append(list(values))
        return np.array([[each, np.nan if each < 3 else each] for each in values], np.float64)

    for step in range(4):
        scalars.put_row(("always", "later"), step, step, finish)
        if step == 1:
            assert taken(scalars, 2) == {"always": {0: 0, 1: 1}}

    assert calls == [[0, 1]]
    found = taken(scalars, 4)
    assert calls == [[0, 1], [2, 3]]
    np.testing.assert_equal(found, {"always": {2: 2, 3: 3}, "later": {2: np.nan, 3: 3}})


def test_that_a_single_column_is_narrow_only_where_nothing_is_lost() -> None:
    scalars = ScalarBuffer()
    for step, exact in enumerate([0.5, float("nan"), float("inf")]):
        scalars.put("exact", step, exact)
        scalars.put("rate", step, 0.002)
        scalars.put("huge", step, 1e300)

    ((_, columns),) = scalars.take(3, rows=False)

    assert {name: values.dtype.name for name, values in columns.items()} == {
        "exact": "float32",
        "rate": "float64",
        "huge": "float64",
    }
    assert columns["rate"].tolist() == [0.002] * 3
    assert columns["huge"].tolist() == [1e300] * 3


def test_that_numbers_of_rows_keep_whole_numbers_and_seven_digits_of_others() -> None:
    scalars = ScalarBuffer()
    scalars.put_row(("count", "share", "tiny", "huge"), 0, np.array([2.0**24 + 1, 0.1, 1e-42, 1e200]))

    ((_, columns),) = scalars.take(1, rows=True)

    assert {name: values.dtype.name for name, values in columns.items()} == {
        "count": "float64",
        "share": "float32",
        "tiny": "float64",
        "huge": "float64",
    }
