"""A plot over steps: where a place of its axes is on the screen, and what a hand does there."""

import pyqtgraph as pg
from PyQt6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from app.widgets.curve_plot import CurvePlot
from tests.app import pointer


def pixel_of(plot: pg.PlotWidget, x: float, y: float) -> QPoint:
    point: QPoint = plot.mapFromScene(plot.getPlotItem().vb.mapViewToScene(QPointF(x, y)))
    return point


def place_in(plot: CurvePlot, step: float) -> QPoint:
    """The pixel of a step, at half of a plot's height."""
    return pixel_of(plot, step, sum(plot.getPlotItem().vb.viewRange()[1]) / 2)


def click(qtbot: QtBot, plot: CurvePlot, step: float) -> None:
    qtbot.mouseClick(plot.viewport(), pointer.LEFT, pos=place_in(plot, step))


def double_click(qtbot: QtBot, plot: CurvePlot, step: float) -> None:
    at = place_in(plot, step)
    qtbot.mouseClick(plot.viewport(), pointer.LEFT, pos=at)
    qtbot.mouseDClick(plot.viewport(), pointer.LEFT, pos=at)
    qtbot.mouseRelease(plot.viewport(), pointer.LEFT, pos=at)


def turn_wheel(plot: CurvePlot, step: float, notches: int) -> None:
    pointer.turn_wheel(plot.viewport(), place_in(plot, step), notches)
