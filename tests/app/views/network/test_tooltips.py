"""The figures at the pointer stay as long as it rests there: Qt's own request for a tooltip is answered with them."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from app.analysis.graph.graph_view import GraphView
from app.views.network.units.network_view import NetworkView
from tests.app.views.network.driving import move, point_of, point_on_edge

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]


def rest(widget: QWidget, at: QPoint) -> bool:
    """What Qt sends when the pointer has rested; whether it was answered."""
    event = QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at))
    return QApplication.sendEvent(widget, event) and event.isAccepted()


@pytest.mark.parametrize("what", ["a unit", "an edge"])
def test_that_the_figures_stay_when_the_pointer_rests(what: str, show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    at = point_of(network, 2, 5) if what == "a unit" else point_on_edge(network, len(views[0].lines) - 1, 0.4)
    move(network, at)
    shown = QToolTip.text()
    assert shown
    for _ in range(3):
        assert rest(network.viewport(), at), "whoever does not answer has the tooltip taken away"
        assert QToolTip.isVisible() and QToolTip.text() == shown


def test_that_the_figures_come_back_when_the_pointer_rests_again(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    at = point_of(network, 2, 5)
    move(network, at)
    for tip in QApplication.topLevelWidgets():
        if tip.inherits("QTipLabel"):
            tip.hide()
    assert not QToolTip.isVisible()
    assert rest(network.viewport(), at)
    assert QToolTip.isVisible() and "fc2 · unit 5" in QToolTip.text()


def test_that_empty_ground_has_no_figures(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    move(network, point_of(network, 2, 5))
    move(network, QPoint(2, 2))
    rest(network.viewport(), QPoint(2, 2))
    assert network.scene().hovered_unit is None and network.scene().hovered_edge is None
