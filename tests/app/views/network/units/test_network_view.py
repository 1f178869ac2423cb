"""The view, driven by mouse, wheel and keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import health_of
from app.palette import DARK
from app.views.network.units.network_view import NetworkView
from tests.app.made_up_findings import finding
from tests.app.painted import Painted, painted_by
from tests.app.views.network.driving import move, pixels, point_of, turn_wheel

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]


def test_that_the_graph_fills_the_viewport(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    layout = network.scene().graph_layout
    viewport = network.viewport()
    assert (layout.width, layout.height) == (viewport.width(), viewport.height())


def test_that_a_hovered_unit_is_named_by_its_true_number(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    with qtbot.waitSignal(network.unit_hovered) as heard:
        move(network, point_of(network, 2, 5))
    assert heard.args == ["fc2", 5]
    assert "fc2 · unit 5" in QToolTip.text()


def test_that_leaving_a_unit_is_told_once(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    left: list[None] = []
    network.unit_left.connect(lambda: left.append(None))
    move(network, point_of(network, 2, 5))
    move(network, QPoint(2, 2))
    move(network, QPoint(3, 3))
    assert len(left) == 1


def test_that_hovering_brightens_nothing_but_the_unit_and_its_edges(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    before = pixels(network)
    move(network, point_of(network, 2, 5))
    after = pixels(network)
    layout = network.scene().graph_layout
    siblings = layout.columns[2].body
    lower = slice(int(siblings.y), int(siblings.bottom))
    column = slice(int(siblings.x + siblings.width * 0.3), int(siblings.x + siblings.width * 0.7))
    y = int(layout.columns[2].centres[5][1])
    changed = np.delete(
        after[lower, column] - before[lower, column], np.s_[y - lower.start - 20 : y - lower.start + 20], 0
    )
    assert changed.max() <= 1, "but for rounding"
    assert changed.min() < -50


def test_that_hovering_does_not_draw_the_edges_again(
    show: Show, views: list[GraphView], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = show(views[0])
    pixels(network)
    drawn: list[object] = []
    edges = network.scene()._edges
    monkeypatch.setattr(edges, "_array", lambda *given, **more: drawn.append(given))
    move(network, point_of(network, 2, 5))
    pixels(network)
    assert drawn == []


def test_that_a_click_tells_the_unit_and_a_drag_does_not(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    at = point_of(network, 3, 1)
    clicked: list[tuple[str, int]] = []
    network.unit_clicked.connect(lambda stage, unit: clicked.append((stage, unit)))
    qtbot.mouseClick(network.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked == [("fc3", 1)]
    qtbot.mousePress(network.viewport(), Qt.MouseButton.LeftButton, pos=at - QPoint(60, 0))
    qtbot.mouseRelease(network.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert clicked == [("fc3", 1)]


def test_that_the_wheel_zooms_at_the_pointer(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    at = QPoint(500, 300)
    before = network.mapToScene(at)
    turn_wheel(network, at, 5)
    assert network.is_zoomed
    assert network.transform().m11() == pytest.approx(1.15**5)
    moved = network.mapToScene(at) - before
    assert abs(moved.x()) < 1.5 and abs(moved.y()) < 1.5


def test_that_zooming_out_ends_where_everything_fits(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    turn_wheel(network, QPoint(500, 300), 4)
    turn_wheel(network, QPoint(100, 100), -9)
    assert not network.is_zoomed
    assert network.transform().isIdentity()


def test_that_zoom_and_place_are_kept_across_passes(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    turn_wheel(network, QPoint(700, 200), 6)
    before = network.transform(), network.mapToScene(QPoint(0, 0))
    network.show_view(views[1])
    assert (network.transform(), network.mapToScene(QPoint(0, 0))) == before


def test_that_the_hovered_unit_stays_lit_across_passes(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    move(network, point_of(network, 2, 5))
    network.show_view(views[1])
    assert network.scene().hovered_unit == (2, 5)


def test_that_a_new_size_lays_everything_out_anew(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    network.resize(1200, 700)
    qtbot.waitUntil(lambda: network.scene().graph_layout.width == network.viewport().width())
    assert not network.is_zoomed
    body = network.scene().graph_layout.rows
    assert body is not None and body.figures[1] <= network.viewport().width()


def test_that_arrow_keys_are_left_to_the_timeline(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    turn_wheel(network, QPoint(500, 300), 6)
    before = network.mapToScene(QPoint(0, 0))
    qtbot.keyClick(network, Qt.Key.Key_Right)
    assert network.mapToScene(QPoint(0, 0)) == before


def test_that_another_pass_changes_the_picture(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    first = pixels(network)
    network.show_view(views[1])
    assert (pixels(network) != first).any()
    network.show_view(views[0])
    assert (pixels(network) == first).all()


def test_that_a_painted_frame_is_told(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    with qtbot.waitSignal(network.frame_painted):
        network.show_view(views[1])


def test_that_the_same_picture_can_be_painted_elsewhere(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    image = QImage(1000, 700, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    painter = QPainter(image)
    network.paint_to(painter, QRectF(50, 40, 900, 600))
    painter.end()
    green = image.pixelColor(10, 10)
    assert image.pixelColor(995, 695) == green, "nothing outside the rectangle"
    assert image.pixelColor(55, 45) != green


def test_that_before_there_is_a_network_nothing_is_painted_elsewhere(show: Show) -> None:
    network = show(None)
    found = painted_by(lambda painter: network.paint_to(painter, QRectF(50, 40, 90, 60)), QSize(200, 200))
    assert found == Painted([], [], [])


def test_that_each_pass_is_told_once_when_it_is_shown(show: Show, views: list[GraphView]) -> None:
    network = show(None)
    told: list[object] = []
    network.pass_changed.connect(lambda: told.append(network.graph_view))
    network.show_graph(views[0].graph)
    assert told == []
    for view in views[:2]:
        network.show_view(view)
    assert told == views[:2]


def test_that_what_is_pinned_marked_and_found_is_in_a_picture_painted_elsewhere(
    show: Show, views: list[GraphView]
) -> None:
    network = show(views[0])

    def found() -> Painted:
        return painted_by(lambda painter: network.paint_to(painter, QRectF(0, 0, 900, 600)), QSize(900, 600))

    plain = found()
    assert plain.lines(DARK.hovered) == []
    assert plain.word("fc2").colour == DARK.text
    network.pin("fc2", 5)
    network.highlight_layer("fc2")
    network.show_health(health_of([finding("dead-units", "critical", ["fc2"], 0)]))
    lit = found()
    assert len(lit.lines(DARK.hovered)) == 2
    assert len(lit.areas(DARK.wrong)) == 1 + len(plain.areas(DARK.wrong))
    assert lit.word("fc2").colour == DARK.background
    network.unpin()
    network.highlight_layer(None)
    network.show_health({})
    assert found() == plain


def test_that_the_pointer_is_followed_while_no_button_is_held(show: Show) -> None:
    assert show(None).viewport().hasMouseTracking()
