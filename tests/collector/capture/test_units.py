"""The unit plan: which units are kept and what they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.units import RULES, Units, choose_units, join_units, reduce_weight, units_of_stages

TOTALS = st.integers(0, 300)
CAPS = st.integers(1, 50)


@given(TOTALS, st.sampled_from(RULES))
def test_that_cap_zero_keeps_every_unit(total: int, rule: str) -> None:
    units = choose_units(total, 0, rule)

    assert units.is_whole
    assert units.kept.tolist() == list(range(total))


@given(TOTALS, CAPS, st.sampled_from(RULES))
def test_that_at_most_cap_different_units_are_kept_in_order(total: int, cap: int, rule: str) -> None:
    kept = choose_units(total, cap, rule).kept

    assert len(kept) == min(total, cap)
    assert (np.diff(kept) > 0).all()
    assert ((kept >= 0) & (kept < total)).all()


@given(st.integers(2, 300), st.integers(2, 50))
def test_that_spread_units_reach_from_the_first_to_the_last_at_even_distances(total: int, cap: int) -> None:
    kept = choose_units(total, cap).kept

    assert (kept[0], kept[-1]) == (0, total - 1)
    assert np.ptp(np.diff(kept)) <= 1


@given(st.integers(2, 300), CAPS)
def test_that_groups_are_contiguous_with_sizes_that_differ_by_one_at_most_the_longer_first(
    total: int, cap: int
) -> None:
    kept = choose_units(total, cap, "group_mean").kept

    sizes = np.diff(kept, append=total)

    assert kept[0] == 0
    assert sizes.max() - sizes.min() <= 1
    assert (np.diff(sizes) <= 0).all()


@given(st.integers(1, 60), CAPS, st.integers(0, 2))
def test_that_group_means_are_those_of_a_slow_loop(total: int, cap: int, axis: int) -> None:
    shape = [3, 4, 2]
    shape[axis] = total
    array = np.random.default_rng(total).normal(size=shape).astype(np.float32)
    units = choose_units(total, cap, "group_mean")

    reduced = units.reduce(array, axis)

    rows = np.moveaxis(array, axis, 0)
    size, longer = divmod(total, min(cap, total))
    slow, start = [], 0
    for group in range(min(cap, total)):
        length = size + 1 if group < longer else size
        slow.append(rows[start : start + length].astype(np.float64).mean(0))
        start += length
    np.testing.assert_allclose(np.moveaxis(reduced, axis, 0), slow, rtol=1e-4, atol=1e-6)


@given(st.integers(1, 60), CAPS)
def test_that_spread_units_are_real_units(total: int, cap: int) -> None:
    array = np.random.default_rng(total).normal(size=(2, total)).astype(np.float32)
    units = choose_units(total, cap)

    np.testing.assert_array_equal(units.reduce(array, 1), [[row[unit] for unit in units.kept] for row in array])


@pytest.mark.parametrize("rule", RULES)
def test_that_joined_units_are_reduced_like_each_part_by_itself(rule: str) -> None:
    parts = [choose_units(7, 3, rule), choose_units(2, 3, rule), choose_units(5, 3, rule)]
    array = np.random.default_rng(0).normal(size=(4, 14)).astype(np.float32)

    joined = join_units(parts)

    pieces = [units.reduce(piece, 1) for units, piece in zip(parts, np.split(array, [7, 9], 1), strict=True)]
    assert joined.total == 14
    np.testing.assert_array_equal(joined.reduce(array, 1), np.concatenate(pieces, 1))


def test_that_a_weight_with_blocks_keeps_all_columns_of_each_kept_input() -> None:
    weight = np.arange(4 * 6, dtype=np.float32).reshape(4, 6)
    rows, inputs = Units(4, np.array([0, 3])), Units(3, np.array([0, 2]))

    assert reduce_weight(weight, rows, inputs, 2).tolist() == [[0, 1, 4, 5], [18, 19, 22, 23]]


def test_that_a_weight_without_blocks_keeps_the_columns_of_the_kept_inputs_with_all_behind_them() -> None:
    rows, inputs = Units(4, np.array([0, 3])), Units(6, np.array([1, 4, 5]))

    flat = np.arange(4 * 6).reshape(4, 6)
    assert reduce_weight(flat, rows, inputs).tolist() == [[1, 4, 5], [19, 22, 23]]
    kernels = np.arange(4 * 6 * 9).reshape(4, 6, 3, 3)
    np.testing.assert_array_equal(reduce_weight(kernels, rows, inputs), kernels[[0, 3]][:, [1, 4, 5]])


@pytest.mark.parametrize(
    ("stages", "is_joined", "expected"),
    [
        (["a"], False, ([0, 2], 3)), (["a", "b"], False, ([0, 2], 3)), (["b", "a"], True, ([1, 2, 3, 5], 6)),
        (["a", "wide"], False, None), (["a", "wide"], True, ([0, 2, 3], 8)), (["a", "input"], True, None),
        (["input"], False, None),
    ],
)  # fmt: skip
def test_that_added_outputs_share_their_units_and_joined_ones_come_one_after_the_other(
    stages: list[str], is_joined: bool, expected: tuple[list[int], int] | None
) -> None:
    units = {"a": Units(3, np.array([0, 2])), "b": Units(3, np.array([1, 2])), "wide": Units(5, np.array([0]))}

    found = units_of_stages(stages, units, is_joined=is_joined)

    assert (None if found is None else (found.kept.tolist(), found.total)) == expected


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("total", "cap", "kept"), [(5, 5, 5), (5, 6, 5), (6, 5, 5), (5, 1, 1), (0, 3, 0), (1, 1, 1)])
def test_that_as_many_units_as_the_cap_are_all_kept_and_one_more_is_not(
    total: int, cap: int, kept: int, rule: str
) -> None:
    units = choose_units(total, cap, rule)

    assert (len(units.kept), units.is_whole, units.rule, units.total) == (kept, kept == total, rule, total)


@pytest.mark.parametrize(
    ("cap", "rule", "words"), [(-1, "spread", "neuron_cap is -1"), (3, "best", "unit_rule is 'best'")]
)
def test_that_a_plan_that_does_not_exist_is_refused_in_words(cap: int, rule: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        choose_units(10, cap, rule)
