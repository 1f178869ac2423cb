"""The view of the network in the window: what it saves, what it follows, and what it does not do again."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock, call

import pytest
from PyQt6.QtCore import pyqtBoundSignal
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import EdgeMode
from app.analysis.health import health_of
from app.session import Session
from app.views.network import view as view_module
from app.views.network.modules import reading
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.box_walk import BoxWalk
from app.views.network.modules.reading import LayoutReading, toggle_drawing, toggle_module
from app.views.network.units.unit_walk import UnitWalk
from app.views.network.view import NetworkPanelView
from app.window.main_window import MainWindow
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.made_up_findings import finding
from tests.app.parts import part
from tests.app.views.network.modules.made_up_modules import ModuleRun

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def view_of(window: MainWindow) -> NetworkPanelView:
    part(window, "network")
    view = window.view("network")
    assert isinstance(view, NetworkPanelView)
    return view


def test_that_before_a_run_is_open_there_are_no_numbers(window: MainWindow) -> None:
    view = view_of(window)
    assert {name: table().nothing for name, table in view.tables.items()} == {
        "Network: units": "There is no network yet.",
        "Network: edges": "There is no network yet.",
        "Network: modules": "The network is drawn as units. Draw it as modules (M) to save their numbers.",
    }
    assert view.about() == {}


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


def test_that_the_tables_say_what_their_numbers_are(open_window: MainWindow) -> None:
    view, session = view_of(open_window), open_window._session
    session.choose_sample(2)
    units, edges = (view.tables[f"Network: {each}"]() for each in ("units", "edges"))
    layers = session.opened.collection.layers.values()
    stages = [each for each in layers if each.is_stage]
    n_kept, n_true = sum(len(each.kept) for each in stages), sum(each.units for each in stages)
    assert len(units.rows) == n_kept
    assert units.notes == (f"{n_kept:,} units that were kept, of {n_true:,}; unit: number in its layer",)
    assert (dict(units.about), units.is_of_pass, units.nothing) == ({"sample": 2}, True, "")
    n_edges = view.units.graph_view.graph.n_edges
    assert edges.notes == (
        f"{n_edges:,} edges: all between units that were kept, not only those that are drawn",
        "weight: what the edges show",
    )
    assert (len(edges.rows), dict(edges.about), edges.is_of_pass) == (n_edges, {}, True)
    assert edges.nothing == "No weight of an edge was recorded at this pass."
    assert view.figure_parts() == (view.units,)


def test_that_the_table_of_edges_is_of_what_they_show(open_window: MainWindow) -> None:
    view = view_of(open_window)
    open_window._session.set_options(edges=EdgeMode.GRADIENT)
    edges = view.tables["Network: edges"]()
    assert edges.headings[-1] == "gradient"
    assert edges.notes[1] == "gradient: what the edges show"
    assert edges.nothing == "No gradient of an edge was recorded at this pass."


def test_that_what_is_drawn_as_modules_is_saved_as_modules(open_window: MainWindow) -> None:
    view = view_of(open_window)
    open_window._session.draw_as_modules(as_modules=True)
    open_window.grab()
    table = view.tables["Network: modules"]()
    assert [row[0] for row in table.rows] == ["conv1", "relu1", "pool1", "flatten", "fc1", "relu2", "fc2"]
    assert table.notes == (
        "a row for each module that is seen; of a closed one the activation is that of its last layer",
        "mean_abs_activation: over the probe; gradient_norm: of all its parameters",
    )
    assert (table.is_of_pass, dict(table.about)) == (True, {})
    nothing = "The network is drawn as modules. Draw it as units (M) to save their numbers and edges."
    assert [view.tables[f"Network: {each}"]().nothing for each in ("units", "edges")] == [nothing] * 2
    assert view.figure_parts() == (view.modules,)
    open_window._session.draw_as_modules(as_modules=False)
    assert view.figure_parts() == (view.units,)
    assert view.modules.numbers is not None
    assert view.tables["Network: modules"]().nothing.startswith("The network is drawn as units.")


@pytest.mark.parametrize("lacking", ["module_layout", "numbers"])
def test_that_modules_without_places_or_without_numbers_have_no_table(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    view = view_of(open_window)
    open_window._session.draw_as_modules(as_modules=True)
    open_window.grab()
    assert view.tables["Network: modules"]().rows
    monkeypatch.setattr(type(view.modules), lacking, None)
    table = view.tables["Network: modules"]()
    assert (table.headings, table.rows) == ((), ())
    assert table.nothing


def test_that_tables_of_two_runs_say_what_differs(two_in_window: MainWindow) -> None:
    view = view_of(two_in_window)
    assert view.tables["Network: edges"]().notes[1] == (
        "weight_difference: B − A; of a kernel or a block the norm of what differs, with the sign of its mean"
    )
    two_in_window._session.draw_as_modules(as_modules=True)
    two_in_window.grab()
    assert view.tables["Network: modules"]().notes[2:] == (
        "log2_ratio: log₂ of B ÷ A; output_difference: ‖B − A‖ ÷ ‖A‖ of the activations on the probe",
        "input_difference: the same of what it reads, the largest of several; added: output_difference less that",
    )


def test_that_another_pass_lays_nothing_out_and_marks_nothing_anew(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, session = view_of(open_window), open_window._session
    read, highlight, pin, unpin, mark = Mock(), Mock(), Mock(), Mock(), Mock()
    monkeypatch.setattr(LayoutReading, "read", lambda _, shown: read(shown))
    monkeypatch.setattr(view.page, "highlight_layer", highlight)
    monkeypatch.setattr(view.units, "pin", pin)
    monkeypatch.setattr(view.units, "unpin", unpin)
    monkeypatch.setattr(view.modules, "mark_pinned", mark)
    every = read, highlight, pin, unpin, mark
    counts = lambda: tuple(each.call_count for each in every)  # noqa: E731
    session.show_pass(3)
    session.choose_sample(1)
    assert counts() == (0, 0, 0, 0, 0)
    session.draw_as_modules(as_modules=True)
    assert counts() == (1, 0, 0, 0, 0)
    session.set_open_modules(frozenset({"none"}))
    assert counts() == (2, 0, 0, 0, 0)
    session.select_layer("fc1")
    assert counts()[0] == 2
    highlight.assert_called_once_with("fc1")
    session.pin_unit(("fc1", 3))
    pin.assert_called_once_with("fc1", 3)
    mark.assert_called_once_with("fc1")
    session.pin_unit(None)
    assert counts()[2:] == (1, 1, 2)
    mark.assert_called_with(None)


def test_that_what_is_found_of_one_run_is_not_marked_in_another(
    window: MainWindow, collection_path: Path, deep_path: Path
) -> None:
    window.open(collection_path)
    view = view_of(window)
    view.page.show_health(health_of([finding("dead-units", "critical", ["fc1"], 0)]))
    marked: list[object] = []
    show = view.page.show_health
    view.page.show_health = lambda health: (marked.append(dict(health)), show(health))  # type: ignore[method-assign]
    window._session.show_pass(1)
    assert marked == []
    window.open(deep_path)
    assert marked[0] == {}
    assert "fc1" not in view.modules.box_health


@pytest.mark.parametrize("wished", [None, True, False])
def test_that_the_key_turns_to_the_other_drawing(wished: bool | None, open_window: MainWindow) -> None:
    opened = open_window._session.opened
    session = Mock(spec=Session, opened=opened, view=Mock(as_modules=wished, open_modules=frozenset({"a"})))
    toggle_drawing(session)
    session.draw_as_modules.assert_called_once_with(not wished)
    toggle_module(session, "nothing that could be opened")
    session.set_open_modules.assert_called_once_with(frozenset())
    for lacking in ({"view": None}, {"opened": None}):
        session = Mock(spec=Session, **({"opened": opened, "view": Mock()} | lacking))
        toggle_drawing(session)
        toggle_module(session, "fc1")
        session.draw_as_modules.assert_not_called()
        session.set_open_modules.assert_not_called()
