"""A network of modules as it is painted: boxes, frames, edges and words where the layout has them."""

import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from app.analysis.health import Health
from app.palette import SMALL_PX, TEXT_PX, active
from app.views.network.modules.analysis.module_layout import BOX, HEADING
from app.views.network.modules.module_drawing import (
    INSET,
    KIND_AT,
    LEAST_PX,
    NAME_AT,
    SHAPE_AT,
    draw_edges,
    draw_health,
    draw_structure,
    endpoint_title,
    rect_of,
)
from app.views.network.text import text_width
from app.widgets.severity_mark import MARK_PX
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN
from tests.app.made_up_findings import finding
from tests.app.painted import painted_by
from tests.app.views.network.modules.drawing import drawn, size_of, whole
from tests.app.views.network.modules.made_up_modules import ModuleRun, in_a_row, layout

pytestmark = pytest.mark.usefixtures("qapp")


def middle(place: QRectF) -> tuple[float, float]:
    return place.center().x(), place.center().y()


def same(one: QRectF, other: QRectF) -> bool:
    sides = zip(one.getRect(), other.getRect(), strict=True)
    return all(abs(a - b) < 0.01 for a, b in sides)  # type: ignore[operator]


def test_that_each_box_stands_where_the_layout_has_it_with_its_words_below_one_another() -> None:
    made = layout()
    found, palette = drawn(made), active()
    for name in ("first", "body.norm", "body.fc"):
        place = rect_of(made.boxes[name])
        assert [each for each in found.areas(palette.bar_ground) if same(each.place, place)]
        inside = [each for each in found.words if place.contains(each.place.center())]
        assert [each.text for each in inside] == [
            name.rpartition(".")[2],
            "LayerNorm" if "norm" in name else "Linear",
            "4×8",
        ]
        assert [each.colour for each in inside] == [palette.text, palette.faint_text, palette.faint_text]
        assert [each.is_bold for each in inside] == [True, False, False]
        for each, top in zip(inside, (NAME_AT, KIND_AT, SHAPE_AT), strict=True):
            assert each.place.left() == pytest.approx(place.left() + INSET, abs=1.5)
            assert each.place.center().y() == pytest.approx(place.top() + top + 8, abs=2)


def test_that_a_join_is_a_round_with_its_sign_in_the_middle() -> None:
    made = layout()
    found, place = drawn(made), rect_of(made.boxes["body.add"])
    sign = found.word("+")
    assert middle(sign.place) == pytest.approx(middle(place), abs=2)
    assert sign.is_bold


def test_that_an_endpoint_has_its_name_above_and_its_shape_below() -> None:
    made = layout()
    found = drawn(made)
    for name in ("input", "output"):
        place = rect_of(made.boxes[name])
        title, shape = [each for each in found.words if place.contains(each.place.center())]
        assert (title.text, shape.text) == (name, "4×8")
        assert title.place.center().y() == pytest.approx(place.top() + 11, abs=2)
        assert shape.place.center().y() == pytest.approx(place.bottom() - 9, abs=2)
        assert title.place.center().x() == pytest.approx(place.center().x(), abs=2)


def test_that_an_open_module_is_a_frame_with_a_heading_behind_its_sign() -> None:
    made = layout()
    found, frame = drawn(made), rect_of(made.frames["body"])
    assert [each for each in found.areas(active().text) if each.line == active().line and same(each.place, frame)]
    title = found.word("body")
    assert title.is_bold
    assert title.place.left() == pytest.approx(frame.left() + 9 + 14, abs=2)
    assert title.place.center().y() == pytest.approx(frame.top() + HEADING / 2, abs=2)
    signs = [each for each in found.areas(active().faint_text) if each.place.top() < frame.top() + HEADING]
    assert [each for each in signs if frame.left() + 8 < each.place.left() < title.place.left()]


def test_that_a_heading_that_is_too_long_ends_in_its_frame() -> None:
    name = "a_module_" * 20 + "of_a_name"
    made = layout(name)
    frame = rect_of(made.frames[name])
    (title,) = [each for each in drawn(made).words if each.text.startswith("a_mod") and each.is_bold]
    assert "…" in title.text and title.text.endswith("of_a_name")
    assert frame.right() - 20 < title.place.right() < frame.right()


def test_that_a_closed_module_is_two_sheets_with_its_name_behind_a_sign() -> None:
    made = layout(is_open=False)
    found, place = drawn(made), rect_of(made.boxes["body"])
    sheets = [each.place for each in found.areas(active().bar_ground)]
    assert [each for each in sheets if same(each, place)]
    assert [each for each in sheets if same(each, place.translated(3.5, 3.5))]
    assert found.word("body").place.left() == pytest.approx(place.left() + INSET + 11, abs=1.5)
    first = rect_of(made.boxes["first"])
    assert not [each for each in sheets if same(each, first.translated(3.5, 3.5))]


