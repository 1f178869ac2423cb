"""Curves so small that they fit into a cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.curve import Measured
from app.views.layers.analysis.spark import MOST_POINTS, spark_of

NAN, INF = float("nan"), float("inf")
VALUES = st.lists(st.sampled_from([0.0, 1e-6, 1e-3, 0.5, 1.0, 2.0, 99.0, 101.0, -1.0, NAN, INF, -INF]), max_size=12)


def measured(values: list[float], first: int = 0) -> Measured:
    steps = np.arange(first, first + len(values))
    return Measured("gradient_norm/a", steps, np.array(values, float), np.zeros(len(values), bool))


@given(VALUES, VALUES)
def test_that_a_curve_lies_between_the_lowest_and_the_highest_of_both(own: list[float], other: list[float]) -> None:
    last = max(len(own) - 1, 1)
    spark = spark_of(measured(own), last, beside=measured(other))
    finite = [each for each in own + other if np.isfinite(each)]
    low, high = (min(finite), max(finite)) if finite else (NAN, NAN)
    is_log = bool(finite) and low > 0 and high / low > 100
    assert (spark.low, spark.high) == pytest.approx((low, high), nan_ok=True)
    assert spark.is_log is is_log
    scale = np.log10 if is_log else np.asarray
    wanted = [NAN] * len(own)
    for number, each in enumerate(own):
        if np.isfinite(each):
            wanted[number] = 0.5 if low == high else (scale(each) - scale(low)) / (scale(high) - scale(low))
    assert spark.up.tolist() == pytest.approx(wanted, nan_ok=True)
    assert spark.across.tolist() == pytest.approx([number / last for number in range(len(own))])
    assert spark.n_not_finite == sum(not np.isfinite(each) for each in own)


def test_that_marks_stand_at_their_share_of_the_run_and_near_ones_are_one() -> None:
    curve = Measured("a", np.arange(1000), np.ones(1000), np.zeros(1000, bool))
    curve.values[[0, 500, 501, 999]] = NAN
    spark = spark_of(curve, 999)
    assert spark.n_not_finite == 4
    assert spark.not_finite.tolist() == pytest.approx([0, 0.5, 1], abs=0.5 / MOST_POINTS)
    assert len(spark.across) <= MOST_POINTS


def test_that_steps_without_a_gradient_are_counted_apart() -> None:
    curve = Measured("a", np.arange(4), np.array([1, NAN, NAN, 2]), np.array([False, True, False, False]))
    spark = spark_of(curve, 3)
    assert (spark.n_not_finite, spark.n_without_gradient) == (1, 1)
    assert spark.without_gradient.tolist() == pytest.approx([1 / 3], abs=0.5 / MOST_POINTS)


@pytest.mark.parametrize(("last_step", "across"), [(1, 0.0), (4, 0.0)])
def test_that_a_single_value_at_the_first_step_stands_at_the_left(last_step: int, across: float) -> None:
    assert spark_of(measured([3.0]), last_step).across.tolist() == [across]


@pytest.mark.parametrize(
    ("values", "is_log"),
    [([1.0, 100.0], False), ([1.0, 100.5], True), ([0.0, 1.0, 1e6], False), ([-1.0, 1e6], False), ([], False)],
)
def test_that_a_scale_is_logarithmic_beyond_two_powers_of_ten_of_numbers_above_nothing(
    values: list[float], is_log: bool
) -> None:
    assert spark_of(measured(values), 5).is_log is is_log


def test_that_what_is_drawn_beside_a_curve_widens_its_scale_and_is_no_part_of_it() -> None:
    spark = spark_of(measured([2.0, 3.0]), 1, beside=measured([1.0, NAN, 5.0]))
    assert (spark.low, spark.high, spark.up.tolist()) == (1.0, 5.0, [0.25, 0.5])
    assert (spark.n_not_finite, spark.across.tolist()) == (0, [0.0, 1.0])
