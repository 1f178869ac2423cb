"""Which columns and pairs a run's graph has."""

import numpy as np
import pytest

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import build_graph
from tests.app.made_up import chain, layer, probe


def test_that_columns_are_the_input_and_each_stage_in_order() -> None:
    run = chain(("conv", 4), ("fc", 6), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    assert [column.stage for column in graph.columns] == ["input", "conv1", "fc2", "fc3"]
    assert [column.drawing for column in graph.columns] == [
        Drawing.PICTURE,
        Drawing.MAPS,
        Drawing.NEURONS,
        Drawing.OUTPUT,
    ]
    assert [(pair.source, pair.target) for pair in graph.pairs] == [(0, 1), (1, 2), (2, 3)]


def test_that_a_column_says_what_it_is_and_how_many_of_its_units_are_kept() -> None:
    run = chain(("conv", 9), ("fc", 30), ("fc", 3), cap=4)
    graph = build_graph(run.layers, run.probe)
    assert graph.columns[1].subtitle == "Conv2d 1→9 · 8×8 · 4 of 9 units"
    assert graph.columns[2].subtitle == "Linear 576→30 · 4 of 30 units"
    assert graph.columns[3].subtitle == "Linear 30→3"


def test_that_values_come_from_the_last_activation_of_a_stage() -> None:
    layers = {
        "fc": layer("fc", units=2),
        "bn": layer("bn", "BatchNorm1d", stage="fc", units=2),
        "relu": layer("relu", "ReLU", stage="fc", units=2),
        "drop": layer("drop", "Dropout", stage="fc", units=2),
    }
    assert build_graph(layers, None).columns[-1].value_layers == ("relu", "fc")


def test_that_an_activation_that_was_not_recorded_gives_way_to_the_stage() -> None:
    layers = {
        "fc": layer("fc", units=2),
        "relu": layer("relu", "ReLU", stage="fc", units=2, not_recorded={"activation": "too large"}),
    }
    assert build_graph(layers, None).columns[-1].value_layers == ("fc",)


def test_that_a_vector_input_is_a_column_of_the_values_that_are_read() -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=12, input_kept=np.array([1, 4, 7]))}
    graph = build_graph(layers, probe(np.zeros((2, 12), "f4"), 3))
    assert graph.columns[0].drawing is Drawing.NEURONS
    assert graph.columns[0].kept.tolist() == [1, 4, 7]
    assert graph.pairs[0].n_edges == 9


def test_that_without_a_probe_the_input_is_what_the_first_layer_reads() -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=5)}
    graph = build_graph(layers, None)
    assert [len(column) for column in graph.columns] == [5, 3]
    assert graph.columns[-1].drawing is Drawing.NEURONS


def test_that_classes_without_names_are_called_by_their_numbers() -> None:
    run = chain(("fc", 3))
    assert build_graph(run.layers, run.probe).columns[-1].class_names == ("0", "1", "2")


def test_that_a_network_of_one_unit_is_no_classifier() -> None:
    layers = {"fc": layer("fc", units=1, reads=("input",), input_units=2)}
    graph = build_graph(layers, probe(np.zeros((2, 2), "f4"), 1))
    assert graph.columns[-1].drawing is Drawing.NEURONS
    assert graph.n_edges == 2


def test_that_concatenated_sources_each_have_their_own_edges() -> None:
    layers = {
        "a": layer("a", units=2),
        "b": layer("b", units=3),
        "c": layer("c", units=2, reads=("a", "b"), input_units=5),
    }
    graph = build_graph(layers, None)
    assert [(pair.source, pair.target, pair.n_edges) for pair in graph.pairs] == [(0, 2, 4), (1, 2, 6)]


def test_that_added_sources_share_the_weight() -> None:
    layers = {
        "a": layer("a", units=3),
        "b": layer("b", units=3),
        "c": layer("c", units=2, reads=("a", "b"), input_units=3),
    }
    assert [pair.n_edges for pair in build_graph(layers, None).pairs] == [6, 6]


