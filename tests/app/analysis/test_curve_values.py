"""What a curve is at a step, which curves are shown at first, and what a table has of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.curve import (
    Curve,
    Measured,
    curve_of,
    curve_table,
    logged_curves,
    measured_of,
    moving_average,
    scalars_of,
    short_error,
    smoothed,
    smoothing_text,
    smoothing_window,
    spikes,
    together,
    y_range,
)
from tests.app.growing_run import GrowingRun

NAN, INF = np.nan, np.inf


def curve(steps: list[int], values: list[float], name: str = "loss", **more: object) -> Measured:
    return Measured(name, np.array(steps), np.array(values, float), **more)  # type: ignore[arg-type]


MISSING = np.array([False, True, False])


@pytest.mark.parametrize(
    ("step", "value", "text"),
    [(1, None, ""), (2, 0.5, "0.5"), (3, 0.5, "0.5"), (4, None, "no gradient"), (6, NAN, "NaN"), (99, NAN, "NaN")],
)
def test_that_a_curve_is_what_it_was_last(step: int, value: float | None, text: str) -> None:
    told = curve([2, 4, 6], [0.5, NAN, NAN], is_missing=MISSING)
    assert told.value_at(step) == pytest.approx(value, nan_ok=True)
    assert told.text_at(step) == text
    assert told.not_finite.tolist() == [6]
    assert told.without_gradient.tolist() == [4]
    whole = curve([2, 4, 6], [0.5, NAN, INF])
    assert whole.not_finite.tolist() == [4, 6]
    assert whole.without_gradient.tolist() == []


@pytest.mark.parametrize(
    ("value", "error", "counts", "text"),
    [
        (12345.0, NAN, True, "12,345"),
        (12345.0, NAN, False, "1.234e4"),
        (0.5, NAN, True, "0.5"),
        (-7.0, NAN, True, "−7"),
        (999_999_999.0, NAN, True, "999,999,999"),
        (1e9, NAN, True, "1e9"),
        (0.5, 0.05, False, "0.5 ± 0.098"),
        (0.5, 0.0, False, "0.5 ± 0"),
    ],
)
def test_that_a_count_has_all_its_digits_and_an_estimate_its_error(
    value: float, error: float, counts: bool, text: str
) -> None:
    told = curve([0], [value], errors=np.array([error]))
    assert told.text_at(0, counts=counts) == text
    assert counts or told.text_at(0) == text, "numbers are no counts where nobody says so"


def test_that_an_error_has_two_digits() -> None:
    assert [short_error(each) for each in (0, 0.1234, 12.6)] == ["0", "0.12", "13"]


def test_that_dots_are_told_from_the_last_epoch_on() -> None:
    told = Curve(
        name="loss", steps=np.arange(3), values=np.zeros(3), dot_steps=np.array([2, 4]), dots=np.array([0.5, 0.25])
    )
    assert [told.dot_at(step) for step in (1, 2, 3, 4, 9)] == [None, 0.5, 0.5, 0.25, 0.25]


def test_that_curves_of_several_layers_lie_on_the_steps_of_all() -> None:
    steps, values = together({"a": curve([0, 2], [1, 2]), "b": curve([2, 3], [5, 6])})
    assert steps.tolist() == [0, 2, 3]
    np.testing.assert_array_equal(values, [[1, 2, NAN], [NAN, 5, 6]])
    one = curve([0, 2], [1, 2])
    same, both = together({"a": one, "b": curve([0, 2], [3, 4])})
    assert same is one.steps
    assert both.tolist() == [[1, 2], [3, 4]]
    nothing, none = together({})
    assert (nothing.shape, none.shape) == ((0,), (0, 0))


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["loss", "accuracy", "f1"], ["loss", "accuracy"]),
        (["accuracy", "f1", "g"], ["accuracy", "f1"]),
        (["f1", "g", "h"], ["f1", "g"]),
        (["a_loss", "b_loss", "f1", "c_loss", "d_loss"], ["a_loss", "b_loss", "c_loss"]),
        (["test_loss", "train_f1", "learning_rate", "norm/fc1"], ["test_loss", "train_f1"]),
        (["norm/fc1"], ["loss"]),
        ([], ["loss"]),
    ],
)
def test_that_loss_and_accuracy_come_first_else_losses_else_what_was_logged(names: list[str], shown: list[str]) -> None:
    assert logged_curves(names) == shown


numbers = st.lists(st.floats(-10, 10) | st.sampled_from([NAN, INF]), max_size=40)


@given(numbers, st.integers(1, 12))
def test_that_a_moving_average_is_the_mean_of_the_last_finite_values(values: list[float], window: int) -> None:
    found = moving_average(np.array(values, float), window)
    for at in range(len(values)):
        last = [each for each in values[max(at - window + 1, 0) : at + 1] if np.isfinite(each)]
        assert found[at] == pytest.approx(sum(last) / len(last) if last else NAN, abs=1e-9, nan_ok=True)


@given(numbers, numbers, st.none() | st.floats(-20, 20))
def test_that_the_range_of_few_values_is_from_their_least_to_their_largest(
    one: list[float], other: list[float], least: float | None
) -> None:
    found = y_range([np.array(one, float), np.array(other, float)], least=least)
    finite = [each for each in (*one, *other) if np.isfinite(each)]
    if not finite:
        assert found is None
        return
    assert found is not None
    low, high = min([*finite, *([] if least is None else [least])]), max(finite)
    if low < high:
        assert found == (low, high)
    else:
        spread = abs(low) * 0.1 or 1.0
        assert found == (low - spread, low + spread)


def test_that_only_of_more_than_two_hundred_noisy_values_tops_are_left_out() -> None:
    values = np.arange(201.0)
    assert y_range([values[:200]]) == (0, 199)
    assert y_range([values]) == (0, pytest.approx(199))
    assert y_range([values], noisy=()) == (0, 200)
    assert y_range([np.zeros(1), values]) == (0, 200)
    assert y_range([np.zeros(1), values], noisy=(1,)) == (0, pytest.approx(199))
    many = np.zeros(20_000)
    many[1::2] = 7.0  # each second one is looked at, which is none of these
    assert y_range([many]) in ((-1, 1), (0, 7))


@pytest.mark.parametrize(("n", "window"), [(0, 1), (199, 1), (200, 4), (249, 4), (250, 5), (10_000, 200)])
def test_that_many_values_are_drawn_as_a_mean_of_a_fiftieth(n: int, window: int) -> None:
    values = np.ones(n)
    assert smoothing_window(n) == window
    assert (smoothed(values) is None) == (window == 1)
    assert smoothing_text(values) == (f"mean of {window} values" if window > 1 else "")


def test_that_a_spike_stands_above_the_plot_by_more_than_a_quarter() -> None:
    values = np.tile([0.0, 4.0], 500)
    for top, is_spike in ((5.0, False), (5.01, True), (INF, False)):
        values[300] = top
        assert spikes(values).tolist() == [is_spike and at == 300 for at in range(1000)]
    known = np.arange(1000) == 5
    assert smoothing_text(values, known) == "mean of 20 values without spikes"
    assert smoothing_text(values, known & False) == "mean of 20 values"
    assert spikes(np.full(3, NAN)).tolist() == [False] * 3


def test_that_a_table_has_a_column_for_each_curve_with_its_error_behind_it() -> None:
    told = curve(
        [0, 2, 3],
        [1, NAN, NAN],
        "norm/fc1",
        is_missing=np.array([False, True, False]),
        is_estimate=True,
        errors=np.array([0.5, NAN, INF]),
    )
    headings, rows = curve_table([told, curve([2, 4], [8, 9])])
    assert headings == ("step", "norm/fc1 (estimate)", "norm~se/fc1", "loss")
    assert rows[0] == (0, 1.0, 0.5, None)
    assert rows[1] == (2, "no gradient", None, 8.0)
    assert rows[2][0] == 3
    assert np.isnan(rows[2][1])  # type: ignore[arg-type]
    assert rows[2][2:] == (None, None)
    assert rows[3] == (4, None, None, 9.0)
    assert curve_table([]) == (("step",), [])


def test_that_a_curve_is_of_the_steps_with_its_test_results_as_dots_else_of_the_epochs() -> None:
    run: Any = GrowingRun().grow(loss=np.array([3.0, 2.0, 1.0])).end_epoch(test_loss=2.5, f1=0.25)
    run.grow(loss=np.array([0.5])).end_epoch(test_loss=2.25, f1=0.5, note="x")
    loss, f1 = curve_of(run, "loss"), curve_of(run, "f1")
    assert loss is not None
    assert f1 is not None
    assert (loss.steps.tolist(), loss.values.tolist()) == ([0, 1, 2, 3], [3, 2, 1, 0.5])
    assert (loss.dot_steps.tolist(), loss.dots.tolist()) == ([3, 4], [2.5, 2.25])
    assert (f1.name, f1.steps.tolist(), f1.values.tolist()) == ("f1", [3, 4], [0.25, 0.5])
    assert f1.dot_steps is f1.steps
    assert f1.dots is f1.values
    assert curve_of(run, "note") is curve_of(run, "nothing") is None
    assert measured_of(run.series, "nothing") is None
    assert scalars_of(run) == ["loss", "test_loss", "f1", "note"]
