"""Of a layer that reads several others, or a picture, which of its inputs are whose."""

from collections.abc import Mapping

import numpy as np
import pytest

from app.analysis.graph.edges import Measure, edge_values, spans
from app.analysis.graph.graph import Pair, build_graph
from collector.storage.layer import Layer
from collector.storage.probe import Probe
from tests.app.made_up import layer, probe

KERNEL = {"weight": (2, 5, 3, 3)}
GREY, COLOUR = (probe(np.zeros((1, channels, 2, 2), "f4")) for channels in (1, 3))


@pytest.mark.parametrize(
    ("sources", "n_inputs", "expected"),
    [
        ({"a": 3}, 3, {"a": (0, 3)}),
        ({"a": 3}, 12, {"a": (0, 12)}),
        ({"a": 2, "b": 3, "c": 4}, 9, {"a": (0, 2), "b": (2, 3), "c": (5, 4)}),
        ({"a": 4, "b": 4}, 4, {"a": (0, 4), "b": (0, 4)}),
        ({"a": 4, "b": 1}, 4, {"a": (0, 4)}),
        ({"input": 4, "b": 4}, 4, {"b": (0, 4)}),
        ({"input": 4, "b": 4}, 8, {"input": (0, 4), "b": (4, 4)}),
        ({"a": 2, "b": 3}, 7, {}),
        ({}, 0, {}),
    ],
)
def test_that_inputs_are_those_of_one_of_several_side_by_side_or_of_several_added(
    sources: dict[str, int], n_inputs: int, expected: dict[str, tuple[int, int]]
) -> None:
    assert spans(layer("own", input_units=n_inputs), sources) == expected


def pairs(own: Layer, given: Probe | None = None, **others: int) -> Mapping[str, Pair]:
    """Those into a layer of two units that reads layers of so many units."""
    layers = {name: layer(name, units=units) for name, units in others.items()} | {own.name: own}
    graph = build_graph(layers, given)
    return {graph.columns[each.source].stage: each for each in graph.pairs}


def test_that_each_of_several_sources_has_its_own_columns_of_the_weight() -> None:
    kept = np.array([0, 2, 3, 5])
    own = layer("own", units=2, reads=("a", "b"), input_units=6, input_kept=kept)
    weight = np.arange(8, dtype="f4").reshape(2, 4)
    found = pairs(own, a=2, b=4)
    wirings = {name: each.wiring for name, each in found.items()}
    assert {name: each and each.sources.tolist() for name, each in wirings.items()} == {"a": [0], "b": [0, 1, 3]}
    values = {name: each and edge_values(each, weight) for name, each in wirings.items()}
    assert {name: each.tolist() for name, each in values.items()} == {"a": [0, 4], "b": [1, 2, 3, 5, 6, 7]}


def test_that_of_several_pixels_beside_a_layer_only_the_layer_is_told_apart() -> None:
    own = layer("own", units=2, reads=("input", "a"), input_units=5, parameters=KERNEL)
    found = pairs(own, COLOUR, a=2)
    assert found["input"].wiring is None
    wiring = found["a"].wiring
    assert wiring is not None
    assert wiring.sources.tolist() == [0, 1]
    values = edge_values(wiring, np.arange(10, dtype="f4").reshape(2, 5))
    assert values is not None
    assert values.tolist() == [3, 4, 8, 9]


