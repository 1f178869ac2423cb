"""The graph of units zoomed, made larger, and moved along a network of more columns than can be drawn."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QScrollBar, QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import STRETCH, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.run_scales import RunScales
from app.views.network.legend import Legend
from app.views.network.units.network_view import NetworkView
from tests.app.looks.pieces.network import DEEP
from tests.app.made_up import MadeUpRun
from tests.app.views.network.driving import move, point_of

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]
NONE, NO_KEY = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


class Part:
    """A network of 61 columns, of which a view shows a stretch."""

    def __init__(self, run: MadeUpRun) -> None:
        self.run, self.graph = run, build_graph(run.layers, run.probe)
        self.scales = RunScales(self.graph, lambda: run.passes)

    def view(self, first: int) -> GraphView:
        options = GraphOptions(first_column=first)
        return prepare(self.graph, self.run.passes[0], 0, self.scales.of(options), options)


@pytest.fixture(scope="module")
def part() -> Part:
    return Part(DEEP)


def bar_of(network: NetworkView) -> QScrollBar:
    (bar,) = [each for each in network.findChildren(QScrollBar) if each.parent() is network]
    return bar


def heard(network: NetworkView, *names: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for name in names:
        getattr(network, name).connect(lambda *given, name=name: found.append((name, *given)))
    return found


def turn(network: NetworkView, across: int, down: int) -> bool:
    """Turn the wheel in both directions; whether it was taken."""
    at, phase = QPointF(300, 200), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        at, QPointF(network.mapToGlobal(at)), QPoint(), QPoint(across, down), NONE, NO_KEY, phase, False
    )
    QApplication.sendEvent(network.viewport(), event)
    return event.isAccepted()


def test_that_the_bar_tells_how_much_of_the_network_is_seen_and_where(show: Show, part: Part) -> None:
    network = show(part.view(0))
    told = heard(network, "column_requested", "columns_changed")
    bar = bar_of(network)
    n = len(part.graph.columns)
    assert n == 61
    assert bar.accessibleName() == "Columns of the network"
    for first in (0, 30, n - STRETCH):
        network.show_view(part.view(first))
        assert (bar.minimum(), bar.maximum(), bar.value()) == (0, n - STRETCH, first)
        assert (bar.pageStep(), bar.singleStep()) == (STRETCH, STRETCH // 8)
    assert told == [("columns_changed", None)] * 2, "which nobody has asked for by the bar"
    network.show_view(part.view(n - STRETCH))
    assert len(told) == 2, "the same columns at another pass"
    network.show_graph(part.graph)
    assert network.scene().graph.first == n - STRETCH and len(told) == 2


def test_that_the_bar_and_the_legend_stand_below_the_graph(show: Show, part: Part, views: list[GraphView]) -> None:
    network = show(part.view(0))
    bar, (legend,) = bar_of(network), network.findChildren(Legend)
    high = bar.sizeHint().height()
    for width, height in ((900, 600), (700, 500)):
        network.resize(width, height)
        assert legend.geometry().getRect() == (0, height - 30, width, 30)
        assert bar.geometry().getRect() == (0, height - 30 - high, width, high)
        assert network.viewport().geometry().getRect() == (0, 0, width, height - 30 - high)
    network.show_view(views[0])
    assert not bar.isVisible()
    assert network.viewport().geometry().getRect() == (0, 0, 700, 470)


@pytest.mark.parametrize(
    ("number", "asked"),
    [(20, []), (39, []), (40, [30]), (60, [50]), (19, [9]), (5, [0]), (0, [0])],
)
def test_that_a_column_is_asked_for_only_where_it_is_not_seen(
    show: Show, part: Part, number: int, asked: list[int]
) -> None:
    assert STRETCH == 20
    network = show(part.view(20))
    told = heard(network, "column_requested")
    network.show_column(number)
    assert told == [("column_requested", each) for each in asked]


@pytest.mark.parametrize(
    ("across", "down", "to"),
    [(-120, 0, 32), (120, 0, 28), (-120, 119, 32), (-120, -120, None), (-119, 120, None), (0, 0, None)],
)
def test_that_the_wheel_moves_along_the_network_where_it_is_turned_across(
    show: Show, part: Part, across: int, down: int, to: int | None
) -> None:
    network = show(part.view(30))
    told = heard(network, "column_requested")
    assert turn(network, across, down)
    assert told == ([] if to is None else [("column_requested", to)])
    assert network.is_zoomed is (to is None and down > 0)


def test_that_a_network_that_fits_is_zoomed_however_the_wheel_is_turned(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    assert turn(network, -120, 60)
    assert network.transform().m11() == pytest.approx(1.15**0.5)


def test_that_a_unit_that_was_clicked_is_lit_again_when_it_is_scrolled_back_to(
    show: Show, part: Part, qtbot: QtBot
) -> None:
    network = show(part.view(20))
    stages = [column.stage for column in network.scene().graph.columns]
    at = point_of(network, 3, 1)
    qtbot.mouseClick(network.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert network.scene().pinned_unit == (3, 1)
    told = heard(network, "unit_pinned", "unit_unpinned")
    for first, pinned in ((41, None), (21, (2, 1)), (20, (3, 1))):
        network.show_view(part.view(first))
        assert network.scene().pinned_unit == pinned
    network.unpin()
    for first in (41, 20):
        network.show_view(part.view(first))
        assert network.scene().pinned_unit is None
    assert network.pin(stages[3], 1)
    assert not network.pin(stages[3], 2)
    assert network.scene().pinned_unit is None
    assert told == [("unit_unpinned",)]


def test_that_the_marked_layer_is_marked_wherever_it_stands(show: Show, part: Part) -> None:
    network = show(part.view(20))
    stages = [column.stage for column in network.scene().graph.columns]
    network.highlight_layer(stages[4])
    for first, marked in ((20, 4), (22, 2), (41, None), (20, 4)):
        network.show_view(part.view(first))
        assert network.scene().marked_column == marked


def test_that_what_was_pointed_at_is_left_when_the_columns_move(
    show: Show, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = show(part.view(20))
    move(network, point_of(network, 3, 1))
    told = heard(network, "unit_left", "columns_changed")
    hidden: list[None] = []
    monkeypatch.setattr(QToolTip, "isVisible", lambda: False)
    monkeypatch.setattr(QToolTip, "hideText", lambda: hidden.append(None))
    network.show_view(part.view(22))
    assert told == [("unit_left",), ("columns_changed", None)]
    assert len(hidden) == 1


def test_that_whoever_walks_is_told_where_the_unit_stands_now(show: Show, part: Part) -> None:
    network = show(part.view(20))
    told = heard(network, "columns_changed")
    network.scene().focus_on((3, 1))
    network.show_view(part.view(22))
    assert told == [("columns_changed", (1, 1))]
    network.scene().focus_on((1, 1))
    network.show_view(part.view(41))
    assert told[1:] == [("columns_changed", None)]


@pytest.mark.parametrize(("factor", "zoom"), [(1.0005, 1.0), (1.01, 1.01), (0.5, 1.0), (23.0, 23.0), (30.0, 24.0)])
def test_that_it_is_zoomed_from_everything_to_single_units(
    show: Show, views: list[GraphView], factor: float, zoom: float
) -> None:
    network = show(views[0])
    network.zoom_by(factor)
    assert network.transform().m11() == network.transform().m22() == pytest.approx(zoom)
    assert network.is_zoomed is (zoom > 1)


def test_that_without_a_point_it_is_zoomed_around_the_middle(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    middle = network.viewport().rect().center()
    before = network.mapToScene(middle)
    network.zoom_by(3.0)
    moved = network.mapToScene(middle) - before
    assert max(abs(moved.x()), abs(moved.y())) < 1


def test_that_in_another_size_the_middle_of_what_is_zoomed_stays(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    scene = network.scene()
    network.zoom_by(4.0)
    network.centerOn(QPointF(*scene.graph_layout.columns[2].centres[5]))
    before = network.mapToScene(network.viewport().rect().center())
    share = np.array([before.x() / scene.graph_layout.width, before.y() / scene.graph_layout.height])
    network.resize(1200, 700)
    after = network.mapToScene(network.viewport().rect().center())
    found = np.array([after.x() / scene.graph_layout.width, after.y() / scene.graph_layout.height])
    assert (scene.graph_layout.width, scene.graph_layout.height) == (1200, 670)
    assert np.abs(found - share).max() < 0.003
    assert network.transform().m11() == pytest.approx(4.0)


def test_that_keys_are_left_to_the_window(qtbot: QtBot, views: list[GraphView]) -> None:
    network = NetworkView()
    qtbot.addWidget(network)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_PageDown, Qt.Key.Key_A):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, NO_KEY)
        event.accept()
        QApplication.sendEvent(network, event)
        assert not event.isAccepted()


@pytest.mark.parametrize("number", [3, 25, 60])
def test_that_a_layer_or_a_unit_that_is_chosen_is_asked_for_where_it_is_not_seen(
    show: Show, part: Part, number: int
) -> None:
    network = show(part.view(20))
    stage = part.graph.columns[number].stage
    told = heard(network, "column_requested")
    asked = [] if number == 25 else [("column_requested", max(0, number - STRETCH // 2))]
    network.highlight_layer(stage)
    assert told == asked
    assert network.pin(stage, 1) is (number == 25)
    assert told == 2 * asked
    network.highlight_layer(None)
    network.highlight_layer("a layer of another network")
    assert not network.pin("a layer of another network", 1)
    assert told == 2 * asked


def test_that_what_is_zoomed_is_dragged_and_has_no_bars_of_its_own(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    size = network.viewport().size()
    network.zoom_by(3.0)
    assert not network.horizontalScrollBar().isVisible() and not network.verticalScrollBar().isVisible()
    assert network.horizontalScrollBar().maximum() > 0 < network.verticalScrollBar().maximum()
    assert network.viewport().size() == size
    assert not bar_of(network).isVisible()


def test_that_a_view_without_a_network_has_no_bar(show: Show) -> None:
    network = show(None)
    assert not network.is_zoomed
    assert not bar_of(network).isVisible()
    assert network.viewport().geometry().getRect() == (0, 0, 900, 570), "but room for its legend"
