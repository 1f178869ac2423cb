"""Two runs in the network, and two passes of one, as units and as modules."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, NodeMode
from app.replay.comparing import Side
from app.views.network.modules.analysis.module_differences import ModuleDifference, Told
from app.views.network.modules.analysis.module_text import box_facts
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from tests.app.parts import part


@pytest.fixture
def modules(two_in_window: MainWindow) -> MainWindow:
    """The difference, drawn as modules."""
    two_in_window._session.draw_as_modules(True)
    two_in_window.grab()
    return two_in_window


def difference_in(window: MainWindow) -> ModuleDifference:
    numbers = part(window, "modules").numbers
    assert isinstance(numbers, ModuleDifference)
    return numbers


def test_that_edges_are_the_weights_of_b_less_those_of_a(two_in_window: MainWindow) -> None:
    comparing = two_in_window._session.comparing
    a, b = (each.collection.passes[-1].layers["fc2"].weight for each in (comparing.a, comparing.b))
    view = part(two_in_window, "network").graph_view
    assert view.pairs[-1].values.tolist() == (b - a).ravel().tolist()
    assert "weight, B − A" in part(two_in_window, "network").legend_text


def test_that_where_both_are_the_same_the_graph_says_so(two_in_window: MainWindow) -> None:
    two_in_window._session.show_pass(1)
    notes = part(two_in_window, "network").network.notes
    assert notes == ("activation and weight: the same in A and B",)
    assert part(two_in_window, "network").legend_text == "", "which the note says"


def test_that_a_scale_is_that_of_the_differences_of_both_runs(two_in_window: MainWindow) -> None:
    comparing = two_in_window._session.comparing
    passes = [each.collection.passes for each in (comparing.a, comparing.b)]
    most = max(np.abs(b.layers["fc2"].weight - a.layers["fc2"].weight).max() for a, b in zip(*passes, strict=True))
    scales = []
    for number in (2, 4):
        two_in_window._session.show_pass(number)
        scales.append(part(two_in_window, "network").graph_view.pairs[-1].scale)
    assert scales == [most, most]


@pytest.mark.parametrize("mode", EdgeMode)
@pytest.mark.parametrize("nodes", NodeMode)
def test_that_every_mode_shows_a_difference(two_in_window: MainWindow, mode: EdgeMode, nodes: NodeMode) -> None:
    two_in_window._session.show_pass(3)
    two_in_window._session.set_options(edges=mode, nodes=nodes)
    view = part(two_in_window, "network").graph_view
    assert view.difference is not None
    assert view.missing == ()
    assert any(pair.values.any() for pair in view.pairs)


def test_that_a_run_alone_is_as_ever_and_the_zoom_stays(two_in_window: MainWindow) -> None:
    network = part(two_in_window, "network")
    network.zoom_by(2.0)
    zoom = network.transform().m11()
    for side in (Side.A, Side.DIFFERENCE):
        two_in_window._session.show_side(side)
        assert (network.graph_view.difference is None) is (side is Side.A)
        assert network.transform().m11() == zoom
    two_in_window._session.stop_comparing()
    assert network.graph_view.difference is None


def test_that_what_is_pinned_and_marked_is_so_on_each_side(two_in_window: MainWindow) -> None:
    session = two_in_window._session
    session.pin_unit(("fc1", 8))
    session.select_layer("fc2")
    for side in (Side.A, Side.DIFFERENCE, Side.B, Side.DIFFERENCE):
        session.show_side(side)
        scene = part(two_in_window, "network").network
        assert scene.pinned_unit == scene.unit_named("fc1", 8) is not None
        assert scene.marked_column == scene.graph.column_number("fc2") is not None


def test_that_what_is_pinned_and_marked_is_so_in_the_graph_of_the_units_that_both_keep(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    session = window._session
    session.pin_unit(("fc1", 8))
    session.select_layer("fc2")
    scene = part(window, "network").network
    layers = dict(session.opened.collection.layers)
    layers["fc1"] = replace(layers["fc1"], kept=np.arange(4, 12))
    graph = build_graph(layers, None)
    window.view("network").show_collection(replace(session.opened, graph=graph))
    assert scene.graph is graph
    assert scene.pinned_unit == scene.unit_named("fc1", 8) is not None
    assert scene.marked_column == scene.graph.column_number("fc2") is not None


def test_that_a_pass_that_is_held_is_compared_in_the_same_way(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    session = window._session
    session.show_pass(1)
    session.hold_pass()
    network = part(window, "network")
    assert network.network.notes[0] == "activation and weight: the same in A and B", "nothing has changed yet"
    session.show_last()
    first, last = (session.opened.collection.passes[number].layers["fc2"].weight for number in (1, 4))
    assert network.graph_view.pairs[-1].values.tolist() == (last - first).ravel().tolist()


def test_that_the_tables_have_a_b_and_the_difference(two_in_window: MainWindow) -> None:
    view = two_in_window.view("network")
    units = view.tables["Network: units"]()
    assert units.headings[2:5] == ("activation_a", "activation_b", "activation_difference")
    row = next(row for row in units.rows if row[0] == "fc2")
    assert row[4] == pytest.approx(row[3] - row[2], abs=1e-6)
    edges = view.tables["Network: edges"]()
    assert edges.headings[4:] == ("weight_a", "weight_b", "weight_difference")
    row = edges.rows[-1]
    assert row[6] == pytest.approx(row[5] - row[4], abs=1e-6)


def test_that_a_box_tells_the_ratio_of_b_to_a(modules: MainWindow) -> None:
    comparing = modules._session.comparing
    a, b = (np.abs(each.collection.passes[-1].layers["relu2"].activation).mean() for each in (comparing.a, comparing.b))
    own = difference_in(modules).of_box("relu2")
    assert own.activation.log_ratio == pytest.approx(np.log2(b / a), rel=1e-4)
    assert own.told(Told.ACTIVATION) == own.activation.log_ratio
    assert "log₂ B ÷ A" in part(modules, "modules").legend_text


def test_that_what_a_layer_adds_is_its_outputs_difference_less_that_of_what_it_reads(modules: MainWindow) -> None:
    comparing = modules._session.comparing
    a, b = (each.collection.passes[-1] for each in (comparing.a, comparing.b))

    def relative(layer: str) -> float:
        one, other = (each.layers[layer].activation.astype(float) for each in (a, b))
        return float(np.linalg.norm(other - one) / np.linalg.norm(one))

    numbers = difference_in(modules)
    assert numbers.of_box("fc2").added == pytest.approx(relative("fc2") - relative("relu2"), rel=1e-5)
    assert numbers.of_box("conv1").added == pytest.approx(relative("conv1"), rel=1e-5), "the input is the same"


def test_that_the_number_that_colours_a_box_is_chosen_beside_the_drawings(modules: MainWindow, qtbot: QtBot) -> None:
    box = part(modules, "controls").told_box
    assert box.isVisible()
    box.setFocus()
    before = part(modules, "modules").legend_text
    qtbot.keyClick(box, Qt.Key.Key_End)
    assert box.choice is Told.ADDED
    assert part(modules, "modules").legend_text != before
    assert "added by the layer" in part(modules, "modules").legend_text
    modules._session.show_side(Side.A)
    assert not box.isVisible()


def test_that_boxes_of_the_same_bits_say_so(modules: MainWindow) -> None:
    modules._session.show_pass(0)
    modules.grab()
    assert part(modules, "modules").legend_text.startswith("the same in A and B")
    assert difference_in(modules).of_box("fc1").is_same


def test_that_a_box_in_words_has_both_and_what_was_added(modules: MainWindow) -> None:
    view = part(modules, "modules")
    facts = dict(box_facts(view.module_layout.folded, "fc2", view.numbers))
    assert facts["mean |activation| of the probe"].startswith("A ")
    assert " · log₂ " in facts["gradient norm"] or facts["gradient norm"] == "not recorded"
    assert facts["added by the layer"].endswith("%")


def test_that_the_table_of_modules_has_both(modules: MainWindow) -> None:
    table = modules.view("network").tables["Network: modules"]()
    row = dict(zip(table.headings, next(row for row in table.rows if row[0] == "relu2"), strict=True))
    assert row["mean_abs_activation_log2_ratio"] == pytest.approx(
        np.log2(row["mean_abs_activation_b"] / row["mean_abs_activation_a"])
    )
    modules._session.show_side(Side.A)
    modules.grab()
    assert modules.view("network").tables["Network: modules"]().headings == (
        "module",
        "mean_abs_activation",
        "gradient_norm",
    )


@pytest.mark.parametrize("as_modules", [False, True])
def test_that_a_layer_of_one_run_alone_is_hollow_and_one_of_the_other_is_named(
    window: MainWindow, two_paths: tuple[Path, Path], as_modules: bool
) -> None:
    window.open(two_paths[0])
    session = window._session
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), layers={"fc1": None}))
    session.draw_as_modules(as_modules)
    window.grab()
    if as_modules:
        assert difference_in(window).of_box("fc1").why_hollow == "only in A"
        assert "only in B: fc1" in part(window, "modules").legend_text
    else:
        network = part(window, "network")
        column = network.network.graph.column_number("fc1")
        assert network.network.column_notes == {column: "only in A"}
        assert "only in B: fc1" in network.legend_text
