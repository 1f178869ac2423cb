"""What the legend says."""

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.units.analysis.legend_parts import Sign, legend_parts, only_in_b
from tests.app.made_up import (
    MadeUpRun,
    after_the_last_step,
    chain,
    difference_view,
    layer,
    made_up_pass,
    measure_scales,
    probe,
)


def view_of(run: MadeUpRun, options: GraphOptions, pass_: int = -1) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[pass_], 0, measure_scales(graph, run.passes, options), options)


def box_text(view: GraphView, *, is_short: bool = False) -> str:
    return " | ".join(part.text for part in legend_parts(view, is_short=is_short))


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("scale", ScaleMode)
@pytest.mark.parametrize("edges", EdgeMode)
@pytest.mark.parametrize("nodes", NodeMode)
def test_that_both_modes_their_figures_and_whose_they_are_are_told(
    edges: EdgeMode, nodes: NodeMode, scale: ScaleMode, is_short: bool
) -> None:
    view = view_of(chain(("fc", 8), ("fc", 3), n_passes=2), GraphOptions(edges, nodes, scale))
    words = box_text(view, is_short=is_short)
    assert nodes.value in words and edges.value in words
    assert words.count(f"({scale.value})") == (1 if is_short else 2), "a short legend says it once"
    assert any(letter.isdigit() for letter in words)


@pytest.mark.parametrize("nodes", NodeMode)
def test_that_of_two_passes_it_says_that_a_difference_is_shown_which_has_all_colours(nodes: NodeMode) -> None:
    view = difference_view(chain(("fc", 8), ("fc", 3), n_passes=2), options=GraphOptions(nodes=nodes))
    assert f"{nodes.value}, B − A, full colour ±" in box_text(view)
    assert "weight, B − A, widest ±" in box_text(view)
    assert legend_parts(view)[0].sign is Sign.DIVERGING


def test_that_layers_of_b_alone_are_named() -> None:
    a, b = chain(("fc", 8), ("fc", 3)), chain(("fc", 8), ("fc", 3), ("fc", 4), ("fc", 3))
    assert box_text(difference_view(a, b)) == "only in B: fc3, fc4"


def test_that_the_number_of_edges_is_told() -> None:
    run = chain(("fc", 8), ("fc", 3))
    n_edges = 64 * 8 + 8 * 3
    assert f"{n_edges} edges" in box_text(view_of(run, GraphOptions()))
    assert f"strongest 20 of {n_edges} edges" in box_text(view_of(run, GraphOptions(most_edges=20)))


def test_that_where_there_is_nothing_the_legend_says_why_as_the_graph_does() -> None:
    run = chain(("fc", 8), ("fc", 3), n_passes=2)
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(EdgeMode.GRADIENT, NodeMode.GRADIENT)
    view = prepare(graph, after_the_last_step(run), 0, measure_scales(graph, run.passes, options), options)
    assert box_text(view) == "no gradient: no step follows this state"


def test_that_a_norm_has_half_the_colours() -> None:
    run = chain(("fc", 8), ("fc", 3))
    assert legend_parts(view_of(run, GraphOptions(nodes=NodeMode.GRADIENT)))[0].sign is Sign.POSITIVE
    assert legend_parts(view_of(run, GraphOptions(nodes=NodeMode.BIAS)))[0].sign is Sign.DIVERGING


def test_that_what_is_not_finite_is_explained() -> None:
    run = chain(("fc", 2), ("fc", 3))
    pass_ = made_up_pass(run.layers, {"fc2": {"weight": np.full((3, 2), np.nan, "f4")}})
    graph = build_graph(run.layers, run.probe)
    signs = [part.sign for part in legend_parts(prepare(graph, pass_, 0, measure_scales(graph, [pass_])))]
    assert Sign.NOT_FINITE in signs and Sign.NOT_RECORDED in signs


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (["a"], "only in B: a"),
        (["a", "b", "c"], "only in B: a, b, c"),
        (["a", "b", "c", "d"], "only in B: a, b, c and 1 more"),
    ],
)
def test_that_three_layers_of_b_alone_are_named_and_the_others_counted(layers: list[str], told: str) -> None:
    assert only_in_b(layers) == told


def test_that_the_range_of_what_colours_mean_is_that_of_all_columns_of_their_sign() -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=5)}
    inputs = np.array([[-7.0, 1, 2, 3, 4]], "f4")
    run = MadeUpRun(
        layers, probe(inputs, 3), [made_up_pass(layers, {"fc": {"activation": np.full((1, 3), 2.0, "f4")}})]
    )
    assert "±2 to ±7" in box_text(view_of(run, GraphOptions()))


@pytest.mark.parametrize(("least", "told"), [(-0.5, "±0.5 to ±5"), (0.5, "±5")])
def test_that_maps_count_in_the_range_of_units_where_they_have_their_colours(least: float, told: str) -> None:
    run = chain(("conv", 2), ("fc", 3), picture=(1, 2, 2))
    arrays = {
        "relu1": {"activation": np.ones((1, 2), "f4"), "feature_maps": np.full((1, 2, 2, 2), least, "f4")},
        "fc2": {"activation": np.full((1, 3), 5.0, "f4")},
    }
    view = view_of(MadeUpRun(run.layers, run.probe, [made_up_pass(run.layers, arrays)]), GraphOptions())
    assert f"activation, full colour {told} by layer" in box_text(view)


def test_that_a_single_edge_that_is_not_finite_is_explained() -> None:
    run = chain(("fc", 2), ("fc", 3))
    weights = np.ones((3, 2), "f4")
    for bad, signs in ((1.0, [Sign.NOT_RECORDED]), (np.inf, [Sign.NOT_FINITE, Sign.NOT_RECORDED])):
        weights[1, 1] = bad
        pass_ = made_up_pass(run.layers, {"fc1": {"activation": np.ones((4, 2), "f4")}, "fc2": {"weight": weights}})
        graph = build_graph(run.layers, run.probe)
        found = [part.sign for part in legend_parts(prepare(graph, pass_, 0, measure_scales(graph, [pass_])))]
        assert [each for each in found if each in (Sign.NOT_FINITE, Sign.NOT_RECORDED)] == signs