def test_that_sources_that_cannot_be_told_apart_have_a_pair_without_edges() -> None:
    layers = {
        "a": layer("a", units=3),
        "b": layer("b", units=4),
        "c": layer("c", units=2, reads=("a", "b"), input_units=12),
    }
    graph = build_graph(layers, None)
    assert [pair.wiring for pair in graph.pairs] == [None, None]
    assert graph.n_edges == 0


def test_that_a_run_without_layers_has_no_columns() -> None:
    assert build_graph({}, None).columns == ()


def test_that_units_dropped_by_the_plan_of_the_source_have_no_edges() -> None:
    layers = {
        "a": layer("a", units=4, kept=np.array([0, 2])),
        "b": layer("b", units=2, reads=("a",), input_units=4, input_kept=np.array([0, 1, 2])),
    }
    wiring = build_graph(layers, None).pairs[0].wiring
    assert wiring is not None
    assert wiring.sources.tolist() == [0, 1]
    assert wiring.inputs is not None and wiring.inputs.tolist() == [0, 2]


def test_that_tiles_have_the_shape_of_the_layer_their_maps_come_from() -> None:
    weight = {"weight": (2, 1, 3, 3)}
    layers = {
        "conv": layer("conv", "Conv2d", units=2, output_shape=(2, 8, 8), parameters=weight),
        "relu": layer("relu", "ReLU", stage="conv", units=2, output_shape=(2, 4, 4)),
        "fc": layer("fc", units=2, reads=("conv",), input_units=2, input_block=16),
    }
    column = build_graph(layers, None).columns[0]
    assert column.grid == (4, 4)
    assert column.subtitle == "Conv2d 2 · 8×8"


def test_that_samples_that_are_flattened_first_are_as_many_units_as_they_have_values() -> None:
    layers = {"fc": layer("fc", units=3, reads=("input",), input_units=20)}
    graph = build_graph(layers, probe(np.zeros((2, 5, 2, 2), "f4")))
    assert (len(graph.columns[0]), graph.n_edges) == (20, 60)
    layers = {"conv": layer("conv", units=3, reads=("input",), input_units=5, parameters={"weight": (3, 5, 1, 1)})}
    graph = build_graph(layers, probe(np.zeros((2, 5, 2, 2), "f4")))
    assert (len(graph.columns[0]), graph.n_edges) == (5, 15)


def test_that_the_grid_of_a_column_is_its_height_and_width() -> None:
    run = chain(("conv", 2), ("fc", 3), picture=(3, 4, 6))
    columns = build_graph(run.layers, run.probe).columns
    assert [each.grid for each in columns] == [(4, 6), (4, 6), (1, 1)]
    assert [each.n_anchors for each in columns] == [24 + 3, 2, 3]
    assert [each.first_anchor for each in columns] == [0, 27, 29]
    assert columns[0].headings == (("input",), ("6×4 colour", "6×4"))


@pytest.mark.parametrize(
    ("shape", "drawn", "line"),
    [
        ((4, 6), (1, 4, 6), ("6×4 grey", "6×4")),
        ((1, 4, 6), (1, 4, 6), ("6×4 grey", "6×4")),
        ((3, 4, 6), (3, 4, 6), ("6×4 colour", "6×4")),
    ],
)
def test_that_a_picture_has_channels_height_and_width_also_where_its_single_channel_is_left_out(
    shape: tuple[int, ...], drawn: tuple[int, ...], line: tuple[str, ...]
) -> None:
    layers = {"fc": layer("fc", units=2, reads=("input",), input_units=1)}
    column = build_graph(layers, probe(np.zeros((2, *shape), "f4"))).columns[0]
    assert column.drawing is Drawing.PICTURE
    assert (column.shape, column.headings[1]) == (drawn, line)
    assert column.kept.tolist() == [*range(24)]
    assert column.true_units == 24
