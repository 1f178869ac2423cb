"""The cells of a small table have room, however long its names are."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.stories.cell_grid import CellGrid
from app.views.stories.colour_key import Scale, Swatch
from tests.app.contrast import contrast
from tests.app.painted import Painted, painted_by


@pytest.mark.parametrize("width", [160, 240, 600])
def test_that_long_names_leave_more_than_half_of_the_width_to_the_cells(width: int, qtbot: QtBot) -> None:
    grid = CellGrid("Confusion")
    qtbot.addWidget(grid)
    grid.resize(width, 400)
    names = ["a class whose name is a whole sentence"] * 3
    grid.show_cells(np.zeros((3, 3, 3), np.uint8), names, names, lambda row, column: "")
    assert grid.plot().width() > width / 2
    assert grid.plot().right() <= width


def test_that_long_names_which_end_alike_are_seen_to_differ(qtbot: QtBot) -> None:
    grid = CellGrid("Confusion")
    qtbot.addWidget(grid)
    grid.resize(600, 200)
    names = [f"the digit that people write when they mean {number}, in words" for number in range(4)]
    grid.show_cells(np.zeros((4, 4, 3), np.uint8), names, names, lambda row, column: "")
    for number in range(4):
        cells = [each for each in painted_by(grid._paint_cells, grid.size()).words if str(number) in each.text]
        assert len(cells) == 2, "of its row, and of its column"


@pytest.mark.parametrize(("side", "largest", "has_figures"), [(18, 11, True), (18, 1234, False), (40, 11, True)])
def test_that_narrow_cells_have_their_figures_where_all_of_them_fit(
    side: int, largest: int, has_figures: bool, qtbot: QtBot
) -> None:
    grid, names = CellGrid("Confusion", is_square=True), list("abcdefgh")
    qtbot.addWidget(grid)
    figures = np.arange(64).reshape(8, 8).astype(str)
    figures[3, 3] = str(largest)
    grid.show_cells(np.zeros((8, 8, 3), np.uint8), names, names, lambda row, column: "", figures=figures)
    grid.resize(400, 400)
    grid.show()
    grid.resize(400 - round(grid.plot().width()) + 8 * side, 400)
    assert grid.place_of(0, 0).width() == pytest.approx(side, abs=1)
    texts = [each.text for each in painted_by(grid._paint_cells, grid.size()).words]
    assert {figure in texts for figure in figures.ravel()} == {has_figures}


def test_that_a_column_has_all_its_figures_or_none(qtbot: QtBot) -> None:
    grid = CellGrid("Of one change")
    qtbot.addWidget(grid)
    grid.resize(130, 130)
    figures = np.array([["0.93", "0.86", "0.1"], ["0.01", "−0.11234567", ""]])
    grid.show_cells(np.zeros((2, 3, 3), np.uint8), ["a", "b"], ["x", "y", "z"], lambda *_: "", figures=figures)
    texts = [each.text for each in painted_by(grid._paint_cells, grid.size()).words]
    assert [text for text in texts if "0" in text] == ["0.93", "0.01", "0.1"]


@pytest.mark.parametrize(("n_columns", "n_shown"), [(2, 2), (9, 0)])
def test_that_names_in_cells_are_shortened_so_that_they_are_seen_to_differ(
    n_columns: int, n_shown: int, qtbot: QtBot
) -> None:
    grid = CellGrid("Votes")
    qtbot.addWidget(grid)
    grid.resize(300, 130)
    names = [f"the number {number}, in words, as people write it" for number in range(2)]
    figures = np.array([[name] * n_columns for name in names])
    cells = np.zeros((2, n_columns, 3), np.uint8)
    grid.show_cells(cells, ["a", "b"], ["x"] * n_columns, lambda *_: "", figures=figures)
    words = [each for each in painted_by(grid._paint_cells, grid.size()).words if "…" in each.text]
    assert len({each.text for each in words}) == n_shown
    assert all(each.place.width() <= grid.place_of(0, 1).width() for each in words)


def shown(grid: CellGrid, n_rows: int, columns: list[str], width: int, **more: object) -> Painted:
    grid.resize(width, 30 + 20 * n_rows)
    cells = np.zeros((n_rows, len(columns), 3), np.uint8)
    rows = [f"r{number}" for number in range(n_rows)]
    grid.show_cells(cells, rows, columns, lambda row, column: "", **more)  # type: ignore[arg-type]
    return painted_by(grid._paint_cells, grid.size())


@pytest.mark.parametrize(("is_square", "named"), [(False, 59), (True, 0)])
def test_that_of_many_layers_the_last_row_has_its_name_as_it_is_the_output(
    is_square: bool, named: int, qtbot: QtBot
) -> None:
    grid = CellGrid("Depth", is_square=is_square)
    qtbot.addWidget(grid)
    grid.resize(300, 160)
    grid.show_cells(np.zeros((60, 60, 3), np.uint8), [f"r{n}" for n in range(60)], ["c"] * 60, lambda *_: "")
    texts = [each.text for each in painted_by(grid._paint_cells, grid.size()).words]
    rows = [int(text[1:]) for text in texts if text.startswith("r")]
    assert named in rows
    assert len(set(np.diff(rows))) == 1


def test_that_figures_are_read_on_each_colour(qtbot: QtBot) -> None:
    grid = CellGrid("Confusion")
    qtbot.addWidget(grid)
    levels = np.array([0, 66, 107, 173, 230, 255], np.uint8)
    cells = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(6, 36, 3)
    figures = np.arange(216).reshape(6, 36).astype(str)
    grid.resize(1400, 200)
    grid.show_cells(cells, list("abcdef"), [""] * 36, lambda *_: "", figures=figures)
    found = painted_by(grid._paint_cells, grid.size())
    for text, cell in zip(figures.ravel().tolist(), cells.reshape(-1, 3).tolist(), strict=True):
        assert contrast(QColor(found.word(text).colour), QColor(*cell)) > 4


@pytest.mark.parametrize("width", range(130, 600, 35))
def test_that_the_names_of_steps_stand_at_even_distances_and_touch_nowhere(width: int, qtbot: QtBot) -> None:
    grid = CellGrid("Depth")
    qtbot.addWidget(grid)
    steps = [f"{5 * number:,}" for number in range(240)][-21:]
    found = shown(grid, 2, steps, width)
    places = [steps.index(each.text) for each in found.words if each.text in steps]
    assert places[0] == 0
    assert len(set(np.diff(places))) == 1
    lefts = [found.word(steps[place]).place for place in places]
    assert all(a.right() < b.left() for a, b in pairwise(lefts))


def test_that_names_are_shortened_to_their_cells_rather_than_left_out(qtbot: QtBot) -> None:
    grid = CellGrid("Of one change")
    qtbot.addWidget(grid)
    names = ["stability of it", "of the flips", "of all others", "vote"]
    found = shown(grid, 2, names, 240, has_name_each=True)
    words = [each for each in found.words if not each.text.startswith("r")]
    assert len(words) == 4
    for column, each in enumerate(words):
        assert each.text[0] == names[column][0]
        place = grid.place_of(0, column)
        assert each.place.left() > place.left() - 1
        assert each.place.right() < place.right() + 1


@pytest.mark.parametrize("width", [150, 200, 300, 600])
@pytest.mark.parametrize("axis", ["", "taken for"])
def test_that_what_the_colours_mean_stands_below_at_any_width(axis: str, width: int, qtbot: QtBot) -> None:
    grid = CellGrid("Change", is_square=True)
    qtbot.addWidget(grid)
    scale = Scale("−7", "+7", np.zeros((1, 255, 3), np.uint8))
    found = shown(grid, 4, list("abcd"), width, axes=(axis, ""), key=[scale])
    low, high = found.word("−7").place, found.word("+7").place
    (bar,) = [each for each in found.pictures if each != grid.plot()]
    assert low.right() < bar.left() < bar.right() < high.left() + 1
    assert low.top() > found.word("a").place.bottom()
    assert high.right() <= width
    if axis:
        assert found.word(axis).place.right() < low.left()
    assert grid.accessibleDescription() == "−7 to +7"


def test_that_single_colours_have_their_names_below(qtbot: QtBot) -> None:
    grid = CellGrid("Votes")
    qtbot.addWidget(grid)
    found = shown(grid, 2, list("ab"), 300, key=[Swatch("same vote", (255, 0, 0)), Swatch("another", (0, 0, 255))])
    for name, colour in (("same vote", "#ff0000"), ("another", "#0000ff")):
        (swatch,) = found.areas(colour)
        assert 0 < found.word(name).place.left() - swatch.place.right() < 8
        assert found.word(name).colour == active().faint_text


@pytest.mark.parametrize("is_turned", [True, False])
def test_that_names_below_a_square_stand_upright_where_there_is_height_to_spare(is_turned: bool, qtbot: QtBot) -> None:
    grid = CellGrid("Confusion", is_square=True)
    qtbot.addWidget(grid)
    names = [f"{number} is its name" for number in range(8)]
    grid.resize(240, 400 if is_turned else 160)
    cells = np.zeros((8, 8, 3), np.uint8)
    grid.show_cells(cells, names, names, lambda row, column: "", axes=("predicted", "label"), has_name_each=True)
    found = painted_by(grid._paint_cells, grid.size())
    below = [each for each in found.words if each.place.top() > grid.plot().bottom() and each.text != "predicted"]
    axis = found.word("predicted").place
    assert (len(below) == 8) == is_turned
    for column, each in enumerate(below):
        assert (each.place.height() > each.place.width()) == is_turned
        assert each.place.bottom() < axis.top() + 1
        if is_turned:
            assert each.place.center().x() == pytest.approx(grid.place_of(0, column).center().x(), abs=3)
    assert axis.bottom() < grid.height()


@pytest.mark.parametrize("is_square", [True, False])
def test_that_names_of_a_square_are_without_what_all_begin_with(is_square: bool, qtbot: QtBot) -> None:
    grid = CellGrid("Confusion", is_square=is_square)
    qtbot.addWidget(grid)
    grid.resize(300, 150)
    names = [f"class {number}" for number in range(4)]
    grid.show_cells(np.zeros((4, 4, 3), np.uint8), names, names, lambda row, column: "")
    shown = [each.text for each in painted_by(grid._paint_cells, grid.size()).words]
    assert shown == (list("0123") if is_square else names) * 2


@pytest.mark.parametrize(("n_classes", "has_each"), [(4, True), (8, False)])
def test_that_the_cells_of_a_square_are_smaller_where_so_each_column_has_its_name(
    n_classes: int, has_each: bool, qtbot: QtBot
) -> None:
    grid = CellGrid("Confusion", is_square=True)
    qtbot.addWidget(grid)
    grid.resize(190, 150)
    names = [f"{number} of all" for number in range(n_classes)]
    grid.show_cells(np.zeros((n_classes, n_classes, 3), np.uint8), names, names, lambda row, column: "")
    words = painted_by(grid._paint_cells, grid.size()).words
    below = [each for each in words if each.place.top() > grid.plot().bottom()]
    assert (len(below) == n_classes) == has_each
    assert (grid.plot().height() < 100) == has_each
    assert grid.place_of(0, 0).height() >= 12


def test_that_each_row_of_a_square_keeps_its_name_however_long(qtbot: QtBot) -> None:
    grid = CellGrid("Confusion", is_square=True)
    qtbot.addWidget(grid)
    grid.resize(200, 200)
    names = [*"abcdefghi", "one class whose name is a whole sentence"]
    grid.show_cells(np.zeros((10, 10, 3), np.uint8), names, names, lambda row, column: "")
    found = painted_by(grid._paint_cells, grid.size())
    beside = [each for each in found.words if each.place.right() < grid.plot().left()]
    assert len(beside) == 10


@pytest.mark.parametrize("is_square", [False, True])
def test_that_rows_without_a_column_are_no_cells(is_square: bool, qtbot: QtBot) -> None:
    grid = CellGrid("Confusion", is_square=is_square)
    qtbot.addWidget(grid)
    grid.resize(300, 200)
    grid.show_cells(np.zeros((2, 0, 3), np.uint8), ("a", "b"), (), lambda *_: "a cell")
    assert grid.cell_at(QPointF(150, 100)) is None
    grid.grab()
