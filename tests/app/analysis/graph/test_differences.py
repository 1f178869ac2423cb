"""What the graph shows of two passes: B less A, in what both have."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis import colours
from app.analysis.figures import NOT_RECORDED
from app.analysis.graph.edges import edge_values
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.missing import missing_of_both
from app.analysis.graph.unit_facts import ACTIVATION, BIAS, GRADIENT_NORM, unit_facts
from tests.app.made_up import (
    MadeUpRun,
    after_the_last_step,
    chain,
    difference_of,
    difference_view,
    layer,
    made_up_pass,
    probe,
)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [(EdgeMode.WEIGHT, "weight"), (EdgeMode.GRADIENT, "weight_gradient"), (EdgeMode.UPDATE, "weight_update")],
)
def test_that_edges_show_by_how_much_the_array_of_their_mode_differs(mode: EdgeMode, kind: str) -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=3)
    view = difference_view(run, options=GraphOptions(edges=mode))
    a, b = (getattr(run.passes[number].layers["fc2"], kind) for number in (0, 2))
    assert view.pairs[1].values.tolist() == (b - a).ravel().tolist()
    assert view.missing_edges == ""


def test_that_the_change_of_a_kernel_is_the_norm_of_the_difference() -> None:
    run = chain(("conv", 2), ("conv", 2), ("fc", 2), n_passes=2)
    view = difference_view(run)
    change = run.passes[1].layers["conv2"].weight - run.passes[0].layers["conv2"].weight
    assert np.abs(view.pairs[1].values) == pytest.approx(np.linalg.norm(change.reshape(4, -1), axis=1), rel=1e-5)


def test_that_units_show_by_how_much_they_differ_and_a_norm_may_fall() -> None:
    run = chain(("conv", 3), ("fc", 40), ("fc", 3), n_passes=2)
    a, b = run.passes
    values = difference_view(run).columns[2].values
    assert values.tolist() == (b.layers["relu2"].activation[0] - a.layers["relu2"].activation[0]).tolist()
    norms = difference_view(run, options=GraphOptions(nodes=NodeMode.GRADIENT)).columns[2]
    own = [np.linalg.norm(each.layers["fc2"].weight_gradient.astype(float), axis=1) for each in (a, b)]
    assert norms.values == pytest.approx(own[1] - own[0])
    assert norms.is_signed
    assert (norms.numbers < 127).any()


def test_that_feature_maps_are_differences_in_colours_of_both_signs() -> None:
    run = chain(("conv", 3), ("fc", 3), n_passes=2)
    column = difference_view(run).columns[1]
    a, b = (each.layers["relu1"].feature_maps[0].astype("f4") for each in run.passes)
    assert column.tiles_are_signed
    assert column.tiles.tolist() == colours.diverging_numbers(b - a, column.tiles_scale).tolist()


def test_that_two_passes_of_the_same_bits_are_said_to_be_the_same() -> None:
    view = difference_view(chain(("conv", 3), ("fc", 3)))
    assert view.missing == ("activation and weight: the same in A and B",)
    assert len(view.lines) == 0


def test_that_of_other_samples_only_what_does_not_depend_on_them_is_compared() -> None:
    view = difference_view(chain(("conv", 3), ("fc", 3), n_passes=2), same_probe=False)
    assert view.missing == ("activation is not compared: A and B were measured on other samples",)
    assert view.pairs[1].values is not None
    assert view.probabilities is None
    assert (view.columns[1].numbers == colours.NOT_RECORDED).all()


@pytest.mark.parametrize(("bare", "name"), [(0, "A"), (1, "B")])
def test_that_which_of_both_has_no_gradient_is_told(bare: int, name: str) -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    kept = {
        layer: {"weight": each.weight} for layer, each in run.passes[bare].layers.items() if each.weight is not None
    }
    run.passes[bare] = made_up_pass(run.layers, kept, number=bare)
    view = difference_view(run, options=GraphOptions(edges=EdgeMode.GRADIENT))
    assert view.missing_edges == f"gradient is not compared: {name} has none here"
    assert view.pairs[1].values is None


def test_that_a_layer_without_a_partner_is_hollow_and_one_of_another_size_too() -> None:
    a, b = chain(("fc", 8), ("fc", 6), ("fc", 3)), chain(("fc", 8), ("fc", 5), ("fc", 3))
    view = difference_view(a, b)
    assert [each.why_hollow for each in view.columns] == ["", "", "of another size in B", ""]
    assert view.columns[2].values is None
    del b.layers["fc2"]
    assert difference_view(a, b).columns[2].why_hollow == "only in A"


def test_that_only_units_that_both_keep_are_compared() -> None:
    wide, narrow = chain(("fc", 12), ("fc", 12), ("fc", 3)), chain(("fc", 12), ("fc", 12), ("fc", 3), cap=4, seed=1)
    view = difference_view(wide, narrow)
    kept = narrow.layers["fc2"].kept
    assert view.graph.columns[2].kept.tolist() == kept.tolist()
    inside = np.ix_(kept, narrow.layers["fc1"].kept)
    change = narrow.passes[0].layers["fc2"].weight - wide.passes[0].layers["fc2"].weight[inside]
    assert view.pairs[1].values.tolist() == edge_values(view.graph.pairs[1].wiring, change).tolist()


def test_that_where_all_units_are_kept_by_both_the_layers_stay_as_they_are() -> None:
    run = chain(("conv", 3), ("fc", 3))
    assert difference_of(run, run).common.layers is run.layers


def test_that_of_a_unit_both_are_told_and_how_they_differ() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    view = difference_view(run)
    facts = dict(unit_facts(view, view.graph.columns[1], 0))
    a, b = (float(each.layers["fc1"].bias[0]) for each in run.passes)
    assert facts[BIAS].startswith(f"A {a:.3g} · B {b:.3g} · {'+' if b > a else '−'}")
    assert all(facts[what].startswith("A ") for what in (ACTIVATION, GRADIENT_NORM))


def test_that_damage_is_told_of_the_side_that_has_it() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    both = difference_of(run, run)
    run.passes[1].damaged["fc2", "weight"] = "it is cut off"
    run.passes[1].layers["fc2"].weight = None
    assert both.layers["fc2"].weight is None
    assert both.damaged["fc2", "weight"] == "in B: it is cut off"


def test_that_why_there_is_nothing_of_a_layer_is_known() -> None:
    run = chain(("conv", 3), ("fc", 3), n_passes=2)
    other = MadeUpRun({name: each for name, each in run.layers.items() if name != "fc2"}, run.probe, run.passes)
    assert difference_of(run, other).why_missing(run.layers["fc2"], "weight") == "only in A"
    both = difference_of(run, run, same_probe=False)
    assert both.why_missing(run.layers["conv1"], "feature_maps") == "A and B were measured on other samples"
    silent = {**run.layers, "fc2": replace(run.layers["fc2"], not_recorded={"weight": "too large"})}
    other = MadeUpRun(silent, run.probe, run.passes)
    assert difference_of(run, other).why_missing(run.layers["fc2"], "weight") == "of B: too large"


@pytest.mark.parametrize(
    ("edges", "nodes", "told"),
    [
        ("weight: the same in A and B", "bias: the same in A and B", ("bias and weight: the same in A and B",)),
        ("gradient: the same in A and B", "gradient: the same in A and B", ("gradient: the same in A and B",)),
        ("weight: the same in A and B", "", ("weight: the same in A and B", "")),
        ("", "bias: the same in A and B", ("", "bias: the same in A and B")),
    ],
)
def test_that_only_where_both_are_the_same_it_is_said_once(edges: str, nodes: str, told: tuple[str, ...]) -> None:
    assert missing_of_both(edges, nodes) == told


@pytest.mark.parametrize(("bare", "words"), [((0, 1), "A and B have none here"), ((0,), "A has none here")])
def test_that_norms_of_gradients_are_compared_where_both_have_them(bare: tuple[int, ...], words: str) -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    for number in bare:
        run.passes[number] = after_the_last_step(run, number)
    view = difference_view(run, options=GraphOptions(EdgeMode.GRADIENT, NodeMode.GRADIENT))
    assert view.missing_nodes == f"gradient norm is not compared: {words}"
    assert view.missing_edges == f"gradient is not compared: {words}"
    assert view.has_nothing


def test_that_other_samples_are_no_reason_for_what_does_not_depend_on_them() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    run.passes[0] = made_up_pass(run.layers, {})
    view = difference_view(run, same_probe=False)
    assert view.missing_edges == "weight is not compared: A has none here"


def test_that_damage_is_no_difference_and_says_so_itself() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    for name in ("fc1", "fc2"):
        run.passes[1].damaged[name, "weight"] = "it is cut off"
        run.passes[1].layers[name].weight = None
    view = difference_view(run)
    assert view.missing_edges == ""
    assert view.missing == ("damaged: in B: it is cut off",)


def test_that_of_a_unit_what_one_of_both_lacks_is_told_of_neither() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    run.passes[0] = made_up_pass(run.layers, {"fc1": {"weight": run.passes[0].layers["fc1"].weight}})
    view = difference_view(run)
    facts = unit_facts(view, view.graph.columns[1], 0)
    assert {told for _, told in facts} == {NOT_RECORDED}


@pytest.mark.parametrize("same_probe", [True, False])
def test_that_the_same_input_does_not_differ_and_another_is_not_compared(same_probe: bool) -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=3)}
    run = MadeUpRun(layers, probe(np.ones((2, 3), "f4")), [made_up_pass(layers, {})])
    shown = difference_view(run, same_probe=same_probe).columns[0]
    assert (None if shown.values is None else shown.values.tolist()) == ([0, 0, 0] if same_probe else None)
    assert shown.numbers.tolist() == [127 if same_probe else colours.NOT_RECORDED] * 3
    assert shown.scale == 0


def test_that_tokens_of_a_difference_are_those_of_the_sample() -> None:
    layers = {"first": layer("first", "Embedding", units=2)}
    samples = replace(probe(np.array([[7, 0, 3]], "f4")), whole_numbers=True)
    run = MadeUpRun(layers, samples, [made_up_pass(layers, {})])
    assert difference_view(run).columns[0].values.tolist() == [7, 0, 3]


def test_that_maps_that_nowhere_fall_have_colours_of_both_signs_too() -> None:
    run = chain(("conv", 1), ("fc", 2), picture=(1, 1, 3), n_passes=2)
    for number, pass_ in enumerate(run.passes):
        pass_.layers["relu1"].feature_maps = np.array([0, 1, 2], "f4").reshape(1, 1, 1, 3) * number
    column = difference_view(run).columns[1]
    assert column.tiles_are_signed
    assert column.tiles.ravel().tolist() == [127, 191, 254]
