"""Scalars on their way to the file."""

import numpy as np

from collector.capture.waiting import Waiting


def taken(waiting: Waiting, up_to: int) -> dict[str, tuple[int, list[float]]]:
    return {name: (start, values.tolist()) for name, start, values in waiting.take(up_to)}


def test_that_scalars_are_taken_once_and_only_below_the_step() -> None:
    waiting = Waiting()
    for step in range(4):
        waiting.put("loss", step, 0.5 * step)

    assert taken(waiting, 3) == {"loss": (0, [0.0, 0.5, 1.0])}
    assert taken(waiting, 3) == {}
    assert taken(waiting, 9) == {"loss": (3, [1.5])}


def test_that_steps_without_a_value_are_not_a_number() -> None:
    waiting = Waiting()
    waiting.put("loss", 2, 1.0)
    waiting.put("loss", 5, 4.0)

    ((_, start, values),) = waiting.take(6)

    assert start == 2
    np.testing.assert_array_equal(values, [1, np.nan, np.nan, 4])


def test_that_the_last_value_of_a_step_counts() -> None:
    waiting = Waiting()
    waiting.put("loss", 0, 1.0)
    waiting.put("loss", 0, 2.0)

    assert taken(waiting, 1) == {"loss": (0, [2.0])}


def test_that_a_column_is_narrow_only_where_nothing_is_lost() -> None:
    waiting = Waiting()
    for step, exact in enumerate([0.5, float("nan"), float("inf")]):
        waiting.put("exact", step, exact)
        waiting.put("rate", step, 0.002)
        waiting.put("huge", step, 1e300)

    columns = {name: values for name, _, values in waiting.take(3)}

    assert {name: values.dtype.name for name, values in columns.items()} == {
        "exact": "float32",
        "rate": "float64",
        "huge": "float64",
    }
    assert columns["rate"].tolist() == [0.002] * 3
    assert columns["huge"].tolist() == [1e300] * 3
