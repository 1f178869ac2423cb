"""What a column has of its layer, of those that carry its units on, and of the samples."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.graph.columns import Column, Drawing, input_column, is_activation, stage_column
from app.analysis.graph.graph import MOST_UNNAMED_CLASSES, build_graph
from collector.storage.layer import Layer
from collector.storage.task import Task
from tests.app.made_up import layer, probe

MAPS = {"weight": (2, 1, 3, 3)}


def reader(name: str = "fc", kind: str = "Linear", **given: object) -> Layer:
    return layer(name, kind, units=2, reads=("input",), **given)


def given_to(*readers: Layer, inputs: np.ndarray | None = None, whole: bool = False, names: bool = False) -> Column:
    own = None if inputs is None else replace(probe(inputs), whole_numbers=whole)
    if own is not None and names:
        own = replace(own, token_names=("a", "b"))
    found = input_column({each.name: each for each in readers}, own)
    assert found is not None
    return found


VECTORS = np.zeros((2, 12), "f4")


@pytest.mark.parametrize(
    ("kind", "whole", "names", "line"),
    [
        ("Embedding", True, False, ("12 tokens", "12")),
        ("nn.EMBEDDINGBag", True, False, ("12 tokens", "12")),
        ("Linear", True, True, ("12 tokens", "12")),
        ("Linear", True, False, ("12 values", "12")),
        ("Embedding", False, False, ("12 values", "12")),
    ],
)
def test_that_whole_numbers_are_tokens_where_there_is_a_table_of_them(
    kind: str, whole: bool, names: bool, line: tuple[str, str]
) -> None:
    found = given_to(reader(kind=kind, input_units=12), inputs=VECTORS, whole=whole, names=names)
    assert found.headings[1] == line
    assert found.are_tokens == ("tokens" in line[0])
    assert found.is_input


def test_that_one_value_is_told_in_the_singular_and_several_axes_are_no_tokens() -> None:
    assert given_to(reader(input_units=1), inputs=VECTORS[:, :1]).headings[1] == ("1 value", "1")
    assert given_to(reader(kind="Embedding"), inputs=VECTORS[:, :1], whole=True).headings[1] == ("1 token", "1")
    of_steps = given_to(reader(kind="Embedding"), inputs=np.zeros((1, 5, 2, 2), "f4"), whole=True)
    assert (of_steps.are_tokens, of_steps.headings[1]) == (False, ("5 values", "5"))
    assert given_to(reader(input_units=1_200)).headings[1] == ("1,200 values", "1,200")


def test_that_the_input_has_the_values_that_any_of_those_that_read_all_of_it_has_kept() -> None:
    few, others = np.array([1, 4]), np.array([0, 4, 9])
    readers = (
        reader("a", input_units=12, input_kept=few),
        reader("b", input_units=12, input_kept=others),
        reader("c", input_units=5, input_kept=np.array([2])),
        layer("d", "ReLU", stage="a", reads=("input",), input_units=12, input_kept=np.array([7])),
    )
    found = given_to(*readers, inputs=VECTORS)
    assert found.kept.tolist() == [0, 1, 4, 9]
    assert (found.true_units, found.shape, found.headings[2][0]) == (12, (12,), "4 of 12 units")
    assert given_to(readers[2], inputs=VECTORS).kept.tolist() == [*range(12)], "none agrees"
    alone = given_to(*readers)
    assert (alone.kept.tolist(), alone.true_units, alone.shape) == ([1, 4], 12, ())
    assert input_column({}, None) is None
    assert input_column({"a": layer("a", units=2, reads=("b",), input_units=2)}, None) is None


def test_that_a_sample_that_is_read_as_it_is_is_not_flattened() -> None:
    inputs = np.zeros((2, 5, 2, 2), "f4")
    both = given_to(reader("a", input_units=20), reader("b", input_units=5), inputs=inputs)
    assert (both.true_units, both.shape) == (5, (5, 2, 2))
    assert given_to(reader("a", input_units=20), inputs=inputs).shape == (20,)
    assert given_to(reader("a", input_units=7), inputs=inputs).shape == (5, 2, 2)


def test_that_samples_without_values_or_axes_tell_nothing_of_the_input() -> None:
    for inputs in (np.zeros((0, 12), "f4"), np.zeros((2, 0), "f4"), np.zeros(3, "f4")):
        assert given_to(reader(input_units=4), inputs=inputs).true_units == 4


def column(own: Layer, *carriers: Layer, names: tuple[str, ...] = ()) -> Column:
    return stage_column(own, [own, *carriers], names, 7)


def carrier(name: str, kind: str = "ReLU", **given: object) -> Layer:
    return layer(name, kind, stage="own", **({"units": 2} | given))


def test_that_values_and_maps_are_those_of_the_last_that_carries_all_units_on() -> None:
    own = layer("own", "Conv2d", units=2, output_shape=(2, 8, 8), parameters=MAPS)
    norm, relu = carrier("norm", "BatchNorm2d", output_shape=(2, 8, 8)), carrier("relu", output_shape=(2, 4, 4))
    tanh, flat = carrier("tanh", "Tanh", output_shape=(2, 4, 4)), carrier("flat", "Flatten", output_shape=(32,))
    found = column(own, norm, relu, tanh, flat, carrier("cut", units=3))
    assert found.value_layers == ("tanh", "relu", "own")
    assert found.map_layers == ("flat", "tanh", "relu", "norm", "own")
    assert (found.shape, found.drawing, found.first_anchor) == ((2, 4, 4), Drawing.MAPS, 7)
    assert found.headings[2] == ("8×8",)
    unseen = replace(own, not_recorded={"activation": "too large"})
    assert column(unseen, relu).value_layers == ("relu",)


@pytest.mark.parametrize(
    ("shape", "parameters", "names", "drawing", "drawn"),
    [
        ((2, 8, 8), MAPS, (), Drawing.MAPS, (2, 8, 8)),
        ((2, 8, 8), {"weight": (2, 1)}, (), Drawing.NEURONS, (2, 8, 8)),
        ((2, 8, 8), {}, (), Drawing.NEURONS, (2, 8, 8)),
        ((2, 8), MAPS, (), Drawing.NEURONS, (2, 8)),
        ((2, 8, 8), MAPS, ("ant", "bee"), Drawing.OUTPUT, (2, 8, 8)),
        ((), {}, (), Drawing.NEURONS, (2,)),
    ],
)
def test_that_channels_of_a_plane_are_drawn_as_maps_and_classes_as_outputs(
    shape: tuple[int, ...],
    parameters: dict[str, tuple[int, ...]],
    names: tuple[str, ...],
    drawing: Drawing,
    drawn: tuple[int, ...],
) -> None:
    found = column(layer("own", units=2, output_shape=shape, parameters=parameters), names=names)
    assert (found.drawing, found.shape, found.class_names) == (drawing, drawn, names)
    assert found.grid == ((8, 8) if drawing is Drawing.MAPS else (1, 1))
    assert not found.is_input


@pytest.mark.parametrize(
    ("parameters", "has_no_bias"),
    [({}, False), ({"weight": (2, 3)}, True), ({"weight": (2, 3), "bias": (2,)}, False), ({"bias_hh_l0": (2,)}, False)],
)
def test_that_only_of_a_layer_that_lists_its_parameters_it_is_known_that_it_has_no_bias(
    parameters: dict[str, tuple[int, ...]], has_no_bias: bool
) -> None:
    assert column(layer("own", units=2, parameters=parameters)).has_no_bias == has_no_bias


def test_that_activation_functions_are_known_by_their_class_whatever_the_case() -> None:
    kinds = {kind: is_activation(layer("a", kind)) for kind in ("ReLU", "GELU", "Linear", "relu6", "ReLUx")}
    assert kinds == {"ReLU": True, "GELU": True, "Linear": False, "relu6": True, "ReLUx": False}


@pytest.mark.parametrize(
    ("units", "shape", "classes", "names", "kind", "expected"),
    [
        (2, (2,), 2, ("ant", "bee"), "classes", ("ant", "bee")),
        (2, (2,), 2, ("ant",), "classes", ("0", "1")),
        (2, (), 2, (), "classes", ("0", "1")),
        (2, (2,), 0, ("ant", "bee"), "classes", ()),
        (2, (2,), 2, ("ant", "bee"), "values", ()),
        (1, (1,), 2, ("ant",), "classes", ()),
        (2, (2, 4), 2, ("ant", "bee"), "classes", ()),
    ],
)
def test_that_the_last_layer_has_classes_where_its_units_are_what_samples_are_labelled_with(
    units: int, shape: tuple[int, ...], classes: int, names: tuple[str, ...], kind: str, expected: tuple[str, ...]
) -> None:
    layers = {"a": layer("a", units=2), "b": layer("b", units=units, output_shape=shape)}
    given = probe(np.zeros((2, 3), "f4"), classes, names)
    graph = build_graph(layers, given, Task(kind))
    assert [each.class_names for each in graph.columns[-2:]] == [(), expected]


@pytest.mark.parametrize(("more", "n"), [(0, MOST_UNNAMED_CLASSES), (1, 0)])
def test_that_very_many_classes_without_names_have_none(more: int, n: int) -> None:
    units = MOST_UNNAMED_CLASSES + more
    layers = {"a": layer("a", units=units, kept=np.arange(3), output_shape=(units,))}
    graph = build_graph(layers, probe(np.zeros((2, 3), "f4"), 2))
    assert len(graph.columns[-1].class_names) == n
