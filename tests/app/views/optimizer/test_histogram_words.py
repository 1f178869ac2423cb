"""What a histogram says of each of its bars, of its axis, and of itself."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.optimizer.histogram_view import LEFT_PX, HistogramView

AXIS = (
    "Each bar is a power of two, of negative values at the left and of positive ones at the right. "
    "Near 0 there are many narrow bars: values around 0 look like two hills."
)
CHANGE = (
    "A: bars, B: line, each in shares of its own values. The numbers are log₂ of B ÷ A of the absolute values below "
    "which half and 95 of 100 lie, as far as the bars tell."
)
WIDTH = 500


def counts(bins: dict[int, int]) -> np.ndarray:
    made = np.zeros(129, np.int64)
    for at, number in bins.items():
        made[64 + at] = number
    return made


A = counts({-49: 1, -46: 3, 0: 2, 44: 1, 45: 1000, 46: 993})
"""From 2⁻⁵ on: six bars of each sign, the largest 1 … 2."""
B = counts({-46: 20, 0: 60, 45: 20})


@pytest.fixture
def view(qtbot: QtBot) -> HistogramView:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    view.resize(WIDTH, 130)
    return view


def words_of(view: HistogramView) -> list[str]:
    """Those of each bar, from left to right."""
    px = view._inside().width() / len(view.bars)
    return [view.text_at(LEFT_PX + (number + 0.5) * px) for number in range(len(view.bars))]


def test_that_each_bar_says_what_it_holds(view: HistogramView) -> None:
    view.show_counts(A)
    assert words_of(view) == [
        "−1 … −2\n1 value, 0.05 %",
        "−0.5 … −1\n0 values, 0.00 %",
        "−0.25 … −0.5\n0 values, 0.00 %",
        "−0.12 … −0.25\n3 values, 0.15 %",
        "−0.062 … −0.12\n0 values, 0.00 %",
        "−0.031 … −0.062\n0 values, 0.00 %",
        "|x| < 0.031\n2 values, 0.10 %",
        "0.031 … 0.062\n1 value, 0.05 %",
        "0.062 … 0.12\n1,000 values, 50.00 %",
        "0.12 … 0.25\n993 values, 49.65 %",
        "0.25 … 0.5\n0 values, 0.00 %",
        "0.5 … 1\n0 values, 0.00 %",
        "1 … 2\n0 values, 0.00 %",
    ]


def test_that_a_bar_of_two_says_how_they_differ(view: HistogramView) -> None:
    view.show_counts(A, of_b=B)
    told = words_of(view)
    assert f"−0.12 … −0.25\nA: 3 values, 0.15 %\nB: 20 values, 20.00 %\nB less A: +19.85 %\n{CHANGE}" in told
    assert f"0.062 … 0.12\nA: 1,000 values, 50.00 %\nB: 20 values, 20.00 %\nB less A: −30.00 %\n{CHANGE}" in told


@pytest.mark.parametrize("x", [-1, 0, LEFT_PX - 1, WIDTH - 16, WIDTH])
def test_that_beside_the_bars_the_axis_is_explained(view: HistogramView, x: int) -> None:
    view.show_counts(A)
    assert view.text_at(x) == AXIS
    view.show_counts(A, of_b=B)
    assert view.text_at(x) == f"{AXIS}\n{CHANGE}"
    view.show_counts(None)
    assert view.text_at(x) == ""


def test_that_the_first_and_the_last_pixel_of_the_bars_are_those_of_the_outermost(view: HistogramView) -> None:
    view.show_counts(A)
    told = words_of(view)
    assert view.text_at(LEFT_PX) == told[0]
    assert view.text_at(WIDTH - 16 - 0.1) == told[-1]


@pytest.mark.parametrize(
    ("of_b", "texts"),
    [
        (A, ("the same",)),
        (
            counts({-51: 1, -48: 3, 0: 2, 46: 1, 47: 1000, 48: 993}),
            ("log₂ |x|: median +2.00, 95 % +2.00", "|x| 50 % +2.00, 95 % +2.00", "median +2.00"),
        ),
        (
            counts({-47: 1, -44: 3, 0: 2, 42: 1, 43: 1000, 44: 993}),
            ("log₂ |x|: median −2.00, 95 % −2.00", "|x| 50 % −2.00, 95 % −2.00", "median −2.00"),
        ),
        (B, ("log₂ |x|: median near 0, 95 % −0.15", "|x| 50 % near 0, 95 % −0.15", "median near 0")),
    ],
)
def test_that_a_change_is_told_as_long_as_there_is_room_and_for_who_does_not_see(
    view: HistogramView, of_b: np.ndarray, texts: tuple[str, ...]
) -> None:
    view.show_counts(A, of_b=of_b)
    assert view.changes == texts
    assert view.accessibleName() == f"Histogram: Gradients, log axis, ±, {view.changes[0]}"
    view.show_counts(A)
    assert (view.changes, view.accessibleName()) == ((), "Histogram: Gradients, log axis, ±")


def test_that_values_which_are_no_numbers_are_told_also_after_others(view: HistogramView) -> None:
    for before in (None, A):
        view.show_counts(before, "not recorded")
        view.show_counts(counts({}), of_b=B)
        assert not len(view.bars)
        assert not len(view.bars_of_b)
        assert view._words == "no value but NaN and Inf"
        assert view.text_at(WIDTH / 2) == ""


def test_that_the_axis_grows_and_never_jumps_back_until_it_is_forgotten(view: HistogramView) -> None:
    view.show_counts(counts({40: 5}))
    view.show_counts(counts({50: 5}))
    assert len(view.bars) == 2 * 16 + 1  # 35 … 50
    view.show_counts(counts({45: 5}), of_b=counts({52: 1}))
    assert len(view.bars) == len(view.bars_of_b) == 2 * 18 + 1
    view.show_counts(None)
    view.show_counts(counts({45: 5}))
    assert len(view.bars) == 2 * 18 + 1
    view.forget_range()
    view.show_counts(counts({45: 5}))
    assert len(view.bars) == 2 * 6 + 1
