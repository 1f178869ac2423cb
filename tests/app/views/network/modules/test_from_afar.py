"""A network of modules from far away: what is written is never too small to be read, and what is not is not there."""

from itertools import pairwise

import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPainter

from app.palette import active
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.module_drawing import FAR, FEW, LEAST_PX, draw_structure, is_far, rect_of
from app.views.network.modules.module_legend import draw_module_legend
from app.views.network.text import write
from tests.app.painted import painted_by
from tests.app.views.network.modules.drawing import drawn, size_of, whole
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, in_a_row, layout

pytestmark = pytest.mark.usefixtures("qapp")


def test_that_from_further_away_only_names_are_written_and_larger() -> None:
    made = layout()
    near, far = drawn(made), drawn(made, 0.4)
    place = rect_of(made.boxes["body.fc"])
    inside = [each.text for each in far.words if place.contains(each.place.center())]
    assert len(inside) == 1
    assert far.word("first").place.height() > 1.3 * near.word("first").place.height()
    assert "Linear" in near.texts
    assert not {"Linear", "4×8"} & set(far.texts)


@pytest.mark.parametrize("zoom", [0.5, 0.65, 0.8])
def test_that_words_in_boxes_are_never_too_small_to_be_read(zoom: float) -> None:
    made = layout()
    far = drawn(made, zoom)
    least = painted_by(
        lambda painter: write(painter, QRectF(0, 0, 90, 30), "Linear", "#000000", int(LEAST_PX)), QSize(90, 30)
    ).words[0]
    place = rect_of(made.boxes["body.fc"])
    inside = [each for each in far.words if place.contains(each.place.center())]
    assert [each.text for each in inside][:2] == ["fc", "Linear"]
    for each in inside:
        assert zoom * each.place.height() > 0.9 * least.place.height()
    assert all(one.place.bottom() <= other.place.top() for one, other in pairwise(inside))
    for name in ("input", "output"):
        title, shape = [each for each in far.words if rect_of(made.boxes[name]).contains(each.place.center())]
        assert (title.text, shape.text) == (name, "4×8")
        assert title.place.bottom() < shape.place.top()


@pytest.mark.parametrize("zoom", [0.65, 0.8, 1.0])
def test_that_the_names_of_an_input_and_of_a_box_are_on_one_line(zoom: float) -> None:
    made = layout()
    heights = [drawn(made, zoom).word(name).place.center().y() - made.boxes[name].y for name in ("input", "first")]
    assert heights[0] == pytest.approx(heights[1], abs=1.5)


def test_that_from_far_away_a_name_is_written_where_it_is_whole() -> None:
    made = layout()
    texts = drawn(made, 0.22).texts
    assert {"in", "out"} <= set(texts)
    assert "fc" in texts and "first" in texts
    assert not any("…" in text for text in texts)


def test_that_from_afar_many_boxes_are_rectangles_without_words() -> None:
    made = in_a_row(*(f"fc{number}" for number in range(FEW)))
    image = QImage(size_of(made), QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    painter = QPainter(image)
    draw_structure(painter, made, whole(made), FAR - 0.01)
    painter.end()
    ground = QColor(active().bar_ground).name()
    for name in ("fc0", "fc7"):
        place = rect_of(made.boxes[name]).adjusted(2, 2, -2, -2).toRect()
        across, down = range(place.left(), place.right(), 3), range(place.top(), place.bottom(), 3)
        colours = {image.pixelColor(x, y).name() for x in across for y in down}
        assert colours == {ground}


def test_that_only_many_boxes_that_are_small_are_far_away() -> None:
    many, few = (in_a_row(*(f"fc{number}" for number in range(n))) for n in (FEW, FEW - 1))
    assert is_far(many, FAR - 0.001)
    assert not is_far(many, FAR)
    assert not is_far(few, FAR / 2)


@pytest.mark.parametrize("zoom", [0.4, 0.5, 0.9])
def test_that_headings_are_never_too_small_to_be_read(zoom: float) -> None:
    least = painted_by(
        lambda painter: write(painter, QRectF(0, 0, 90, 30), "modules", "#000000", int(LEAST_PX)), QSize(90, 30)
    ).words[0]
    heading = next(each for each in drawn(layout(), zoom).words if each.text.startswith("2 modules"))
    assert zoom * heading.place.height() > 0.9 * least.place.height()


def test_that_from_afar_a_legend_explains_nothing_that_is_not_drawn() -> None:
    numbers = ModuleRun(chain_of("fc"), without={"fc": ("activation", "gradient_norm")}).numbers()

    def told(**seen: bool) -> list[str]:
        room = QRectF(0, 0, 900, 30)
        return painted_by(
            lambda painter: draw_module_legend(painter, room, numbers, Told.ACTIVATION, **seen), QSize(900, 30)
        ).texts

    assert told(are_units_seen=False, are_bars_seen=False) == ["zoom in to see what is in the boxes"]
    assert told(are_units_seen=False, are_bars_seen=True) == [
        "mean |activation| not recorded",
        "gradient norm not recorded",
        "log scales of the run",
    ]
    assert told(are_units_seen=True) == [
        "mean |activation| not recorded",
        "gradient norm not recorded",
        "units, − to +",
        "log scales of the run",
    ]
