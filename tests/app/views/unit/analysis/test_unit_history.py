"""One unit over all passes, and the weights into it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.analysis.graph.graph import Graph, build_graph
from app.views.unit.analysis.incoming import incoming_weights
from app.views.unit.analysis.unit_history import UnitHistoryReader
from collector.storage.errors import DamagedError
from collector.storage.passes import Pass
from tests.app.made_up import MadeUpRun, chain, layer, made_up_pass, probe
from tests.app.scanning import read_all


@pytest.fixture
def run() -> MadeUpRun:
    return chain(("conv", 4), ("fc", 12), ("fc", 10), n_passes=7)


@pytest.fixture
def graph(run: MadeUpRun) -> Graph:
    return build_graph(run.layers, run.probe)


class WithAHole(Sequence[Pass]):
    """Passes of which one cannot be read."""

    def __init__(self, passes: Sequence[Pass], hole: int) -> None:
        self._passes, self._hole = passes, hole

    def __len__(self) -> int:
        return len(self._passes)

    def __getitem__(self, number: int) -> Pass:  # type: ignore[override]
        if number == self._hole:
            raise DamagedError(Path("made up"), "it is damaged.")
        return self._passes[number]

    def __iter__(self) -> Iterator[Pass]:
        return (self[number] for number in range(len(self)))


def test_that_the_history_holds_what_each_pass_says(run: MadeUpRun, graph: Graph) -> None:
    column = graph.columns[2]
    history = read_all(run.passes, UnitHistoryReader(column, 5))
    assert history.of_sample(2).steps.tolist() == [0, 10, 20, 30, 40, 50, 60]
    for number, pass_ in enumerate(run.passes):
        arrays, shown = pass_.layers["fc2"], pass_.layers["relu2"]
        assert history.of_sample(2).values[number] == pytest.approx(shown.activation[2, 5])
        assert history.mean().values[number] == pytest.approx(shown.activation[:, 5].mean(), rel=1e-5)
        assert history.bias.values[number] == pytest.approx(arrays.bias[5])
        assert history.gradient_norm.values[number] == pytest.approx(np.linalg.norm(arrays.weight_gradient[5]))
    assert history.largest_weight == max(np.abs(pass_.layers["fc2"].weight[5]).max() for pass_ in run.passes)


def test_that_a_known_history_is_carried_on_without_reading_it_again(run: MadeUpRun, graph: Graph) -> None:
    column = graph.columns[2]
    whole = read_all(run.passes, UnitHistoryReader(column, 5))
    known = read_all(run.passes[:4], UnitHistoryReader(column, 5))
    grown = read_all(WithAHole(run.passes, 2), UnitHistoryReader(column, 5, known))
    assert grown.n_unreadable == 0, "the hole was not looked at again"
    for name in ("activations", "bias", "gradient_norm"):
        np.testing.assert_array_equal(getattr(grown, name).values, getattr(whole, name).values)
        np.testing.assert_array_equal(getattr(grown, name).steps, getattr(whole, name).steps)


def test_that_a_pass_that_cannot_be_read_is_left_out_and_counted(run: MadeUpRun, graph: Graph) -> None:
    history = read_all(WithAHole(run.passes, 2), UnitHistoryReader(graph.columns[2], 5))
    assert history.n_unreadable == 1
    assert history.bias.steps.tolist() == [0, 10, 30, 40, 50, 60]


def test_that_what_was_not_recorded_is_empty_and_nan_is_kept() -> None:
    layers = {"fc": layer("fc", units=3, input_units=2, reads=("input",), parameters={"weight": (3, 2)})}
    given = probe(np.zeros((2, 2), "f4"))
    column = build_graph(layers, given).columns[1]
    bare = read_all([made_up_pass(layers, {"fc": {}})], UnitHistoryReader(column, 1))
    assert [len(trace) for trace in (bare.activations, bare.bias, bare.gradient_norm, bare.mean())] == [0] * 4
    assert len(bare.of_sample(0)) == 0
    bad = made_up_pass(layers, {"fc": {"bias": np.array([0, np.nan, 0], "f4")}})
    assert np.isnan(read_all([bad], UnitHistoryReader(column, 1)).bias.values).tolist() == [True]


def test_that_a_damaged_array_is_counted_and_the_rest_of_its_pass_is_there(run: MadeUpRun, graph: Graph) -> None:
    hurt = run.passes[2]
    hurt.layers["fc2"].weight_gradient = hurt.layers["relu2"].activation = None
    hurt.damaged |= {("fc2", "weight_gradient"): "cut off", ("relu2", "activation"): "cut off"}
    known = read_all(run.passes[:4], UnitHistoryReader(graph.columns[2], 5))
    history = read_all(run.passes, UnitHistoryReader(graph.columns[2], 5, known))
    assert history.damaged == {"activation": 1, "weight_gradient": 1}
    assert history.n_unreadable == 0
    assert history.bias.steps.tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert history.gradient_norm.steps.tolist() == history.activations.steps.tolist() == [0, 10, 30, 40, 50, 60]


def test_that_weights_into_a_linear_unit_stand_where_its_pixels_are() -> None:
    run = chain(("fc", 6), ("fc", 3), picture=(3, 4, 5))
    graph = build_graph(run.layers, run.probe)
    shown = incoming_weights(graph, run.layers, 1, 2, run.passes[0])
    assert shown is not None
    np.testing.assert_array_equal(shown.values.ravel(), run.passes[0].layers["fc1"].weight[2])
    assert shown.values.shape == (3, 4, 5)
    assert shown.names == ("red", "green", "blue")
    assert shown.is_kept.all()


def test_that_pixels_whose_weights_are_not_kept_are_not_taken_for_zeros() -> None:
    kept = np.array([0, 3, 7])
    about = {"units": 2, "input_units": 16, "input_kept": kept, "reads": ("input",)}
    layers = {"fc": layer("fc", parameters={"weight": (2, 16)}, **about)}
    given = probe(np.zeros((2, 1, 4, 4), "f4"))
    graph = build_graph(layers, given)
    pass_ = made_up_pass(layers, {"fc": {"weight": np.array([[1, 2, 3], [4, 5, 6]], "f4")}})
    shown = incoming_weights(graph, layers, 1, 1, pass_)
    assert shown is not None
    assert np.flatnonzero(shown.is_kept).tolist() == kept.tolist()
    assert shown.values.ravel()[kept].tolist() == [4, 5, 6]
    assert "3 of 16 kept" in shown.words
    numbers = shown.numbers(6.0).ravel()
    assert len(np.unique(numbers[~shown.is_kept.ravel()])) == 1
    assert not set(numbers[kept].tolist()) & set(numbers[~shown.is_kept.ravel()].tolist())


def test_that_weights_of_other_units_are_kernels_blocks_or_single_numbers(run: MadeUpRun, graph: Graph) -> None:
    pass_ = run.passes[0]
    shapes = [incoming_weights(graph, run.layers, number, 0, pass_).values.shape for number in (1, 2, 3)]
    assert shapes == [(1, 3, 3), (4, 8, 8), (12, 1, 1)]
    assert incoming_weights(graph, run.layers, 0, 0, pass_) is None


def test_that_weights_that_were_not_recorded_are_none(run: MadeUpRun, graph: Graph) -> None:
    bare = made_up_pass(run.layers, {name: {} for name in run.layers})
    assert incoming_weights(graph, run.layers, 2, 0, bare) is None


def test_that_nan_among_weights_is_marked_and_leaves_the_scale(run: MadeUpRun, graph: Graph) -> None:
    shown = incoming_weights(graph, run.layers, 3, 0, run.passes[0])
    values = shown.values.copy()
    values[0] = np.nan
    assert np.isfinite(replace(shown, values=values).largest)


def test_that_without_a_further_pass_a_history_stays_as_it_is_known(run: MadeUpRun, graph: Graph) -> None:
    column = graph.columns[2]
    known = read_all(run.passes, UnitHistoryReader(column, 5))
    again = read_all(run.passes, UnitHistoryReader(column, 5, known))
    for name in ("activations", "bias", "gradient_norm"):
        assert getattr(again, name) is getattr(known, name)
    nothing = read_all([], UnitHistoryReader(column, 5))
    assert (nothing.n_passes, nothing.n_unreadable, nothing.largest_weight, nothing.damaged) == (0, 0, 0, {})
    grown = read_all(run.passes[:2], UnitHistoryReader(column, 5, nothing))
    assert grown.bias.steps.tolist() == [0, 10]
