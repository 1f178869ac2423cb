"""Numbers as they are read."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.figures import (
    figure,
    figures_of_two,
    labels_apart,
    numbers_alike,
    short_figure,
    signed,
    signed_figure,
    true_signs,
)
from app.analysis.probabilities import percent, softmax


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("-0.25", "−0.25"),
        ("1e-05", "1e−5"),
        ("-2.5e+07", "−2.5e7"),
        ("1e-10", "1e−10"),
        ("1e+00", "1e0"),
        ("-inf", "−inf"),
        ("0.5", "0.5"),
    ],
)
def test_that_a_number_has_true_signs_and_no_zeros_before_its_exponent(number: str, read: str) -> None:
    assert true_signs(number) == read


def test_that_a_number_that_is_nought_when_rounded_has_no_sign() -> None:
    assert [signed(value, 1) for value in (-0.04, -0.06, 0.06)] == ["0.0", "−0.1", "0.1"]


def test_that_numbers_of_a_scale_are_written_alike() -> None:
    assert numbers_alike([0.5, 0.001], 3) == ["0.5", "0.001"]
    assert numbers_alike([-0.5, 0, 0.00001], 3) == ["−5e−1", "0", "1e−5"]
    assert numbers_alike([1.25e-5, 100], 3) == ["1.25e−5", "1e2"]
    assert numbers_alike([1.25e-5, 120], 1) == ["1e−5", "1e2"]
    assert numbers_alike([], 3) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "not recorded"),
        (np.nan, "NaN"),
        (np.inf, "Inf"),
        (-np.inf, "−Inf"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.123456, "0.1235"),
        (-12345.6, "−1.235e4"),
        (1e-5, "1e−5"),
    ],
)
def test_that_a_figure_is_a_number_or_what_it_is_instead(value: float | None, words: str) -> None:
    assert figure(value) == words
    assert figure(0.123456, 2) == "0.12"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.123, "0.12"),
        (99.4, "99"),
        (100, "100"),
        (1234.5, "1,234"),
        (9_999, "9,999"),
        (10_000, "1e4"),
        (1e-7, "1e−7"),
    ],
)
def test_that_a_short_figure_says_how_large_in_few_letters(value: float, words: str) -> None:
    assert short_figure(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "not recorded"), (0.0, "the same"), (0.25, "+0.25"), (-0.25, "−0.25"), (np.nan, "NaN")]
)
def test_that_a_difference_has_its_sign(value: float | None, words: str) -> None:
    assert signed_figure(value) == words


@pytest.mark.parametrize(
    ("a", "b", "change", "words"),
    [
        (0.31, 0.42, 0.11, "A 0.31 · B 0.42 · +0.11"),
        (0.5, 0.5, 0.0, "A 0.5 · B 0.5 · the same"),
        (0.5, None, None, "A 0.5"),
        (None, 0.5, None, "B 0.5"),
        (None, None, 0.5, "not recorded"),
    ],
)
def test_that_of_two_what_is_known_is_told(a: float | None, b: float | None, change: float | None, words: str) -> None:
    assert figures_of_two(a, b, change) == words


@given(st.lists(st.floats(0, 300), max_size=8).map(sorted), st.floats(1, 60), st.floats(0, 20))
def test_that_labels_never_touch_and_the_ends_come_first(middles: list[float], length: float, space: float) -> None:
    kept = labels_apart(middles, [length] * len(middles), space)
    assert kept == sorted(set(kept))
    assert all(middles[other] - middles[one] >= length + space for one, other in combinations(kept, 2))
    assert not middles or kept[0] == 0
    is_room = len(middles) > 1 and middles[-1] - middles[0] >= length + space
    assert not is_room or kept[-1] == len(middles) - 1


def test_that_a_label_in_the_middle_is_written_as_soon_as_there_is_room() -> None:
    assert labels_apart([0, 20, 40], [10, 10, 10], 10) == [0, 1, 2]
    assert labels_apart([0, 20, 40], [10, 10, 10], 10.5) == [0, 2]
    assert labels_apart([0, 20, 40], [10, 30, 10], 0) == [0, 1, 2]
    assert labels_apart([0, 20, 40], [10, 31, 10], 0) == [0, 2]
    assert labels_apart([7], [10], 0) == [0]


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "0.0 %"),
        (0.000999, "<0.1 %"),
        (0.001, "0.1 %"),
        (0.9764, "97.6 %"),
        (0.9994, "99.9 %"),
        (0.9995, "100 %"),
        (1.0, "100 %"),
        (np.nan, "NaN"),
    ],
)
def test_that_a_probability_is_told_in_percent(probability: float, words: str) -> None:
    assert percent(probability) == words


def test_that_probabilities_of_logits_are_their_powers_over_the_sum_however_large() -> None:
    logits = np.array([1.0, 2.0, -3.0])
    assert softmax(logits) == pytest.approx(np.exp(logits) / np.exp(logits).sum())
    assert softmax(logits + 1e4) == pytest.approx(softmax(logits))
    assert softmax(np.array([1.0, np.inf])) is None
    assert softmax(np.array([np.nan, 1.0])) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [(9.5, "9.5"), (10.4, "10"), (99.4, "99"), (99.6, "100"), (9_999, "9,999"), (10_000, "1e4"), (0.0012, "0.0012")],
)
def test_that_a_short_figure_has_no_exponent_where_it_is_read_without(value: float, words: str) -> None:
    assert short_figure(value) == words


@pytest.mark.parametrize(
    ("middles", "kept"),
    [([], []), ([5], [0]), ([5, 6], [0]), ([0, 12], [0, 1]), ([0, 5, 20], [0, 2]), ([30, 15, 8, 0], [0, 1, 3])],
)
def test_that_of_labels_that_touch_the_first_is_kept_then_the_last_then_what_fits(
    middles: list[float], kept: list[int]
) -> None:
    assert labels_apart(middles, [10.0] * len(middles), 2.0) == kept


def test_that_a_figure_with_a_sign_has_one_only_where_it_says_something() -> None:
    assert [signed_figure(each) for each in (None, 0.0, -0.0, 0.5, -0.5, np.nan)] == [
        "not recorded", "the same", "the same", "+0.5", "−0.5", "NaN",
    ]  # fmt: skip
