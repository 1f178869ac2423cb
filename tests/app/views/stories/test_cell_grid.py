"""The cells of a small table have room, however long its names are."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.stories.cell_grid import CellGrid


@pytest.mark.parametrize("width", [160, 240, 600])
def test_that_long_names_leave_more_than_half_of_the_width_to_the_cells(width: int, qtbot: QtBot) -> None:
    grid = CellGrid("Confusion")
    qtbot.addWidget(grid)
    grid.resize(width, 400)
    names = ["a class whose name is a whole sentence"] * 3
    grid.show_cells(np.zeros((3, 3, 3), np.uint8), names, names, lambda row, column: "")
    assert grid.plot().width() > width / 2
    assert grid.plot().right() <= width
