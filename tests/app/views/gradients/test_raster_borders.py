"""What is painted around the sign raster just where it has room for it, and just where it has not."""

from collections.abc import Sequence

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QFontMetricsF

from app.palette import DARK, SMALL_PX, TEXT_PX, active, font
from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_range import RasterRange
from app.views.gradients.raster_axes import (
    ABOVE_PX,
    LAYER_PX,
    Places,
    paint_bands,
    paint_numbers,
    paint_playhead,
    paint_steps,
)
from app.widgets.plain_text import elided
from collector.storage.schema import Band
from tests.app.painted import Painted, painted_by

PLOT = QRectF(40, ABOVE_PX, 500, 100)

pytestmark = pytest.mark.usefixtures("qapp")


def bands_of(widths: Sequence[int], names: Sequence[str], parameter: str = "w") -> Painted:
    """Layers of so many columns side by side, a pixel each."""
    bands, first = [], 0
    for width, name in zip(widths, names, strict=True):
        bands.append(Band(name, parameter, width, first, width))
        first += width
    places = Places(PLOT, RasterRange.whole(500, 5))
    return painted_by(lambda painter: paint_bands(painter, places, RasterBands(bands, {}, 500), None), QSize(560, 160))


@pytest.mark.parametrize(("px", "is_named"), [(14, True), (13, False)])
def test_that_a_layer_of_fourteen_pixels_has_a_name(px: int, is_named: bool) -> None:
    found = bands_of([px, 300], ["i", "other"])
    assert ("i" in found.texts) == is_named
    assert "other" in found.texts


def slow_name(name: str, room_px: float, pixels: int) -> str:
    """As much of it as fits, if that is four letters; of one of parts the last, where that says more than six would."""
    metrics = QFontMetricsF(font(pixels))
    shown = elided(metrics, name, room_px)
    n_letters = len(shown.replace("…", ""))
    last = f"…{name.rpartition('.')[2]}"
    if n_letters < min(len(name), 6) and "." in name and metrics.horizontalAdvance(last) <= room_px:
        return last
    return shown if n_letters >= min(len(name), 4) else ""


@pytest.mark.parametrize(
    ("name", "other"), [("encoder", "other"), ("enc", "other"), ("block.key", "other.key"), ("l1.many.q", "l2.many.q")]
)
def test_that_a_name_is_cut_to_no_less_than_tells_which_it_is(name: str, other: str) -> None:
    for px in range(14, 130):
        words = slow_name(name, px - 6, TEXT_PX)
        found = bands_of([px, 200], [name, other])
        above = [each.text for each in found.words if each.place.bottom() <= LAYER_PX]
        assert above == [each for each in (words, other) if each], px


@pytest.mark.parametrize("parameter", ["weight", "query.bias"])
def test_that_a_parameter_s_name_is_cut_likewise(parameter: str) -> None:
    for px in range(14, 80):
        words = slow_name(parameter, px - 6, SMALL_PX)
        found = bands_of([px, 200], ["i", "the_other"], parameter)
        below = [each.text for each in found.words if each.place.bottom() > LAYER_PX]
        assert below == [each for each in (words, parameter) if each], px


@pytest.mark.parametrize(("px", "n_through"), [(24, 3), (23, 1)])
def test_that_borders_go_through_the_picture_where_they_are_that_far_apart(px: int, n_through: int) -> None:
    found = bands_of([px] * 4, list("abcd"))
    borders = [each for each in found.lines(active().faint_text) if each.place.width() < 1]
    assert len(borders) == 3
    through = [each for each in borders if each.place.bottom() == PLOT.bottom()]
    assert len(through) == n_through
    assert all(each.place.bottom() in (PLOT.top(), PLOT.bottom()) for each in borders)


def playhead(n_rows: float, step: float, *, is_held: bool = False) -> Painted:
    """Over as many rows as are seen of ten of steps 0, 10, 20 …"""
    places = Places(PLOT, RasterRange(500, 10, 0.0, 500.0, 0.0, n_rows))
    steps = 10 * np.arange(10)
    return painted_by(lambda painter: paint_playhead(painter, places, steps, step, is_held=is_held), QSize(560, 160))


@pytest.mark.parametrize(("row_px", "is_framed"), [(12.5, True), (12.4, False)])
def test_that_a_row_of_twelve_pixels_is_framed_by_the_playhead_and_a_lower_one_crossed(
    row_px: float, is_framed: bool
) -> None:
    n_rows = 100 / (12.0 if is_framed else 11.9)
    found = playhead(n_rows, 34).lines(DARK.hovered)
    high = 100 / n_rows
    if is_framed:
        assert [each.place.top() for each in found] == [round(PLOT.top() + 3 * high), round(PLOT.top() + 4 * high)]
    else:
        (line,) = found
        assert line.place.top() == pytest.approx(PLOT.top() + 3.9 * high)
    assert {(each.place.left(), each.place.right()) for each in found} == {(PLOT.left(), PLOT.right())}


