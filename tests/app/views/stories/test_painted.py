"""Stories as they are painted: cells where they are pointed at, words at the sides, marks; and tiles of samples."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from app.palette import SMALL_PX, active, font
from app.views.stories.story_raster import ABOVE_PX, BELOW_PX, LEFT_PX, RIGHT_PX, StoryRaster, _nice
from app.views.stories.tile_list import TileList, Tiles
from tests.app.painted import Shape, painted
from tests.app.pointer import move, turn
from tests.app.views.stories.raster_user import HEIGHT, WIDTH, Told, at, shown

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def raster(qtbot: QtBot) -> StoryRaster:
    """Ten samples and five measurements: cells of 80 × 20 px."""
    raster = StoryRaster()
    qtbot.addWidget(raster)
    raster.resize(LEFT_PX + WIDTH + RIGHT_PX, ABOVE_PX + HEIGHT + BELOW_PX)
    return shown(raster, 10, 5)


def place(left: float, top: float, width: float, height: float) -> QRectF:
    """In the plot."""
    return QRectF(LEFT_PX + left, ABOVE_PX + top, width, height)


def lines(raster: StoryRaster, colour: str) -> list[Shape]:
    return painted(raster).lines(colour)


def test_that_a_cell_has_its_share_of_the_plot_and_is_found_there(raster: StoryRaster) -> None:
    assert raster.plot() == place(0, 0, WIDTH, HEIGHT)
    for row, column in ((0, 0), (2, 3), (9, 4)):
        assert raster.cell_place(row, column) == place(80 * column, 20 * row, 80, 20)
        assert raster.cell_at(raster.cell_place(row, column).center()) == (row, column)
    assert raster.cell_at(QPointF(LEFT_PX - 1, ABOVE_PX + 5)) is None
    assert raster.cell_at(QPointF(LEFT_PX + 5, ABOVE_PX + HEIGHT + 1)) is None
    assert raster.cell_at(raster.plot().bottomRight()) in (None, (9, 4))
    shown(raster, 1000, 800)
    assert (raster.cell_place(0, 0).width(), raster.cell_place(0, 0).height()) == (2, 2)


def test_that_nothing_is_painted_of_no_cells(raster: StoryRaster) -> None:
    raster.show_cells(None, np.zeros(0, int), np.zeros(0, int))
    assert painted(raster).texts == painted(raster).pictures == []
    assert raster.cell_at(raster.plot().center()) is None
    assert not raster.has_cells


def test_that_steps_stand_below_the_middles_of_their_columns(raster: StoryRaster) -> None:
    found = painted(raster)
    assert found.texts[-6:] == ["step", "0", "10", "20", "30", "40"]
    for column in range(5):
        word = found.word(f"{10 * column}")
        assert word.place.center().x() == pytest.approx(LEFT_PX + 80 * column + 40, abs=2)
        assert word.place.top() > ABOVE_PX + HEIGHT
    marks = [each for each in found.lines(active().faint_text) if each.place.top() > ABOVE_PX + HEIGHT]
    assert [each.place.left() for each in marks] == pytest.approx([LEFT_PX + 80 * column + 40 for column in range(5)])


def test_that_of_many_columns_round_ones_have_their_step(raster: StoryRaster) -> None:
    shown(raster, 10, 100)  # of 4 px, where 52 px are to be between two
    texts = painted(raster).texts
    assert texts[texts.index("step") + 1 :] == ["0", "200", "400", "600", "800"]


@pytest.mark.parametrize(
    ("least", "nice"),
    [(0.2, 1), (1, 1), (1.1, 2), (2.5, 5), (5, 5), (6, 10), (11, 20), (30, 50), (70, 100), (210, 500)],
)
def test_that_distances_of_marks_are_1_2_or_5_with_noughts(least: float, nice: int) -> None:
    assert _nice(least) == nice


def test_that_high_rows_have_their_words_and_pictures_at_their_side(raster: StoryRaster) -> None:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    raster.show_sides([], lambda sample: image if sample == 7 else None, lambda sample: f"s{sample}")
    raster.show_current(8)
    found = painted(raster)
    assert found.texts[:10] == [f"s{sample}" for sample in range(9, -1, -1)]
    for row, sample in enumerate(range(9, -1, -1)):
        word = found.word(f"s{sample}")
        assert word.place.center().y() == pytest.approx(ABOVE_PX + 20 * row + 10, abs=3)
        assert word.colour == (active().text if sample == 8 else active().faint_text)
        assert word.place.right() == pytest.approx(LEFT_PX - 14 - (18 if sample == 7 else 0), abs=2)
    (picture,) = [each for each in found.pictures if each.left() < LEFT_PX]
    assert picture == QRectF(LEFT_PX - 18 - 8, ABOVE_PX + 41, 18, 18)


def test_that_low_rows_have_words_and_no_picture(raster: StoryRaster) -> None:
    shown(raster, 15, 5)  # of 13.3 px
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    raster.show_sides([], lambda _: image, lambda sample: f"s{sample}")
    found = painted(raster)
    assert len([text for text in found.texts if text.startswith("s") and text != "step"]) == 15
    assert not [each for each in found.pictures if each.left() < LEFT_PX]


def test_that_of_many_rows_round_numbers_stand_at_the_side(raster: StoryRaster) -> None:
    shown(raster, 100, 5)  # 34 px are 17 rows
    found = painted(raster)
    assert found.texts[:5] == ["0", "20", "40", "60", "80"]
    marks = [each for each in found.lines(active().faint_text) if each.place.right() < LEFT_PX]
    assert [each.place.top() for each in marks] == pytest.approx([ABOVE_PX + 40 * number for number in range(5)])
    for number in range(1, 5):
        assert found.words[number].place.center().y() == pytest.approx(ABOVE_PX + 40 * number, abs=3)


def test_that_stretches_of_rows_have_names_and_how_many_they_are(raster: StoryRaster) -> None:
    shown(raster, 1200, 5)
    raster.show_sides([(0, "early"), (1100, "late"), (1110, "never")], lambda _: None, lambda _: "")
    found = painted(raster)
    # the last first, then the longest; what has no room beside them is left out
    assert [text for text in found.texts if "·" in text] == ["never · 90", "early · 1,100"]
    middles = {each.text: each.place.center().y() for each in found.words}
    assert middles["early · 1,100"] == pytest.approx(ABOVE_PX + 550 / 6, abs=3)
    assert middles["never · 90"] == pytest.approx(ABOVE_PX + 1155 / 6, abs=3)
    edges = [each for each in found.lines(active().line) if each.place.right() < LEFT_PX]
    assert [each.place.top() for each in edges] == pytest.approx(
        [ABOVE_PX, ABOVE_PX + 1100 / 6, ABOVE_PX + 1110 / 6], abs=0.01
    )


def test_that_the_playhead_frames_its_column_or_is_a_line_in_a_narrow_one(raster: StoryRaster) -> None:
    raster.show_number(3)
    assert [each.place.left() for each in lines(raster, active().hovered)] == [LEFT_PX + 241, LEFT_PX + 319]
    shown(raster, 10, 100)
    raster.show_number(50)
    assert [each.place.left() for each in lines(raster, active().hovered)] == [LEFT_PX + 202]
    raster.show_number(None)
    assert lines(raster, active().hovered) == []


def test_that_the_row_of_the_sample_is_framed_and_in_sight(raster: StoryRaster) -> None:
    raster.show_current(7)
    (frame,) = [each for each in lines(raster, active().text) if each.place.width() > 100]
    assert frame.place == place(0, 40, WIDTH - 1, 20)
    assert raster.row_of_current == 2
    raster.look(raster.view.zoomed(0, 0, 0.3, 1.0))
    assert raster.view.bottom == pytest.approx(4)
    raster.show_current(0)
    assert raster.view.top <= 9 < raster.view.bottom
    raster.show_current(None)
    assert raster.row_of_current is None


def test_that_selected_samples_have_a_bar_at_the_right(raster: StoryRaster) -> None:
    raster.show_selection(np.arange(10) == 9)  # which is the first row
    (bar,) = [each for each in painted(raster).pictures if each.left() > LEFT_PX + WIDTH]
    assert bar == QRectF(LEFT_PX + WIDTH + 3, ABOVE_PX, 6, HEIGHT)
    image = raster.grab().toImage()
    x = int(bar.center().x())
    coloured = [image.pixelColor(x, ABOVE_PX + y).name() == active().hovered for y in range(HEIGHT)]
    assert coloured == [True] * 20 + [False] * 180
    raster.show_selection(None)
    assert not [each for each in painted(raster).pictures if each.left() > LEFT_PX + WIDTH]


def test_that_a_click_is_on_a_cell_a_sample_or_a_step(raster: StoryRaster) -> None:
    told = Told(raster)
    QTest.mouseClick(raster, LEFT, pos=at(raster, 2, 3))
    QTest.mouseClick(raster, LEFT, pos=QPoint(LEFT_PX - 20, at(raster, 4, 0).y()))
    QTest.mouseClick(raster, LEFT, pos=QPoint(at(raster, 0, 1).x(), ABOVE_PX + HEIGHT + 8))
    QTest.mouseClick(raster, Qt.MouseButton.RightButton, pos=at(raster, 2, 3))
    assert [each for each in told.all if each[0] != "hovered"] == [("cell", 7, 3), ("sample", 5), ("step", 10.0)]


def test_that_the_cell_under_the_pointer_is_told_once(raster: StoryRaster) -> None:
    told = Told(raster)
    for where in (at(raster, 2, 3), at(raster, 2, 3) + QPoint(3, 2), at(raster, 3, 3), QPoint(3, 3), QPoint(5, 5)):
        move(raster, where)
    assert told.all == [("hovered", 7, 3), ("hovered", 6, 3), ("hovered", -1, -1)]


def test_that_a_drag_moves_what_is_zoomed_and_a_double_click_shows_all(raster: StoryRaster) -> None:
    told = Told(raster)
    raster.look(raster.view.zoomed(5, 2.5, 0.5, 0.5))
    before = raster.view
    start = at(raster, int(before.top) + 2, int(before.left) + 1)
    QTest.mousePress(raster, LEFT, pos=start)
    QTest.mouseMove(raster, start + QPoint(-80, -40))
    QTest.mouseRelease(raster, LEFT, pos=start + QPoint(-80, -40))
    assert raster.view.top == pytest.approx(before.top + 1)  # rows of 40 px, columns of 160
    assert raster.view.left == pytest.approx(before.left + 0.5)
    assert not [each for each in told.all if each[0] == "cell"]
    QTest.mouseDClick(raster, LEFT, pos=start)
    assert (raster.view.top, raster.view.bottom, raster.view.left, raster.view.right) == (0, 10, 0, 5)


@pytest.mark.parametrize("key", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_that_the_wheel_zooms_samples_and_with_ctrl_measurements(raster: StoryRaster, key: Qt.KeyboardModifier) -> None:
    where = QPointF(at(raster, 5, 2))
    turn(raster, where, 120, keys=key)
    view, is_across = raster.view, bool(key & Qt.KeyboardModifier.ControlModifier)
    assert view.bottom - view.top == pytest.approx(10 if is_across else 8)
    assert view.right - view.left == pytest.approx(4 if is_across else 5)
    assert raster.cell_at(where) == (5, 2)


def test_that_the_keys_zoom_around_the_cell_that_is_focused(raster: StoryRaster) -> None:
    raster.show_current(3)  # the seventh row
    raster.walk.zoom(is_closer=True)
    assert (raster.view.top, raster.view.bottom) == pytest.approx((6.5 - 0.64 * 6.5, 6.5 + 0.64 * 3.5))
    assert (raster.view.left, raster.view.right) == (0, 5)
    raster.walk.zoom(is_closer=False)
    assert (raster.view.top, raster.view.bottom) == pytest.approx((0, 10))


@pytest.fixture
def tiles(qtbot: QtBot) -> TileList:
    tiles = TileList("samples")
    qtbot.addWidget(tiles)
    tiles.resize(360, 300)
    return tiles


def places(tiles: TileList, n: int) -> list[tuple[int, int]]:
    model = tiles.model()
    assert model is not None
    tiles.doItemsLayout()
    rects = [tiles.visualRect(model.index(number, 0)) for number in range(n)]
    rows, columns = sorted({each.top() for each in rects}), sorted({each.left() for each in rects})
    return [(rows.index(each.top()), columns.index(each.left())) for each in rects]


def test_that_pictures_stand_in_as_many_columns_as_there_is_room_for(tiles: TileList) -> None:
    tiles.show_tiles(Tiles(range(7), lambda _: None, lambda number: [(f"n{number}", "text")]))
    assert places(tiles, 7) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)]
    assert tiles.tile_size().height() == 84 + 3 * 15 + 12
    assert tiles.resizeMode() is QListView.ResizeMode.Adjust


@pytest.mark.parametrize(("room", "n_columns"), [(103, 1), (207, 1), (208, 2), (311, 2), (312, 3)])
def test_that_a_column_more_begins_where_each_is_wide_enough(tiles: TileList, room: int, n_columns: int) -> None:
    bar = tiles.verticalScrollBar()
    assert bar is not None
    tiles.setMinimumSize(0, 0)
    tiles.resize(room + 2 * tiles.frameWidth() + bar.sizeHint().width() + 2, 300)
    tiles.show_tiles(Tiles(range(7), lambda _: None, lambda number: [(f"n{number}", "text")]))
    assert tiles.tile_size().width() == room // n_columns
    assert max(column for _, column in places(tiles, 7)) == n_columns - 1


def test_that_texts_stand_below_one_another_as_wide_as_the_list(tiles: TileList) -> None:
    tiles.show_tiles(Tiles(range(3), lambda _: None, lambda _: [], lambda n: f"text {n}", has_pictures=False))
    assert places(tiles, 3) == [(0, 0), (1, 0), (2, 0)]
    viewport = tiles.viewport()
    assert viewport is not None
    assert tiles.tile_size().width() == viewport.width()
    line = QFontMetricsF(font(SMALL_PX)).lineSpacing()
    assert tiles.tile_size().height() == int(line + 3 + 15 + 12)
    longer = ["one", "enough words for two lines, but not for any more of them: " * 2, "two"]
    tiles.show_tiles(Tiles(range(3), lambda _: None, lambda _: [], lambda n: longer[n], has_pictures=False))
    assert tiles.tile_size().height() == int(2 * line + 3 + 15 + 12)
    tiles.show_tiles(Tiles(range(3), lambda _: None, lambda _: [], lambda n: longer[n] * 5, has_pictures=False))
    assert tiles.tile_size().height() == int(3 * line + 3 + 15 + 12)


def test_that_each_line_of_a_text_has_its_share_however_long_the_first_is(tiles: TileList) -> None:
    lines = [("label " + "a very long name " * 9, "text"), ("predicted " + "b" * 90, "wrong"), ("AUM 1.25", "text")]
    tiles.show_tiles(Tiles((0,), lambda _: None, lambda _: lines, lambda _: "some words", has_pictures=False))
    tiles.doItemsLayout()
    found = [each for each in painted(tiles).words if each.text != "some words"]
    assert [each.text[:3] for each in found] == ["lab", "pre", "AUM"]
    assert found[2].text == "AUM 1.25"
    assert found[0].place.right() + 13 < found[1].place.left() + 2 < found[2].place.left()
    assert found[2].place.right() < tiles.visualRect(tiles.model().index(0, 0)).right()


def test_that_a_tile_of_a_vector_shows_its_bars(tiles: TileList) -> None:
    vectors = [np.array([1.0, -1.0, 2.0]), None]
    tiles.show_tiles(Tiles((0, 1), lambda _: None, lambda _: [("words", "text")], vector_of=lambda n: vectors[n]))
    tiles.doItemsLayout()
    bars = [each.place for each in painted(tiles).areas(active().bar)]
    assert len(bars) == 3
    tile = QRectF(tiles.visualRect(tiles.model().index(0, 0)))
    tile.setHeight(84)
    assert all(tile.contains(bar) for bar in bars)


def test_that_a_tile_shows_its_picture_its_lines_and_its_marks(tiles: TileList) -> None:
    image = QImage(4, 2, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    lines = {0: [("cat", "text"), ("dog", "faint_text")], 1: [("ant", "text")]}
    tiles.show_tiles(Tiles((0, 1), lambda number: image if number == 0 else None, lambda number: lines[number]))
    tiles.show_current(1, frozenset({0}))
    tiles.doItemsLayout()
    found = painted(tiles)
    assert found.texts == ["cat", "dog", "ant"]
    assert found.word("dog").colour == active().faint_text
    assert found.word("dog").place.center().y() - found.word("cat").place.center().y() == pytest.approx(15, abs=1)
    (picture,) = found.pictures
    assert picture.width() == pytest.approx(2 * picture.height(), abs=2)
    assert picture.bottom() < found.word("cat").place.top()
    frames = [each for each in found.shapes if each.area == active().bar_ground]
    assert [(each.line, each.px) for each in frames] == [(active().line, 1), (active().hovered, 2)]
    (mark,) = found.areas(active().hovered)
    assert frames[0].place.right() - 7 < mark.place.left() < frames[0].place.right()


def test_that_long_words_of_tiles_which_end_alike_are_seen_to_differ(tiles: TileList) -> None:
    words = [f"taken for the digit that people write when they mean {number}, in words" for number in range(6)]
    tiles.show_tiles(Tiles(range(6), lambda _: None, lambda number: [(words[number], "text")]))
    tiles.doItemsLayout()
    shown = painted(tiles).texts
    assert len(set(shown)) == 6 and all("…" in text for text in shown)


def test_that_a_click_on_a_tile_chooses_its_sample_and_it_is_read_out(tiles: TileList) -> None:
    chosen: list[int] = []
    tiles.chosen.connect(chosen.append)
    tiles.show_tiles(Tiles((5, 9), lambda _: None, lambda n: [(f"n{n}", "text"), ("", "text")], lambda n: f"t{n}"))
    tiles.doItemsLayout()
    model, viewport = tiles.model(), tiles.viewport()
    assert model is not None
    QTest.mouseClick(viewport, LEFT, pos=tiles.visualRect(model.index(1, 0)).center())
    assert chosen == [9]
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "n5, t5"
    assert model.rowCount(model.index(0, 0)) == 0
