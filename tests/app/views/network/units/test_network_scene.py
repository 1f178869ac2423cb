"""What each item of the scene is given: nothing where nothing is shown, all of it where something is, and only once."""

from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import QGraphicsItem

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import Health
from app.views.network.units.edge_highlight_item import EdgeHighlightItem
from app.views.network.units.edges_item import EdgesItem
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.highlight_item import HighlightItem
from app.views.network.units.network_scene import NetworkScene
from app.views.network.units.neurons_item import NeuronsItem
from app.views.network.units.notes_item import ColumnNotesItem, NotesItem
from app.views.network.units.output_item import OutputItem
from app.views.network.units.scales_item import ScalesItem
from app.views.network.units.tiles_item import TilesItem
from tests.app.looks.pieces.network import CNN, vectors
from tests.app.made_up_findings import finding
from tests.app.painted import Painted, painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

KINDS: tuple[type[QGraphicsItem], ...] = (
    EdgesItem,
    TilesItem,
    NeuronsItem,
    ColumnNotesItem,
    HighlightItem,
    EdgeHighlightItem,
    HeadingsItem,
    ScalesItem,
    OutputItem,
    NotesItem,
)
NOTHING = Painted([], [], [])


@pytest.fixture(scope="module")
def view() -> GraphView:
    return prepared(CNN)


@pytest.fixture
def scene() -> NetworkScene:
    return NetworkScene()


def item_of(scene: NetworkScene, kind: type[QGraphicsItem]) -> QGraphicsItem:
    (found,) = [each for each in scene.items() if type(each) is kind]
    return found


def painted(item: QGraphicsItem) -> Painted:
    return painted_by(lambda painter: item.paint(painter, None), QSize(900, 600))


def test_that_what_is_lit_and_what_is_said_lie_above_what_they_are_about(scene: NetworkScene) -> None:
    below = sorted(scene.items(), key=lambda each: each.zValue())
    assert tuple(type(each) for each in below) == KINDS
    assert len({each.zValue() for each in below}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_that_an_item_paints_nothing_before_it_has_something_to_show(
    scene: NetworkScene, view: GraphView, kind: type[QGraphicsItem]
) -> None:
    item = item_of(scene, kind)
    assert painted(item) == NOTHING
    assert item.boundingRect().isNull()
    scene.show_graph(view.graph, 900, 600)
    scene.hover((3, 2))
    scene.hover_edge((2, 3))
    has_own_words = kind is HeadingsItem
    assert (painted(item) != NOTHING) is has_own_words
    scene.show_view(view)
    scene.hover_edge((2, 3))
    item.paint(None, None)
    assert (painted(item) == NOTHING) is (kind in (ColumnNotesItem, NotesItem))
    scene.show_graph(None, 900, 600)
    assert painted(item) == NOTHING


def test_that_nothing_can_be_met_before_a_pass_is_shown(scene: NetworkScene, view: GraphView) -> None:
    def met() -> tuple[object, object]:
        layout = scene.graph_layout
        assert layout is not None
        x, y = layout.columns[3].centres[2].tolist()
        line = (layout.leaving[view.lines.leaving[-1]] + layout.arriving[view.lines.arriving[-1]]) / 2
        return scene.unit_at(x, y), scene.edge_at(*line.tolist(), 1)

    assert scene.unit_at(9, 9) is scene.edge_at(9, 9, 9) is scene.unit_named("fc3", 1) is None
    scene.show_graph(view.graph, 900, 600)
    assert met() == (None, None)
    assert scene.unit_named("fc3", 1) == (3, 1)
    scene.show_view(view)
    assert met() == ((3, 2), (int(view.lines.pairs[-1]), int(view.lines.edges[-1])))


def test_that_the_same_again_gives_nothing_to_any_item(
    scene: NetworkScene, view: GraphView, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.show_graph(view.graph, 900, 600)
    scene.show_view(view)
    show = Mock()
    monkeypatch.setattr(NeuronsItem, "show_view", show)
    scene.show_graph(view.graph, 900, 600)
    scene.show_view(view)
    assert show.call_count == 0
    scene.show_graph(view.graph, 900, 601)
    scene.show_graph(view.graph, 901, 601)
    assert [call.args[0] for call in show.mock_calls] == [view, view]
    scene.show_view(prepared(CNN, 1))
    assert show.call_count == 3


def of(*severities: str) -> Health:
    return Health(tuple(finding(f"{each}-rule", each, ["x"], 0) for each in severities))


def test_that_a_column_has_what_is_found_of_all_layers_that_it_stands_for(scene: NetworkScene, view: GraphView) -> None:
    found = {"conv1": of("note"), "relu1": of("critical"), "fc3": of("warning"), "of another": of("critical")}
    scene.show_health(found)
    assert scene.column_health == {}
    scene.show_graph(view.graph, 900, 600)
    assert sorted(scene.column_health) == [1, 3]
    assert (scene.column_health[1].severity, scene.column_health[3].severity) == ("critical", "warning")
    assert len(scene.column_health[1].findings) == 2
    other = prepared(vectors(4, 3, 3, of_layers="fc{}"))
    scene.show_graph(other.graph, 900, 600)
    assert scene.column_health == {}
    scene.show_health({})
    scene.show_graph(view.graph, 900, 600)
    assert scene.column_health == {}


def test_that_all_of_it_is_painted_anew_in_other_colours(
    scene: NetworkScene, view: GraphView, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.show_graph(view.graph, 900, 600)
    scene.show_view(view)
    updates = {kind: Mock() for kind in KINDS}
    for kind, update in updates.items():
        monkeypatch.setattr(item_of(scene, kind), "update", update)
    scene.restyle()
    assert all(update.called for update in updates.values())
