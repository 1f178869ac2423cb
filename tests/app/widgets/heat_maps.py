"""A picture of four layers over steps, and where its steps are."""

from PyQt6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from app.widgets.heat_map import LEFT_PX, RIGHT_PX, HeatMap
from tests.app.looks.pieces.widgets_plots import NAMES, N, make_map
from tests.app.on_screen import shown

PER_STEP, ROW = 8, 30
WHOLE = (-0.02 * N, 1.02 * N)
"""The run with what is free beside it."""


def at(step: float, y: float = 5.0) -> QPointF:
    """The place of a step while the whole run is shown."""
    return QPointF(LEFT_PX + step * PER_STEP, y)


def four_rows(qtbot: QtBot) -> HeatMap:
    """Four rows of 30 px over the steps 0 to 60, 8 px each; the playhead is at 30."""
    made = make_map(NAMES)()
    made.show_range(0, N)
    return shown(qtbot, made, LEFT_PX + N * PER_STEP + RIGHT_PX, 4 * ROW)
