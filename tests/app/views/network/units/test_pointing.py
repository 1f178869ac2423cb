"""What the pointer tells over units, edges, headings and empty ground, in its order and not once more than it must."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import health_of
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import chain
from tests.app.made_up_findings import finding
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import move, point_of, point_on_edge, turn_wheel

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]
EMPTY = QPoint(2, 2)
NONE, LEFT, RIGHT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def network(show: Show) -> NetworkView:
    """Of so few edges that they lie apart, with something found of its middle layer."""
    made = show(prepared(chain(("conv", 2), ("fc", 2), ("fc", 2))))
    made.show_health(health_of([finding("dead-units", "critical", ["fc2"], 0)]))
    return made


@pytest.fixture
def told(network: NetworkView) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for name in ("unit_hovered", "unit_left", "unit_clicked", "unit_pinned", "unit_unpinned", "layer_clicked"):
        getattr(network, name).connect(lambda *given, name=name: found.append((name, *given)))
    return found


def heading_of(network: NetworkView, column: int) -> QPoint:
    layout = network.scene().graph_layout
    top = min(spot.heading.y for spot in layout.columns)
    heading = layout.columns[column].heading
    return network.mapFromScene(QPointF(heading.x + heading.width / 2, top + 5))


def leave(network: NetworkView) -> None:
    QApplication.sendEvent(network.viewport(), QEvent(QEvent.Type.Leave))


def rest(network: NetworkView) -> bool:
    viewport = network.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, EMPTY, viewport.mapToGlobal(EMPTY))
    return QApplication.sendEvent(viewport, event) and event.isAccepted()


def mouse(
    network: NetworkView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton = LEFT, held: Qt.MouseButton = LEFT
) -> bool:
    """Whether the event was taken."""
    viewport = network.viewport()
    event = QMouseEvent(kind, QPointF(at), QPointF(viewport.mapToGlobal(at)), button, held, NO_KEY)
    QApplication.sendEvent(viewport, event)
    return event.isAccepted()


def test_that_units_are_told_as_they_come_and_only_the_last_as_left(
    network: NetworkView, told: list[tuple[object, ...]]
) -> None:
    at = point_of(network, 2, 1)
    for to in (at, at + QPoint(1, 0), point_of(network, 3, 0), EMPTY, EMPTY + QPoint(1, 0)):
        move(network, to)
    assert told == [("unit_hovered", "fc2", 1), ("unit_hovered", "fc3", 0), ("unit_left",)]
    move(network, at)
    leave(network)
    leave(network)
    assert told[3:] == [("unit_hovered", "fc2", 1), ("unit_left",)]
    move(network, point_on_edge(network, 0, 0.3))
    assert network.scene().hovered_edge is not None
    leave(network)
    assert network.scene().hovered_edge is None
    assert len(told) == 5, "an edge is no unit"


def test_that_figures_come_and_go_with_what_is_pointed_at(network: NetworkView, said: list[str]) -> None:
    at = point_of(network, 2, 1)
    move(network, at)
    assert len(said) == 1 and "fc2 · unit 1" in said[0]
    move(network, at + QPoint(1, 0))
    assert len(said) == 1, "it is the same unit"
    move(network, point_on_edge(network, 0, 0.3))
    assert len(said) == 2 and " → " in said[1]
    leave(network)
    assert said[2:] == [""]
    leave(network)
    assert said[2:] == [""]
    move(network, at)
    move(network, EMPTY)
    assert "fc2 · unit 1" in said[3] and said[4:] == [""]


def test_that_a_heading_tells_what_is_found_once_the_pointer_rests(network: NetworkView, said: list[str]) -> None:
    move(network, heading_of(network, 2))
    assert said == [""]
    assert rest(network)
    assert said[-1] == "Critical: dead-units of fc2"
    move(network, heading_of(network, 2) + QPoint(1, 0))
    assert len(said) == 2, "it stays as long as the pointer is there"
    move(network, heading_of(network, 3))
    assert len(said) == 3 and said[-1] == ""
    rest(network)
    assert said[3:] == [""], "nothing is found of that one"
    move(network, heading_of(network, 2))
    leave(network)
    rest(network)
    assert said[-1] == "", "the pointer is nowhere"


def test_that_only_figures_that_are_seen_follow_the_passes(
    network: NetworkView, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = network.graph_view
    move(network, point_of(network, 2, 1))
    for is_visible, n in ((False, 1), (True, 2)):
        monkeypatch.setattr(QToolTip, "isVisible", lambda is_visible=is_visible: is_visible)
        network.show_view(view)
        assert len(said) == n


def test_that_a_click_tells_what_it_met_and_then_what_became_of_it(
    network: NetworkView, told: list[tuple[object, ...]]
) -> None:
    for at in (point_of(network, 2, 1), point_of(network, 2, 1), heading_of(network, 3), EMPTY):
        assert mouse(network, QEvent.Type.MouseButtonPress, at)
        assert mouse(network, QEvent.Type.MouseButtonRelease, at, held=NONE)
    assert told == [
        ("unit_clicked", "fc2", 1),
        ("unit_pinned", "fc2", 1),
        ("unit_clicked", "fc2", 1),
        ("unit_unpinned",),
        ("layer_clicked", "fc3"),
    ]


def test_that_only_the_left_button_clicks_and_only_once(network: NetworkView, told: list[tuple[object, ...]]) -> None:
    at = point_of(network, 2, 1)
    mouse(network, QEvent.Type.MouseButtonPress, at, RIGHT, RIGHT)
    mouse(network, QEvent.Type.MouseButtonRelease, at, RIGHT, NONE)
    mouse(network, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)
    mouse(network, QEvent.Type.MouseButtonPress, at)
    mouse(network, QEvent.Type.MouseButtonRelease, at, RIGHT)
    assert told == []
    mouse(network, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)
    mouse(network, QEvent.Type.MouseButtonRelease, at, LEFT, NONE)
    assert [each[0] for each in told] == ["unit_clicked", "unit_pinned"]


@pytest.mark.parametrize("past", [-1, 0])
def test_that_what_moves_as_far_as_a_drag_is_no_click(
    network: NetworkView, told: list[tuple[object, ...]], past: int
) -> None:
    end = point_of(network, 2, 1)
    start = end - QPoint(QApplication.startDragDistance() + past, 0)
    mouse(network, QEvent.Type.MouseButtonPress, start)
    mouse(network, QEvent.Type.MouseButtonRelease, end, held=NONE)
    assert bool(told) is (past < 0)


def test_that_nothing_is_pointed_at_while_a_button_is_held(network: NetworkView) -> None:
    mouse(network, QEvent.Type.MouseMove, point_of(network, 2, 1), NONE, LEFT)
    assert network.scene().hovered_unit is None


def test_that_what_is_zoomed_in_is_dragged_and_what_fits_is_not(network: NetworkView) -> None:
    shape = lambda: network.viewport().cursor().shape()  # noqa: E731
    shapes = Qt.CursorShape

    def drag() -> QPointF:
        before = network.mapToScene(EMPTY)
        mouse(network, QEvent.Type.MouseButtonPress, QPoint(300, 300))
        mouse(network, QEvent.Type.MouseMove, QPoint(280, 290), NONE, LEFT)
        mouse(network, QEvent.Type.MouseButtonRelease, QPoint(280, 290), held=NONE)
        return network.mapToScene(EMPTY) - before

    assert drag().isNull()
    assert shape() is shapes.ArrowCursor
    turn_wheel(network, QPoint(300, 300), 10)
    zoom = network.transform().m11()
    assert shape() is shapes.OpenHandCursor
    moved = drag()
    assert (moved.x() * zoom, moved.y() * zoom) == pytest.approx((20, 10), abs=1)
    assert shape() is shapes.OpenHandCursor
    network.fit()
    assert shape() is shapes.ArrowCursor
    move(network, point_of(network, 2, 1))
    assert shape() is shapes.PointingHandCursor
    leave(network)
    assert shape() is shapes.ArrowCursor


def test_that_a_click_leaves_the_hand_that_points_at_a_unit(network: NetworkView) -> None:
    network.zoom_by(1.2)
    at = point_of(network, 2, 1)
    move(network, at)
    assert network.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    mouse(network, QEvent.Type.MouseButtonPress, at)
    mouse(network, QEvent.Type.MouseButtonRelease, at, held=NONE)
    assert network.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor


def test_that_in_another_network_nothing_is_pointed_at_any_more(
    network: NetworkView, told: list[tuple[object, ...]], said: list[str]
) -> None:
    move(network, point_of(network, 2, 1))
    network.show_view(prepared(chain(("fc", 3), ("fc", 2))))
    assert told == [("unit_hovered", "fc2", 1), ("unit_left",)]
    assert said[-1] == ""
    assert network.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_that_units_are_found_by_the_numbers_that_the_graph_keeps(show: Show) -> None:
    run = chain(("fc", 30), ("fc", 40), ("fc", 3), cap=4)
    scene = show(prepared(run)).scene()
    kept = run.layers["fc1"].kept.tolist()
    assert [scene.unit_named("fc1", number) for number in kept] == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert (kept[0], kept[-1]) == (0, 29)
    assert [scene.unit_named("fc1", number) for number in (-1, 1, 30)] == [None] * 3
    assert scene.unit_named("elsewhere", 0) is None


def test_that_the_edges_that_can_be_met_are_those_that_are_lit(network: NetworkView) -> None:
    scene, layout = network.scene(), network.scene().graph_layout
    lines = network.graph_view.lines

    def met() -> set[int]:
        """The pairs whose edges are met at their middles."""
        found = set()
        for line in range(len(lines)):
            middle = (layout.leaving[lines.leaving[line]] + layout.arriving[lines.arriving[line]]) / 2
            edge = scene.edge_at(float(middle[0]), float(middle[1]), 0.5)
            if edge is not None:
                found.add(edge[0])
        return found

    assert met() == {0, 1, 2}
    network.pin("fc3", 1)
    assert met() == {2}
    network.pin("fc2", 1)
    assert met() == {1, 2}
    network.unpin()
    assert met() == {0, 1, 2}
    network.resize(700, 500)
    layout = scene.graph_layout
    assert met() == {0, 1, 2}, "where they stand now"


def test_that_a_view_of_nothing_takes_every_event(show: Show, qtbot: QtBot) -> None:
    network = show(None)
    for at in (EMPTY, QPoint(300, 300)):
        move(network, at)
        mouse(network, QEvent.Type.MouseButtonPress, at)
        mouse(network, QEvent.Type.MouseButtonRelease, at, held=NONE)
        turn_wheel(network, at, 3)
    assert network.scene().edge_at(3, 3, 4) is None
    assert rest(network)
    leave(network)
    assert not network.pin("fc1", 0)
