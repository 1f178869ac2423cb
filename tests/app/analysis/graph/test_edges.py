"""Every edge's number against a slow and obvious version of itself."""

import numpy as np
import pytest

from app.analysis.graph.edge_numbers import edge_number, edge_numbers
from app.analysis.graph.edges import Measure, Wiring, edge_values
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode
from tests.app.made_up import chain, layer, made_up_pass, probe

random = np.random.default_rng(1)


def wiring_of(layers: dict, given=None) -> Wiring:
    wiring = build_graph(layers, given).pairs[-1].wiring
    assert wiring is not None
    return wiring


def norm_with_sign(weights: np.ndarray) -> float:
    return float(np.sqrt((weights.astype(float) ** 2).sum()) * (1 if weights.mean() >= 0 else -1))


def test_that_a_linear_weight_is_shown_exactly() -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    weight = random.normal(size=(2, 3)).astype("f4")
    wiring = wiring_of(layers)
    values = edge_values(wiring, weight)
    assert wiring.measure is Measure.EXACT
    assert values is not None and values.tolist() == weight.ravel().tolist()


def test_that_ends_of_edges_follow_the_weight() -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    sources, targets = wiring_of(layers).ends(np.arange(6))
    assert sources.tolist() == [0, 1, 2, 0, 1, 2]
    assert targets.tolist() == [0, 0, 0, 1, 1, 1]


def test_that_a_kernel_is_its_norm_with_the_sign_of_its_mean() -> None:
    run = chain(("conv", 3), ("conv", 2), ("fc", 2))
    weight = random.normal(size=(2, 3, 3, 3)).astype("f4")
    values = edge_values(build_graph(run.layers, run.probe).pairs[1].wiring, weight)
    expected = [norm_with_sign(weight[target, source]) for target in range(2) for source in range(3)]
    assert values == pytest.approx(expected, rel=1e-5)


def test_that_a_flattened_channel_is_the_norm_of_its_block() -> None:
    run = chain(("conv", 3), ("fc", 2), picture=(1, 2, 2))
    weight = random.normal(size=(2, 12)).astype("f4")
    values = edge_values(build_graph(run.layers, run.probe).pairs[1].wiring, weight)
    expected = [
        norm_with_sign(weight[target, 4 * source : 4 * source + 4]) for target in range(2) for source in range(3)
    ]
    assert values == pytest.approx(expected, rel=1e-5)


def test_that_each_pixel_of_a_grey_picture_has_its_weight() -> None:
    run = chain(("fc", 2), picture=(1, 3, 4))
    weight = random.normal(size=(2, 12)).astype("f4")
    wiring = wiring_of(run.layers, run.probe)
    values = edge_values(wiring, weight)
    assert wiring.sources.tolist() == list(range(12))
    assert values is not None and values.tolist() == weight.ravel().tolist()


def test_that_three_colours_of_a_pixel_are_one_edge() -> None:
    run = chain(("fc", 2), picture=(3, 2, 2))
    weight = random.normal(size=(2, 12)).astype("f4")
    values = edge_values(wiring_of(run.layers, run.probe), weight)
    expected = [
        norm_with_sign(weight[target, [pixel, pixel + 4, pixel + 8]]) for target in range(2) for pixel in range(4)
    ]
    assert values == pytest.approx(expected, rel=1e-5)


def test_that_pixels_that_were_not_kept_have_no_edge() -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=9, input_kept=np.array([0, 4, 8]))}
    wiring = wiring_of(layers, probe(np.zeros((1, 1, 3, 3), "f4"), 2))
    assert wiring.sources.tolist() == [0, 4, 8]


def test_that_pixels_with_different_numbers_of_kept_colours_are_told_apart() -> None:
    kept = np.array([0, 1, 4, 8])  # pixel 0 in three colours, pixel 1 in one
    layers = {"fc": layer("fc", units=1, reads=("input",), input_units=12, input_kept=kept)}
    weight = np.array([[1, -5, 2, 2]], "f4")
    wiring = wiring_of(layers, probe(np.zeros((1, 3, 2, 2), "f4"), 1))
    assert wiring.sources.tolist() == [0, 1]
    assert edge_values(wiring, weight) == pytest.approx([3, -5])


def test_that_edges_of_a_convolution_leave_from_the_channels_of_the_picture() -> None:
    run = chain(("conv", 2), ("fc", 2), picture=(3, 4, 4))
    wiring = build_graph(run.layers, run.probe).pairs[0].wiring
    assert wiring is not None and wiring.sources.tolist() == [16, 17, 18]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_that_a_weight_that_is_not_finite_stays_so_and_spoils_no_other(bad: float) -> None:
    run = chain(("conv", 2), ("conv", 2), ("fc", 2))
    weight = np.ones((2, 2, 3, 3), "f4")
    weight[0, 1, 1, 1] = bad
    values = edge_values(build_graph(run.layers, run.probe).pairs[1].wiring, weight)
    assert values is not None
    assert np.isfinite(values).tolist() == [True, False, True, True]


