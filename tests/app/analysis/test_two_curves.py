"""A scalar of two runs on the steps of the first, and of one beside what it was."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.curve import Measured
from app.analysis.two_curves import SAME, TwoCurves, change_text, of_held, of_two_runs
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
