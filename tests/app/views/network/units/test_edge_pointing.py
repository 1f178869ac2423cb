"""The pointer at an edge."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtWidgets import QToolTip

from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView
from app.views.network.units.analysis.edge_facts import edge_name
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import chain
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import move, pixels, point_of, point_on_edge, turn_wheel

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]
REACH_PX = 4


@pytest.fixture
def network(show: Show) -> NetworkView:
    """A network of so few edges that they lie apart."""
    return show(prepared(chain(("conv", 2), ("fc", 2), ("fc", 2))))


def ends_of(network: NetworkView, line: int) -> tuple[int, int]:
    lines = network.graph_view.lines
    return int(lines.pairs[line]), int(lines.edges[line])


def test_that_an_edge_near_the_pointer_is_lit_and_told(network: NetworkView) -> None:
    before = pixels(network)
    for line in range(len(network.graph_view.lines)):
        move(network, point_on_edge(network, line, 0.3))
        assert network.scene().hovered_edge == ends_of(network, line)
        assert edge_name(network.graph_view, *ends_of(network, line)) in QToolTip.text()
    assert (pixels(network) != before).any()


def test_that_the_tooltip_tells_weight_gradient_and_update(network: NetworkView) -> None:
    move(network, point_on_edge(network, 0))
    for kind in ("weight", "gradient", "update"):
        assert kind in QToolTip.text()


def px_from_edges(network: NetworkView, at: QPoint) -> float:
    """How far the nearest of all drawn lines is, in px of the screen."""
    point, lines, places = np.array([at.x(), at.y()], float), network.graph_view.lines, network.scene().graph_layout
    nearest = np.inf
    for line in range(len(lines)):
        ends = (places.leaving[lines.leaving[line]], places.arriving[lines.arriving[line]])
        start, end = (np.array([p.x(), p.y()], float) for p in (network.mapFromScene(QPointF(*each)) for each in ends))
        along = np.clip((point - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        nearest = min(nearest, float(np.hypot(*(point - start - along * (end - start)))))
    return nearest


@pytest.mark.parametrize("line", [0, 3, 5])
def test_that_an_edge_further_away_than_its_reach_is_not_lit(network: NetworkView, line: int) -> None:
    lit = {True: 0, False: 0}
    for away in range(-30, 31):
        at = point_on_edge(network, line, 0.3) + QPoint(0, away)
        distance = px_from_edges(network, at)
        if abs(distance - REACH_PX) < 1:  # a pixel has a width
            continue
        move(network, at)
        is_near = distance < REACH_PX
        assert (network.scene().hovered_edge is not None) == is_near
        lit[is_near] += 1
    assert min(lit.values()) > 3, "near and far were tried"


@pytest.mark.parametrize("zoom", [1.0, 3.0])
@pytest.mark.parametrize(("away", "is_met"), [(3.9, True), (-3.9, True), (4.1, False), (-4.1, False)])
def test_that_an_edge_is_met_at_its_reach_whatever_the_zoom(
    network: NetworkView, zoom: float, away: float, is_met: bool
) -> None:
    lines, layout = network.graph_view.lines, network.scene().graph_layout
    start, end = layout.leaving[lines.leaving[0]].astype(float), layout.arriving[lines.arriving[0]].astype(float)
    network.zoom_by(zoom)
    beside = np.array([start[1] - end[1], end[0] - start[0]]) / np.hypot(*(end - start))
    for part in np.linspace(0.2, 0.8, 13):
        place = start + part * (end - start)
        point = network.viewportTransform().map(QPointF(*(place + beside * away / zoom).tolist()))
        if min(_distances(network, place + beside * away / zoom, besides=0)) * zoom < 5:
            continue  # another edge is near
        move(network, point)
        assert (network.scene().hovered_edge is not None) is is_met
        return
    pytest.fail("everywhere another edge is near")


def _distances(network: NetworkView, at: np.ndarray, besides: int) -> list[float]:
    """From a point of the scene to all drawn lines but one."""
    lines, layout, found = network.graph_view.lines, network.scene().graph_layout, []
    for line in range(len(lines)):
        start, end = layout.leaving[lines.leaving[line]], layout.arriving[lines.arriving[line]]
        along = np.clip((at - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        if line != besides:
            found.append(float(np.hypot(*(at - start - along * (end - start)))))
    return found


def test_that_leaving_an_edge_leaves_nothing_behind(network: NetworkView) -> None:
    before = pixels(network)
    move(network, point_on_edge(network, 0))
    move(network, QPoint(2, 2))
    assert network.scene().hovered_edge is None
    assert (pixels(network) == before).all()


def test_that_a_unit_goes_before_the_edges_at_it(network: NetworkView) -> None:
    move(network, point_on_edge(network, 0))
    move(network, point_of(network, 2, 0))
    assert network.scene().hovered_unit == (2, 0)
    assert network.scene().hovered_edge is None


def test_that_an_edge_is_met_within_the_same_px_when_zoomed_in(network: NetworkView) -> None:
    at = point_on_edge(network, 0)
    turn_wheel(network, at, 12)
    move(network, at)
    assert network.scene().hovered_edge == ends_of(network, 0)
    move(network, at + QPoint(0, 40))
    assert network.scene().hovered_edge is None


def test_that_the_edge_stays_lit_across_passes_with_the_figures_of_each(show: Show) -> None:
    run = chain(("conv", 2), ("fc", 2), ("fc", 2), n_passes=2)
    first, second = prepared(run), prepared(run, pass_=1)
    object.__setattr__(second, "graph", first.graph)
    network = show(first)
    move(network, point_on_edge(network, 0))
    lit, text = network.scene().hovered_edge, QToolTip.text()
    network.show_view(second)
    assert network.scene().hovered_edge == lit
    assert not QToolTip.isVisible() or QToolTip.text() != text


def test_that_only_edges_of_the_pinned_unit_can_be_met(show: Show) -> None:
    network = show(prepared(chain(("fc", 4), ("fc", 4))))
    network.pin("fc2", 1)
    lines, layout = network.graph_view.lines, network.scene().graph_layout
    for line in range(0, len(lines), 7):
        point = (layout.leaving[lines.leaving[line]] + layout.arriving[lines.arriving[line]]) / 2
        edge = network.scene().edge_at(float(point[0]), float(point[1]), 4.0)
        assert edge is None or edge == (1, edge[1])
        assert edge is None or edge[1] // 4 == 1


def test_that_the_mode_is_told_first(show: Show) -> None:
    network = show(prepared(chain(("fc", 2), ("fc", 2)), options=GraphOptions(edges=EdgeMode.UPDATE)))
    move(network, point_on_edge(network, len(network.graph_view.lines) - 1))
    assert "<b>update</b>" in QToolTip.text()
