"""From which zoom on what is drawn in boxes and frames: exactly there, and not just below."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from app.analysis.figures import DAMAGED
from app.analysis.graph.rectangle import Rectangle
from app.palette import DARK
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.difference_drawing import colour_of
from app.views.network.modules.module_drawing import enlarged, rect_of
from app.views.network.modules.pass_drawing import activation_colour, bar_height, draw_pass, gradient_colour
from app.views.network.scene_colours import scene_colours
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN, FIRST, OPERATIONS, PICTURE, RIGHT, WRONG
from tests.app.painted import Painted
from tests.app.views.network.modules.drawing import drawn, of_pass, of_two, painted, whole
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of

pytestmark = pytest.mark.usefixtures("qapp")

READABLE, BELOW = 0.45, 0.4499


def inside(found: Painted, place: QRectF) -> list[str]:
    return [each.text for each in found.words if place.contains(each.place.center())]


def test_that_a_frame_has_its_heading_where_it_is_as_wide_as_some_letters() -> None:
    layout = ModuleRun(BLOCKS).layout(FIRST)
    wide = layout.frames["blocks"].width
    assert "blocks" in drawn(layout, 34 / wide).texts
    assert "blocks" not in drawn(layout, 33.9 / wide).texts


def test_that_the_name_of_a_join_is_written_where_it_can_be_read_and_its_sign_always() -> None:
    layout = ModuleRun(OPERATIONS).layout()
    near, far = drawn(layout, READABLE).texts, drawn(layout, BELOW).texts
    assert "max" in near and "max" not in far
    assert {"+", "×", "÷"} <= set(far)


def test_that_a_name_that_is_cut_is_written_only_in_a_box_as_wide_as_some_letters() -> None:
    layout = ModuleRun(chain_of("a_layer_of_a_very_long_name_that_never_fits", "fc")).layout()
    zoom = 34 / 118
    near, far = drawn(layout, zoom).texts, drawn(layout, zoom - 1e-4).texts
    assert any("…" in text for text in near)
    assert not any("…" in text for text in far)
    assert "fc" in near and "fc" in far, "what is whole is written ever"


def test_that_ends_are_named_in_short_below_what_can_be_read() -> None:
    layout = ModuleRun(CHAIN).layout()
    for zoom, names in ((READABLE, ("input", "output")), (BELOW, ("in", "out"))):
        texts = drawn(layout, zoom).texts
        assert [name for name in ("input", "output", "in", "out") if name in texts] == list(names)


@pytest.mark.parametrize(("zoom", "times"), [(1.0, 1.0), (2.0, 1.0), (0.9, 1.0), (0.5, 9 / 5.5), (0.45, 9 / 4.95)])
def test_that_words_are_enlarged_as_far_as_they_must_to_be_read(zoom: float, times: float) -> None:
    assert enlarged(zoom) == pytest.approx(times, rel=1e-6)


@pytest.mark.parametrize(("zoom", "high"), [(1.0, 4.0), (0.25, 4.0), (0.2, 5.0), (0.1, 10.0)])
def test_that_a_bar_is_never_thinner_than_a_pixel(zoom: float, high: float) -> None:
    assert bar_height(zoom) == pytest.approx(high)


def test_that_units_are_drawn_from_half_of_what_can_be_read() -> None:
    run = ModuleRun(CHAIN)
    n = len(run.layers)
    assert len(of_pass(run, 0.225).pictures) == n
    assert of_pass(run, 0.2249).pictures == []
    assert len(of_two(0.225).pictures) == n
    assert of_two(0.2249).pictures == []
    boxes = [rect_of(run.layout().boxes[name]) for name in run.layers]
    for strip, box in zip(of_pass(run, 1.0).pictures, boxes, strict=True):
        assert strip.getRect() == pytest.approx((box.x() + 7, box.y() + 50, box.width() - 14, 7), abs=0.01)


def test_that_bars_stand_below_one_another_in_their_grooves_as_long_as_their_spans_say() -> None:
    run = ModuleRun(CHAIN)
    found, numbers, layout = of_pass(run, 1.0), run.numbers(), run.layout()
    bars = [found.areas(each.name()) for each in (activation_colour(), gradient_colour())]
    grooves = found.areas(DARK.line)
    assert len(grooves) == 6
    for place, name in enumerate(run.layers):
        box, own = rect_of(layout.boxes[name]), numbers.of_box(name)
        parts = numbers.activations.part(own.activation), numbers.gradients.part(own.gradient)
        for row, (of_kind, part) in enumerate(zip(bars, parts, strict=True)):
            room = (box.x() + 7, box.y() + 60 + 7 * row, box.width() - 14, 4)
            assert of_kind[place].place.getRect() == pytest.approx((*room[:2], room[2] * part, 4), abs=0.01)
            assert grooves[2 * place + row].place.getRect() == pytest.approx(room, abs=0.01)


def test_that_what_is_no_number_fills_its_groove_and_what_is_none_has_no_groove() -> None:
    run = ModuleRun(CHAIN, spoilt=("fc2",), without={"fc3": ("activation", "gradient_norm")})
    found = of_pass(run, 1.0)
    assert len(found.areas(DARK.line)) == 4
    (bad,) = found.areas(QColor(*scene_colours().not_finite).name())
    assert bad.place.width() == pytest.approx(118 - 14, abs=0.01)


def test_that_damage_is_said_where_it_can_be_read() -> None:
    run = ModuleRun(CHAIN)
    numbers, layout = run.numbers(), run.layout()
    numbers._boxes["fc2"] = replace(numbers.of_box("fc2"), damage="the array is damaged")
    for zoom, n in ((READABLE, 1), (BELOW, 0)):
        found = painted(layout, lambda painter, zoom=zoom: draw_pass(painter, layout, numbers, whole(layout), zoom))
        assert found.texts.count(DAMAGED) == n


@pytest.mark.parametrize(
    ("endpoints", "colour"), [(RIGHT, DARK.right), (WRONG, DARK.wrong), (replace(RIGHT, is_right=None), DARK.text)]
)
def test_that_what_is_predicted_is_written_where_it_can_be_read(endpoints: SampleEndpoints, colour: str) -> None:
    run = ModuleRun(CHAIN)
    found = of_pass(run, READABLE, endpoints)
    assert {each.colour for each in found.words} == {colour} and len(found.words) == 2
    assert of_pass(run, BELOW, endpoints).words == []
    assert of_pass(run, 1.0, replace(endpoints, predicted="")).words == []
    name, figure = of_pass(run, 1.0, endpoints).words
    place = rect_of(run.layout().boxes["output"])
    assert name.place.bottom() < figure.place.top()
    assert place.contains(name.place) and place.contains(figure.place)


def test_that_a_picture_fills_its_box_between_its_words_or_all_of_it_from_far() -> None:
    run = ModuleRun(CHAIN)
    box = rect_of(run.layout().boxes["input"])
    far = next(each for each in of_pass(run, 0.2, SampleEndpoints(PICTURE)).pictures)
    side = (76 - 8) / 6
    assert far.getRect() == pytest.approx((box.center().x() - 2.5 * side, box.y() + 4, 5 * side, 6 * side), abs=0.01)
    near = next(each for each in of_pass(run, 1.0, SampleEndpoints(PICTURE)).pictures)
    top, bottom = box.y() + 3 + 16, box.bottom() - 17
    side = (bottom - top) / 6
    assert near.getRect() == pytest.approx((box.center().x() - 2.5 * side, top, 5 * side, 6 * side), abs=0.01)
    broad = next(iter(of_pass(run, 1.0, SampleEndpoints(np.zeros((2, 32), np.uint8))).pictures))
    assert (broad.x(), broad.width()) == pytest.approx((box.x() + 6, box.width() - 12), abs=0.01)


def test_that_from_afar_nothing_is_drawn_in_many_boxes() -> None:
    many = ModuleRun(chain_of(*(f"fc{number}" for number in range(300))), n_passes=1)
    assert of_pass(many, 0.17).shapes == []
    layout, numbers = many.layout(), many.numbers()
    part = Rectangle(0, 0, 400, 100)
    near = painted(layout, lambda painter: draw_pass(painter, layout, numbers, part, 0.18))
    assert 0 < len(near.areas(DARK.line)) < 20


def test_that_a_bar_of_two_goes_from_the_middle_to_the_side_of_what_has_more() -> None:
    found, a = of_two(1.0), ModuleRun(CHAIN)
    both, layout = ModuleRun(CHAIN, seed=1, scale=1.7).less(a), a.layout()
    strokes = [each for each in found.areas(DARK.text) if each.place.width() == 1.5]
    assert len(strokes) == 6
    for place, name in enumerate(a.layers):
        box, own = rect_of(layout.boxes[name]), both.of_box(name)
        for row, (pair, what, colour) in enumerate(
            ((own.activation, Told.ACTIVATION, activation_colour()), (own.gradient, Told.GRADIENT, gradient_colour()))
        ):
            bar = found.areas(colour.name())[place].place
            middle, half = box.center().x(), (box.width() - 14) / 2
            length = half * min(abs(pair.log_ratio) / both.scale_of(what), 1)
            left = middle if pair.log_ratio > 0 else middle - length
            top = box.y() + 60 + 7 * row
            assert bar.getRect() == pytest.approx((left, top, length, 4), abs=0.01)
            stroke = strokes[2 * place + row].place
            assert stroke.getRect() == pytest.approx((middle - 0.75, top - 1, 1.5, 6), abs=0.01)


def test_that_the_middle_of_a_bar_is_seen_from_far_too() -> None:
    strokes = [each.place.width() for each in of_two(0.25).areas(DARK.text) if each.place.width() < 10]
    assert strokes == [pytest.approx(4.0)] * 6


@pytest.mark.parametrize(
    ("value", "scale", "name", "share"),
    [
        (1.0, 2.0, "positive", 0.5), (-1.0, 2.0, "negative", 0.5), (5.0, 2.0, "positive", 1.0),
        (-2.0, 2.0, "negative", 1.0), (1.0, 0.0, "positive", 1.0), (float("nan"), 2.0, "not_finite", 1.0),
    ],
)  # fmt: skip
def test_that_the_colour_of_a_box_is_the_stronger_the_more_differs(
    value: float, scale: float, name: str, share: float
) -> None:
    colour = colour_of(value, scale)
    assert colour.getRgb()[:3] == tuple(getattr(scene_colours(), name))
    assert colour.alphaF() == pytest.approx(0.5 * share**0.6, abs=1e-3)


def test_that_a_layer_of_a_alone_says_so_where_it_can_be_read() -> None:
    less = ModuleRun(chain_of("fc1", "fc3"))
    near, far = of_two(READABLE, b=less), of_two(BELOW, b=less)
    assert "only in A" in near.texts and "only in A" not in far.texts
    assert near.word("only in A").colour == DARK.badge


def test_that_what_both_predict_stands_below_one_another() -> None:
    found = of_two(1.0, endpoints=(RIGHT, WRONG))
    texts = [each for each in found.words if each.text[:2] in ("A ", "B ")]
    assert [each.colour for each in texts] == [DARK.right, DARK.wrong]
    assert texts[0].text.endswith("91.2 %")
    assert texts[1].text.endswith("4.0 %")
    assert texts[0].place.bottom() < texts[1].place.top()
    assert not [each for each in of_two(BELOW, endpoints=(RIGHT, WRONG)).texts if each[:2] in ("A ", "B ")]
    alone = of_two(1.0, endpoints=(replace(RIGHT, predicted=""), WRONG)).texts
    assert [text[:2] for text in alone if text[:2] in ("A ", "B ")] == ["B "]
