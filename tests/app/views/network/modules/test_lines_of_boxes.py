"""How many lines a box has at a zoom, where they stand, and how much of each is written."""

from itertools import pairwise

import pytest
from PyQt6.QtCore import QRectF

from app.palette import DARK, SMALL_PX, TEXT_PX
from app.views.network.modules.analysis.module_layout import BOX, ENDS, HEADING
from app.views.network.modules.analysis.module_text import frame_heading
from app.views.network.modules.module_drawing import lines_of_end, rect_of
from app.views.network.text import text_width
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.painted import Painted, Words
from tests.app.views.network.modules.drawing import drawn
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, layout

pytestmark = pytest.mark.usefixtures("qapp")

THREE, TWO = 9 * 3 * 13 / (11 * 48), 9 * 2 * 13 / (11 * 48)
"""The least zooms at which three and two lines have room in a box."""


def within(found: Painted, place: QRectF) -> list[Words]:
    return [each for each in found.words if place.contains(each.place.center())]


@pytest.mark.parametrize(
    ("zoom", "lines"),
    [
        (9 / 11, ["fc", "Linear", "8"]), (0.818, ["fc", "Linear", "8"]), (THREE + 1e-4, ["fc", "Linear", "8"]),
        (THREE - 1e-4, ["fc", "Linear"]), (TWO + 1e-4, ["fc", "Linear"]), (TWO - 1e-4, ["fc"]), (0.1, ["fc"]),
    ],
)  # fmt: skip
def test_that_a_box_has_as_many_lines_as_can_be_read(zoom: float, lines: list[str]) -> None:
    made = ModuleRun(chain_of("fc")).layout()
    words = within(drawn(made, zoom), rect_of(made.boxes["fc"]))
    assert [each.text for each in words] == lines
    assert [each.is_bold for each in words] == [len(lines) == 3, False, False][: len(lines)]


@pytest.mark.parametrize(("zoom", "tops"), [(0.75, (1, 17, 33)), (0.6, (1, 25)), (0.46, (1, 25))])
def test_that_lines_share_the_room_above_the_units(zoom: float, tops: tuple[float, ...]) -> None:
    made = ModuleRun(chain_of("fc")).layout()
    place, height = rect_of(made.boxes["fc"]), 48 / len(tops)
    for each, top in zip(within(drawn(made, zoom), place), tops, strict=True):
        assert each.place.center().y() == pytest.approx(place.top() + top + height / 2, abs=1.5)


@pytest.mark.parametrize(
    ("zoom", "tops", "height"),
    [
        (1.0, (3, 21, 37, 59), 16), (9 / 11, (3, 21, 37, 59), 16),
        (0.75, (1.909, 16.091, 30.273, 61.818), 14.182), (0.6, (4.136, 21.864, 39.591, 58.273), 17.727),
        (0.45, (0, 19, 38, 57), 19),
    ],
)  # fmt: skip
def test_that_the_four_lines_of_an_end_stand_below_one_another(
    zoom: float, tops: tuple[float, ...], height: float
) -> None:
    end = ModuleRun(chain_of("fc")).layout().boxes["input"]
    assert (end.width, end.height) == ENDS
    for room, top in zip(lines_of_end(end, zoom), tops, strict=True):
        assert room.getRect() == pytest.approx((end.x + 3, end.y + top, 70, height), abs=1e-3)


@pytest.mark.parametrize("zoom", [1.0, 0.75, 0.5])
def test_that_a_closed_module_has_its_sign_before_its_name_at_every_zoom(zoom: float) -> None:
    made = layout(is_open=False)
    place, scale = rect_of(made.boxes["body"]), max(1, 9 / (11 * zoom))
    found = drawn(made, zoom)
    middle = place.left() + 7 / scale + 3 * scale
    (sign,) = [each.place for each in found.areas(DARK.faint_text) if place.contains(each.place.center())]
    assert (sign.left(), sign.right()) == pytest.approx((middle - 2.5 * scale, middle + 3.5 * scale), abs=0.05)
    assert sign.height() == pytest.approx(8 * scale, abs=0.05)
    name = found.word("body").place
    assert name.left() == pytest.approx(place.left() + 7 / scale + 11 * scale, abs=1)
    assert name.center().y() == pytest.approx(sign.center().y(), abs=1.5)


