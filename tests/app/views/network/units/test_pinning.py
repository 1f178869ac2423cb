"""A click keeps a unit lit; headings can be clicked and marked."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_view import GraphView
from app.palette import active
from app.views.network.units.network_scene import NetworkScene
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import chain
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import move, pixels, point_of

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]
EMPTY = QPoint(2, 2)
BESIDE = QPoint(5, 5)
"""From the middle of a tile, where two of its pixels meet, to that of one."""


class Heard:
    """What a view tells, in order."""

    def __init__(self, network: NetworkView) -> None:
        self.told: list[tuple[object, ...]] = []
        network.unit_pinned.connect(lambda stage, unit: self.told.append(("pinned", stage, unit)))
        network.unit_unpinned.connect(lambda: self.told.append(("unpinned",)))
        network.layer_clicked.connect(lambda stage: self.told.append(("layer", stage)))


def click(network: NetworkView, at: QPoint, qtbot: QtBot) -> None:
    qtbot.mouseClick(network.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_that_a_click_pins_and_another_unpins(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    heard = Heard(network)
    click(network, point_of(network, 2, 5), qtbot)
    assert network.scene().pinned_unit == (2, 5)
    click(network, point_of(network, 2, 5), qtbot)
    assert network.scene().pinned_unit is None
    assert heard.told == [("pinned", "fc2", 5), ("unpinned",)]


def test_that_a_click_on_empty_ground_unpins_and_is_told_once(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    heard = Heard(network)
    click(network, point_of(network, 2, 5), qtbot)
    click(network, EMPTY, qtbot)
    click(network, EMPTY, qtbot)
    assert heard.told == [("pinned", "fc2", 5), ("unpinned",)]


def test_that_a_click_on_another_unit_moves_the_pin(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    heard = Heard(network)
    click(network, point_of(network, 2, 5), qtbot)
    click(network, point_of(network, 3, 1), qtbot)
    assert network.scene().pinned_unit == (3, 1)
    assert heard.told == [("pinned", "fc2", 5), ("pinned", "fc3", 1)]


def test_that_the_pinned_unit_stays_lit_when_the_pointer_goes(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    plain = pixels(network)
    move(network, point_of(network, 2, 5))
    click(network, point_of(network, 2, 5), qtbot)
    move(network, EMPTY)
    assert network.scene().hovered_unit is None
    assert (pixels(network) != plain).any()


def test_that_hovering_another_unit_lights_both(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    network.pin("fc2", 5)
    pinned = pixels(network)
    move(network, point_of(network, 3, 1))
    assert network.scene().pinned_unit == (2, 5) and network.scene().hovered_unit == (3, 1)
    both = pixels(network)
    at = point_of(network, 2, 5)
    near = slice(at.y() - 10, at.y() + 10), slice(at.x() - 10, at.x() + 10)
    assert (both[near] == pinned[near]).all(), "the pinned one is as lit as before"
    assert (both != pinned).any()


@pytest.mark.parametrize(("stage", "unit", "lit", "veiled"), [("fc2", 5, [1, 3], 0), ("conv1", 2, [0, 2], 3)])
def test_that_the_columns_that_edges_lead_to_are_as_bright_as_before(
    show: Show, views: list[GraphView], stage: str, unit: int, lit: list[int], veiled: int
) -> None:
    network = show(views[0])
    before = pixels(network)
    network.pin(stage, unit)
    after, own = pixels(network), network.network.pinned_unit
    assert own is not None
    others = [(column, position) for column in lit for position in range(len(views[0].graph.columns[column]))]
    for column, position in (own, *others):
        at = point_of(network, column, position) + BESIDE
        assert (after[at.y(), at.x()] == before[at.y(), at.x()]).all()
    at = point_of(network, veiled, 9) + BESIDE
    assert (after[at.y(), at.x()] != before[at.y(), at.x()]).any()


def test_that_the_pin_is_kept_across_passes_and_samples(show: Show) -> None:
    run = chain(("conv", 4), ("fc", 12), ("fc", 10), n_passes=2)
    first = prepared(run)
    network = show(first)
    network.pin("conv1", 2)
    second = prepared(run, pass_=1, sample=2)
    object.__setattr__(second, "graph", first.graph)
    network.show_view(second)
    assert network.scene().pinned_unit == (1, 2)


def test_that_what_is_lit_is_so_in_the_colours_of_the_pass_that_is_shown(show: Show, views: list[GraphView]) -> None:
    before, fresh = show(views[0]), show(views[1])
    weights, others = (view.pairs[1].values.ravel() for view in views[:2])
    edge = 1, int(np.flatnonzero(weights * others < 0)[0])
    for light in (lambda scene: scene.hover_edge(edge), lambda scene: scene.pin((2, 5))):
        before.show_view(views[0])
        for network in (before, fresh):
            light(network.scene())
        before.show_view(views[1])
        assert (pixels(before) == pixels(fresh)).all()


def test_that_another_graph_has_no_pin_which_is_nothing_that_the_user_did(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    network.pin("fc2", 5)
    heard = Heard(network)
    network.show_view(prepared(chain(("fc", 3), ("fc", 2))))
    assert network.scene().pinned_unit is None
    assert heard.told == []


def test_that_in_another_graph_nothing_is_lit_and_no_column_is_marked(qapp, views: list[GraphView]) -> None:
    scene = NetworkScene()
    scene.show_graph(views[0].graph, 900, 600)
    scene.show_view(views[0])
    scene.hover((2, 5))
    scene.pin((1, 2))
    scene.focus_on((3, 1))
    scene.hover_edge((0, 1))
    scene.mark_column(2)
    lit = lambda: [scene.hovered_unit, scene.pinned_unit, scene.focused_unit, scene.hovered_edge, scene.marked_column]  # noqa: E731
    assert lit() == [(2, 5), (1, 2), (3, 1), (0, 1), 2]
    scene.show_graph(prepared(chain(("fc", 3), ("fc", 2))).graph, 900, 600)
    assert lit() == [None] * 5


def test_that_pinning_from_outside_goes_by_true_numbers_and_tells_nothing(show: Show) -> None:
    run = chain(("fc", 30), ("fc", 40), ("fc", 3), cap=4)
    network = show(prepared(run))
    heard = Heard(network)
    kept = run.layers["fc1"].kept.tolist()
    assert network.pin("fc1", kept[2])
    assert network.scene().pinned_unit == (1, 2)
    dropped = next(number for number in range(30) if number not in kept)
    assert not network.pin("fc1", dropped)
    assert not network.pin("nothing", 0) and not network.pin("fc1", 99)
    assert network.scene().pinned_unit is None
    assert heard.told == []


def test_that_the_heading_of_a_column_can_be_clicked(show: Show, views: list[GraphView], qtbot: QtBot) -> None:
    network = show(views[0])
    network.pin("fc2", 5)
    heard = Heard(network)
    heading = network.scene().graph_layout.columns[2].heading
    click(network, network.mapFromScene(QPointF(heading.x + heading.width / 2, heading.y + 5)), qtbot)
    assert heard.told == [("layer", "fc2")], "and the pin stays"


def accent_at(network: NetworkView, column: int) -> bool:
    heading = network.scene().graph_layout.columns[column].heading
    top = min(spot.heading.y for spot in network.scene().graph_layout.columns)
    at = network.mapFromScene(QPointF(heading.x + heading.width / 2, top + 8))
    colour = int(active().bar[1:], 16)
    accent = np.array([colour & 255, colour >> 8 & 255, colour >> 16])
    return bool((pixels(network)[at.y() - 6 : at.y() + 6, at.x() - 20 : at.x() + 20] == accent).all(axis=2).any())


def test_that_the_title_of_the_selected_layer_is_accented(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    network.highlight_layer("fc2")
    assert accent_at(network, 2) and not accent_at(network, 1)
    network.highlight_layer("relu1")
    assert accent_at(network, 1) and not accent_at(network, 2), "what a layer does to a stage's units shows there"
    network.highlight_layer(None)
    assert not accent_at(network, 1)


def test_that_a_layer_that_is_no_column_accents_nothing(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    before = pixels(network)
    network.highlight_layer("dropout")
    assert (pixels(network) == before).all()
