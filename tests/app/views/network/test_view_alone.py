"""The view of the network without a window: what it wishes of its session, and what it has its drawings do."""

from collections.abc import Callable
from unittest.mock import Mock, call

import pytest
from PyQt6.QtCore import pyqtBoundSignal
from pytestqt.qtbot import QtBot

from app.analysis.graph.columns import Drawing
from app.analysis.table import Table
from app.session import Session
from app.views.network import view as view_module
from app.views.network.frame import NetworkFrame
from app.views.network.modules import reading
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.box_walk import BoxWalk
from app.views.network.modules.reading import LayoutReading
from app.views.network.units.unit_walk import UnitWalk
from app.views.network.view import NetworkPanelView
from tests.app.looks.pieces.network import CNN
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.made_up import difference_view
from tests.app.made_up_findings import finding
from tests.app.views.network.conftest import prepared
from tests.app.views.network.modules.made_up_modules import ModuleRun

WISHES: dict[str, tuple[Callable[[NetworkPanelView], pyqtBoundSignal], tuple, str, tuple, dict]] = {
    "a layer of units": (lambda view: view.units.layer_clicked, ("fc1",), "select_layer", ("fc1",), {}),
    "a unit": (lambda view: view.units.unit_pinned, ("fc1", 3), "pin_unit", (("fc1", 3),), {}),
    "no unit": (lambda view: view.units.unit_unpinned, (), "pin_unit", (None,), {}),
    "columns": (lambda view: view.units.column_requested, (4,), "set_options", (), {"first_column": 4}),
    "a layer of modules": (lambda view: view.modules.layer_clicked, ("fc2",), "select_layer", ("fc2",), {}),
    "modules": (lambda view: view.controls.as_modules_requested, (True,), "draw_as_modules", (True,), {}),
    "units": (lambda view: view.controls.as_modules_requested, (False,), "draw_as_modules", (False,), {}),
    "all closed": (lambda view: view.controls.all_closed_requested, (), "set_open_modules", (frozenset(),), {}),
}


@pytest.fixture
def wished(qtbot: QtBot) -> tuple[Mock, NetworkPanelView]:
    """What a view wishes of its session, which has nothing open, and the view."""
    session = Mock(spec=Session, opened=None, view=None)
    view = NetworkPanelView(session)
    qtbot.addWidget(view)
    qtbot.addWidget(view.controls)  # which the window takes elsewhere
    return session, view


@pytest.mark.parametrize("what", WISHES)
def test_that_a_view_wishes_of_the_session_what_is_clicked(what: str, wished: tuple[Mock, NetworkPanelView]) -> None:
    session, view = wished
    signal, given, name, args, options = WISHES[what]
    signal(view).emit(*given)
    assert session.method_calls == [getattr(call, name)(*args, **options)]


