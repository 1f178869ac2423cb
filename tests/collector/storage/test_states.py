"""A number, not a number, no gradient, and nothing to measure: what the reader tells of each value."""

import numpy as np
import pytest

from collector.storage.columns import Columns
from collector.storage.schema import Insight
from collector.storage.series import Series
from collector.storage.states import NO_GRADIENT, NOT_A_NUMBER, NUMBER, UNDEFINED

NAN, INF = np.nan, np.inf


def series(columns: dict[str, dict[int, float]], insight: Insight | None = None) -> Series:
    gathered = Columns()
    for name, values in columns.items():
        gathered.put(name, np.array(list(values)), np.array(list(values.values()), np.float64))
    return Series(gathered, 100, insight)


def states(columns: dict[str, dict[int, float]], name: str) -> list[int]:
    steps, found = series(columns).states(name)
    assert steps.tolist() == list(columns[name])
    assert found.dtype == np.uint8
    return found.tolist()


MEASURED = {"not_finite/total": {0: 0, 10: 2, 20: 0, 30: 0}}


def test_that_a_column_of_numbers_is_of_numbers() -> None:
    assert states({"gradient_norm/fc1": {0: 1, 10: 0}}, "gradient_norm/fc1") == [NUMBER, NUMBER]
    with pytest.raises(KeyError):
        series({}).states("loss")


def test_that_nan_of_a_step_whose_gradients_are_missing_is_no_gradient_unless_something_else_explains_it() -> None:
    columns = {
        "gradient_norm/fc1": {0: 1, 10: NAN, 20: NAN, 25: NAN, 30: NAN, 40: INF, 50: 2},
        "no_gradient/fc1": {20: 12, 30: 4, 50: 3},
        "nan/fc1": {10: 2, 25: 1},
        "not_finite_weight/fc1": {30: 1},
        **MEASURED,
    }
    expected = [NUMBER, NOT_A_NUMBER, NO_GRADIENT, NOT_A_NUMBER, NOT_A_NUMBER, NOT_A_NUMBER, NUMBER]
    assert states(columns, "gradient_norm/fc1") == expected


def test_that_in_older_files_nan_where_gradients_were_measured_and_none_was_seen_to_be_nan_is_no_gradient() -> None:
    columns = {"gradient_norm/fc1": {0: 1, 10: NAN, 20: NAN, 25: NAN}, "nan/fc1": {10: 2}, **MEASURED}
    expected = [NUMBER, NOT_A_NUMBER, NO_GRADIENT, NOT_A_NUMBER]
    assert states(columns, "gradient_norm/fc1") == expected, "at step 25 a pass was taken and nothing measured"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"gradient_norm/fc1": {10: NAN}}, NOT_A_NUMBER),
        ({"gradient_angle/fc1": {10: NAN}, **MEASURED}, UNDEFINED),
    ],
    ids=["not finite was not counted", "no norm of the gradient"],
)
def test_that_an_older_file_that_cannot_tell_has_no_missing_gradients(
    columns: dict[str, dict[int, float]], expected: int
) -> None:
    name = next(iter(columns))
    assert states(columns, name) == [expected]


def test_that_a_file_that_tells_of_missing_gradients_has_none_that_it_does_not_tell() -> None:
    columns = {"gradient_norm/fc1": {20: NAN}, "no_gradient/fc2": {20: 12}, **MEASURED}
    assert states(columns, "gradient_norm/fc1") == [NOT_A_NUMBER]


@pytest.mark.parametrize("metric", ["flip_fraction@1e-07", "flip_fraction@1e-07~ema", "gradient_angle", "step_size"])
def test_that_what_is_compared_or_divided_is_undefined_where_nothing_explains_nan(metric: str) -> None:
    name = f"{metric}/fc1"
    columns = {
        name: {0: NAN, 10: NAN, 11: NAN, 20: NAN, 21: NAN, 30: 1},
        "no_gradient/fc1": {20: 12},
        "plus_inf/fc1": {10: 1},
        **MEASURED,
    }
    assert states(columns, name) == [UNDEFINED, NOT_A_NUMBER, NOT_A_NUMBER, NO_GRADIENT, UNDEFINED, NUMBER]


