"""Shapes of a network of modules to the pixel: signs, joins, marks, and how edges bend."""

from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QImage, QPainter

from app.palette import DARK
from app.views.network.modules import module_drawing
from app.views.network.modules.analysis.layered_layout import Point
from app.views.network.modules.analysis.module_layout import Edge
from app.views.network.modules.module_drawing import draw_edges, draw_health, rect_of
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST, HEALTH
from tests.app.views.network.modules.drawing import drawn, whole
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of

pytestmark = pytest.mark.usefixtures("qapp")


def test_that_a_sign_is_a_triangle_without_a_line_that_points_down_where_it_is_open() -> None:
    made = ModuleRun(BLOCKS).layout(FIRST)
    found = [each for each in drawn(made).areas(DARK.faint_text) if not each.line]
    places = [each.place.getRect() for each in found]
    frame, box = made.frames["blocks"], made.boxes["blocks.1"]
    for expected in ((frame.x + 9, frame.y + 12 - 2.5, 8, 6), (box.x + 7 + 3 - 2.5, box.y + 3 + 8 - 4, 6, 8)):
        assert pytest.approx(expected, abs=0.01) in places


def test_that_a_join_is_round_and_edges_have_one_width() -> None:
    made = ModuleRun(BLOCKS).layout(FIRST)
    found = drawn(made)
    place = pytest.approx(rect_of(made.boxes["blocks.0.sum1"]).getRect(), abs=0.01)
    (join,) = [each for each in found.areas(DARK.bar_ground) if each.place.getRect() == place]
    assert (join.line, join.px) == (DARK.line, 1)
    assert [each.px for each in found.lines(DARK.faint_text)] == [pytest.approx(1.3)]


def painted_pixels(*points: Point) -> set[tuple[int, int]]:
    """Where a way through some points is painted."""
    image = QImage(140, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    with QPainter(image) as painter:
        painter.translate(0.5, 0.5)
        draw_edges(painter, [Edge("a", frozenset("b"), points, arrives=False)], QColor("#000000"), 1.0)
    size = range(image.width()), range(image.height())
    return {(x, y) for x in size[0] for y in size[1] if image.pixelColor(x, y).lightnessF() < 0.9}


def test_that_a_way_back_goes_round_its_corners() -> None:
    found = painted_pixels((10, 20), (100, 20), (100, 60), (40, 60), (40, 68), (60, 68))
    assert {(10, 20), (92, 20), (98, 22), (100, 28), (100, 52), (98, 58), (92, 60), (49, 60)} <= found
    assert not {(100, 20), (99, 20), (100, 60), (40, 60), (40, 68)} & found
    assert (60, 20) in found and (100, 40) in found, "straight up to 8 px before a corner"
    assert {(40, 64), (50, 68), (60, 68)} <= found, "of a short stretch half of it"


def test_that_a_way_on_leaves_and_arrives_level() -> None:
    found = painted_pixels((10, 20), (110, 100), (130, 100))
    assert {(10, 20), (16, 20), (60, 60), (104, 100), (110, 100), (125, 100)} <= found
    assert not {(16, 25), (104, 95)} & found


@pytest.mark.parametrize(("zoom", "px"), [(1.0, module_drawing.MARK_PX), (0.1, 70.0)])
def test_that_a_mark_stands_a_quarter_of_it_inside_of_its_corner(
    zoom: float, px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ModuleRun(BLOCKS).layout(FIRST)
    paint = Mock()
    monkeypatch.setattr(module_drawing, "paint_mark", paint)
    (name,) = list(HEALTH)[:1]
    box = next(iter(made.boxes))
    draw_health(Mock(), made, {box: HEALTH[name]}, whole(made), zoom)
    ((_, at, severity, size), about) = paint.call_args
    corner = rect_of(made.boxes[box]).topRight()
    assert (at, severity) == (corner + QPointF(-px / 4, px / 4), HEALTH[name].severity)
    assert size == pytest.approx(px)
    assert about == {"ground": QColor(DARK.background)}


def test_that_a_name_that_stands_alone_is_cut_in_its_middle() -> None:
    made = ModuleRun(chain_of("a_layer_of_a_very_long_name_that_never_fits", "fc")).layout()
    (name,) = [text for text in drawn(made, 34 / 118).texts if "…" in text]
    assert name[0] == "a" and name[-1] != "…"


def test_that_the_lines_of_a_box_have_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleRun(chain_of("fc")).layout()
    words = Mock()
    monkeypatch.setattr(module_drawing, "draw_words", words)
    drawn(made)
    box = made.boxes["fc"]
    rooms = [(text, room) for _, room, text, *_ in (each.args for each in words.call_args_list)]
    inside = [(text, room) for text, room in rooms if rect_of(box).contains(room)]
    assert [(text, room.y() - box.y, room.height()) for text, room in inside] == [
        ("fc", 3, 16), ("Linear", 19, 16), ("8", 33, 16),
    ]  # fmt: skip
    words.reset_mock()
    drawn(made, 0.2)
    (room,) = [each.args[1] for each in words.call_args_list if each.args[2] == "fc"]
    assert room.getRect() == (box.x + 3, box.y + 1, 112, 50)
