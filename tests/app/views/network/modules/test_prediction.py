"""What is predicted, in the box of an output: names give way to their figures, and tell what tells them apart."""

import numpy as np
import pytest

from app.palette import SMALL_PX
from app.replay.frame import SampleView
from app.views.network.frame import endpoints_of
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.pass_drawing import predicted_name
from app.views.network.text import text_width
from app.views.network.units.analysis.output_rows import own_words

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("class 1", "class 12"), "1"),
        (("the digit 1", "the letter 1"), "digit 1"),
        (("cat", "car"), "cat"),
        (("class 1",), "class 1"),
        (("class ", "class 2"), "class "),
        ((), "class 1"),
    ],
)
def test_that_the_own_words_of_a_class_are_those_behind_the_words_that_all_begin_with(
    names: tuple[str, ...], told: str
) -> None:
    assert own_words(names[0] if names else "class 1", names) == told


def test_that_a_name_is_told_whole_then_without_what_all_share_and_at_last_by_both_its_ends() -> None:
    name, own = "the handwritten digit 0, in words", "0, in words"
    endpoints = SampleEndpoints(None, name, 0.5, True, own)
    assert predicted_name(endpoints, text_width(name, SMALL_PX)) == name
    assert predicted_name(endpoints, text_width(name, SMALL_PX) - 1) == own
    short = predicted_name(endpoints, text_width(own, SMALL_PX) - 1)
    assert short[0] == "0" and "…" in short and short[-1] == "s"


def sample(predicted: int | None, true: int | None, *, has_probabilities: bool = True) -> SampleView:
    shown = np.array([0.25, 0.75]) if has_probabilities else None
    return SampleView(None, true, predicted, shown, ("class a", "class b"))


@pytest.mark.parametrize(("true", "is_right"), [(1, True), (0, False), (None, None)])
def test_that_an_output_has_the_name_the_figure_and_whether_it_is_right(true: int | None, is_right: bool) -> None:
    found = endpoints_of(sample(1, true), None)
    assert (found.predicted, found.own_words, found.probability) == ("class b", "b", 0.75)
    assert found.is_right is is_right


def test_that_without_probabilities_nothing_is_predicted() -> None:
    picture = np.zeros((2, 2), np.uint8)
    for each in (sample(None, 1), sample(1, 1, has_probabilities=False)):
        found = endpoints_of(each, picture)
        assert (found.predicted, found.own_words, found.probability, found.is_right) == ("", "", 0.0, None)
        assert found.picture is picture