def test_that_a_layer_without_gradient_still_has_an_update_ratio_that_is_undefined_or_not_a_number() -> None:
    columns = {
        "update_ratio/fc1": {0: NAN, 10: NAN},
        "no_gradient/fc1": {0: 12, 10: 12},
        "not_finite_update/fc1": {10: 1},
    }
    assert states(columns, "update_ratio/fc1") == [UNDEFINED, NOT_A_NUMBER]


@pytest.mark.parametrize("name", ["weight_norm/fc1", "update_norm/total", "second_moment_mean/fc1"])
def test_that_weights_and_updates_that_are_nan_are_not_numbers_whatever_the_gradients(name: str) -> None:
    columns = {name: {0: 1, 10: NAN}, "no_gradient/fc1": {10: 12}, "not_finite/total": {0: 0, 10: 0}}
    assert states(columns, name) == [NUMBER, NOT_A_NUMBER]


def test_that_the_whole_model_has_no_gradient_where_no_layer_has_one() -> None:
    columns = {"gradient_norm/total": {0: NAN, 10: NAN}, "no_gradient/fc1": {0: 1}, "nan/fc2": {10: 1}}
    assert states(columns, "gradient_norm/total") == [NO_GRADIENT, NOT_A_NUMBER]


@pytest.mark.parametrize("step", [0, 40])
def test_that_a_logged_scalar_that_is_nan_is_not_a_number(step: int) -> None:
    for every in (1, 10):
        at = step // 10 * every
        values = {number * every: float(number) for number in range(6)} | {at: NAN}
        expected = [NOT_A_NUMBER if each == at else NUMBER for each in values]
        assert states({"loss": values}, "loss") == expected


def test_that_nan_at_an_odd_step_of_a_sparse_scalar_was_measured_where_its_neighbours_are_not_filled_up() -> None:
    values = {0: 1, 10: 1, 20: 1, 25: NAN, 30: 1, 40: 1}
    assert states({"val/loss": values}, "val/loss")[3] == NOT_A_NUMBER


def test_that_what_earlier_writers_put_between_the_values_of_a_sparse_scalar_is_undefined() -> None:
    values = {step: 1.0 if step % 10 == 0 else NAN for step in range(51)} | {20: NAN}
    found = states({"val_loss": values}, "val_loss")
    expected = [NOT_A_NUMBER if step == 20 else NUMBER if step % 10 == 0 else UNDEFINED for step in range(51)]
    assert found == expected


def test_that_the_ends_of_such_a_column_are_filled_up_too() -> None:
    values = {step: 1.0 if step % 10 == 3 else NAN for step in range(57)}
    found = states({"val_loss": values}, "val_loss")
    assert found == [NUMBER if step % 10 == 3 else UNDEFINED for step in range(57)]


def insight(**fields: object) -> Insight:
    return Insight(1, [1e-5], 1000, **({"sample": 100} | fields))  # type: ignore[arg-type]


def test_that_the_header_says_what_is_an_estimate() -> None:
    own = series({}, insight(estimated=["near_zero", "gradient_angle"], sampled={"fc1": 80}))
    assert [name for name in _NAMES if own.is_estimate(name)] == [
        "near_zero@1e-05/fc1",
        "near_zero@1e-05~ema/total",
        "gradient_angle/total",
    ]


_NAMES = [
    "near_zero@1e-05/fc1",
    "near_zero@1e-05/fc2",
    "near_zero@1e-05~ema/total",
    "gradient_angle/total",
    "gradient_norm/total",
    "dead_fraction/fc1",
    "near_zero@1e-05~se/total",
    "loss",
]


def test_that_everything_that_an_earlier_strobe_measured_on_a_sample_is_an_estimate() -> None:
    old = series({}, insight())
    assert [name for name in _NAMES if old.is_estimate(name)] == _NAMES[:5]


def test_that_nothing_is_an_estimate_where_all_values_were_counted_or_nothing_was_measured() -> None:
    for exact in (series({}, insight(sample=1000)), series({})):
        assert not any(exact.is_estimate(name) for name in _NAMES)


def test_that_the_standard_error_stands_beside_its_estimate() -> None:
    own = series({"near_zero@1e-05~ema~se/total": {0: 2, 10: 3}, "flips_all~se/fc1": {10: 1}})
    found = own.standard_error("near_zero@1e-05~ema/total")
    assert found is not None
    assert [each.tolist() for each in found] == [[0, 10], [2, 3]]
    assert own.standard_error("near_zero@1e-05/total") is None
    assert own.standard_error("flips_all/fc1") is not None
