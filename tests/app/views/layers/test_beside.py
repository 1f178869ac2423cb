"""How the norms of two are told apart, and which change is the largest."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.layers.analysis.layer_rows import LayerRows
from app.views.layers.layers_beside import NormChange, layers_beside, order_by_change, words_of_both
from tests.app.views.layers.layered_run import NAN, USUAL, compared, run

INF = float("inf")


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (1.0, 2.0, "+1.00"),
        (2.0, 1.0, "−1.00"),
        (3.0, 3.0, "the same"),
        (0.0, 0.0, "the same"),
        (1.0, 1.004, "+0.01"),
        (0.0, 1.0, "+∞"),
        (1.0, 0.0, "−∞"),
        (None, 1.0, ""),
        (1.0, None, ""),
        (NAN, 1.0, ""),
        (1.0, NAN, ""),
    ],
)
def test_that_a_change_is_told_in_powers_of_two(a: float | None, b: float | None, words: str) -> None:
    assert NormChange(a, b).words == words
    assert NormChange().words == ""


@given(st.lists(st.sampled_from([None, 0.0, 0.5, 1.0, 4.0, NAN, INF]), max_size=8))
def test_that_the_largest_change_comes_first_and_those_without_one_stay_as_they_were(
    others: list[float | None],
) -> None:
    changes = {number: NormChange(1.0, each) for number, each in enumerate(others)}
    order = order_by_change(changes)
    sizes = [abs(changes[number].log2_ratio) for number in order]
    told = [each for each in sizes if not np.isnan(each)]
    assert sorted(order) == list(range(len(others)))
    assert told == sorted(told, reverse=True)
    assert all(np.isnan(sizes[len(told) :]))
    for one, other in pairwise(order):
        same = np.array_equal(abs(changes[one].log2_ratio), abs(changes[other].log2_ratio), equal_nan=True)
        assert one < other or not same, "of equal ones the first comes first"


def test_that_a_fact_is_told_once_where_both_agree() -> None:
    assert [words_of_both("3", "3"), words_of_both("3", "4")] == ["3", "3 → 4"]


def test_that_each_layer_has_its_side_and_its_partner() -> None:
    a, b = run(*USUAL), run("stem", "relu", "body.0.relu", "body.1.conv1", "head", "extra", rate=0.5)
    both = layers_beside(compared(a, b).beside)
    assert both is not None
    rows = LayerRows(a.layers, a.series, 60)
    assert [both.side_of(row) for row in rows] == ["", "only A", "", "", ""]
    partners = [both.partner_of(row) for row in rows]
    assert [None if each is None else each.layer.name for each in partners] == [
        *("stem", None, "body.0.relu", "body.1.conv1", "head")
    ]
    assert [row.layer.name for row in both.only_b] == ["relu", "extra"]
    assert [both.side_of(row) for row in both.only_b] == ["only B", "only B"]
    own, other = both.sparks_of(rows[0])
    assert own is not None
    assert other is not None
    assert (own.low, own.high, own.is_log) == (other.low, other.high, other.is_log), "on one scale"
    only_a, none = both.sparks_of(rows[1])
    assert (only_a is not None, none) == (True, None)
    none, only_b = both.sparks_of(both.only_b[1])
    assert (none, only_b is not None) == (None, True)


def test_that_of_a_step_that_is_held_no_layer_is_of_one_side() -> None:
    a = run(*USUAL)
    held = layers_beside(compared(a, a, held=10).beside)
    assert held is not None
    row = LayerRows(a.layers, a.series, 60)[1]
    assert (held.side_of(row), held.partner_of(row), held.only_b) == ("", None, ())
    assert held.sparks_of(row)[1] is None
    assert layers_beside(None) is None