def test_that_before_the_first_row_there_is_nothing_to_frame() -> None:
    (line,) = playhead(5, -3).lines(DARK.hovered)
    assert line.place.top() == pytest.approx(PLOT.top() + 0.5 * 20)


def test_that_the_playhead_has_a_handle_that_points_at_it_and_a_held_step_none() -> None:
    (handle,) = playhead(50, 34).areas(DARK.hovered)
    y = PLOT.top() + 3.9 * 2
    left, top, width, height = handle.place.getRect()
    assert (left, top, width, height) == pytest.approx((PLOT.left() - 8, y - 5, 7, 10), abs=0.1)
    held = playhead(50, 34, is_held=True)
    assert held.areas(DARK.hovered) == []
    assert [each.px for each in held.lines(DARK.hovered)] == [1]
    assert [each.px for each in playhead(50, 34).lines(DARK.hovered)] == [2]


def test_that_steps_stand_at_the_middle_of_their_rows_within_the_picture() -> None:
    places = Places(PLOT, RasterRange(500, 60, 0.0, 500.0, 10.0, 30.0))
    steps = 1000 * np.arange(60)
    found = painted_by(lambda painter: paint_steps(painter, places, steps), QSize(560, 160))
    assert found.texts == ["10,000", "20,000"]
    ticks = [each.place.top() for each in found.lines(DARK.faint_text)]
    assert ticks == pytest.approx([PLOT.top() + 2.5, PLOT.top() + 52.5])
    middles = [each.place.center().y() for each in found.words]
    assert middles == pytest.approx([PLOT.top() + 6, PLOT.top() + 52.5], abs=1.5)
    assert all(each.place.right() < PLOT.left() - 7 for each in found.words)


def test_that_each_number_stands_beside_its_tick_and_as_far_from_the_picture_as_the_others() -> None:
    places = Places(PLOT, RasterRange(500, 60, 0.0, 500.0, 10.0, 30.0))
    found = painted_by(lambda painter: paint_steps(painter, places, 1000 * np.arange(60)), QSize(560, 160))
    for tick in found.lines(DARK.faint_text):
        assert (tick.place.left(), tick.place.right()) == (PLOT.left() - 4, PLOT.left() - 1)
    assert [each.place.right() for each in found.words] == pytest.approx([PLOT.left() - 8] * 2, abs=0.1)
    assert found.words[1].place.center().y() == pytest.approx(found.lines(DARK.faint_text)[1].place.top(), abs=1)


def test_that_numbers_of_columns_stand_below_the_middle_of_their_columns() -> None:
    places = Places(PLOT, RasterRange(500, 60, 0.0, 500.0, 10.0, 30.0))
    found = painted_by(lambda painter: paint_numbers(painter, places), QSize(560, 160))
    ticks = found.lines(DARK.faint_text)
    assert [each.place.left() for each in ticks] == [places.x(column + 0.5) for column in range(0, 500, 100)]
    assert {(each.place.top(), each.place.bottom()) for each in ticks} == {(PLOT.bottom() + 1, PLOT.bottom() + 4)}
    step, index, first, *others = found.words
    assert [each.text for each in found.words] == ["step", "index", "0", "100", "200", "300", "400"]
    assert first.place.left() == pytest.approx(PLOT.left(), abs=0.1), "it is seen whole"
    for tick, number in zip(ticks[1:], others, strict=True):
        assert number.place.center().x() == pytest.approx(tick.place.left(), abs=0.1)
        assert number.place.top() > tick.place.bottom()
    assert [each.place.right() for each in (step, index)] == pytest.approx([PLOT.left() - 8] * 2, abs=0.1)
    assert step.place.bottom() < PLOT.top() < PLOT.bottom() < index.place.top()


def test_that_names_stand_in_the_middle_of_what_they_name_with_a_line_between_two() -> None:
    found = bands_of([100, 30, 60], ["encoder", "other", "last"])
    assert found.word("encoder").place.center().x() == pytest.approx(PLOT.left() + 50, abs=0.1)
    assert found.word("last").place.center().x() == pytest.approx(PLOT.left() + 160, abs=0.1)
    parts = found.lines(DARK.line)
    assert [each.place.left() for each in parts] == [PLOT.left(), PLOT.left() + 100, PLOT.left() + 130]
    assert {(each.px, each.place.top() > LAYER_PX, each.place.bottom() <= ABOVE_PX) for each in parts} == {
        (1, True, True)
    }
    borders = found.lines(DARK.faint_text)
    assert [each.place.left() for each in borders] == [PLOT.left() + 100.5, PLOT.left() + 130.5]
    assert {each.place.top() for each in borders} == {0}