@pytest.mark.parametrize("weight", [None, np.zeros(3, "f4"), np.zeros((5, 3), "f4"), np.zeros((2, 4), "f4")])
def test_that_a_missing_weight_or_one_of_another_shape_gives_no_values(weight: np.ndarray | None) -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    assert edge_values(wiring_of(layers), weight) is None


def test_that_edges_of_a_unit_are_found_from_both_sides() -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    wiring = wiring_of(layers)
    assert wiring.edges_into(1).tolist() == [3, 4, 5]
    assert wiring.edges_from(2).tolist() == [2, 5]
    assert wiring.edges_from(9).tolist() == []


def test_that_units_that_the_source_did_not_keep_have_no_edge() -> None:
    layers = {
        "a": layer("a", units=4, kept=np.array([0, 2, 3])),
        "b": layer("b", units=2, reads=("a",), input_units=4, input_kept=np.array([0, 1, 3])),
    }
    weight = random.normal(size=(2, 3)).astype("f4")
    wiring = wiring_of(layers)
    assert wiring.sources.tolist() == [0, 2]
    values = edge_values(wiring, weight)
    assert values is not None and values.tolist() == weight[:, [0, 2]].ravel().tolist()


@pytest.mark.parametrize("mode", EdgeMode)
def test_that_the_number_of_one_edge_is_that_among_all(mode: EdgeMode) -> None:
    run = chain(("conv", 2), ("fc", 3), ("fc", 2), picture=(1, 2, 3))
    graph, (pass_,) = build_graph(run.layers, run.probe), run.passes
    for number, every in enumerate(edge_numbers(graph, pass_, mode)):
        assert every.values is not None
        one_by_one = [edge_number(graph, pass_, number, edge, mode) for edge in range(len(every.values))]
        assert one_by_one == pytest.approx(every.values.tolist(), rel=1e-6)


def test_that_an_edge_has_no_number_where_all_have_none() -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=2, reads=("a",), input_units=3)}
    graph = build_graph(layers, None)
    assert edge_number(graph, made_up_pass(layers, {}), 0, 1, EdgeMode.WEIGHT) is None
    for shape in ((3, 3), (1, 3), (2, 4), (2, 0)):
        odd = made_up_pass(layers, {"b": {"weight": np.ones(shape, "f4")}})
        assert edge_numbers(graph, odd, EdgeMode.WEIGHT)[0].values is None
        assert edge_number(graph, odd, 0, 1, EdgeMode.WEIGHT) is None
    apart = {**layers, "c": layer("c", units=2, reads=("a", "b"), input_units=99)}
    graph = build_graph(apart, None)
    assert (
        edge_number(graph, made_up_pass(apart, {"c": {"weight": np.ones((2, 99), "f4")}}), 2, 0, EdgeMode.WEIGHT)
        is None
    )


def test_that_colours_of_other_pixels_that_were_kept_once_each_are_put_in_the_order_of_pixels() -> None:
    kept = np.array([1, 4])  # red of pixel 1 and green of pixel 0
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=12, input_kept=kept)}
    wiring = wiring_of(layers, probe(np.zeros((1, 3, 2, 2), "f4"), 1))
    assert wiring.measure is Measure.EXACT
    assert wiring.sources.tolist() == [0, 1]
    values = edge_values(wiring, np.array([[5, -7], [1, 2]], "f4"))
    assert values is not None
    assert values.tolist() == [-7, 5, 2, 1]


def test_that_a_weight_is_shown_itself_even_where_its_square_is_nothing() -> None:
    layers = {"a": layer("a", units=1), "b": layer("b", units=2, reads=("a",), input_units=1)}
    values = edge_values(wiring_of(layers), np.array([[1e-30], [-1e-30]], "f4"))
    assert values is not None
    assert values.tolist() == [np.float32(1e-30), np.float32(-1e-30)]
    assert edge_values(wiring_of(layers), np.ones(2, "f4")) is None


def test_that_two_weights_between_two_units_are_their_norm() -> None:
    layers = {"a": layer("a", units=1), "b": layer("b", units=1, reads=("a",), input_units=1, input_block=2)}
    values = edge_values(wiring_of(layers), np.array([[3, -4]], "f4"))
    assert values is not None
    assert values.tolist() == [-5]


def test_that_a_layer_of_no_units_has_no_numbers() -> None:
    layers = {"a": layer("a", units=3), "b": layer("b", units=0, reads=("a",), input_units=3)}
    assert edge_values(wiring_of(layers), np.zeros((0, 3), "f4")) is None
