"""What colours and lines of the network mean, as it is painted."""

import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor

from app.analysis import colours
from app.palette import SMALL_PX, active
from app.views.network.legend import draw_legend
from app.views.network.text import text_width
from app.views.network.units.analysis.legend_parts import LegendPart, Sign
from tests.app.painted import Painted, painted_by

pytestmark = pytest.mark.usefixtures("qapp")
ROOM = QRectF(10, 100, 600, 24)


def legend(*parts: LegendPart, width: float = ROOM.width()) -> Painted:
    room = QRectF(ROOM.x(), ROOM.y(), width, ROOM.height())
    return painted_by(lambda painter: draw_legend(painter, room, parts), QSize(700, 200))


@pytest.mark.parametrize(("sign", "low"), [(Sign.DIVERGING, "−"), (Sign.POSITIVE, "0"), (Sign.GREY, "0")])
def test_that_a_scale_is_a_bar_between_two_letters_and_its_words(sign: Sign, low: str) -> None:
    found = legend(LegendPart(sign, "activation"))
    (bar,) = found.pictures
    assert (bar.width(), bar.height(), bar.center().y()) == (70, 10, ROOM.center().y())
    assert found.texts == [low, "+", "activation"]
    first, last, words = (each.place for each in found.words)
    assert ROOM.left() < first.left() < first.right() <= bar.left()
    assert bar.right() + 1 < last.left() < last.right() < words.left()
    assert first.center().x() == pytest.approx(bar.left() - 6, abs=1)
    assert last.center().x() == pytest.approx(bar.right() + 2 + 6, abs=1)
    assert words.left() == pytest.approx(bar.left() - 12 + 70 + 2 * 12 + 6, abs=1.5)
    assert all(abs(each.place.center().y() - ROOM.center().y()) < 4 for each in found.words)


def test_that_edges_are_a_line_of_either_sign_behind_its_letter() -> None:
    found = legend(LegendPart(Sign.EDGES, "weight"))
    assert found.texts == ["−", "+", "weight"]
    lines = [each for each in found.shapes if each.area and each.place.height() == 3]
    assert [each.place.width() for each in lines] == [18, 18]
    for line, letter in zip(lines, found.words, strict=False):
        assert letter.place.right() <= line.place.left() < letter.place.center().x() + 8
        assert line.place.center().y() == pytest.approx(ROOM.center().y() + 0.5, abs=0.01)
    assert lines[0].area != lines[1].area
    assert lines[1].place.left() - lines[0].place.left() == pytest.approx(12 + 18 + 4)
    assert found.word("weight").place.left() > lines[1].place.right() + 5


@pytest.mark.parametrize("sign", [Sign.NOT_FINITE, Sign.NOT_RECORDED])
def test_that_what_is_no_number_is_a_dot_of_its_colour(sign: Sign) -> None:
    rgb = colours.NOT_FINITE_RGB if sign is Sign.NOT_FINITE else colours.NOT_RECORDED_RGB
    found = legend(LegendPart(sign, "NaN"))
    (dot,) = found.areas(QColor(*rgb).name())
    assert (dot.place.width(), dot.place.height()) == pytest.approx((10, 10), abs=0.01)
    assert dot.place.center().y() == pytest.approx(ROOM.center().y(), abs=0.01)
    assert found.word("NaN").place.left() == pytest.approx(dot.place.right() + 5, abs=1.5)


def test_that_parts_stand_beside_one_another_as_long_as_there_is_room() -> None:
    parts = LegendPart(Sign.GREY, "first part"), LegendPart(Sign.NOT_FINITE, "second part"), LegendPart(None, "third")
    found = legend(*parts)
    first, second, third = (found.word(part.text).place for part in parts)
    assert first.right() < second.left() - 15
    assert second.right() < third.left()
    end = third.right() - ROOM.left()
    assert "third" not in legend(*parts, width=end - 5).texts  # half a number is another number
    short = legend(*parts, width=second.right() - ROOM.left() - 5).texts
    assert any(text.startswith("secon") and text.endswith("…") for text in short)
    assert legend(*parts, width=second.left() - ROOM.left() + 5).texts == ["0", "+", "first part"]


@pytest.mark.parametrize("sign", [None, *Sign])
def test_that_words_are_whole_up_to_just_before_the_end(sign: Sign | None) -> None:
    part = LegendPart(sign, "a long text alone")
    far = legend(part).word(part.text).place.left() - ROOM.left()
    needed = far + text_width(part.text, SMALL_PX) + 7
    assert part.text in legend(part, width=needed + 1.5).texts
    assert legend(part, width=needed - 1.5).texts[-1].endswith("…")


def test_that_its_ground_covers_the_room_and_its_words_are_faint() -> None:
    found = legend(LegendPart(None, "words"))
    assert found.areas(active().background)[0].place == ROOM
    assert found.word("words").colour == active().faint_text


@pytest.mark.parametrize("before", Sign)
@pytest.mark.parametrize("sign", Sign)
def test_that_a_sign_has_no_line_or_filling_of_the_one_before(sign: Sign, before: Sign) -> None:
    def looks(*signs: Sign) -> list[tuple[str, str, float]]:
        shapes = legend(*(LegendPart(each, "what it is") for each in signs)).shapes
        return [(each.line, each.area, each.px) for each in shapes]

    assert looks(before, sign) == looks(before) + looks(sign)[1:], "but for the ground, which is painted once"
