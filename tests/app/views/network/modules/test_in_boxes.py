"""What boxes show of a pass and of two: which of them show something, where it stands, and in which words."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage, QPainter

from app.analysis.figures import DAMAGED
from app.analysis.graph.rectangle import Rectangle
from app.palette import DARK, SMALL_PX, TEXT_PX
from app.views.network.modules import pass_drawing
from app.views.network.modules.analysis.module_differences import ModuleDifference, Told
from app.views.network.modules.analysis.module_layout import BOX
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.difference_drawing import draw_difference
from app.views.network.modules.module_drawing import rect_of
from app.views.network.modules.pass_drawing import activation_colour, draw_pass, gradient_colour, unit_image
from app.views.network.scene_colours import diverging_table
from app.views.network.text import text_width
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN, COLOURS, PICTURE, RIGHT, WRONG
from tests.app.painted import Painted
from tests.app.views.network.modules.drawing import of_pass, of_two, painted, whole
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of

pytestmark = pytest.mark.usefixtures("qapp")

ZOOMS = [(1.0, 1.0), (0.5, 9 / 5.5), (0.45, 9 / 4.95)]
LONG = SampleEndpoints(None, "a very long name of a class that never fits", 0.912, True, "a name of its own")


def test_that_layers_and_closed_modules_have_bars_and_what_joins_them_has_none() -> None:
    run = ModuleRun(BLOCKS)
    layout, numbers = run.layout(frozenset({"blocks", "blocks.0"})), run.numbers()
    found = painted(layout, lambda painter: draw_pass(painter, layout, numbers, whole(layout), 1.0))
    nodes = layout.folded.graph.nodes
    shown = [name for name in layout.boxes if name not in nodes or nodes[name].node.role == "call"]
    assert {"blocks.1", "head"} <= set(shown) and "blocks.0.sum1" not in shown
    for name, rectangle in layout.boxes.items():
        place = rect_of(rectangle)
        grooves = [each for each in found.areas(DARK.line) if place.contains(each.place.center())]
        own = numbers.of_box(name) if name in shown else None
        wished = 0 if own is None else (own.activation is not None) + (own.gradient is not None)
        assert len(grooves) == wished


def test_that_a_unit_is_a_pixel_of_its_colour() -> None:
    numbers = np.array([0, 7, 128, 255], np.uint8)
    image = unit_image(numbers)
    assert (image.width(), image.height()) == (4, 1)
    shown = [image.pixelColor(x, 0).getRgb() for x in range(4)]
    assert shown == [tuple(rgba) for rgba in diverging_table()[numbers].tolist()]


@pytest.mark.parametrize(("zoom", "scale"), ZOOMS)
def test_that_damage_stands_where_units_would(zoom: float, scale: float) -> None:
    run = ModuleRun(CHAIN)
    numbers, layout = run.numbers(), run.layout()
    numbers._boxes["fc2"] = replace(numbers.of_box("fc2"), damage="the array is damaged")
    found = painted(layout, lambda painter: draw_pass(painter, layout, numbers, whole(layout), zoom))
    word, box = found.word(DAMAGED), rect_of(layout.boxes["fc2"])
    assert word.colour == DARK.badge
    assert word.place.left() == pytest.approx(box.left() + 7, abs=1)
    assert word.place.center().y() == pytest.approx(box.top() + 50 + 7 * scale, abs=1.5)


@pytest.mark.parametrize(("zoom", "scale"), ZOOMS)
def test_that_what_is_missing_in_b_says_so_where_units_would_be(zoom: float, scale: float) -> None:
    found = of_two(zoom, b=ModuleRun(chain_of("fc1", "fc3")))
    word, box = found.word("only in A"), rect_of(ModuleRun(CHAIN).layout().boxes["fc2"])
    assert word.place.left() == pytest.approx(box.left() + 7, abs=1)
    assert word.place.center().y() == pytest.approx(box.top() + 50 + 8 * scale, abs=1.5)
    faint = [each for each in found.words if each.colour == DARK.faint_text]
    assert faint and all(box.contains(each.place.center()) for each in faint)
    (veil,) = found.areas(DARK.background)
    assert (veil.place, veil.line, veil.px) == (box, DARK.faint_text, pytest.approx(1.2))
    strips = found.pictures
    assert not [each for each in strips if box.contains(each.center())]


def test_that_the_same_in_two_has_no_colour_that_words_must_be_seen_through() -> None:
    a = ModuleRun(CHAIN)
    layout, both = a.layout(), ModuleRun(CHAIN).less(a)
    for what in Told:
        found = painted(
            layout, lambda painter, what=what: draw_difference(painter, layout, both, what, whole(layout), 1.0)
        )
        assert found.words == []
        assert [each for each in found.shapes if each.area and each.place.width() == 118] == []


def test_that_words_are_written_anew_on_what_has_a_colour_in_the_colour_of_text() -> None:
    layout, found = ModuleRun(CHAIN).layout(), of_two(1.0)
    for name in ("fc1", "fc2", "fc3"):
        place = rect_of(layout.boxes[name])
        words = [each for each in found.words if place.contains(each.place.center())]
        assert [each.text for each in words] == [name, "Linear", "8"]
        assert {each.colour for each in words} == {DARK.text}


def test_that_a_mark_has_the_same_room_in_words_that_are_written_anew() -> None:
    room = BOX[0] - 2 * 7 - 1
    name = max(
        (f"embedding_{'i' * n}" for n in range(40)),
        key=lambda each: (text_width(each, TEXT_PX, bold=True) <= room, len(each)),
    )
    a = ModuleRun(chain_of(name, "fc"))
    layout = a.layout()
    for b in (ModuleRun(a.flow, seed=1), ModuleRun(chain_of("fc"))):
        both = b.less(a)

        def words(marked: set[str], both: ModuleDifference = both) -> list[str]:
            return painted(
                layout,
                lambda painter: draw_difference(painter, layout, both, Told.ACTIVATION, whole(layout), 1.0, marked),
            ).texts

        assert name in words(set()) and name in words({"fc"})
        assert name not in words({name})


def test_that_the_box_of_what_is_missing_is_seen_through_a_veil() -> None:
    a = ModuleRun(CHAIN)
    layout, both = a.layout(), ModuleRun(chain_of("fc1", "fc3")).less(a)
    image = QImage(int(layout.width), int(layout.height), QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    with QPainter(image) as painter:
        draw_difference(painter, layout, both, Told.ACTIVATION, whole(layout), 1.0)
    box = layout.boxes["fc2"]
    shown = image.pixelColor(int(box.right) - 8, int(box.bottom) - 6).lightnessF()
    ground = QColor(DARK.background).lightnessF()
    assert shown == pytest.approx(0.7 * ground + 0.3, abs=0.01)


def test_that_of_two_only_what_is_in_view_is_drawn_and_from_afar_colours_alone() -> None:
    a = ModuleRun(chain_of(*(f"fc{number}" for number in range(300))), n_passes=1)
    layout, both = a.layout(), ModuleRun(a.flow, seed=1, n_passes=1).less(a)

    def found(part: Rectangle, zoom: float) -> Painted:
        return painted(layout, lambda painter: draw_difference(painter, layout, both, Told.ACTIVATION, part, zoom))

    part = Rectangle(0, 0, 400, 100)
    near, far = found(part, 0.18), found(part, 0.17)
    assert near.areas(DARK.line) and not far.areas(DARK.line)
    n = len([name for name in layout.boxes_in(part) if name.startswith("fc")])
    assert 0 < n < 20
    assert len(far.shapes) == n and far.words == []


@pytest.mark.parametrize(("zoom", "scale"), ZOOMS)
def test_that_a_name_that_is_predicted_gives_way_to_its_figure(zoom: float, scale: float) -> None:
    box = rect_of(ModuleRun(CHAIN).layout().boxes["output"])
    name, figure = of_pass(ModuleRun(CHAIN), zoom, LONG).words
    assert figure.text == "91.2 %" and "…" in name.text
    assert box.left() + 3 <= name.place.left() and name.place.right() <= box.right() - 3
    assert name.place.width() > 70 - (text_width("mm", SMALL_PX) + 2) * scale, "as much as there is room for"


@pytest.mark.parametrize("zoom", [1.0, 0.75])
def test_that_what_two_predict_gives_way_to_their_figures(zoom: float) -> None:
    box = rect_of(ModuleRun(CHAIN).layout().boxes["output"])
    both = [each for each in of_two(zoom, endpoints=(LONG, WRONG)).words if box.contains(each.place.center())]
    assert [(each.text[:2], each.text[-6:]) for each in both] == [("A ", "91.2 %"), ("B ", " 4.0 %")]
    for each in both:
        assert box.left() + 3 <= each.place.left() and each.place.right() <= box.right() - 3


def test_that_a_picture_stands_between_its_words_as_soon_as_they_are_there() -> None:
    run = ModuleRun(CHAIN)
    box = rect_of(run.layout().boxes["input"])
    picture = next(iter(of_pass(run, 0.45, SampleEndpoints(PICTURE)).pictures))
    side = 38 / 6
    assert picture.getRect() == pytest.approx((box.center().x() - 2.5 * side, box.y() + 19, 5 * side, 38), abs=0.01)
    of_both = next(iter(of_two(0.45, endpoints=(SampleEndpoints(PICTURE), RIGHT)).pictures))
    assert of_both.getRect() == pytest.approx(picture.getRect(), abs=0.01)


@pytest.mark.parametrize("picture", [PICTURE, COLOURS], ids=["grey", "coloured"])
def test_that_the_sample_is_seen_pixel_by_pixel(picture: np.ndarray) -> None:
    pass_drawing._picture.cache_clear()
    run, endpoints = ModuleRun(CHAIN), SampleEndpoints(picture)
    layout, numbers, place = run.layout(), run.numbers(endpoints), of_pass(run, 1.0, endpoints).pictures[0]
    image = QImage(int(layout.width), int(layout.height), QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        draw_pass(painter, layout, numbers, whole(layout), 1.0)
    height, width = picture.shape[:2]
    for row, column in np.ndindex(height, width):
        at = place.topLeft() + QPointF((column + 0.5) * place.width() / width, (row + 0.5) * place.height() / height)
        shown = image.pixelColor(int(at.x()), int(at.y())).getRgb()[:3]
        assert shown == tuple(np.broadcast_to(picture[row, column], 3).tolist())


def test_that_units_are_a_strip_as_wide_as_the_bars_below_the_words() -> None:
    layout = ModuleRun(CHAIN).layout()
    boxes = [box for name, box in layout.boxes.items() if name.startswith("fc")]
    for found in (of_pass(ModuleRun(CHAIN), 1.0), of_two(1.0)):
        assert len(found.pictures) == len(boxes)
        for strip, box in zip(found.pictures, boxes, strict=True):
            assert strip.getRect() == pytest.approx((box.x + 7, box.y + 50, box.width - 14, 7), abs=0.01)


def test_that_bars_have_no_blurred_edges() -> None:
    run = ModuleRun(CHAIN)
    layout, numbers, both = run.layout(), run.numbers(), ModuleRun(CHAIN).less(run)
    zoom = 0.2

    def colours(paint: Callable[[QPainter], None]) -> set[str]:
        image = QImage(int(layout.width * zoom), int(layout.height * zoom), QImage.Format.Format_RGB32)
        image.fill(QColor("#ffffff"))
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(zoom, zoom)
            paint(painter)
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}

    own = {"#ffffff", DARK.line, activation_colour().name(), gradient_colour().name()}
    assert colours(lambda painter: draw_pass(painter, layout, numbers, whole(layout), zoom)) == own
    same = {"#ffffff", DARK.line, DARK.text}
    assert colours(lambda painter: draw_difference(painter, layout, both, Told.GRADIENT, whole(layout), zoom)) == same
