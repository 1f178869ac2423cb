"""What stands around the rows of the stories: as wide as there is room, at the edges, as close as it may."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QFontMetricsF, QImage
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import SMALL_PX, font
from app.views.stories.analysis.story_cells import Cells
from app.views.stories.row_range import RowRange
from app.views.stories.story_raster import ABOVE_PX, BELOW_PX, LEFT_PX, RIGHT_PX, StoryRaster
from tests.app.fitting import words_of_px
from tests.app.painted import painted

LEFT = Qt.MouseButton.LeftButton
WIDTH, HEIGHT = 400, 200
"""Of the cells, px."""

Raster = Callable[[int, int], StoryRaster]


@pytest.fixture
def raster_of(qtbot: QtBot) -> Raster:
    """A raster of so many rows and columns, whose samples stand in their order."""

    def make(n_rows: int, n_columns: int) -> StoryRaster:
        raster = StoryRaster()
        qtbot.addWidget(raster)
        raster.resize(LEFT_PX + WIDTH + RIGHT_PX, ABOVE_PX + HEIGHT + BELOW_PX)
        cells = Cells(np.zeros((n_rows, n_columns), np.uint8), np.zeros((256, 3), np.uint8), {})
        raster.show_cells(cells, np.arange(n_columns) * 10, np.arange(n_rows))
        return raster

    return make


def beside(raster: StoryRaster) -> list[str]:
    return [each.text for each in painted(raster).words if each.place.right() < LEFT_PX and each.text != "step"]


@pytest.mark.parametrize(("has_picture", "room"), [(False, LEFT_PX - 14 - 6), (True, LEFT_PX - 14 - 6 - 18)])
def test_that_a_name_of_a_row_is_whole_as_far_as_there_is_room(has_picture: bool, room: int, raster_of: Raster) -> None:
    raster, metrics = raster_of(10, 5), QFontMetricsF(font(SMALL_PX))  # rows of 20 px
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    names = [words_of_px(metrics, room), words_of_px(metrics, room + 1)]
    raster.show_sides([], lambda _: image if has_picture else None, lambda sample: names[sample % 2])
    shown = beside(raster)
    assert shown[::2] == [names[0]] * 5
    assert all(each.endswith("…") or "…" in each for each in shown[1::2])


def stretches(raster: StoryRaster, *starts: int) -> list[tuple[str, float]]:
    """Names and their middles in the plot, from the top."""
    raster.show_sides([(start, f"n{start}") for start in starts], lambda _: None, lambda _: "")
    words = [each for each in painted(raster).words if "·" in each.text]
    return sorted(((each.text.split()[0], each.place.center().y() - ABOVE_PX) for each in words), key=lambda it: it[1])


@pytest.mark.parametrize(
    ("starts", "middles"),
    [
        ((0, 100), {"n0": 50, "n100": 150}),
        ((0, 2, 198), {"n0": 7, "n2": 100, "n198": 193}),
        ((0, 14, 28), {"n0": 7, "n14": 21, "n28": 114}),
        ((0, 13, 26), {"n13": 19.5, "n26": 113}),
        ((0, 172, 186), {"n0": 86, "n172": 179, "n186": 193}),
        ((0, 173, 187), {"n0": 86.5, "n187": 193}),
    ],
)
def test_that_names_of_stretches_stand_in_their_middle_inside_the_plot_and_a_line_apart(
    starts: Sequence[int], middles: dict[str, float], raster_of: Raster
) -> None:
    found = stretches(raster_of(200, 5), *starts)  # rows of a pixel
    assert [name for name, _ in found] == list(middles)
    lower = np.array([middle for _, middle in found]) - np.array(list(middles.values()))
    assert np.ptp(lower) < 0.6
    assert np.abs(lower).max() < 3, "as capital letters stand in a line"


def test_that_only_stretches_that_are_seen_are_named(raster_of: Raster) -> None:
    raster = raster_of(400, 5)
    raster.look(RowRange(400, 5, 100, 300, 0, 5))
    assert [name for name, _ in stretches(raster, 0, 100, 300)] == ["n100"]
    assert [name for name, _ in stretches(raster, 0, 150, 299, 399)] == ["n0", "n150", "n299"]


def test_that_a_name_of_a_stretch_is_whole_as_far_as_there_is_room(raster_of: Raster) -> None:
    metrics = QFontMetricsF(font(SMALL_PX))
    for px, is_whole in ((LEFT_PX - 14, True), (LEFT_PX - 13, False)):
        raster = raster_of(200, 5)
        name = words_of_px(metrics, px - metrics.horizontalAdvance(" · 200"))
        raster.show_sides([(0, name)], lambda _: None, lambda _: "")
        (shown,) = beside(raster)
        assert (shown == f"{name} · 200") == is_whole


def steps_below(raster: StoryRaster, steps: np.ndarray) -> list[QRectF]:
    """Places of the numbers, from the left."""
    assert raster._cells is not None
    raster.show_cells(raster._cells, steps, raster.order[:])
    return [each.place for each in painted(raster).words if each.text in {f"{step:,}" for step in steps.tolist()}]


def test_that_steps_of_many_digits_leave_each_other_room(raster_of: Raster) -> None:
    places = steps_below(raster_of(10, 100), 10**9 + np.arange(100))  # each tenth, 60 px, would have room for less
    apart = [after.left() - before.right() for before, after in pairwise(places)]
    assert len(places) > 2
    assert min(apart) > 6
    assert max(apart) < places[0].width() + 8, "no more is left out than it takes"


def test_that_the_last_step_ends_before_the_border(raster_of: Raster) -> None:
    steps = np.arange(9)
    steps[8] = 10**12
    raster = raster_of(10, 9)
    *others, last = steps_below(raster, steps)
    assert last.right() == pytest.approx(raster.width() - 2, abs=1)
    assert last.left() > others[-1].right()


def test_that_a_click_on_the_last_pixel_of_the_rows_is_on_a_row_and_one_below_on_a_step(raster_of: Raster) -> None:
    raster, told = raster_of(10, 5), []
    raster.clicked.connect(lambda *cell: told.append(cell))
    raster.step_requested.connect(told.append)
    QTest.mouseClick(raster, LEFT, pos=QPoint(LEFT_PX + 200, ABOVE_PX + HEIGHT))
    assert told == [(9, 2)]
    QTest.mouseClick(raster, LEFT, pos=QPoint(LEFT_PX + 200, ABOVE_PX + HEIGHT + 1))
    assert told == [(9, 2), 20.0]
    QTest.mousePress(raster, LEFT, pos=QPoint(LEFT_PX + 200, ABOVE_PX + HEIGHT))
    QTest.mouseMove(raster, QPoint(LEFT_PX + 202, ABOVE_PX + HEIGHT))
    assert told == [(9, 2), 20.0], "which is no drag along the axis"
