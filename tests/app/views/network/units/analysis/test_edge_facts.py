"""What is said of an edge."""

import pytest

from app.analysis.figures import NOT_RECORDED, figures_of_two
from app.analysis.graph.edge_numbers import edge_number
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.units.analysis.edge_facts import edge_facts, edge_measure, edge_name
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, difference_view, measure_scales


def view_of(run: MadeUpRun, mode: EdgeMode = EdgeMode.WEIGHT, pass_: int = -1) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(edges=mode)
    return prepare(graph, run.passes[pass_], 0, measure_scales(graph, run.passes, options), options)


def test_that_an_edge_is_named_by_the_true_numbers_of_its_ends() -> None:
    run = chain(("conv", 9), ("conv", 30), ("fc", 3), cap=4)
    view = view_of(run)
    kept, reader = run.layers["conv1"].kept, run.layers["conv2"].kept
    assert edge_name(view, 1, 2 * 4 + 3) == f"conv1 unit {kept[3]} → conv2 unit {reader[2]}"


def test_that_an_edge_from_a_picture_names_its_pixel_or_its_channel() -> None:
    assert edge_name(view_of(chain(("fc", 2), picture=(1, 3, 4))), 0, 12 + 6) == "input row 1, column 2 → fc1 unit 1"
    assert edge_name(view_of(chain(("conv", 2), picture=(3, 4, 4))), 0, 4) == "input channel 1 → conv1 unit 1"
    assert edge_name(view_of(chain(("conv", 2), picture=(1, 4, 4))), 0, 1) == "input → conv1 unit 1"


@pytest.mark.parametrize("mode", EdgeMode)
def test_that_the_number_of_one_edge_is_that_of_all(mode: EdgeMode) -> None:
    for run in (chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2), chain(("fc", 2), picture=(3, 2, 2), n_passes=2)):
        view = view_of(run, mode)
        for number, pair in enumerate(view.pairs):
            for edge in (0, len(pair.values) // 2, len(pair.values) - 1):
                own = edge_number(view.graph, view.pass_, number, edge, mode)
                assert own == pytest.approx(float(pair.values[edge]), rel=1e-6)


def test_that_what_the_graph_shows_comes_first() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    assert [what for what, _ in edge_facts(view_of(run, EdgeMode.GRADIENT), 1, 0)] == ["gradient", "weight", "update"]


def test_that_of_two_passes_both_are_told_and_how_they_differ() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    view = difference_view(run)
    a, b = (float(pass_.layers["fc2"].weight[0, 0]) for pass_ in run.passes)
    what, told = edge_facts(view, 1, 0)[0]
    assert what == "weight, B − A"
    assert told == figures_of_two(a, b, float(view.pairs[1].values[0]))
    assert told.startswith("A ") and " · B " in told


def test_that_what_was_not_recorded_says_so() -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    view = prepare(graph, after_the_last_step(run), 0, measure_scales(graph, run.passes))
    facts = dict(edge_facts(view, 1, 0))
    assert facts["gradient"] == facts["update"] == NOT_RECORDED
    assert facts["weight"] != NOT_RECORDED


def test_that_a_norm_is_called_one() -> None:
    view = view_of(chain(("conv", 2), ("fc", 3), ("fc", 3)))
    assert "norm" in edge_measure(view, 0)
    assert edge_measure(view, 2) == ""
