"""A scalar of two runs on the steps of the first, and of one beside what it was."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.beside import Beside
from app.analysis.curve import Measured
from app.analysis.two_curves import SAME, TwoCurves, change_text, of_held, of_two_runs, two_notes
from collector.comparing import Alignment

ANY: Any = None


def curve(values: list[float], every: int = 1, **more: Any) -> Measured:
    return Measured("loss", np.arange(len(values)) * every, np.array(values, float), **more)


def both(a: Measured | None, b: Measured | None, *, offset: float = 0, last: int = 10) -> TwoCurves:
    pair: Any = SimpleNamespace(alignment=Alignment(ANY, ANY, "step", offset))
    return of_two_runs(pair, a, b, last)


def test_that_the_figures_are_those_of_both_at_the_step_and_b_less_a() -> None:
    figures = both(curve([4, 3, 2]), curve([4, 3.5, 1])).figures_at(2)
    assert (figures.a, figures.b, figures.change) == ("2", "1", "−1")
    assert figures.text == "A 2 · B 1 · −1"


def test_that_what_is_the_same_says_so() -> None:
    assert both(curve([4, 3]), curve([4, 5])).figures_at(0).change == SAME
    assert both(curve([4, np.nan]), curve([4, np.nan])).is_same
    assert not both(curve([4, 3]), curve([4, 5])).is_same
    assert not both(curve([4, 3]), curve([4, 3, 2])).is_same, "one goes on"


def test_that_another_run_lies_where_the_clock_has_it() -> None:
    two = both(curve([5, 4, 3, 2, 1]), curve([9, 8, 7, 6, 5]), offset=2)
    assert two.other is not None
    assert two.other.steps.tolist() == [0, 1, 2]
    assert two.other.values.tolist() == [7, 6, 5]
    assert two.figures_at(1).text == "A 4 · B 6 · +2"


def test_that_where_b_has_ended_a_stands_alone() -> None:
    figures = both(curve([5, 4, 3, 2, 1, 0]), curve([5, 4, 3])).figures_at(5)
    assert (figures.a, figures.b, figures.change) == ("0", "", "")


def test_that_what_one_run_lacks_is_told_of_the_other() -> None:
    assert both(curve([5, 4]), None).figures_at(1).text == "A 4"
    assert both(None, curve([5, 4])).figures_at(1).text == "B 4"
    assert both(None, None).figures_at(1).text == ""


def test_that_without_a_gradient_there_is_no_difference() -> None:
    two = both(curve([5, np.nan], is_missing=np.array([False, True])), curve([5, 4]))
    assert two.figures_at(1).text == "A no gradient · B 4"
    assert two.columns[2].steps.tolist() == [0]


def test_that_one_run_is_beside_what_it_was_at_the_step_that_is_held() -> None:
    two = of_held(curve([5, 4, 3, 2]), 1)
    assert two.other is None
    assert two.figures_at(3).text == "A 4 · B 2 · −2"
    assert two.figures_at(1).change == SAME
    assert two.columns[2].values.tolist() == [1, 0, -1, -2]


def test_that_before_anything_was_measured_nothing_is_beside_it() -> None:
    late = Measured("loss", np.array([5, 6]), np.array([2.0, 1.0]))
    assert of_held(late, 2).figures_at(6).text == "A 1"


def test_that_a_table_has_a_b_and_b_less_a() -> None:
    columns = both(curve([4, 3, 2]), curve([4, 3.5, 1])).columns
    assert [each.name for each in columns] == ["a:loss", "b:loss", "b-a:loss"]
    assert [each.values.tolist() for each in columns] == [[4, 3, 2], [4, 3.5, 1], [0, 0.5, -1]]


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (1, 1.5, "+0.5"),
        (1.5, 1, "−0.5"),
        (2, 2, SAME),
        (np.nan, np.nan, SAME),
        (1, np.nan, ""),
        (np.inf, 1, ""),
    ],
)
def test_that_a_change_has_its_sign_and_none_where_it_is_no_number(a: float, b: float, words: str) -> None:
    assert change_text(a, b) == words


@pytest.mark.parametrize(
    ("a", "b", "step", "values"),
    [
        (curve([4, 3, 2]), curve([4, 3.5, 1]), 1, (3, 3.5)),
        (curve([5, 4, 3, 2, 1, 0]), curve([5, 4, 3]), 5, (0, None)),
        (curve([4, 3, 2]), None, 9, (2, None)),
        (None, curve([4, 3.5]), 1, (None, 3.5)),
        (None, None, 1, (None, None)),
        (curve([4, np.nan], is_missing=np.array([False, True])), curve([4, 5]), 1, (None, 5)),
    ],
)
def test_that_numbers_are_those_that_the_figures_tell(
    a: Measured | None, b: Measured | None, step: int, values: tuple[float | None, float | None]
) -> None:
    assert both(a, b).values_at(step) == values


def test_that_figures_have_the_digits_that_are_asked_for() -> None:
    two = both(curve([12345, 1 / 3]), curve([12345, 2 / 3]))
    assert two.figures_at(0, counts=True).text == "A 12,345 · B 12,345 · the same"
    assert two.figures_at(0).a == "1.234e4"
    assert two.figures_at(1, digits=2).text == "A 0.33 · B 0.67 · +0.333"
    assert both(curve([1 / 3]), None).figures_at(0, digits=2).text == "A 0.33"
    assert both(None, curve([1 / 3])).figures_at(0, digits=2).text == "B 0.33"


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        (curve([1, 2]), curve([1, 2]), True),
        (curve([1, 2]), curve([1, 2], every=2), False),
        (curve([1, 2]), curve([1]), False),
        (curve([1]), curve([1, 2]), False),
        (curve([1, 2]), None, False),
        (None, curve([1, 2]), False),
        (curve([0.0]), curve([-0.0]), True),
    ],
)
def test_that_curves_are_the_same_where_all_their_values_are(
    a: Measured | None, b: Measured | None, is_same: bool
) -> None:
    assert both(a, b).is_same == is_same


def test_that_a_held_step_is_the_last_at_or_before_it() -> None:
    every = curve([5, 4, 3], every=10)
    assert [of_held(every, held).figures_at(20).a for held in (0, 9, 10, 99)] == ["5", "5", "4", "3"]
    assert of_held(every, 10).columns[2].name == "b-a:loss"
    assert [each.name for each in of_held(every, -1).columns] == ["a:loss"]
    assert of_held(None, 0).columns == []


def test_that_a_note_says_what_the_columns_are_where_two_are_compared() -> None:
    assert two_notes(None) == []
    assert two_notes(("x", "y")) == ["a: x; b: y, next to the step of a; b-a: b less a"]


def test_that_where_both_have_nothing_next_to_each_other_each_stands_alone() -> None:
    two = both(curve([5, 4]), curve([9, 8]), offset=99)
    assert (two.a, two.b) == (None, None)
    assert two.own is not None
    assert two.other is not None
    assert (two.own.values.tolist(), two.other.steps.tolist()) == ([5, 4], [])
    assert two.figures_at(1).text == "A 4"
    assert [each.name for each in two.columns] == ["a:loss"]


def test_that_estimates_stay_estimates_with_their_errors() -> None:
    a = curve([4, 3], is_estimate=True, errors=np.array([0.5, 0.25]))
    two = both(a, curve([4, 2], is_estimate=True, errors=np.array([0.125, np.nan])))
    assert two.a is not None
    assert two.b is not None
    assert (two.a.is_estimate, two.b.is_estimate) == (True, True)
    assert two.a.errors is not None
    assert two.a.errors.tolist() == [0.5, 0.25]
    assert two.figures_at(0).text == "A 4 ± 0.98 · B 4 ± 0.24 · the same"
    assert two.figures_at(1).b == "2"


@pytest.mark.parametrize(("held", "text"), [(None, "A 4 · B 8 · +4"), (0, "A 5 · B 4 · −1")])
def test_that_what_is_beside_is_another_run_or_what_was_held_before(held: int | None, text: str) -> None:
    run: Any = SimpleNamespace(n_steps=1, passes=SimpleNamespace(steps=np.array([0, 1])))
    pair: Any = SimpleNamespace(a=run, b="b", alignment=Alignment(ANY, ANY, "step", 0))
    beside = Beside(pair, ("x", "y"), held)
    assert (beside.a, beside.b, beside.has_repeats) == (run, "b", False)
    assert beside.curves(curve([5, 4]), lambda: curve([9, 8])).figures_at(1).text == text
