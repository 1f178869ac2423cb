"""The tables behind the picture."""

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.units.analysis.graph_numbers import numbers_of
from tests.app.looks.pieces.network import vectors
from tests.app.made_up import (
    MadeUpRun,
    after_the_last_step,
    chain,
    difference_view,
    layer,
    made_up_pass,
    measure_scales,
)


def view_of(run: MadeUpRun, options: GraphOptions | None = None, sample: int = 0) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[0], sample, measure_scales(graph, run.passes, options), options)


def test_that_every_unit_has_a_row_with_its_true_number() -> None:
    run = chain(("conv", 9), ("fc", 3), cap=4)
    units = numbers_of(view_of(run, sample=1)).units
    assert units.headings == ("layer", "unit", "activation", "bias", "gradient_norm")
    assert [row[:2] for row in units.rows[:4]] == [("conv1", number) for number in run.layers["conv1"].kept]
    arrays = run.passes[0].layers
    assert units.rows[2][2] == pytest.approx(arrays["relu1"].activation[1, 2])
    assert units.rows[2][3] == pytest.approx(arrays["conv1"].bias[2])
    assert units.rows[2][4] == pytest.approx(np.linalg.norm(arrays["conv1"].weight_gradient[2]))


def test_that_every_edge_has_a_row_under_the_name_of_its_mode() -> None:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), picture=(3, 4, 4))
    view = view_of(run, GraphOptions(edges=EdgeMode.GRADIENT))
    edges = numbers_of(view).edges
    assert edges.headings == ("source", "source_unit", "target", "target_unit", "gradient")
    assert len(edges.rows) == view.graph.n_edges
    assert edges.rows[1][:4] == ("input channel", 1, "conv1", 0)
    assert edges.rows[-1] == ("fc2", 3, "fc3", 2, pytest.approx(run.passes[0].layers["fc3"].weight_gradient[2, 3]))


def test_that_what_was_not_recorded_is_none_and_never_zero() -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    view = prepare(graph, after_the_last_step(run), 0, measure_scales(graph, run.passes))
    assert {row[4] for row in numbers_of(view).units.rows} == {None}


def test_that_a_pass_without_anything_has_units_and_no_edges() -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=5)}
    graph = build_graph(layers, None)
    numbers = numbers_of(prepare(graph, made_up_pass(layers, {}), 0, measure_scales(graph, [])))
    assert len(numbers.units.rows) == 8 and numbers.edges.rows == []


def test_that_pixels_of_a_picture_are_edges_by_their_true_numbers() -> None:
    edges = numbers_of(view_of(chain(("fc", 2), picture=(1, 2, 3)))).edges
    assert [row[1] for row in edges.rows[:6]] == list(range(6))


def test_that_the_values_of_an_input_are_units_that_have_nothing_else() -> None:
    run = vectors(3, 2)
    given = numbers_of(view_of(run, sample=1)).units.rows[:3]
    assert run.probe is not None
    assert given == [("input", number, pytest.approx(run.probe.inputs[1, number]), None, None) for number in range(3)]


def test_that_of_a_sample_that_is_not_there_units_have_what_needs_none() -> None:
    run = vectors(3, 2)
    for sample, is_there in ((3, True), (4, False)):
        of_units = numbers_of(view_of(run, sample=sample)).units.rows[3:]
        assert [(row[2] is not None, row[3] is not None) for row in of_units] == [(is_there, True)] * 2


def test_that_of_two_passes_each_number_is_given_of_a_of_b_and_of_their_difference() -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2, picture=(1, 2, 2))
    units, edges = numbers_of(difference_view(run))
    whose = ("_a", "_b", "_difference")
    assert units.headings[2:] == tuple(
        f"{what}{each}" for what in ("activation", "bias", "gradient_norm") for each in whose
    )
    assert edges.headings[4:] == tuple(f"weight{each}" for each in whose)
    of_a, of_b = (pass_.layers["fc2"] for pass_ in run.passes)
    row = next(row for row in units.rows if row[:2] == ("fc2", 1))
    activations, biases = (
        [float(getattr(of, kind)[..., 1].flat[0]) for of in (of_a, of_b)] for kind in ("activation", "bias")
    )
    for first, (from_a, from_b) in ((2, activations), (5, biases)):
        assert row[first : first + 3] == pytest.approx((from_a, from_b, from_b - from_a))
    weights = [float(of.weight[2, 3]) for of in (of_a, of_b)]
    assert edges.rows[-1][:4] == ("fc1", 3, "fc2", 2)
    assert edges.rows[-1][4:] == pytest.approx((*weights, weights[1] - weights[0]))


def test_that_of_two_passes_the_input_has_as_many_numbers_as_the_others_and_none_of_them() -> None:
    units = numbers_of(difference_view(vectors(3, 2), number_b=0)).units
    assert {len(row) for row in units.rows} == {len(units.headings)} == {11}
    assert units.rows[:3] == [("input", number, *[None] * 9) for number in range(3)]
