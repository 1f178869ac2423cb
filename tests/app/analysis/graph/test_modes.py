"""What edges and units show in each mode, in which scale, and what is said where a pass has nothing of it."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis import colours
from app.analysis.graph.edges import edge_values
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.unit_facts import unit_facts
from app.views.network.units.analysis.legend_parts import legend_parts
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, made_up_pass, measure_scales


def view_of(run: MadeUpRun, options: GraphOptions, pass_: int = 0) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[pass_], 0, measure_scales(graph, run.passes, options), options)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (EdgeMode.WEIGHT, "weight"),
        (EdgeMode.GRADIENT, "weight_gradient"),
        (EdgeMode.UPDATE, "weight_update"),
    ],
)
def test_that_edges_show_the_array_of_their_mode(mode: EdgeMode, kind: str) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    view = view_of(run, GraphOptions(edges=mode))
    for pair, shown in zip(view.graph.pairs, view.pairs, strict=True):
        array = getattr(run.passes[0].layers[view.graph.columns[pair.target].stage], kind)
        assert shown.values.tolist() == edge_values(pair.wiring, array).tolist()


def test_that_units_show_their_bias() -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    view = view_of(run, GraphOptions(nodes=NodeMode.BIAS))
    assert view.columns[2].values.tolist() == run.passes[0].layers["fc2"].bias.tolist()
    assert view.columns[1].tiles is None, "feature maps are activations"
    assert view.columns[1].values.tolist() == run.passes[0].layers["conv1"].bias.tolist()


def test_that_units_show_the_norm_of_their_gradient() -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    view = view_of(run, GraphOptions(nodes=NodeMode.GRADIENT))
    gradient = run.passes[0].layers["conv1"].weight_gradient.astype(float)
    assert view.columns[1].values == pytest.approx([np.linalg.norm(unit) for unit in gradient])
    assert not view.columns[1].is_signed
    assert (view.columns[1].numbers >= 127).all(), "a norm is never on the blue side"


def test_that_the_input_shows_itself_in_every_mode() -> None:
    run = chain(("fc", 4), ("fc", 3))
    pixels = np.rint(run.probe.picture(0) * 255)
    for mode in NodeMode:
        view = view_of(run, GraphOptions(nodes=mode))
        np.testing.assert_array_equal(view.picture, pixels)
        assert view.picture.max() > view.picture.min()


def test_that_a_scale_of_the_run_is_the_same_at_every_pass() -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=3)
    options = GraphOptions(EdgeMode.GRADIENT, NodeMode.BIAS)
    views = [view_of(run, options, pass_) for pass_ in range(3)]
    assert len({tuple(pair.scale for pair in view.pairs) for view in views}) == 1
    biases = [np.abs(pass_.layers["fc3"].bias).max() for pass_ in run.passes]
    assert views[0].columns[-1].scale == pytest.approx(max(biases))


@pytest.mark.parametrize("edges", EdgeMode)
@pytest.mark.parametrize("nodes", NodeMode)
def test_that_in_a_scale_of_the_pass_something_has_the_full_colour(edges: EdgeMode, nodes: NodeMode) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    view = view_of(run, GraphOptions(edges, nodes, ScaleMode.PASS), pass_=1)
    for pair in view.pairs:
        assert pair.scale == pytest.approx(np.abs(pair.values).max())
    if nodes is not NodeMode.ACTIVATION:
        for column in view.columns[1:]:
            assert column.scale == pytest.approx(np.abs(column.values).max())


def test_that_a_pass_scale_of_activations_is_that_of_all_samples() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    view = view_of(run, GraphOptions(scale=ScaleMode.PASS))
    assert view.columns[1].scale == pytest.approx(np.abs(run.passes[0].layers["relu1"].activation).max())


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (EdgeMode.GRADIENT, "no gradient: no step follows this state"),
        (EdgeMode.UPDATE, "no update: no step follows this state"),
    ],
)
def test_that_the_state_after_the_last_step_says_why_it_has_no_edges(mode: EdgeMode, words: str) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(edges=mode)
    view = prepare(graph, after_the_last_step(run), 0, measure_scales(graph, run.passes, options), options)
    assert view.missing_edges == words
    assert [pair.values for pair in view.pairs] == [None] * 3, "never zeros"
    assert len(view.lines) == 0


def test_that_the_state_after_the_last_step_has_no_gradient_of_units() -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=2)
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(edges=EdgeMode.GRADIENT, nodes=NodeMode.GRADIENT)
    view = prepare(graph, after_the_last_step(run), 0, measure_scales(graph, run.passes, options), options)
    for column in view.columns[1:]:
        assert column.values is None and (column.numbers == colours.NOT_RECORDED).all()
    assert view.missing == ("no gradient: no step follows this state",), "the same reason is given once"


def test_that_a_run_without_gradients_does_not_blame_its_end() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(edges=EdgeMode.GRADIENT)
    bare = after_the_last_step(run)
    view = prepare(graph, bare, 0, measure_scales(graph, [bare], options), options)
    assert view.missing_edges == "gradients not recorded"


@pytest.mark.parametrize("edges", EdgeMode)
@pytest.mark.parametrize("nodes", NodeMode)
def test_that_a_pass_without_anything_says_so_in_every_mode(edges: EdgeMode, nodes: NodeMode) -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    options = GraphOptions(edges, nodes)
    empty = made_up_pass(run.layers, {}, number=3)
    view = prepare(graph, empty, 0, measure_scales(graph, [], options), options)
    assert "not recorded" in view.missing_edges
    assert "not recorded" in view.missing_nodes
    assert view.has_nothing is True


def test_that_only_as_many_edges_are_drawn_as_are_wished() -> None:
    run = chain(("fc", 8), ("fc", 3))
    view = view_of(run, GraphOptions(most_edges=10))
    assert len(view.lines) == 10
    assert view.lines.n_left_out == view.lines.n_edges - 10
    assert len(view_of(run, GraphOptions()).lines) == view.lines.n_edges


def without_biases(run: MadeUpRun, *names: str) -> MadeUpRun:
    """The same network, some of its layers made without a bias."""
    layers = {
        name: replace(layer, parameters={"weight": layer.parameters["weight"]}) if name in names else layer
        for name, layer in run.layers.items()
    }
    records = {
        name: {"weight": each.weight} | ({} if name in names or each.bias is None else {"bias": each.bias})
        for name, each in run.passes[0].layers.items()
        if each.weight is not None
    }
    return MadeUpRun(layers, run.probe, [made_up_pass(layers, records)])


def test_that_a_layer_without_a_bias_is_told_from_one_whose_bias_was_not_recorded() -> None:
    run = chain(("fc", 4), ("fc", 3))
    biases = GraphOptions(nodes=NodeMode.BIAS)
    view = view_of(without_biases(run, "fc1"), biases)
    assert dict(unit_facts(view, view.graph.columns[1], 0))["bias"] == "no bias"
    assert "no bias" in [part.text for part in legend_parts(view)]
    assert view.missing == ()
    assert view_of(without_biases(run, "fc1", "fc2"), biases).missing == ("no biases",)
    bare = MadeUpRun(run.layers, run.probe, [made_up_pass(run.layers, {})])
    assert view_of(bare, biases).missing_nodes == "biases not recorded"
    view = view_of(bare, biases)
    assert dict(unit_facts(view, view.graph.columns[1], 0))["bias"] == "not recorded"


def test_that_something_that_is_shown_is_not_nothing() -> None:
    run = chain(("fc", 4), ("fc", 3))
    bare = made_up_pass(run.layers, {"fc1": {"weight": np.ones((4, 64), "f4")}})
    view = view_of(MadeUpRun(run.layers, run.probe, [bare]), GraphOptions())
    assert (view.missing_edges, view.missing_nodes) == ("", "activations not recorded")
    assert view.has_nothing is False


def test_that_only_a_state_with_weights_is_said_to_have_no_step_behind_it() -> None:
    run = chain(("fc", 4), ("fc", 3))
    options = GraphOptions(edges=EdgeMode.GRADIENT)
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes, options)
    view = prepare(graph, made_up_pass(run.layers, {}), 0, scales, options)
    assert view.missing_edges == "gradients not recorded"
