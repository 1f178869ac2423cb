"""How much of what bars and colours mean is told in a room, and what is told of what can be seen."""

from itertools import pairwise

import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter

from app.palette import DARK, SMALL_PX
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_numbers import ModuleNumbers
from app.views.network.modules.module_legend import draw_module_legend
from app.views.network.modules.pass_drawing import activation_colour, gradient_colour
from app.views.network.text import text_width
from tests.app.looks.pieces.network_modules import CHAIN
from tests.app.painted import Painted, painted_by
from tests.app.views.network.modules.made_up_modules import ModuleRun

pytestmark = pytest.mark.usefixtures("qapp")

BARS = ["mean |activation| 0.65 … 0.98", "gradient norm 0.3 … 1.4"]
LONG, SHORT = [*BARS, "units, − to +", "log scales of the run"], [*BARS, "units ±", "log scales"]
BESIDE = [32, 32, 46, 0]
"""Px that the sign of each has, with what is between."""


@pytest.fixture(scope="module")
def numbers() -> ModuleNumbers:
    return ModuleRun(CHAIN).numbers()


def told(numbers: object, width: float, what: Told = Told.ACTIVATION, **seen: bool) -> Painted:
    room = QRectF(10, 20, width, 30)
    return painted_by(lambda painter: draw_module_legend(painter, room, numbers, what, **seen), QSize(1400, 60))  # type: ignore[arg-type]


def test_that_it_is_told_in_fewer_words_only_where_all_of_them_have_no_room(numbers: ModuleNumbers) -> None:
    needed = 14 + sum(BESIDE) + sum(text_width(text, SMALL_PX) + 2 for text in LONG) + 3 * 16 + 7
    assert told(numbers, needed + 0.01).texts == LONG
    assert told(numbers, needed - 0.01).texts == SHORT


def test_that_as_much_is_told_as_has_room_and_no_number_is_cut(numbers: ModuleNumbers) -> None:
    for width in range(150, 560, 3):
        found = told(numbers, width).words
        n, right = len(found), found[-1].place.right()
        texts = [each.text for each in found]
        if n == 1 and "…" in texts[0][-1]:
            continue  # of the first some letters are told, where it has no room
        assert texts in (SHORT[:n], LONG)
        assert right <= 10 + width - 7 + 0.5
        if n < 4:
            assert right + 2 + 16 + BESIDE[n] + text_width(SHORT[n], SMALL_PX) > 10 + width - 7 - 0.5


def test_that_where_the_first_has_no_room_some_letters_of_it_are_told(numbers: ModuleNumbers) -> None:
    (text,) = told(numbers, 140).texts
    assert text.startswith("mean") and text.endswith("…")


def test_that_each_has_its_sign_before_it(numbers: ModuleNumbers) -> None:
    found = told(numbers, 700)
    assert found.areas(DARK.background)[0].place == QRectF(10, 20, 700, 30)
    for colour, word in ((activation_colour(), found.words[0]), (gradient_colour(), found.words[1])):
        (bar,) = found.areas(colour.name())
        left = word.place.left()
        assert bar.place.getRect() == pytest.approx((left - 32, 33, 26, 4), abs=0.5)
    (strip,) = [each for each in found.lines(DARK.line) if each.place.width() > 30]
    assert strip.place.getRect() == pytest.approx((found.words[2].place.left() - 46, 30, 40, 10), abs=0.5)
    assert found.words[0].place.left() == pytest.approx(10 + 14 + 32, abs=0.5)
    for (one, other), beside in zip(pairwise(found.words), BESIDE[1:], strict=True):
        assert other.place.left() - one.place.right() == pytest.approx(2 + 16 + beside, abs=1)


@pytest.mark.parametrize("what", list(Told))
def test_that_of_two_from_afar_the_colour_of_a_box_is_told_and_no_bars(what: Told) -> None:
    both = ModuleRun(CHAIN, seed=1, scale=1.7).less(ModuleRun(CHAIN))
    own = {Told.ACTIVATION: "±0.91", Told.GRADIENT: "±2.8", Told.ADDED: "±236 %"}[what]
    far = {"are_units_seen": False, "are_bars_seen": False}
    box = f"box: {what.value} {own}"
    assert told(both, 1300, what, **far).texts == [f"{box} (run)", "log₂ B ÷ A", "zoom in to see what is in the boxes"]
    assert told(both, 490, what, **far).texts == [box, "log₂ B ÷ A", "zoom in for more"]


def test_that_of_two_each_of_its_words_gives_way_to_a_shorter_one() -> None:
    both = ModuleRun(CHAIN, seed=1, scale=1.7).less(ModuleRun(CHAIN))
    bars = ["±0.91", "±2.8"]
    long = ["mean |activation|", "gradient norm"], "squares: units, B − A", " (run)"
    short = ["activation", "gradient"], "squares: B − A", ""
    for width, (names, squares, of_run) in ((1300, long), (730, short)):
        of_bars = [f"{name} {bar}" for name, bar in zip(names, bars, strict=True)]
        assert told(both, width).texts == [f"box: mean |activation| ±0.91{of_run}", *of_bars, "log₂ B ÷ A", squares]
    without = told(both, 1300, are_units_seen=False).texts
    assert without[-1] == "log₂ B ÷ A"
    other = ModuleRun(CHAIN, seed=1, scale=1.7).less(ModuleRun(CHAIN), same_probe=False)
    assert not [text for text in told(other, 1300).texts if text.startswith(("box", "squares", "mean"))]


def test_that_a_scale_has_none_in_its_middle_and_as_much_at_either_end() -> None:
    both = ModuleRun(CHAIN, seed=1, scale=1.7).less(ModuleRun(CHAIN))
    place = next(each.place for each in told(both, 1300).lines(DARK.line) if each.place.width() > 30)
    image = QImage(1400, 60, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        draw_module_legend(painter, QRectF(10, 20, 1300, 30), both, Told.ACTIVATION)
    ground = QColor(DARK.bar_ground).getRgb()

    def away(x: float) -> int:
        rgba = image.pixelColor(round(x), round(place.center().y())).getRgb()
        return sum(abs(one - other) for one, other in zip(rgba, ground, strict=True))

    n = round(place.width() / 2) - 1
    left, right = ([away(place.center().x() + side * each) for each in range(n)] for side in (-1, 1))
    assert 10 * left[0] < min(left[-1], right[-1])
    for side in (left, right):
        assert all(further > nearer for nearer, further in zip(side, side[4:], strict=False))