def test_that_an_arrow_ends_where_an_edge_arrives() -> None:
    made = layout()
    arriving = [each for each in made.edges if each.arrives]
    assert arriving
    found = painted_by(lambda painter: draw_edges(painter, made.edges, QColor("#00ff00"), 1.0), size_of(made))
    heads = found.areas("#00ff00")
    assert len(heads) == len(arriving)
    for head, edge in zip(heads, arriving, strict=True):
        x, y = edge.points[-1]
        assert (head.place.right(), head.place.center().y()) == pytest.approx((x, y), abs=0.01)
        assert (head.place.width(), head.place.height()) == pytest.approx((6, 6.4), abs=0.01)


def test_that_titles_which_are_cut_differ_and_leave_room_for_a_mark() -> None:
    names = [f"a_block_with_a_long_name_that_is_{which}_of_all" for which in ("first", "second", "third")]
    made = in_a_row(*names)
    titles = [each for each in drawn(made, marked=set(names)).words if "…" in each.text]
    assert len(titles) == len({each.text for each in titles}) == len(names)
    for title, name in zip(titles, names, strict=True):
        assert title.place.right() <= made.boxes[name].right - MARK_PX * 0.75


@pytest.mark.parametrize("zoom", [1.0, 0.65])
def test_that_a_name_is_cut_for_a_mark_only_where_there_is_one(zoom: float) -> None:
    pixels, bold, scale = (TEXT_PX, True, 1.0) if zoom == 1 else (SMALL_PX, False, LEAST_PX / (SMALL_PX * zoom))
    room = (BOX[0] - 2 * INSET / scale - 1) / scale
    longest = max(
        (f"embedding_{'i' * n}" for n in range(40)),
        key=lambda name: (text_width(name, pixels, bold=bold) <= room, len(name)),
    )
    made = in_a_row("first", longest)
    assert longest in drawn(made, zoom).texts
    assert longest in drawn(made, zoom, {"first"}).texts
    assert longest not in drawn(made, zoom, {longest}).texts


def test_that_what_is_found_of_a_box_is_marked_at_its_upper_right_corner() -> None:
    made = layout()
    health = {"first": Health((finding("spike", "warning", ["first"], 0),))}
    image = QImage(size_of(made), QImage.Format.Format_RGB32)

    def picture(zoom: float) -> QImage:
        image.fill(QColor("#00ff00"))
        painter = QPainter(image)
        draw_health(painter, made, health, whole(made), zoom)
        painter.end()
        return image.copy()

    corner = rect_of(made.boxes["first"]).topRight()
    for zoom, px in ((1.0, MARK_PX), (0.1, 70.0)):  # px of the screen that a mark has from afar too
        found = picture(zoom)
        places = [QPointF(x, y) for x in range(found.width()) for y in range(found.height())]
        marked = [each for each in places if found.pixelColor(each.toPoint()).name() != "#00ff00"]
        across, down = ([getattr(each, axis)() for each in marked] for axis in "xy")
        assert max(across) - min(across) == pytest.approx(px, abs=px / 4 + 2)
        middle = QPointF(min(across) + max(across), min(down) + max(down)) / 2
        assert (middle - corner - QPointF(-px / 4, px / 4)).manhattanLength() < px / 4 + 3


def test_that_of_a_long_name_of_an_input_the_end_is_told() -> None:
    assert endpoint_title("input.mask", 500, TEXT_PX, bold=True) == "input.mask"
    end = text_width("attention_mask", TEXT_PX, bold=True)
    assert endpoint_title("input.attention_mask", end + 1, TEXT_PX, bold=True) == "attention_mask"
    assert endpoint_title("input.attention_mask", end - 1, TEXT_PX, bold=True).startswith("att")
    assert "…" in endpoint_title("input.attention_mask", end - 1, TEXT_PX, bold=True)


@pytest.mark.parametrize(("flow", "name", "radius"), [(CHAIN, "fc1", 5), (BLOCKS, "blocks", 8)])
def test_that_the_corners_of_boxes_and_of_open_modules_are_round(flow: list, name: str, radius: float) -> None:
    made = ModuleRun(flow).layout()
    corner = rect_of(made.boxes.get(name) or made.frames[name]).topLeft()
    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    with QPainter(image) as painter:
        painter.scale(10, 10)
        painter.translate(-corner)
        draw_structure(painter, made, whole(made), 1.0)
    inwards = next(px for px in range(100) if image.pixelColor(px, px).lightnessF() < 0.6)
    assert inwards / 10 == pytest.approx(radius - (radius + 0.5) / 2**0.5, abs=0.1), "where a line of 1 px begins"
