"""What the weights into a unit are called."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.views.unit.analysis.incoming import Incoming, incoming_weights, why_no_weights
from tests.app.made_up import MadeUpRun, chain, difference_of, layer, made_up_pass, probe


def weights(run: MadeUpRun, stage: str, position: int = 0) -> Incoming:
    graph = build_graph(run.layers, run.probe)
    number = graph.column_number(stage)
    assert number is not None
    found = incoming_weights(graph, run.layers, number, position, run.passes[0])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("stages", "stage", "words", "names"),
    [
        ((("conv", 2), ("fc", 3)), "conv1", "1 kernel of 3×3 from input", ("input 0",)),
        ((("conv", 2), ("conv", 2), ("fc", 3)), "conv2", "2 kernels of 3×3 from conv1", ("conv1 0", "conv1 1")),
        ((("conv", 2), ("fc", 3)), "fc2", "2 blocks of 8×8 from conv1", ("conv1 0", "conv1 1")),
        ((("fc", 2), ("fc", 3)), "fc1", "a weight for each pixel of the input, 8×8", ("pixel",)),
        ((("fc", 2), ("fc", 3)), "fc2", "2 weights from fc1", ("fc1 0", "fc1 1")),
        ((("fc", 1), ("fc", 3)), "fc2", "1 weight from fc1", ("fc1 0",)),
    ],
)
def test_that_weights_are_called_by_what_they_read(
    stages: tuple[tuple[str, int], ...], stage: str, words: str, names: tuple[str, ...]
) -> None:
    found = weights(chain(*stages), stage)
    assert (found.words, found.names) == (words, names)
    assert found.sides is None


def test_that_names_are_those_of_the_units_that_are_kept() -> None:
    found = weights(chain(("conv", 9), ("conv", 2), ("fc", 3), cap=3), "conv2")
    assert found.names == ("conv1 0", "conv1 4", "conv1 8")
    assert weights(chain(("fc", 2), ("fc", 2), picture=(3, 4, 4)), "fc1").names == ("red", "green", "blue")


def test_that_blocks_of_a_picture_have_its_sides() -> None:
    found = weights(chain(("conv", 2), ("fc", 3), picture=(1, 4, 6)), "fc2")
    assert (found.words, found.values.shape) == ("2 blocks of 4×6 from conv1", (2, 4, 6))


@pytest.mark.parametrize(
    ("width", "block", "shape", "words"),
    [
        (12, 4, (3, 2, 2), "3 blocks of 2×2"),
        (12, 6, (2, 1, 6), "2 blocks of 1×6"),
        (1200, 1, (1200, 1, 1), "1,200 weights"),
    ],
)
def test_that_weights_of_no_known_source_stand_in_blocks_where_these_fit(
    width: int, block: int, shape: tuple[int, ...], words: str
) -> None:
    layers = {
        "fc": layer("fc", units=1, input_units=width // block, input_block=block, parameters={"weight": (1, width)})
    }
    given = probe(np.zeros((2, 3), "f4"))
    pass_ = made_up_pass(layers, {"fc": {"weight": np.arange(width, dtype="f4")[None]}})
    graph = build_graph(layers, given)
    number = graph.column_number("fc")
    assert number is not None
    found = incoming_weights(graph, layers, number, 0, pass_)
    assert found is not None
    assert (found.values.shape, found.words) == (shape, words)
    assert found.values.ravel().tolist() == list(range(width))
    assert found.names[0] == "input 0"


def test_that_of_two_it_is_b_less_a_with_the_weights_of_both() -> None:
    a, b = chain(("fc", 2), ("fc", 3)), chain(("fc", 2), ("fc", 3), seed=1)
    both = difference_of(a, b, 0, 0)
    graph = build_graph(both.common.layers, a.probe)
    found = incoming_weights(graph, both.common.layers, 2, 1, both)
    assert found is not None
    assert found.words == "B − A: 2 weights from fc1"
    one, other = (each.passes[0].layers["fc2"].weight[1] for each in (a, b))
    assert found.sides is not None
    assert [each.ravel().tolist() for each in found.sides] == [one.tolist(), other.tolist()]
    assert found.values.ravel().tolist() == (other - one).tolist()


def test_that_what_is_missing_says_why() -> None:
    run = chain(("fc", 2), ("fc", 3))
    graph, pass_ = build_graph(run.layers, run.probe), run.passes[0]
    pass_.layers["fc2"].weight = None
    assert why_no_weights(graph.columns[2], pass_) == "not recorded"
    pass_.damaged[("fc2", "weight")] = "cut off"
    assert why_no_weights(graph.columns[2], pass_) == "damaged"
    assert incoming_weights(graph, run.layers, 2, 0, pass_) is None
    other = chain(("fc", 2), ("fc", 4))
    both = difference_of(run, other, 0, 0)
    assert why_no_weights(graph.columns[2], both).startswith("not compared, ")


def test_that_the_largest_is_the_largest_magnitude_that_is_kept_and_finite() -> None:
    values = np.array([[[-3.0, 9.0, np.inf, 2.0]]], np.float32)
    shown = Incoming("", values, np.array([[[True, False, True, True]]]), ("a",))
    assert shown.largest == 3.0
    assert replace(shown, is_kept=np.zeros((1, 1, 4), bool)).largest == 0.0


def test_that_a_kernel_along_one_way_is_a_kernel() -> None:
    layers = {"conv": layer("conv", "Conv1d", units=2, input_units=3, parameters={"weight": (2, 3, 5)})}
    weight = np.arange(30, dtype="f4").reshape(2, 3, 5)
    graph, pass_ = (
        build_graph(layers, probe(np.zeros((2, 3), "f4"))),
        made_up_pass(layers, {"conv": {"weight": weight}}),
    )
    number = graph.column_number("conv")
    assert number is not None
    found = incoming_weights(graph, layers, number, 1, pass_)
    assert found is not None
    assert (found.words, found.values.shape) == ("3 kernels of 5", (3, 1, 5))
    assert found.values.ravel().tolist() == weight[1].ravel().tolist()
    assert (
        incoming_weights(graph, layers, number, 1, made_up_pass(layers, {"conv": {"weight": weight[:, 0, 0]}})) is None
    )
