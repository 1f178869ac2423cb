"""The cells of a small table have room, however long its names are."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.stories.cell_grid import CellGrid
from tests.app.painted import painted_by


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
