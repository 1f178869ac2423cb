"""What edges there is time for: what they cost, how much is paid at once, and what is drawn where all can be."""

from collections.abc import Callable
from unittest.mock import Mock

import numpy as np
import pytest
from PyQt6.QtCore import QObject, QSize
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.views.network.units import edges_item
from app.views.network.units.analysis.layout import place
from app.views.network.units.edge_pens import EDGE_WIDTHS
from app.views.network.units.edges_item import ROUGH_LENGTH, SMOOTH_LENGTH, EdgesItem
from app.views.network.units.network_view import NetworkView
from tests.app.looks.pieces.network import CNN
from tests.app.made_up import chain
from tests.app.painted import painted_by
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels

Show = Callable[[GraphView | None], NetworkView]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What it was asked of which edges there is time for."""
    found: list[tuple] = []
    affordable = edges_item.affordable

    def ask(*given: object) -> object:
        found.append(given)
        return affordable(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(edges_item, "affordable", ask)
    return found


@pytest.fixture
def crowded() -> list[GraphView]:
    """Two passes of a graph with more edges than there is time for."""
    run = chain(("fc", 60), ("fc", 60), ("fc", 10), n_passes=2, picture=(1, 2, 2))
    first, second = prepared(run), prepared(run, pass_=1)
    object.__setattr__(second, "graph", first.graph)
    return [first, second]


def test_that_an_edge_costs_its_length_as_often_as_it_is_wide(
    show: Show, views: list[GraphView], asked: list[tuple]
) -> None:
    network = show(views[0])
    pixels(network)
    lines, costs, *_ = asked[-1]
    layout = network.network.graph_layout
    slow = [
        float(np.hypot(*(layout.arriving[end] - layout.leaving[start]))) * EDGE_WIDTHS[style]
        for start, end, style in zip(lines.leaving, lines.arriving, lines.styles, strict=True)
    ]
    assert lines is views[0].lines
    assert costs == pytest.approx(np.array(slow), rel=1e-4)


def test_that_while_passes_follow_one_another_half_of_it_is_drawn_at_once(
    show: Show, crowded: list[GraphView], asked: list[tuple], qtbot: QtBot
) -> None:
    network = show(crowded[0])
    pixels(network)
    assert sum(asked[-1][1]) > SMOOTH_LENGTH
    for view in (crowded[1], crowded[0]):
        network.show_view(view)
    pixels(network)
    assert asked[-1][2:] == (SMOOTH_LENGTH / 2, ROUGH_LENGTH / 2)
    qtbot.waitUntil(lambda: network.network.is_exact)
    network.show_view(crowded[1])
    pixels(network)
    assert asked[-1][2:] == (SMOOTH_LENGTH, ROUGH_LENGTH), "it had come to rest"


def test_that_few_edges_are_all_drawn_however_fast_passes_follow(
    show: Show, views: list[GraphView], asked: list[tuple]
) -> None:
    network = show(views[0])
    for view in (views[1], views[2]):
        network.show_view(view)
    pixels(network)
    assert sum(asked[-1][1]) < SMOOTH_LENGTH
    assert asked[-1][2:] == (SMOOTH_LENGTH, ROUGH_LENGTH)
    assert network.network.is_exact
    n = len(asked)
    pixels(network)
    assert len(asked) == n, "what was drawn is kept"


def test_that_without_edges_all_of_them_are_there_at_once(qapp) -> None:
    owner = QObject()
    item = EdgesItem(owner)
    assert item.is_exact
    view = prepared(CNN)
    item.show_lines(view.lines, place(view.graph, 900, 600))
    assert not item.is_exact, "they are still to be painted"
    item.show_lines(None, None)
    assert item.is_exact


def test_that_the_same_edges_in_the_same_place_are_not_drawn_again(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = QObject()
    item, view = EdgesItem(owner), prepared(CNN)
    update = Mock()
    monkeypatch.setattr(item, "update", update)
    layout = place(view.graph, 900, 600)
    for lines, placed, n in (
        (view.lines, layout, 1),
        (view.lines, layout, 1),
        (view.lines, place(view.graph, 900, 600), 2),
        (prepared(CNN, 1).lines, layout, 3),
        (None, layout, 4),
    ):
        item.show_lines(lines, placed)
        assert update.call_count == n


def test_that_a_file_has_every_edge_within_the_graph(qapp) -> None:
    owner = QObject()
    item, view = EdgesItem(owner), prepared(CNN)
    layout = place(view.graph, 900, 600)
    item.show_lines(view.lines, layout)
    cut: list[object] = []

    def paint(painter) -> None:  # type: ignore[no-untyped-def]
        item.paint(painter, None)
        cut.append(painter.clipBoundingRect().getRect())

    found = painted_by(paint, QSize(1000, 700))
    assert cut == [(0, 0, 900, 600)]
    assert len(found.shapes) == len(view.lines) == 32
    starts, ends = layout.leaving[view.lines.leaving], layout.arriving[view.lines.arriving]
    expected = sorted((*np.minimum(a, b), *np.abs(b - a)) for a, b in zip(starts, ends, strict=True))
    assert sorted(each.place.getRect() for each in found.shapes) == pytest.approx(np.array(expected), abs=0.05)
