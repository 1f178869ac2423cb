"""What is predicted, in the box of an output: names give way to their figures, and tell what tells them apart."""

import numpy as np
import pytest
from PyQt6.QtCore import QSize

from app.analysis.class_names import own_words
from app.analysis.graph.rectangle import Rectangle
from app.palette import SMALL_PX
from app.replay.frame import SampleView
from app.views.network.frame import endpoints_of
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.difference_drawing import prediction_words
from app.views.network.modules.module_drawing import rect_of
from app.views.network.modules.pass_drawing import draw_pass, predicted_name
from app.views.network.text import text_width
from tests.app.painted import painted_by
from tests.app.views.network.modules.made_up_modules import ModuleRun, node

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


def test_that_of_two_runs_a_figure_is_told_whole_or_not_at_all() -> None:
    name, own = "the handwritten digit 0", "digit 0"
    endpoints = SampleEndpoints(None, name, 0.25, True, own)
    whole, short, least = f"B {name} 25.0 %", f"B {own} 25.0 %", "B … 25.0 %"
    assert prediction_words("B", endpoints, text_width(whole, SMALL_PX) + 1) == whole
    assert prediction_words("B", endpoints, text_width(short, SMALL_PX) + 1) == short
    for width in range(round(text_width("B …", SMALL_PX)) + 1, round(text_width(whole, SMALL_PX)) + 2):
        words = prediction_words("B", endpoints, width)
        assert text_width(words, SMALL_PX) <= width + 1, width
        assert words.startswith("B ")
        assert words.endswith(" 25.0 %") or "25" not in words, "half a figure is another one"
        assert words.endswith(" 25.0 %") or width < text_width(least, SMALL_PX), "else there is room"


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


@pytest.mark.parametrize(
    ("shapes", "pictured"),
    [
        ([()], ["input0"]),
        ([(7,)], ["input0"]),
        ([(5,), (1, 2, 3)], ["input1"]),
        ([(2, 3), (6,)], ["input0"]),
        ([(5,), (7,)], []),
    ],
)
def test_that_of_several_inputs_the_one_of_its_size_shows_the_sample(
    shapes: list[tuple[int, ...]], pictured: list[str]
) -> None:
    names = [f"input{number}" for number in range(len(shapes))]
    flow = [node(name, kind="input", shape=shape) for name, shape in zip(names, shapes, strict=True)]
    run = ModuleRun([*flow, node("fc", *names)])
    made, numbers = run.layout(), run.numbers(SampleEndpoints(np.zeros((2, 3), np.uint8)))
    whole, size = Rectangle(0, 0, made.width, made.height), QSize(int(made.width), int(made.height))
    pictures = painted_by(lambda painter: draw_pass(painter, made, numbers, whole, 1.0), size).pictures
    inside = [name for name in names if any(rect_of(made.boxes[name]).contains(each) for each in pictures)]
    assert inside == pictured
