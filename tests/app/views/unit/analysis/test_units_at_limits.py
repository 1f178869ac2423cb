"""A unit over the run, its weights and its parameters where there is one of a thing, none, or just too many."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.views.unit.analysis.incoming import Incoming, incoming_weights
from app.views.unit.analysis.unit_history import Trace, UnitHistory
from tests.app.made_up import layer, made_up_pass, probe

STEPS = np.array([0, 10, 20])
VALUES = np.arange(6.0, dtype="f4").reshape(3, 2)
WHOLE = UnitHistory("fc", 1, 4, Trace(STEPS, VALUES), Trace(STEPS, STEPS / 5), Trace(STEPS[:2], STEPS[:2] / 2), 1.5)


@pytest.mark.parametrize(("sample", "values"), [(-1, []), (0, [0, 2, 4]), (1, [1, 3, 5]), (2, [])])
def test_that_a_sample_that_is_not_there_has_no_activation(sample: int, values: list[float]) -> None:
    trace = WHOLE.of_sample(sample)
    assert (trace.values.tolist(), len(trace), len(trace.steps)) == (values, len(values), len(values))
    assert trace.values.dtype == np.float64


def test_that_a_mean_is_of_all_samples_and_of_none_there_is_none() -> None:
    assert (WHOLE.mean().steps.tolist(), WHOLE.mean().values.tolist()) == ([0, 10, 20], [0.5, 2.5, 4.5])
    for nothing in (np.zeros((0, 2), "f4"), np.zeros((3, 0), "f4")):
        empty = replace(WHOLE, activations=Trace(STEPS[: len(nothing)], nothing))
        assert len(empty.mean()) == len(empty.mean().steps) == 0
    endless = replace(WHOLE, activations=Trace(STEPS[:1], np.array([[np.inf, -np.inf]])))
    assert np.isnan(endless.mean().values).tolist() == [True]


def test_that_the_run_ended_where_all_before_have_a_gradient_and_the_last_has_none() -> None:
    assert [WHOLE.has_no_step_after(step) for step in (0, 10, 11, 20)] == [False, False, True, True]
    nothing = replace(WHOLE, gradient_norm=Trace(STEPS[:0], np.zeros(0)))
    assert not nothing.has_no_step_after(20)
    by_part = replace(WHOLE, last_by_part=0)
    assert [by_part.has_no_step_by_part_after(step) for step in (0, 1)] == [False, True]
    assert not WHOLE.has_no_step_by_part_after(0), "none has any"


def test_that_on_the_steps_of_another_run_what_lies_nowhere_is_left_out() -> None:
    moved = WHOLE.on(lambda steps: np.where(steps == 10, np.nan, steps / 2))
    for name in ("activations", "bias"):
        trace = getattr(moved, name)
        assert trace.steps.tolist() == [0, 10]
        assert trace.values.tolist() == getattr(WHOLE, name).values[[0, 2]].tolist()
    assert (moved.gradient_norm.steps.tolist(), moved.gradient_norm.values.tolist()) == ([0], [0])
    assert (moved.stage, moved.number, moved.n_passes, moved.largest_weight) == ("fc", 1, 4, 1.5)


def read(width: int, block: int, kept: int, unit_weights: np.ndarray | None = None) -> Incoming | None:
    """The weights of the second of two units that reads so many, in blocks, of a source that is not known."""
    layers = {
        "fc": layer("fc", units=2, input_units=kept, input_block=block, parameters={"weight": (2, width)}),
    }
    weight = np.arange(2 * width, dtype="f4").reshape(2, width) if unit_weights is None else unit_weights
    graph = build_graph(layers, probe(np.zeros((2, 3), "f4")))
    number = graph.column_number("fc")
    assert number is not None
    return incoming_weights(graph, layers, number, 1, made_up_pass(layers, {"fc": {"weight": weight}}))


@pytest.mark.parametrize(
    ("width", "block", "kept", "shape", "words", "last"),
    [
        (4, 1, 4, (4, 1, 1), "4 weights", "input 3"),
        (1, 1, 1, (1, 1, 1), "1 weight", "input 0"),
        (18, 9, 2, (2, 3, 3), "2 blocks of 3×3", "input 1"),
        (16, 8, 2, (2, 1, 8), "2 blocks of 1×8", "input 1"),
    ],
)
def test_that_blocks_stand_as_squares_where_they_are_and_else_in_a_line(
    width: int, block: int, kept: int, shape: tuple[int, ...], words: str, last: str
) -> None:
    found = read(width, block, kept)
    assert found is not None
    assert (found.values.shape, found.words, found.names[-1]) == (shape, words, last)
    assert found.values.ravel().tolist() == list(range(width, 2 * width))
    assert found.is_kept.all() and found.is_kept.shape == shape


def test_that_a_weight_of_no_values_or_of_one_dimension_is_none() -> None:
    assert read(0, 1, 0, np.zeros((2, 0), "f4")) is None
    assert read(1, 1, 1, np.zeros(2, "f4")) is None


def test_that_a_weight_is_told_where_it_is_kept_of_two_with_both() -> None:
    shown = Incoming("", np.array([[[0.5, 2.0]]]), np.array([[[True, False]]]), ("a",))
    assert [shown.told((0, 0, column)) for column in (0, 1)] == ["0.5", "not recorded"]
    sides = np.array([[[1.0, 0.0]]]), np.array([[[1.5, 2.0]]])
    both = replace(shown, sides=sides)
    assert both.told((0, 0, 0)) == "A 1 · B 1.5 · +0.5"
    assert both.told((0, 0, 1)) == "not recorded"


def test_that_what_no_pass_recorded_has_neither_steps_nor_values() -> None:
    empty = replace(WHOLE, activations=Trace(STEPS, np.zeros((3, 0), "f4")))
    for trace in (empty.mean(), WHOLE.of_sample(-1)):
        assert (trace.steps.tolist(), trace.values.tolist()) == ([], [])
