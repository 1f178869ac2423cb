"""What bars tell of sizes, against versions that look at one bar after the other."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.views.optimizer.analysis.power_histogram import (
    MIDDLE,
    BinRange,
    log2_quantile,
    quantile_changes,
    range_of,
    summed,
)

BINS = st.dictionaries(st.integers(-64, 64), st.integers(1, 10_000), min_size=1, max_size=12)


def counts(bins: dict[int, int]) -> np.ndarray:
    made = np.zeros(129, np.int64)
    for at, number in bins.items():
        made[MIDDLE + at] = number
    return made


def slow_quantile(bins: dict[int, int], share: float) -> float:
    """Bar by bar away from 0; within a bar the values are evenly spread along the powers."""
    left = share * sum(bins.values()) - bins.get(0, 0)
    if left <= 0:
        return float("-inf")
    for away in range(1, 65):
        here = bins.get(away, 0) + bins.get(-away, 0)
        if left <= here:
            return away - 49 + left / here
        left -= here
    raise AssertionError


@given(bins=BINS, share=st.sampled_from([0.05, 0.5, 0.95, 1.0]))
def test_that_a_quantile_lies_where_its_share_of_the_values_is_below(bins: dict[int, int], share: float) -> None:
    assert log2_quantile(counts(bins), share) == pytest.approx(slow_quantile(bins, share))


def test_that_no_value_has_no_quantile_and_half_of_zeros_is_next_to_nothing() -> None:
    assert np.isnan(log2_quantile(np.zeros(129, np.int64), 0.5))
    assert log2_quantile(counts({0: 10, 9: 10}), 0.5) == float("-inf")
    assert log2_quantile(counts({0: 10, 9: 11}), 0.5) == pytest.approx(-40 + 0.5 / 11)


@given(a=BINS, b=BINS)
def test_that_a_change_is_that_of_both_quantiles_where_both_are_something(a: dict[int, int], b: dict[int, int]) -> None:
    for found, share in zip(quantile_changes(counts(a), counts(b)), (0.5, 0.95), strict=True):
        one, other = (slow_quantile(each, share) for each in (a, b))
        if np.isfinite(one) and np.isfinite(other):
            assert found == pytest.approx(other - one, abs=1e-9)
        else:
            assert np.isnan(found)


@given(bins=BINS)
@example(bins={1: 5})
@example(bins={-3: 5, 2: 1})
@example(bins={64: 1})
@example(bins={6: 1})
@example(bins={0: 4})
def test_that_a_range_holds_all_that_is_large_and_leaves_out_a_thousandth_next_to_0(bins: dict[int, int]) -> None:
    found = range_of(counts(bins))
    sides = [bins.get(away, 0) + bins.get(-away, 0) for away in range(1, 65)]
    if not any(sides):
        assert found == BinRange(1, 6)
        return
    assert found is not None
    furthest = max(away for away in range(1, 65) if sides[away - 1])
    nearest = next(away for away in range(1, 65) if sum(sides[:away]) > sum(sides) * 0.001)
    near = max(min(nearest, furthest - 5), 1)
    assert (found.near, found.far) == (near, max(furthest, min(near + 5, 64)))
    assert found.bars(counts(bins)).sum() == sum(bins.values())


@pytest.mark.parametrize("far", [6, 20, 64])
@pytest.mark.parametrize("near", [1, 5])
def test_that_bars_stand_from_the_largest_negative_to_the_largest_positive(near: int, far: int) -> None:
    every = counts({at: 1000 + at for at in range(-64, 65)})
    bars = BinRange(near, far).bars(every)
    assert len(bars) == BinRange(near, far).n_bars == 2 * (far - near + 1) + 1
    middle = sum(1000 + at for at in range(-near + 1, near))
    sides = [1000 + at for at in range(-far, -near + 1)], [1000 + at for at in range(near, far + 1)]
    assert bars.tolist() == [*sides[0], middle, *sides[1]]


@pytest.mark.parametrize(
    ("shown", "bar_px", "text_px", "texts"),
    [
        (BinRange(43, 48), 30, 40, ["−1", "−1e−1", "0", "1e−1", "1"]),
        (BinRange(43, 48), 10, 40, ["−1", "0", "1"]),
        (BinRange(43, 48), 3, 40, ["0"]),
        (BinRange(44, 53), 20, 40, ["−1e1", "−1", "−1e−1", "0", "1e−1", "1", "1e1"]),
    ],
)
def test_that_as_many_powers_of_ten_are_named_as_have_room(
    shown: BinRange, bar_px: float, text_px: float, texts: list[str]
) -> None:
    assert [text for _, text in shown.ticks(bar_px, text_px)] == texts


def test_that_a_number_nearer_to_the_middle_than_half_its_own_width_and_that_of_0_is_left_out() -> None:
    # 1e−1 begins two thirds of a bar from the middle one
    assert "1e−1" in [text for _, text in BinRange(45, 50).ticks(30, 24)]
    assert "1e−1" not in [text for _, text in BinRange(45, 50).ticks(30, 25)]


def test_that_counts_are_summed_over_the_layers_that_have_the_kind() -> None:
    one, other = counts({1: 2}), counts({1: 3, -4: 1})
    total = summed([{"weight": one}, {"gradient": one}, {"weight": other}], "weight")
    assert total is not None
    assert np.array_equal(total, counts({1: 5, -4: 1}))
    assert summed([], "weight") is None