def test_that_modules_are_opened_of_the_network_that_is_open(
    wished: tuple[Mock, NetworkPanelView], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, view = wished
    graph = ModuleRun(BLOCKS).graph
    monkeypatch.setattr(reading, "modules_of", lambda _: graph)
    monkeypatch.setattr(reading, "can_be_drawn", lambda opened: opened is session.opened)
    session.view = Mock(open_modules=frozenset({"blocks"}))
    view.modules.module_toggled.emit("blocks.1")
    view.controls.all_open_requested.emit()
    assert session.method_calls == [
        call.set_open_modules({"blocks", "blocks.1"}), call.set_open_modules(graph.frames.keys()),
    ]  # fmt: skip


def test_that_both_drawings_have_their_keys_and_what_is_told_goes_to_modules(
    wished: tuple[Mock, NetworkPanelView],
) -> None:
    _, view = wished
    assert view.units.findChild(UnitWalk) is not None and view.modules.findChild(BoxWalk) is not None
    assert view.corner is view.controls
    told: list[str] = []
    view.modules.drawing_changed.connect(lambda: told.append("drawn"))
    view.controls.told_requested.emit(Told.ADDED)
    assert told == ["drawn"]


def test_that_layouts_are_shown_as_they_come(wished: tuple[Mock, NetworkPanelView]) -> None:
    _, view = wished
    run = ModuleRun(BLOCKS)
    for laid_out, layout in (
        (view.findChild(LayoutReading).part_ready, run.layout(FIRST)),  # type: ignore[union-attr]
        (view.findChild(LayoutReading).ready, run.layout()),  # type: ignore[union-attr]
    ):
        laid_out.emit(layout)
        assert view.modules.module_layout is layout


def test_that_of_one_side_nothing_is_offered_that_two_tell(
    wished: tuple[Mock, NetworkPanelView], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, panel = wished
    of_modules, collection, graph = ModuleRun(BLOCKS).graph, object(), object()
    monkeypatch.setattr(view_module, "modules_of", lambda _: of_modules)
    monkeypatch.setattr(view_module, "differences_of", lambda _: Mock(graph=graph))
    monkeypatch.setattr(LayoutReading, "read", Mock())
    show_graph = Mock()
    monkeypatch.setattr(panel.units, "show_graph", show_graph)
    panel.show_collection(Mock(collection=collection, comparing=Mock()))
    panel.show_view(Mock(as_modules=True, layer=None, unit=None, step=0), 0)
    assert not panel.controls.told_box.isHidden() and panel.page.are_modules_seen
    panel.show_collection(Mock(collection=collection, comparing=None, graph=graph))
    assert panel.controls.told_box.isHidden()
    show_graph.assert_called_once_with(graph)


@pytest.fixture
def done(wished: tuple[Mock, NetworkPanelView], monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What the view has its drawings do."""
    _, panel = wished
    found, of_modules = Mock(), ModuleRun(BLOCKS).graph
    monkeypatch.setattr(view_module, "modules_of", lambda _: of_modules)
    monkeypatch.setattr(LayoutReading, "read", lambda _, shown: found.read(shown))
    for widget, names in (
        (panel.units, ("show_graph", "show_view", "pin", "unpin")),
        (panel.modules, ("mark_pinned", "show_numbers")),
        (panel.page, ("highlight_layer", "show_health")),
    ):
        for name in names:
            monkeypatch.setattr(widget, name, getattr(found, name))
    return found


def test_that_only_what_is_other_is_read_marked_and_pinned(wished: tuple[Mock, NetworkPanelView], done: Mock) -> None:
    _, panel = wished
    opened, graph = Mock(collection=object(), comparing=None), object()
    of_view = {"as_modules": False, "open_modules": None, "layer": None, "unit": None, "step": 0, "sample": 2}

    def calls(act: Callable[[], object]) -> list:
        done.reset_mock()
        act()
        return list(done.method_calls)

    def shown(**changes: object) -> list:
        of_view.update(changes)
        view = Mock(**of_view)
        return [each for each in calls(lambda: panel.show_view(view, 0)) if each != call.read(view)] + [
            "read" for each in done.method_calls if each == call.read(view)
        ]

    assert panel.about() == {}
    assert calls(lambda: panel.show_collection(opened)) == [call.show_health({}), call.show_graph(opened.graph)]
    every = [call.highlight_layer(None), call.mark_pinned(None), call.unpin(), "read"]
    assert shown() == every
    assert panel.about() == {"sample": 2}
    assert shown(step=1) == shown(sample=3) == []
    assert shown(as_modules=True) == shown(open_modules=frozenset()) == ["read"]
    assert shown(layer="fc1") == [call.highlight_layer("fc1")]
    assert shown(unit=("fc2", 3)) == [call.mark_pinned("fc2"), call.pin("fc2", 3)]
    assert shown(unit=None) == [call.mark_pinned(None), call.unpin()]
    assert calls(lambda: panel.show_collection(opened)) == []
    grown = Mock(collection=opened.collection, comparing=None, graph=graph)
    assert [name for name, *_ in calls(lambda: panel.show_collection(grown))] == [
        "show_graph", "read", "highlight_layer", "mark_pinned", "unpin",
    ]  # fmt: skip
    other = Mock(collection=object(), comparing=None, graph=object())
    assert calls(lambda: panel.show_collection(other)) == [call.show_health({}), call.show_graph(other.graph)]
    assert panel.about() == {}
    of_view.update(layer=None)
    assert shown() == every


def test_that_of_a_pass_each_drawing_gets_its_own(wished: tuple[Mock, NetworkPanelView], done: Mock) -> None:
    _, panel = wished
    panel.show_collection(Mock(comparing=None))
    own, both = NetworkFrame(Mock(), Mock()), NetworkFrame(None, Mock())
    for sides, frame in ((None, own), (Mock(), both)):
        done.reset_mock()
        panel.show_frame(Mock(sides=sides, prepared={"network": own}, differences={"network": both}))
        of_units = [] if frame.graph is None else [call.show_view(frame.graph)]
        assert done.method_calls == [*of_units, call.show_numbers(frame.modules)]
    panel.show_findings(Mock(findings=[finding("dead-units", "critical", ["fc1"], 0)]))
    assert list(done.show_health.call_args.args[0]) == ["fc1"]
    for as_modules in (False, True):
        panel.page.show_drawing(as_modules=as_modules)
        assert panel.figure_parts() == ((panel.modules if as_modules else panel.units),)


def tables(panel: NetworkPanelView) -> dict[str, Table]:
    return {name.removeprefix("Network: "): table() for name, table in panel.tables.items()}


def test_that_units_and_edges_have_tables_of_what_is_shown_of_them(wished: tuple[Mock, NetworkPanelView]) -> None:
    _, panel = wished
    assert {name: table.nothing for name, table in tables(panel).items()} == {
        "units": "There is no network yet.",
        "edges": "There is no network yet.",
        "modules": "The network is drawn as units. Draw it as modules (M) to save their numbers.",
    }
    panel.units.show_view(prepared(CNN))
    view = panel.units.graph_view
    assert view is not None
    units, edges = (tables(panel)[name] for name in ("units", "edges"))
    n_true = sum(each.true_units for each in view.graph.columns if each.drawing is not Drawing.PICTURE)
    assert units.notes == (f"{len(units.rows)} units that were kept, of {n_true}; unit: number in its layer",)
    assert len(units.rows) > 10 and units.is_of_pass and not units.nothing
    assert edges.notes == (
        f"{view.graph.n_edges} edges: all between units that were kept, not only those that are drawn",
        "weight: what the edges show",
    )
    assert (len(edges.rows), edges.is_of_pass) == (view.graph.n_edges, True)
    assert edges.nothing == "No weight of an edge was recorded at this pass."
    panel.units.show_view(difference_view(CNN))
    assert tables(panel)["edges"].notes[1] == (
        "weight_difference: B − A; of a kernel or a block the norm of what differs, with the sign of its mean"
    )


def test_that_modules_have_a_table_where_they_are_drawn(wished: tuple[Mock, NetworkPanelView]) -> None:
    _, panel = wished
    run = ModuleRun(BLOCKS)
    nothing = "The network is drawn as units. Draw it as modules (M) to save their numbers."
    panel.page.show_drawing(as_modules=True)
    assert tables(panel)["modules"].nothing == nothing
    panel.modules.show_layout(run.layout())
    assert tables(panel)["modules"].nothing == nothing
    panel.modules.show_numbers(run.numbers())
    units, edges, modules = tables(panel).values()
    assert (
        units.nothing
        == edges.nothing
        == ("The network is drawn as modules. Draw it as units (M) to save their numbers and edges.")
    )
    assert "head" in [row[0] for row in modules.rows] and modules.is_of_pass
    assert len(modules.notes) == 2 and modules.headings[0] == "module"
    panel.modules.show_numbers(run.less(ModuleRun(BLOCKS, seed=1)))
    assert len(tables(panel)["modules"].notes) == 4
    panel.page.show_drawing(as_modules=False)
    assert tables(panel)["modules"].nothing == nothing


def test_that_the_whole_of_the_drawing_in_front_is_shown(
    wished: tuple[Mock, NetworkPanelView], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, panel = wished
    fit = Mock()
    monkeypatch.setattr(panel.page, "fit", fit)
    panel.fit()
    fit.assert_called_once_with()
