"""Lines on pictures of any colour are seen on all of them."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QLineF, QSize
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.stories.cell_grid import CellGrid
from app.widgets.heat_map import HeatMap
from app.widgets.rimmed import draw_rimmed
from app.window.theme import PALETTES, apply_theme
from tests.app.painted import Painted, painted, painted_by
from tests.app.views.optimizer.made_up_heat import heat_of


@pytest.mark.parametrize("theme", PALETTES)
def test_that_below_a_line_there_is_a_wider_one_of_the_ground(qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    line = QLineF(5, 0, 5, 20)

    def draw(painter: QPainter) -> None:
        draw_rimmed(painter, QPen(QColor(active().hovered), 2), lambda: painter.drawLine(line))

    assert [(each.line, each.px) for each in painted_by(draw, QSize(20, 20)).shapes] == [
        (active().background, 4),
        (active().hovered, 2),
    ]


def heat_map() -> QWidget:
    made = HeatMap(lambda _: np.zeros((256, 4), np.uint8))
    made.resize(600, 200)
    made.show_heat(heat_of(gradient_norm__fc1=np.linspace(1, 2, 20)), 19)
    made.show_range(0, 19)
    made.show_step(5)
    return made


def cell_grid() -> QWidget:
    made = CellGrid("Confusion")
    made.resize(300, 200)
    made.show_cells(np.zeros((3, 3, 3), np.uint8), "abc", "abc", lambda *_: "")
    made.show_marked(1, 1)
    return made


@pytest.mark.parametrize("make", [heat_map, cell_grid])
def test_that_what_is_marked_on_a_picture_has_such_a_rim(
    qtbot: QtBot, qapp: QApplication, make: Callable[[], QWidget]
) -> None:
    apply_theme(qapp)
    widget = make()
    qtbot.addWidget(widget)
    found: Painted = painted(widget)
    (mark,) = found.lines(active().hovered)
    assert (active().background, mark.px + 2, mark.place) in [(each.line, each.px, each.place) for each in found.shapes]
