"""Many edges are drawn at once as far as there is time, and all of them as soon as nothing moves."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.views.network.units.deferred_drawing import DeferredDrawing
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import chain
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import picture_of, pixels, pixels_of

Show = Callable[[GraphView | None], NetworkView]


@pytest.fixture
def crowded() -> list[GraphView]:
    """Two passes of a graph with more edges than there is time for."""
    run = chain(("fc", 60), ("fc", 60), ("fc", 10), n_passes=2, picture=(1, 2, 2))
    first, second = prepared(run), prepared(run, pass_=1)
    object.__setattr__(second, "graph", first.graph)
    return [first, second]


def test_that_few_edges_are_all_there_at_once(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    pixels(network)
    assert network.scene().is_exact


def test_that_many_edges_are_all_there_after_a_rest(show: Show, crowded: list[GraphView], qtbot: QtBot) -> None:
    network = show(crowded[0])
    at_once = pixels(network)
    assert not network.scene().is_exact
    qtbot.waitUntil(lambda: network.scene().is_exact)
    after = pixels(network)
    assert (after != at_once).any()
    picture = pixels_of(picture_of(network))
    assert np.abs(after - picture[: after.shape[0]]).max() <= 2, "as in a picture"


def test_that_fewer_edges_are_drawn_while_one_pass_follows_another(
    show: Show, crowded: list[GraphView], qtbot: QtBot
) -> None:
    network = show(crowded[0])
    qtbot.waitUntil(lambda: network.scene().is_exact)
    network.show_view(crowded[1])
    first = pixels(network)
    network.show_view(crowded[0])
    network.show_view(crowded[1])
    assert (pixels(network) != first).any(), "in a row"
    qtbot.waitUntil(lambda: network.scene().is_exact)
    network.show_view(crowded[0])
    pixels(network)
    qtbot.waitUntil(lambda: network.scene().is_exact)
    network.show_view(crowded[1])
    assert (pixels(network) == first).all(), "and after a rest as before"


def test_that_another_pass_is_not_disturbed_by_the_one_before(
    show: Show, crowded: list[GraphView], qtbot: QtBot
) -> None:
    network = show(crowded[0])
    qtbot.waitUntil(lambda: network.scene().is_exact)
    first = pixels(network)
    network.show_view(crowded[1])
    pixels(network)
    network.show_view(crowded[0])
    pixels(network)
    qtbot.waitUntil(lambda: network.scene().is_exact)
    assert (pixels(network) == first).all()


def test_that_slow_drawing_is_done_a_little_at_a_time(qtbot: QtBot) -> None:
    owner = QObject()
    still = DeferredDrawing(owner)
    drawn: list[int] = []
    done: list[int] = []

    def strokes() -> Iterator[None]:
        for stroke in range(5):
            drawn.append(stroke)
            qtbot.wait(8)  # longer than a slice
            yield

    still.ask(strokes, lambda: done.append(len(drawn)))
    assert drawn == [] and still.is_under_way
    qtbot.waitUntil(lambda: not still.is_under_way)
    assert done == [5]


def test_that_what_is_no_longer_wished_is_not_drawn(qtbot: QtBot) -> None:
    owner = QObject()
    still = DeferredDrawing(owner)
    done: list[str] = []
    still.ask(lambda: iter([None]), lambda: done.append("first"))
    still.ask(lambda: iter([None]), lambda: done.append("second"))
    qtbot.waitUntil(lambda: not still.is_under_way)
    still.ask(lambda: iter([None]), lambda: done.append("third"))
    still.forget()
    assert not still.is_under_way
    assert done == ["second"]


def test_that_hovering_while_passes_follow_one_another_draws_what_there_is_time_for_once_more_and_keeps_it(
    show: Show, crowded: list[GraphView], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = show(crowded[1])
    network.show_view(crowded[0])
    at_once = pixels(network)
    edges = network.scene()._edges
    draw, drawn = edges._draw_at_once, []
    monkeypatch.setattr(edges, "_draw_at_once", lambda *given: (drawn.append(given), draw(*given)))
    assert (pixels(network) == at_once).all()
    assert (pixels(network) == at_once).all()
    assert len(drawn) == 1


def test_that_lines_are_cut_off_at_the_border_of_the_screen_where_they_are_drawn_at_once(
    show: Show, crowded: list[GraphView], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = show(crowded[1])
    edges, cut = network.scene()._edges, []
    draw = edges._draw_at_once
    monkeypatch.setattr(
        edges, "_draw_at_once", lambda painter, *given: (cut.append(painter.hasClipping()), draw(painter, *given))
    )
    network.show_view(crowded[0])
    for _ in range(2):
        pixels(network)
    assert cut == [True, True], "thin lines are drawn much faster so"


def test_that_a_drawing_that_is_under_way_is_ended_by_the_next_one(qtbot: QtBot) -> None:
    owner = QObject()
    still, told = DeferredDrawing(owner), list[str]()

    def without_end() -> Iterator[None]:
        told.append("begun")
        try:
            while True:
                yield
        finally:
            told.append("ended")

    still.ask(without_end, lambda: told.append("done"))
    qtbot.waitUntil(lambda: told == ["begun"])
    still.ask(lambda: iter([None]), lambda: told.append("next"))
    assert told == ["begun", "ended"]
    qtbot.waitUntil(lambda: not still.is_under_way)
    assert told == ["begun", "ended", "next"]
