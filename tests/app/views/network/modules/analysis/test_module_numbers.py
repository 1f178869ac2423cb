"""The numbers in the boxes of modules, against slow and obvious versions of themselves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.analysis.curve import Measured
from app.analysis.graph.pass_arrays import PassArray, array_of
from app.views.network.modules.analysis import module_numbers
from app.views.network.modules.analysis.frame_norms import frame_norms
from app.views.network.modules.analysis.module_numbers import ModuleReadings, Span, module_readings
from app.views.network.modules.analysis.modules import module_graph
from collector.storage import Collection, open_collection
from collector.storage.blocks import Block
from collector.storage.passes import LayerArrays, Pass
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of


@pytest.fixture
def collection(deep_path: Path):
    opened = open_collection(deep_path)
    yield opened
    opened.close()


@pytest.fixture
def readings(collection: Collection) -> ModuleReadings:
    return module_readings(module_graph(collection.layers, collection.flow), collection, collection.passes)


def test_that_a_box_shows_the_mean_magnitude_and_the_norm_of_its_layer(
    collection: Collection, readings: ModuleReadings
) -> None:
    pass_ = collection.passes[2]
    numbers = readings.at(pass_, 0)
    activation = pass_.layers["body.3.fc"].activation

    total = 0.0
    for value in activation.reshape(-1).tolist():
        total += abs(value)
    box = numbers.of_box("body.3.fc")
    assert box.activation == pytest.approx(total / activation.size)
    assert box.gradient == pytest.approx(collection.series["gradient_norm/body.3.fc"][pass_.step])
    assert len(box.units) == activation.shape[1]


def test_that_a_closed_module_shows_the_norm_of_all_its_gradients_and_its_last_activation(
    collection: Collection, readings: ModuleReadings
) -> None:
    pass_ = collection.passes[1]
    numbers = readings.at(pass_, 0)
    inside = [name for name in collection.layers if name.startswith("body.2.")]

    squares = sum(
        collection.series[f"gradient_norm/{name}"][pass_.step] ** 2
        for name in inside
        if f"gradient_norm/{name}" in collection.series
    )
    box = numbers.of_box("body.2")
    assert len(inside) == 3
    assert box.gradient == pytest.approx(squares**0.5)
    assert box.activation == numbers.of_box("body.2.fc").activation


def test_that_what_was_not_recorded_has_no_number_and_what_is_no_layer_neither(
    collection: Collection, readings: ModuleReadings
) -> None:
    numbers = readings.at(collection.passes[0], 0)

    assert numbers.of_box("body.0.act").gradient is None
    assert numbers.of_box("body.0.act").activation is not None
    assert numbers.of_box("body.0.add").activation is None
    assert numbers.of_box("drop").activation is None


def test_that_spans_hold_every_value_of_the_run(collection: Collection, readings: ModuleReadings) -> None:
    norms = [readings.at(pass_, 0).of_box(name).gradient for pass_ in collection.passes for name in collection.layers]
    finite = [each for each in norms if each]
    assert 0 < readings.gradients.low <= min(finite)
    assert readings.gradients.high >= max(finite)


def test_that_bars_grow_with_the_logarithm_and_only_zero_has_none() -> None:
    span = Span(1e-3, 10.0)

    assert span.part(0.0) == 0.0
    assert 0 < span.part(1e-3) < span.part(1e-2) < span.part(10.0) == 1.0
    assert span.part(0.1) == pytest.approx((span.part(1e-3) + 1) / 2)
    assert Span().part(1.0) == 0.0
    assert Span(1e-30, 1.0).shown_low == 1e-8
    assert Span(1.0, 2.0).with_values([0.5, np.inf, 0.0, np.nan, 4.0]) == Span(0.5, 4.0)


def test_that_the_spans_of_a_growing_run_grow(collection: Collection) -> None:
    graph = module_graph(collection.layers, collection.flow)
    first = module_readings(graph, collection, [collection.passes[0]])
    grown = first.grown(collection, collection.passes[-1])
    whole = module_readings(graph, collection, [collection.passes[0], collection.passes[-1]])

    assert grown.graph is graph
    assert grown.activations == whole.activations
    assert {name: grown.largest_of(name) for name in graph.layers} == (
        {name: whole.largest_of(name) for name in graph.layers}
    )


def test_that_a_layer_without_a_gradient_has_no_norm_and_says_so(
    collection: Collection, readings: ModuleReadings
) -> None:
    norm = readings.norm_of("body.3.fc")
    is_missing = np.ones(len(norm.steps), bool)
    readings._norms["body.3.fc"] = replace(norm, values=np.full(len(norm.steps), np.nan), is_missing=is_missing)
    numbers = readings.at(collection.passes[2], 0)
    box = numbers.of_box("body.3.fc")
    assert (box.gradient, box.has_no_gradient) == (None, True)
    assert not numbers.of_box("body.2.fc").has_no_gradient


class Looked:
    """Passes whose layers are noted when their activations are read."""

    def __init__(self, pass_: Pass) -> None:
        self.step, self.damaged, self.read = pass_.step, {}, []
        self.layers = {name: self.Layer(name, arrays, self.read) for name, arrays in pass_.layers.items()}

    class Layer:
        def __init__(self, name: str, arrays: LayerArrays, read: list[str]) -> None:
            self._name, self._arrays, self._read = name, arrays, read

        @property
        def activation(self) -> np.ndarray | None:
            self._read.append(self._name)
            return self._arrays.activation


def test_that_only_what_is_looked_at_is_read_and_the_next_time_at_once(
    collection: Collection, readings: ModuleReadings
) -> None:
    first, second = Looked(collection.passes[0]), Looked(collection.passes[1])
    numbers = readings.at(first, 0)
    assert first.read == [], "nothing is on the screen yet"
    numbers.of_box("body.3.fc")
    numbers.of_box("body.3.fc")
    assert first.read == ["body.3.fc"]
    readings.at(second, 0)
    assert second.read == ["body.3.fc"], "where there is time"


def test_that_a_frame_nobody_looked_at_does_not_forget_what_is_on_the_screen(
    collection: Collection, readings: ModuleReadings
) -> None:
    readings.at(collection.passes[0], 0).of_box("body.3.fc")
    readings.at(collection.passes[1], 0)
    last = Looked(collection.passes[2])
    readings.at(last, 0)
    assert last.read == ["body.3.fc"]


def test_that_a_damaged_activation_says_so_and_the_gradient_is_there(
    collection: Collection, readings: ModuleReadings
) -> None:
    pass_ = collection.passes[2]
    pass_.layers["body.3.fc"]._record.activation = Block("<f4", [2, 2], "AAAA")
    box = readings.at(pass_, 0).of_box("body.3.fc")
    assert box.activation is None and box.units is None and "activation of 'body.3.fc'" in box.damage
    assert box.gradient is not None


def test_that_painting_reads_no_pass_of_the_run(collection: Collection) -> None:
    class Spread:
        def __init__(self) -> None:
            self.n_read = 0

        def __iter__(self) -> Iterator[Pass]:
            self.n_read += 1
            return iter(collection.passes)

    spread, graph = Spread(), module_graph(collection.layers, collection.flow)
    readings = ModuleReadings(graph, collection, spread)
    boxes = ("body.3.fc", "body.2", "drop")
    before = readings.at(collection.passes[0], 0)
    assert before.of_box("body.3.fc").units is None, "its scale is not known yet"
    asked = iter([True, True, True])
    readings.read(boxes, lambda: next(asked, False))
    assert before.of_box("body.3.fc").units is None, "nobody waited for all of it"
    readings.read(boxes)
    assert before.of_box("body.3.fc").units is not None
    n_read = spread.n_read
    numbers = readings.at(collection.passes[0], 0)
    assert numbers.of_box("body.3.fc").units is not None
    assert numbers.of_box("body.2").units is not None
    assert numbers.of_box("drop").units is None
    assert spread.n_read == n_read
    magnitudes = [np.abs(pass_.layers["body.3.fc"].activation).max() for pass_ in collection.passes]
    assert readings.largest_of("body.3.fc") == pytest.approx(max(magnitudes))


def test_that_what_was_read_of_a_layer_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ModuleRun(chain_of("fc1", "fc2"))
    readings = ModuleReadings(run.graph, run, run.passes)
    read: list[str] = []

    def array(pass_: Pass, layer: str, kind: str) -> PassArray:
        read.append(layer)
        return array_of(pass_, layer, kind)

    monkeypatch.setattr(module_numbers, "array_of", array)
    readings.read(["input", "fc1"])
    assert read == ["fc1"] * 2, "once of each pass"
    readings.read(["input", "fc1", "fc2"])
    assert read == ["fc1"] * 2 + ["fc2"] * 2
    assert readings.largest_of("fc1") == max(np.abs(each.layers["fc1"].activation).max() for each in run.passes)


def test_that_the_norm_of_a_module_is_of_the_layers_that_have_one_by_then() -> None:
    steps = np.array([0, 10, 20, 30])
    early = Measured("a", np.array([0, 9, 20, 29]), np.array([3.0, 1.0, np.inf, 2.0]))
    late = Measured("b", np.array([10, 21]), np.array([4.0, np.nan]), np.array([False, True]))
    norms = frame_norms([early, None, late], steps)
    assert [norms.at(step) for step in steps] == [(3.0, False), (17**0.5, False), (np.inf, False), (2.0, False)]
    alone = frame_norms([late], steps)
    assert [alone.at(step) for step in steps] == [(None, False), (4.0, False), (4.0, False), (None, True)]
    assert alone.at(15) == (None, False), "no pass is there"