@pytest.mark.parametrize(
    ("zoom", "scale"),
    [
        (2.0, 1.0), (1.0, 1.0), (0.8, 1.25), (0.6, 24 / 15), (0.5, 9 / 5.5), (0.45, 9 / 4.95), (0.3, 24 / 11),
    ],
)  # fmt: skip
def test_that_a_heading_is_as_large_as_it_must_be_and_has_room_for(zoom: float, scale: float) -> None:
    assert HEADING == 24
    made = ModuleRun(BLOCKS).layout(FIRST)
    frame, found = rect_of(made.frames["blocks"]), drawn(made, zoom)
    title = found.word("blocks").place
    assert title.left() == pytest.approx(frame.left() + 9 + 14 * scale, abs=0.5)
    assert title.width() == pytest.approx(text_width("blocks", TEXT_PX, bold=True) * scale, abs=1)
    assert title.center().y() == pytest.approx(frame.top() + 12, abs=2)
    sign = next(each.place for each in found.areas(DARK.faint_text) if each.place.bottom() < frame.top() + HEADING)
    wished = (frame.left() + 9, frame.top() + 12 - 2.5 * scale, 8 * scale, 6 * scale)
    assert sign.getRect() == pytest.approx(wished, abs=0.05)


@pytest.mark.parametrize("zoom", [1.0, 0.7, 0.5, 0.4, 0.3])
def test_that_a_heading_tells_as_much_as_its_frame_has_room_for(zoom: float) -> None:
    made = ModuleRun(BLOCKS).layout()
    found = drawn(made, zoom)
    seen = set()
    for name, frame in made.frames.items():
        title, rest = frame_heading(made.folded.graph, name)
        strip = QRectF(frame.x, frame.y, frame.width, HEADING)
        words = within(found, strip)
        if frame.width * zoom < 34 or words[0].text != title:
            continue
        scale = words[0].place.width() / text_width(title, TEXT_PX, bold=True)
        room = (frame.width - 12) / scale - 14 - 10 - text_width(title, TEXT_PX, bold=True)
        wordings = {n: " · ".join(rest[:n]) for n in range(len(rest) + 1)}
        fitting = [text for n, text in wordings.items() if n == 0 or text_width(text, SMALL_PX) <= room]
        assert "".join(each.text for each in words[1:]) == fitting[-1]
        seen.add(len(fitting))
        for each in words[1:]:
            left = frame.x + 9 + (14 + text_width(title, TEXT_PX, bold=True) + 10) * scale
            assert each.place.left() == pytest.approx(left, abs=1.5)
    assert seen


def test_that_what_stands_below_a_name_is_cut_at_the_border_of_its_box() -> None:
    room, kinds = BOX[0] - 7 - 4, [f"Kind{'i' * n}" for n in range(1, 60)]
    for before, kind in pairwise(kinds):
        if text_width(before, SMALL_PX) <= room < text_width(kind, SMALL_PX):
            assert before in drawn(ModuleRun(chain_of("fc", kind=before)).layout(), 1.0).texts
            assert kind not in drawn(ModuleRun(chain_of("fc", kind=kind)).layout(), 1.0).texts
            return
    pytest.fail("none is just too long")


def test_that_a_saved_file_has_every_box_however_far_it_is() -> None:
    many = ModuleRun(chain_of(*(f"fc{number}" for number in range(300))), n_passes=1).layout()
    assert len(drawn(many, 0.1).areas(DARK.bar_ground)) == len(many.boxes)
    assert {"fc0", "fc299"} & set(drawn(many, 0.17).texts)