@pytest.mark.parametrize(
    ("given", "n_inputs", "block", "parameters", "sources", "measure"),
    [
        (GREY, 4, 1, {}, [0, 1, 2, 3], Measure.EXACT),
        (COLOUR, 12, 1, {}, [0, 1, 2, 3], Measure.NORM),
        (COLOUR, 3, 4, {}, [0, 1, 2, 3], Measure.NORM),
        (GREY, 1, 4, {}, [0, 1, 2, 3], Measure.EXACT),
        (COLOUR, 3, 1, {"weight": (2, 3, 1, 1)}, [4, 5, 6], Measure.NORM),
        (COLOUR, 4, 1, {"weight": (2, 4, 1, 1)}, None, None),
        (COLOUR, 4, 1, {}, None, None),
        (GREY, 5, 1, {}, None, None),
    ],
)
def test_that_what_reads_a_picture_is_joined_with_its_pixels_or_its_channels_where_they_fit(
    given: Probe,
    n_inputs: int,
    block: int,
    parameters: dict[str, tuple[int, ...]],
    sources: list[int] | None,
    measure: Measure | None,
) -> None:
    own = layer("own", units=2, reads=("input",), input_units=n_inputs, input_block=block, parameters=parameters)
    wiring = pairs(own, given)["input"].wiring
    assert (wiring and wiring.sources.tolist(), wiring and wiring.measure) == (sources, measure)


@pytest.mark.parametrize(
    ("block", "parameters", "measure"),
    [
        (1, {}, Measure.EXACT),
        (1, {"weight": (2, 3)}, Measure.EXACT),
        (4, {"weight": (2, 12)}, Measure.NORM),
        (1, {"weight": (2, 3, 1)}, Measure.NORM),
    ],
)
def test_that_an_edge_is_a_weight_itself_where_there_is_one_for_each_input(
    block: int, parameters: dict[str, tuple[int, ...]], measure: Measure
) -> None:
    own = layer("own", units=2, reads=("a",), input_units=3, input_block=block, parameters=parameters)
    wiring = pairs(own, a=3)["a"].wiring
    assert wiring is not None
    assert (wiring.measure, wiring.inputs, wiring.starts) == (measure, None, None)


def test_that_numbers_of_edges_are_of_single_precision_whatever_the_weight_is() -> None:
    one = pairs(layer("own", units=2, reads=("a",), input_units=2), a=2)["a"].wiring
    pixels = pairs(layer("own", units=2, reads=("input",), input_units=12), COLOUR)["input"].wiring
    assert one is not None
    assert pixels is not None
    for dtype in ("f2", "f4", "f8"):
        for wiring, shape in ((one, (2, 2)), (one, (2, 2, 3, 3)), (pixels, (2, 12))):
            values = edge_values(wiring, np.ones(shape, dtype))
            assert values is not None
            assert values.dtype == np.float32
    assert edge_values(one, np.zeros((2, 0), "f4")) is None
    assert edge_values(one, np.zeros(2, "f4")) is None
    assert [each.tolist() for each in one.ends(np.arange(4))] == [[0, 1, 0, 1], [0, 0, 1, 1]]
    unread = pairs(layer("own", units=2, reads=("a",), input_units=2, input_kept=np.zeros(0, int)), a=2)["a"].wiring
    assert unread is not None
    assert len(unread) == 0
    assert [each.tolist() for each in unread.ends(np.zeros(0, int))] == [[], []]
    assert edge_values(unread, np.zeros((2, 2), "f4")) is None


def test_that_of_a_source_its_units_are_read_and_not_the_first_side_of_its_outputs() -> None:
    layers = {
        "a": layer("a", units=4, output_shape=(7, 4)),
        "b": layer("b", units=2, reads=("a",), input_units=4),
        "c": layer("c", units=2, reads=("a", "b"), input_units=6),
    }
    graph = build_graph(layers, None)
    wirings = [each.wiring for each in graph.pairs if each.target == 2]
    assert [wiring and wiring.sources.tolist() for wiring in wirings] == [[0, 1, 2, 3], [0, 1]]


def test_that_pixels_beside_a_layer_are_not_told_apart_though_together_they_are_as_many_as_the_picture_has() -> None:
    own = layer("own", units=2, reads=("input", "a"), input_units=4)
    found = pairs(own, GREY, a=3)
    assert found["input"].wiring is None
    wiring = found["a"].wiring
    assert wiring is not None
    assert wiring.sources.tolist() == [0, 1, 2]
