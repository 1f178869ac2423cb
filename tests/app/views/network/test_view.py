"""The view of the network in the window: what it saves, what it follows, and what it does not do again."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from app.analysis.graph.graph_options import EdgeMode
from app.analysis.health import health_of
from app.session import Session
from app.views.network.modules.reading import LayoutReading, toggle_drawing, toggle_module
from app.views.network.view import NetworkPanelView
from app.window.main_window import MainWindow
from tests.app.made_up_findings import finding
from tests.app.parts import part

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
