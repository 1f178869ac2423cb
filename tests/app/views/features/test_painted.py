"""What strips, tiles and their scale say in words, beside what, and in which colours."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from app.palette import DARK, SMALL_PX, font
from app.views.features.analysis.activation_strips import Strip
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.scale_line import ScaleLine
from app.views.features.strips_view import StripsView
from app.views.features.tile_grid import TileGrid
from app.widgets.plain_text import width_of
from tests.app.painted import painted


def strip(stage: str, n: int, n_units: int | None = None, dead: tuple[int, ...] = ()) -> Strip:
    values = np.linspace(-1, 1, n, dtype=np.float32)
    is_dead = np.isin(np.arange(n), dead)
    return Strip(stage, f"{stage}_out", np.arange(n) * 2, n_units or n, values, None, is_dead)


@pytest.fixture
def strips(qtbot: QtBot) -> StripsView:
    view = StripsView()
    qtbot.addWidget(view)
    view.resize(620, 300)
    view.show_strips([strip("fc1", 10, 40, dead=(3,)), strip("fc2", 3)], 1.0, ("ant", "?", "bee", "?", "cat"), 2, 4)
    return view


def test_that_each_strip_has_its_name_and_how_many_units_it_shows_at_its_left(strips: StripsView) -> None:
    found = painted(strips)
    for row, (name, size) in enumerate((("fc1", "10 of 40"), ("fc2", "3 units"))):
        place, title, below = strips.rect_of(row), found.word(name), found.word(size)
        assert (title.colour, below.colour) == (DARK.text, DARK.faint_text)
        assert 2 < place.left() - title.place.right() < 16
        assert abs(title.place.right() - below.place.right()) < 3
        assert place.top() - 4 < title.place.top() < place.center().y() < below.place.bottom() < place.bottom() + 4
        assert found.pictures[row] == place


def test_that_each_strip_has_a_thin_frame(strips: StripsView) -> None:
    strips.show_strips([strip("fc1", 10), strip("fc2", 3)], 1.0)
    frames = painted(strips).lines(DARK.line)
    assert [each.place for each in frames] == [strips.rect_of(row).adjusted(-1, -1, 0, 0) for row in (0, 1)]
    assert {each.px for each in frames} == {1}


def test_that_units_are_numbered_below_their_cells(strips: StripsView) -> None:
    found = painted(strips)
    for position in range(10):
        cell = strips.cell_of(0, position)
        (word,) = [
            each
            for each in found.words
            if each.text == str(2 * position) and cell.bottom() < each.place.top() < cell.bottom() + 12
        ]
        assert word.place.center().x() == pytest.approx(cell.center().x(), abs=1.5)
        assert word.colour == DARK.faint_text


def test_that_numbers_of_narrow_cells_keep_apart(strips: StripsView) -> None:
    strips.show_strips([strip("fc1", 200)], 1.0)
    numbers = [each.place for each in painted(strips).words if each.text.isdigit()]
    assert 10 < len(numbers) < 60
    assert all(before.right() < after.left() for before, after in pairwise(numbers))


def test_that_a_dead_unit_is_crossed_out_and_a_pinned_one_framed(strips: StripsView) -> None:
    strips.show_chosen("fc1", ("fc1", 8))
    found = painted(strips)
    cross, cell = found.lines(DARK.wrong), strips.cell_of(0, 3)
    assert len(cross) == 2
    assert all(each.place.center() == cell.center() for each in cross)
    assert all(cell.contains(each.place) for each in cross)
    (frame,) = found.lines(DARK.hovered)
    assert frame.place == strips.cell_of(0, 4)
    title = found.word("fc1")
    assert (title.colour, title.is_bold) == (DARK.hovered, True)
    strips.show_chosen(None, None)
    assert not painted(strips).lines(DARK.hovered)


def test_that_classes_are_told_below_the_logits_the_predicted_one_by_its_colour(strips: StripsView) -> None:
    found = painted(strips)
    for position, (name, logit, word, colour) in enumerate(
        (("ant", "−1", "", DARK.text), ("bee", "0", "label", DARK.text), ("cat", "1", "predicted", DARK.wrong))
    ):
        cell = strips.cell_of(1, position)
        told = [
            each
            for each in found.words
            if abs(each.place.center().x() - cell.center().x()) < 2 and each.place.top() > cell.bottom()
        ]
        assert [each.text for each in told] == [each for each in (name, logit, word) if each]
        assert {each.colour for each in told} == {colour}
        assert told[0].is_bold == bool(word)
        assert all(after.place.top() > before.place.bottom() for before, after in pairwise(told))
    names = tuple(f"a class of a name as long as that of number {number}" for number in range(300))
    strips.show_strips([strip("fc2", 150)], 1.0, names, 4, 6)
    place = strips.rect_of(0)
    words = [each for each in painted(strips).words if each.is_bold]
    assert [each.text.split()[0] for each in words] == ["predicted", "label"], "one below the other"
    assert all(place.left() - 2 < each.place.left() < each.place.right() < place.right() + 2 for each in words)
    strips.show_strips([strip("fc2", 150)], 1.0, ("?",) * 300, 4, 6)
    assert len([each for each in painted(strips).words if each.is_bold]) == 1, "both on a line"
    strips.show_strips([strip("fc2", 3)], 1.0, ("ant", "?", "bee", "?", "cat"), 4, 4)
    assert painted(strips).word("cat").colour == painted(strips).word("right").colour == DARK.right


def test_that_of_many_classes_only_the_predicted_and_the_true_one_are_told(strips: StripsView) -> None:
    names = tuple(f"class {number}" for number in range(400))
    strips.show_strips([strip("fc2", 200)], 1.0, names, 2, 398)
    assert painted(strips).word("predicted class 398: 1   label class 2: −0.9899").is_bold


def test_that_what_was_not_recorded_says_so_in_the_strip_s_place(strips: StripsView) -> None:
    strips.show_strips([Strip("fc1", "fc1", np.arange(4), 4, None, None, None, "no probe")], 1.0)
    found = painted(strips)
    (ground,) = found.areas(DARK.bar_ground)
    words = found.word("not recorded: no probe")
    assert ground.place == strips.rect_of(0)
    assert words.place.center().x() == pytest.approx(ground.place.center().x(), abs=2)
    assert words.colour == DARK.faint_text


@pytest.mark.parametrize(("row", "position"), [(0, 0), (0, 9), (1, 0), (1, 2)])
def test_that_the_unit_that_is_pointed_at_is_the_one_that_is_framed(
    strips: StripsView, qtbot: QtBot, row: int, position: int
) -> None:
    strips.show()
    qtbot.waitExposed(strips)
    qtbot.mouseMove(strips, strips.cell_of(row, position).center().toPoint())
    (frame,) = painted(strips).lines(DARK.text)
    assert frame.place == strips.cell_of(row, position)
    stage = ("fc1", "fc2")[row]
    assert strips.tip(strips.cell_of(row, position).center()).startswith(f"{stage} · unit {2 * position}")
    qtbot.mouseMove(strips, QPoint(3, 3))
    assert not painted(strips).lines(DARK.text)


def tiles(n: int, side: int = 4, **given: object) -> Tiles:
    values = np.linspace(0, 1, n * side * side, dtype=np.float32).reshape(n, side, side)
    return Tiles(values, np.arange(n) * 3, tuple(f"map {3 * k}" for k in range(n)), 1.0, ScaleRule.PASS, **given)


@pytest.fixture
def grid(qtbot: QtBot) -> TileGrid:
    grid = TileGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    return grid


@pytest.mark.parametrize("n", [1, 6, 24])
def test_that_tiles_lie_beside_each_other_within_the_grid_as_large_as_fit(grid: TileGrid, n: int) -> None:
    grid.show_tiles(tiles(n))
    places = [grid.rect_of(number) for number in range(n)]
    assert all(grid.rect().contains(each.toAlignedRect()) for each in places)
    assert not any(one.intersects(other) for number, one in enumerate(places) for other in places[:number])
    assert len({(each.width(), each.height()) for each in places}) == 1
    assert n * places[0].width() * places[0].height() > 0.3 * 400 * 300, "most of the room is used"
    for number, place in enumerate(places):
        assert grid.tip(place.center()).startswith(f"map {3 * number}")


@pytest.mark.parametrize("n", [1, 6, 7])
def test_that_the_picture_of_all_tiles_goes_from_the_first_to_the_last_column_and_row(grid: TileGrid, n: int) -> None:
    grid.show_tiles(tiles(n))
    places = [grid.rect_of(number) for number in range(n)]
    (picture,) = [each for each in painted(grid).pictures if each.width() < grid.width()]
    assert (picture.left(), picture.right()) == pytest.approx((places[0].left(), max(each.right() for each in places)))
    assert picture.bottom() == pytest.approx(max(each.bottom() for each in places))
    assert picture.top() <= places[0].top()


@pytest.mark.parametrize(
    ("dead", "words"), [(0, []), (3, ["3 dead"]), (12_345, ["12,345 dead"])], ids=["none", "some", "many"]
)
def test_that_a_scale_line_has_its_bar_between_its_ends_then_dead_units_then_words(
    qtbot: QtBot, dead: int, words: list[str]
) -> None:
    line = ScaleLine()
    qtbot.addWidget(line)
    line.resize(460, 20)
    line.show_scale(0.5, ScaleRule.PASS, is_signed=True, dead=f"{dead:,} dead" * bool(dead))
    found = painted(line)
    assert found.texts[:2] == ["−0.5", "0.5"]
    assert found.texts[2:-1] == words
    (bar,) = found.pictures
    (frame,) = found.lines(DARK.line)
    assert frame.place == bar
    low, high = found.words[:2]
    assert 0 < bar.left() - low.place.right() < 10
    assert 0 < high.place.left() - bar.right() < 10
    assert [each.colour for each in found.words] == [DARK.text] * (2 + len(words)) + [DARK.faint_text]
    assert all(before.place.right() < after.place.left() for before, after in pairwise(found.words))
    line.resize(int(found.words[-1].place.right()) - 4, 20)
    assert painted(line).texts == found.texts[:-1], "words that do not fit are told by the tooltip"
    assert ScaleRule.PASS.value in line.toolTip()
    cross = found.lines(DARK.wrong)
    assert len(cross) == 2 * bool(dead)
    for each in cross:
        assert high.place.right() < each.place.left() < each.place.right() < found.words[2].place.left()
        assert each.place.center().y() == pytest.approx(10, abs=1.5)


@pytest.mark.parametrize(("scale", "is_signed", "low"), [(0.5, True, "−0.5"), (0.5, False, "0"), (0.0, True, "0")])
def test_that_a_scale_begins_at_zero_unless_there_is_something_below_it(
    qtbot: QtBot, scale: float, is_signed: bool, low: str
) -> None:
    line = ScaleLine()
    qtbot.addWidget(line)
    line.show_scale(scale, ScaleRule.PASS, is_signed=is_signed)
    assert line.low == low
    assert line.toolTip() == line.accessibleName() == f"colours from {low} to {line.high}: {ScaleRule.PASS.value}"


def test_that_words_of_a_scale_are_seen_as_soon_as_they_fit(qtbot: QtBot) -> None:
    line = ScaleLine()
    qtbot.addWidget(line)
    line.show_scale(0.5, ScaleRule.PASS, is_signed=True, dead="3 dead")
    metrics = QFontMetrics(font(SMALL_PX))
    for words in ("3 dead", ScaleRule.PASS.value):
        line.resize(600, 20)
        needed = round(painted(line).word(words).place.left()) + width_of(metrics, words)
        line.resize(needed, 20)
        assert words in painted(line).texts
        line.resize(needed - 1, 20)
        assert words not in painted(line).texts


def test_that_a_part_that_is_painted_anew_has_all_of_its_strips(strips: StripsView, qtbot: QtBot) -> None:
    strips.show_strips([strip(f"fc{number}", 4) for number in range(6)], 1.0)
    strips.resize(400, strips.minimumHeight())
    strips.show()
    qtbot.waitExposed(strips)
    whole = strips.grab().toImage()
    for row in range(6):
        part = QRect(0, int(strips.rect_of(row).top()) + 2, 400, 8)
        assert strips.grab(part).toImage() == whole.copy(part)
