"""What is shown of a pass, and what is shown where something is missing or not finite."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis import colours
from app.analysis.figures import NOT_RECORDED, true_signs
from app.analysis.graph.column_view import column_view, input_view
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import NodeMode
from app.analysis.graph.graph_view import prepare
from app.analysis.graph.sample_of_probe import picture_of
from app.analysis.graph.scales import Scales, largest
from app.analysis.graph.unit_facts import unit_facts, unit_name
from tests.app.made_up import MadeUpRun, chain, layer, made_up_pass, measure_scales, probe


def view_of(run: MadeUpRun, sample: int = 0, pass_: int = 0):
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[pass_], sample, measure_scales(graph, run.passes))


def test_that_values_are_those_of_the_chosen_sample() -> None:
    run = chain(("fc", 5), ("fc", 3))
    view = view_of(run, sample=2)
    assert view.columns[1].values.tolist() == run.passes[0].layers["relu1"].activation[2].tolist()
    assert view.columns[2].values.tolist() == run.passes[0].layers["fc2"].activation[2].tolist()


def test_that_probabilities_are_the_softmax_of_the_logits() -> None:
    run = chain(("fc", 5), ("fc", 3))
    logits = run.passes[0].logits[1].astype(float)
    view = view_of(run, sample=1)
    assert view.probabilities == pytest.approx(np.exp(logits) / np.exp(logits).sum(), rel=1e-5)
    assert view.predicted == int(np.argmax(logits))
    assert view.true == 1


def test_that_logits_that_are_not_finite_predict_nothing() -> None:
    run = chain(("fc", 3))
    pass_ = made_up_pass(run.layers, {}, logits=np.array([[1, np.nan, 0]] * 4, "f4"))
    graph = build_graph(run.layers, run.probe)
    view = prepare(graph, pass_, 0, measure_scales(graph, [pass_]))
    assert np.isnan(view.probabilities).all()
    assert view.predicted is None


def test_that_what_was_not_recorded_is_marked_and_not_zero() -> None:
    run = chain(("conv", 4), ("fc", 5), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    view = prepare(graph, made_up_pass(run.layers, {}), 0, measure_scales(graph, []))
    for each in view.columns:
        assert each.values is None and each.tiles is None
        assert (each.numbers == colours.NOT_RECORDED).all()
    assert [pair.values for pair in view.pairs] == [None] * 3
    assert len(view.lines) == 0
    assert view.probabilities is None and view.predicted is None


def test_that_a_sample_beyond_the_recorded_maps_has_its_mean_activation() -> None:
    run = chain(("conv", 2), ("fc", 3))
    records = {"relu1": {"activation": np.ones((4, 2), "f4"), "feature_maps": np.ones((1, 2, 8, 8), "f2")}}
    pass_ = made_up_pass(run.layers, records)
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, [pass_])
    assert prepare(graph, pass_, 0, scales).columns[1].tiles is not None
    assert prepare(graph, pass_, 3, scales).columns[1].tiles is None
    assert prepare(graph, pass_, 3, scales).columns[1].numbers.tolist() == [254, 254]


def test_that_maps_with_negative_values_are_coloured_by_sign() -> None:
    run = chain(("conv", 1), ("fc", 2), picture=(1, 1, 3))
    maps = np.array([-2, 0, 2], "f2").reshape(1, 1, 1, 3)
    pass_ = made_up_pass(run.layers, {"relu1": {"feature_maps": maps}})
    graph = build_graph(run.layers, run.probe)
    each = prepare(graph, pass_, 0, measure_scales(graph, [pass_])).columns[1]
    assert each.tiles_are_signed and each.tiles_scale == 2
    assert each.tiles.ravel().tolist() == [0, 127, 254]


def test_that_a_picture_undoes_the_normalisation() -> None:
    run = chain(("conv", 2), ("fc", 3))
    picture = view_of(run).picture
    assert picture.dtype == np.uint8 and picture.shape == (8, 8)
    assert picture.min() == 0 and picture.max() == 255


def test_that_a_vector_input_shows_its_values_on_the_scale_of_the_probe() -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=3)}
    graph = build_graph(layers, probe(np.array([[1, -4, 0], [2, 2, 2]], "f4"), 2))
    each = prepare(graph, made_up_pass(layers, {}), 0, measure_scales(graph, [])).columns[0]
    assert each.values.tolist() == [1, -4, 0] and each.scale == 4


def test_that_no_sample_shows_no_input() -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=3)}
    graph = build_graph(layers, probe(np.array([[1, -4, 0], [2, 2, 2]], "f4"), 2))
    for sample in (-1, 2):
        shown = input_view(graph, graph.columns[0], sample)
        assert shown.values is None
        assert shown.numbers.tolist() == [colours.NOT_RECORDED] * 3


def test_that_scales_are_the_largest_of_the_given_passes() -> None:
    run = chain(("fc", 5), ("fc", 3), n_passes=3)
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes)
    weights = [np.abs(pass_.layers["fc2"].weight).max() for pass_ in run.passes]
    assert scales.edges[1] == pytest.approx(max(weights))
    assert scales.nodes[1] == pytest.approx(max(np.abs(pass_.layers["relu1"].activation).max() for pass_ in run.passes))


def test_that_what_is_not_finite_does_not_stretch_a_scale() -> None:
    assert largest(np.array([1.0, np.inf, np.nan, -3.0])) == 3
    assert largest(np.array([np.nan])) == 0
    assert largest(None) == 0
    assert largest(np.zeros(0)) == 0


def test_that_zero_is_white_and_the_ends_are_blue_and_red() -> None:
    rgba = colours.diverging_rgba(np.array([-1.0, 0.0, 1.0]), 1.0)
    assert rgba[0, 2] > rgba[0, 0] and rgba[2, 0] > rgba[2, 2]
    assert rgba[1, :3].min() > 240
    assert (rgba[:, 3] == 255).all()


def test_that_values_that_are_not_finite_have_a_colour_of_their_own() -> None:
    numbers = colours.diverging_numbers(np.array([np.nan, np.inf, -np.inf, 5.0]), 1.0)
    assert numbers.tolist() == [colours.NOT_FINITE] * 3 + [254]
    assert colours.grey_numbers(np.array([np.nan, -1.0, 9.0]), 1.0).tolist() == [255, 0, 254]


def test_that_a_scale_of_zero_colours_everything_as_zero() -> None:
    assert colours.diverging_numbers(np.array([0.0, 5.0]), 0.0).tolist() == [127, 127]
    assert colours.diverging_numbers(np.array([1e-40]), 1e-40).tolist() == [127]


def test_that_facts_of_a_unit_are_those_of_its_arrays() -> None:
    run = chain(("fc", 9), ("fc", 3), cap=4)
    view = view_of(run)
    arrays = run.passes[0].layers["fc1"]
    facts = dict(unit_facts(view, view.graph.columns[1], 2))
    assert facts["bias"] == true_signs(f"{arrays.bias[2]:.4g}")
    assert facts["gradient norm"] == f"{np.linalg.norm(arrays.weight_gradient[2].astype(float)):.4g}"
    assert facts["mean over the probe"] == true_signs(f"{run.passes[0].layers['relu1'].activation[:, 2].mean():.4g}")
    assert unit_name(view.graph.columns[1], 2) == f"fc1 · unit {run.layers['fc1'].kept[2]}"


def test_that_a_fact_that_was_not_recorded_says_so() -> None:
    run = chain(("fc", 2), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    pass_ = made_up_pass(run.layers, {})
    view = prepare(graph, pass_, 0, Scales((0,) * 3, (0,) * 3, (0,) * 2))
    assert {value for _, value in unit_facts(view, view.graph.columns[1], 0)} == {NOT_RECORDED}


def test_that_the_fact_of_a_pixel_is_its_value() -> None:
    run = chain(("fc", 2), picture=(3, 2, 2))
    view = view_of(run)
    assert unit_facts(view, view.graph.columns[0], 3) == [
        ("value", ", ".join(str(part) for part in view.picture[1, 1]))
    ]


def of_tokens(kind: str, **given: object) -> MadeUpRun:
    """A layer of a kind that is given three whole numbers."""
    layers = {"first": layer("first", kind, units=2)}
    samples = probe(np.array([[7, 0, 3], [3, 3, 7]], "f4"))
    return MadeUpRun(layers, replace(samples, whole_numbers=True, **given), [made_up_pass(layers, {})])


def test_that_tokens_have_no_size_and_are_told_by_their_text() -> None:
    view = view_of(of_tokens("Embedding", token_names={7: "end", 0: "\n"}))
    column = view.graph.columns[0]
    assert column.headings[1] == ("3 tokens", "3")
    assert view.columns[0].scale == 0.0
    assert unit_name(column, 1) == "input · position 1"
    told = [unit_facts(view, column, position) for position in range(3)]
    assert told == [[("token", "“end” (7)")], [("token", "“⏎” (0)")], [("token", "3")]]


def test_that_whole_numbers_that_no_table_is_read_with_have_a_size() -> None:
    view = view_of(of_tokens("Dense"))
    assert view.graph.columns[0].headings[1] == ("3 values", "3")
    assert view.columns[0].scale == 7.0


def test_that_a_layer_that_has_the_name_of_the_input_is_a_layer() -> None:
    layers = {
        "fc": layer("fc", units=6, input_units=12, reads=("input",), parameters={"weight": (6, 12)}),
        "input": layer("input", units=4, input_units=6, reads=("fc",), parameters={"weight": (4, 6)}),
    }
    shown = probe(np.arange(24, dtype="f4").reshape(2, 12), 0)
    pass_ = made_up_pass(layers, {"input": {"activation": np.full((2, 4), 7, "f4")}}, n_samples=2)
    graph = build_graph(layers, shown)
    n_columns, n_pairs = len(graph.columns), len(graph.pairs)
    view = prepare(graph, pass_, 0, Scales((0,) * n_columns, (0,) * n_columns, (0,) * n_pairs))
    first, *_, last = view.graph.columns
    assert [dict(unit_facts(view, first, unit)) for unit in (0, 11)] == [
        {"value, this sample": "0"},
        {"value, this sample": "11"},
    ]
    assert dict(unit_facts(view, last, 3))["activation, this sample"] == "7"


@pytest.mark.parametrize(("layers", "more"), [(["fc1"], ""), (["fc1", "fc2"], " And 1 more.")])
def test_that_the_first_damage_is_told_and_how_many_more_there_are(layers: list[str], more: str) -> None:
    run = chain(("fc", 4), ("fc", 3))
    (pass_,) = run.passes
    for name in layers:
        pass_.damaged[name, "weight"] = f"{name} is cut off"
        pass_.layers[name].weight = None
    view = view_of(run)
    assert view.damage == tuple(f"{name} is cut off" for name in layers)
    assert view.missing == (f"damaged: fc1 is cut off{more}",)
    assert not view.has_nothing


@pytest.mark.parametrize("values", [[1.0, np.inf], [np.inf, 1.0, np.nan], [-np.inf, 1.0]])
def test_that_one_end_that_is_not_finite_is_enough_to_leave_it_out(values: list[float]) -> None:
    assert largest(np.array(values)) == 1


def test_that_nothing_is_measured_without_passes() -> None:
    run = chain(("conv", 3), ("fc", 3))
    assert measure_scales(build_graph(run.layers, run.probe), []) == Scales((0.0,) * 3, (0.0,) * 3, (0.0,) * 2)


@pytest.mark.parametrize("kind", ["nodes", "maps", "edges"])
def test_that_scales_of_another_graph_are_refused(kind: str) -> None:
    run = chain(("fc", 5), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes)
    with pytest.raises(ValueError):
        prepare(graph, run.passes[0], 0, replace(scales, **{kind: getattr(scales, kind)[:-1]}))


def test_that_no_sample_has_neither_values_nor_maps_and_the_first_a_label() -> None:
    run = chain(("conv", 3), ("fc", 3))
    view = view_of(run, sample=-1)
    assert [(each.values, each.tiles) for each in view.columns] == [(None, None)] * 3
    assert (view.picture, view.probabilities, view.true) == (None, None, None)
    assert view_of(run, sample=0).true == 0


def test_that_a_view_that_is_not_drawn_has_no_edges_and_no_maps_but_values() -> None:
    run = chain(("conv", 3), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    view = prepare(graph, run.passes[0], 0, measure_scales(graph, run.passes), is_drawn=False)
    assert [each.values for each in view.pairs] == [None, None]
    assert view.columns[1].tiles is None
    assert view.columns[1].values is not None


@pytest.mark.parametrize("dtype", ["f2", "f4"])
@pytest.mark.parametrize("lowest", [0, -3])
@pytest.mark.parametrize("scale", [None, 4.0])
def test_that_maps_are_coloured_the_same_whatever_precision_they_have(
    dtype: str, lowest: int, scale: float | None
) -> None:
    run = chain(("conv", 2), ("fc", 2), picture=(1, 1, 3))
    maps = np.array([[0, 1, 2], [2, 1, lowest], [3, 3, 3], [0, 0, 0]], dtype).reshape(2, 2, 1, 3)
    pass_ = made_up_pass(run.layers, {"relu1": {"feature_maps": maps}})
    column = build_graph(run.layers, run.probe).columns[1]
    shown = column_view(column, pass_, 0, NodeMode.ACTIVATION, None, scale)
    numbers = colours.diverging_numbers if lowest else colours.grey_numbers
    assert shown.tiles is not None
    assert shown.tiles.tolist() == numbers(maps[0].astype("f4"), scale or 3.0).tolist()
    assert (shown.tiles_are_signed, shown.tiles_scale) == (bool(lowest), scale or 3.0)


@pytest.mark.parametrize("kind", ["activation", "feature_maps"])
def test_that_damage_of_values_or_of_maps_alone_is_told(kind: str) -> None:
    run = chain(("conv", 3), ("fc", 3))
    (pass_,) = run.passes
    for name in ("relu1", "conv1"):
        pass_.damaged[name, kind] = f"{kind} is cut off"
        setattr(pass_.layers[name], kind, None)
    view = view_of(run)
    assert view.columns[1].damage == f"{kind} is cut off"
    assert view.damage == (f"{kind} is cut off",)


@pytest.mark.parametrize("shape", [(2, 0), (2, 4)])
def test_that_samples_that_are_another_thing_than_what_layers_read_are_not_shown(shape: tuple[int, int]) -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=3)}
    graph = build_graph(layers, probe(np.ones((2, 3), "f4")))
    shown = input_view(replace(graph, probe=probe(np.ones(shape, "f4"))), graph.columns[0], 0)
    assert (shown.values, shown.scale, shown.numbers.tolist()) == (None, 0.0, [colours.NOT_RECORDED] * 3)


def test_that_samples_of_a_pass_are_no_picture_where_those_of_the_run_are_none() -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=4)}
    graph = build_graph(layers, probe(np.ones((1, 4), "f4")))
    pictures = probe(np.ones((1, 1, 2, 2), "f4"))
    assert pictures.picture(0) is not None
    assert picture_of(replace(graph, probe=pictures), 0) is None


def test_that_the_fact_of_a_grey_pixel_is_one_number_by_row_and_column() -> None:
    run = chain(("fc", 2), picture=(1, 2, 3))
    view = view_of(run)
    told = [unit_facts(view, view.graph.columns[0], number) for number in range(6)]
    assert told == [[("value", str(int(pixel)))] for pixel in view.picture.ravel()]
