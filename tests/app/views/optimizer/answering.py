"""A panel of the optimizer that is given at once what it asks for, and is drawn; and places in its picture."""

from PyQt6.QtCore import QDeadlineTimer, QPoint
from PyQt6.QtWidgets import QApplication

from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.panel import OptimizerPanel
from app.widgets.heat_map import HeatMap


def answered_panel() -> OptimizerPanel:
    """A panel whose measures are put together when they are chosen."""
    panel = OptimizerPanel()
    panel.heat_requested.connect(lambda run, measure: panel.show_heat(layer_heat(run, measure)))
    return panel


def draw(panel: OptimizerPanel) -> None:
    """Let its plots be drawn, which come one in a turn of the event loop."""
    deadline = QDeadlineTimer(5000)
    while panel.is_filling and not deadline.hasExpired():
        QApplication.processEvents()
    assert not panel.is_filling


def at(heat_map: HeatMap, step: float, row: int) -> QPoint:
    """The pixel of a step and a layer."""
    assert heat_map.heat is not None
    y = (row + 0.5) * heat_map.height() / len(heat_map.heat.layers)
    return QPoint(round(heat_map._x_of(step)), int(y))
