"""What the legend, the notes and the headings of the units say in words, whole: of all that can be missing too."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.units.analysis.legend_parts import legend_parts
from tests.app.damaged import damaged
from tests.app.looks.pieces.network import CAPPED, CNN, COLOURED, DEEP, GRADIENTS, spoilt, stretch, vectors
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, difference_view, measure_scales
from tests.app.views.network.conftest import prepared

OF_GRADIENTS = GraphOptions(**GRADIENTS)
WEIGHTS = "weight, widest ±1.3 to ±1.6 by pair of layers (run) · 21 edges"
OF_CNN = "weight, widest ±3 to ±5.7 by pair of layers (run) · 32 edges"


def lacking(*kinds: str) -> MadeUpRun:
    return vectors(4, 3, 3, without=kinds)


def told(view: GraphView, *, is_short: bool = False) -> str:
    return " · ".join(part.text for part in legend_parts(view, is_short=is_short))


CASES: dict[str, tuple[Callable[[], GraphView], tuple[str, ...], str]] = {
    "all": (lambda: prepared(CNN), (), f"activation, full colour ±1.7 to ±2.1 by layer (run) · feature map · {OF_CNN}"),
    "no activations": (
        lambda: prepared(lacking("activation")), ("activations not recorded",), f"activations not recorded · {WEIGHTS}",
    ),
    "no weights": (
        lambda: prepared(lacking("weight")),
        ("weights not recorded",),
        "activation, full colour ±1.4 to ±2.4 by layer (run) · weights not recorded",
    ),
    "neither": (
        lambda: prepared(lacking("weight", "activation")),
        ("weights not recorded", "activations not recorded"),
        "activations not recorded · weights not recorded",
    ),
    "no gradients": (
        lambda: prepared(lacking("weight_gradient"), options=OF_GRADIENTS),
        ("gradients not recorded",),
        "gradients not recorded",
    ),
    "no updates": (
        lambda: prepared(lacking(), options=GraphOptions(edges=EdgeMode.UPDATE)),
        ("updates not recorded",),
        "activation, full colour ±1.3 to ±2 by layer (run) · updates not recorded",
    ),
    "no bias": (
        lambda: prepared(vectors(4, 3, 3, bias=False), options=GraphOptions(nodes=NodeMode.BIAS)),
        ("no biases",),
        "no biases · weight, widest ±1.4 to ±1.7 by pair of layers (run) · 21 edges",
    ),
    "biases not recorded": (
        lambda: prepared(lacking("bias"), options=GraphOptions(nodes=NodeMode.BIAS)),
        ("biases not recorded",),
        "biases not recorded · weight, widest ±1.4 to ±1.7 by pair of layers (run) · 21 edges",
    ),
    "last state": (
        lambda: prepared(replace(CNN, passes=[after_the_last_step(CNN), *CNN.passes]), options=OF_GRADIENTS),
        ("no gradient: no step follows this state",),
        "no gradient: no step follows this state",
    ),
    "some edges of a pass": (
        lambda: prepared(CNN, options=GraphOptions(most_edges=9, scale=ScaleMode.PASS)),
        (),
        "activation, full colour ±1.6 to ±1.7 by layer (pass) · feature map · "
        "weight, widest ±3 to ±4.7 by pair of layers (pass) · strongest 9 of 32 edges",
    ),
    "not finite": (
        lambda: prepared(spoilt(CNN)),
        (),
        "activation, full colour ±1.6 to ±1.7 by layer (run) · feature map · "
        "weight, widest ±2.5 to ±4.7 by pair of layers (run) · 32 edges · NaN or Inf",
    ),
    "a part": (
        lambda: stretch(DEEP, 25),
        (),
        "columns 26 to 45 of 61 · activation, full colour ±0.68 to ±2.9 by layer (run) · "
        "weight, widest ±0.47 to ±2.9 by pair of layers (run) · 76 edges",
    ),
    "the same": (
        lambda: difference_view(CNN, number_b=0), ("activation and weight: the same in A and B",), "",
    ),
    "a difference": (
        lambda: difference_view(CNN),
        (),
        "activation, B − A, full colour ±0.87 to ±2.4 by layer (run) · "
        "weight, B − A, widest ±2.2 to ±7.5 by pair of layers (run) · 32 edges",
    ),
    "another probe": (
        lambda: difference_view(CNN, same_probe=False),
        ("activation is not compared: A and B were measured on other samples",),
        "activation is not compared: A and B were measured on other samples · "
        "weight, B − A, widest ±2.2 to ±7.5 by pair of layers (run) · 32 edges",
    ),
    "fewer layers": (
        lambda: difference_view(CNN, chain(("conv", 2), ("fc", 3))),
        (),
        "only in B: fc2 · activation, B − A, full colour ±1.8 by layer (run) · "
        "weight, B − A, widest ±4.1 by pair of layers (run) · 2 edges",
    ),
    "more layers": (
        lambda: difference_view(chain(("fc", 4), ("fc", 3)), chain(("fc", 4), *(("fc", 3),) * 6)),
        ("activation and weight: the same in A and B",),
        "only in B: fc3, fc4, fc5 and 2 more",
    ),
    "gradients of B alone": (
        lambda: difference_view(lacking("weight_gradient"), lacking(), OF_GRADIENTS, number_b=0),
        ("gradient is not compared: A has none here", "gradient norm is not compared: A has none here"),
        "gradient norm is not compared: A has none here · gradient is not compared: A has none here",
    ),
    "gradients of neither": (
        lambda: difference_view(lacking("weight_gradient"), None, OF_GRADIENTS, number_b=0),
        ("gradient is not compared: A and B have none here", "gradient norm is not compared: A and B have none here"),
        "gradient norm is not compared: A and B have none here · gradient is not compared: A and B have none here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_that_what_is_shown_and_what_is_missing_is_said(case: str) -> None:
    make, missing, legend = CASES[case]
    view = make()
    assert view.missing == missing
    assert told(view) == legend


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (GraphOptions(), "activation ±1.7 to ±2.1 · map · weight ±3 to ±5.7 (run) · 32 edges"),
        (GraphOptions(most_edges=9), "activation ±1.7 to ±2.1 · map · weight ±3 to ±5.7 (run) · 9 of 32 edges"),
        (OF_GRADIENTS, "gradient norm 3 to 8 · gradient ±2.7 to ±5.1 (run) · 32 edges"),
        (GraphOptions(nodes=NodeMode.BIAS), "bias ±1 to ±2.8 · weight ±3 to ±5.7 (run) · 32 edges"),
    ],
)
def test_that_where_there_is_little_room_less_is_said(options: GraphOptions, text: str) -> None:
    assert told(prepared(CNN, options=options), is_short=True) == text


def test_that_of_several_damaged_arrays_the_first_is_told_and_how_many_more() -> None:
    run = chain(("fc", 4), ("fc", 3), ("fc", 2))
    damaged(run, 0, "relu1", "activation")
    graph = build_graph(run.layers, run.probe)
    one = prepare(graph, run.passes[0], 0, measure_scales(graph, []))
    assert one.missing == (f"damaged: {one.damage[0]}",)
    damaged(run, 0, "fc3", "activation")
    damaged(run, 0, "fc3", "weight")
    several = prepare(graph, run.passes[0], 0, measure_scales(graph, []))
    assert len(several.damage) == 3 and several.damage[0] == one.damage[0]
    assert several.missing[-1] == f"damaged: {one.damage[0]} And 2 more."


HEADINGS = {
    "cnn": (CNN, [
        (("input",), ("4×4 grey", "4×4")),
        (("conv1", "conv1"), ("Conv2d 1→2", "1→2", "2"), ("4×4",)),
        (("conv2", "conv2"), ("Conv2d 2→3", "2→3", "3"), ("4×4",)),
        (("fc3", "fc3"), ("Linear 48→4", "48→4", "4")),
        (("fc4", "fc4"), ("Linear 4→3", "4→3", "3")),
    ]),
    "coloured": (COLOURED, [
        (("input",), ("9×6 colour", "9×6")),
        (("conv1", "conv1"), ("Conv2d 3→3", "3→3", "3"), ("6×9",)),
        (("fc2", "fc2"), ("Linear 162→4", "162→4", "4")),
    ]),
    "capped": (CAPPED, [
        (("input",), ("2×2 grey", "2×2")),
        (("fc1", "fc1"), ("Linear 4→30", "4→30", "30"), ("3 of 30 units", "3 of 30", "3/30")),
        (("fc2", "fc2"), ("Linear 30→200", "30→200", "200"), ("3 of 200 units", "3 of 200", "3/200")),
        (("fc3", "fc3"), ("Linear 200→12", "200→12", "12")),
    ]),
    "within": (vectors(1, 1, of_layers="block.fc{}"), [
        (("input",), ("1 value", "1")), (("block.fc1", "fc1"), ("Linear 1→1", "1→1", "1")),
    ]),
    "tokens": (vectors(4, 3, tokens=True), [
        (("input",), ("4 tokens", "4")), (("fc1", "fc1"), ("Embedding 4→3", "4→3", "3")),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADINGS)
def test_that_headings_say_what_a_column_is_in_more_words_or_fewer(name: str) -> None:
    run, headings = HEADINGS[name]
    assert [column.headings for column in build_graph(run.layers, run.probe).columns] == headings


def test_that_an_input_without_numbers_or_without_a_difference_has_no_scale() -> None:
    vector = vectors(4, 3, 3)
    shown = (prepared(CNN), prepared(CNN, 0, 9), prepared(vector, 0, 9), difference_view(vector, number_b=0))
    assert [view.columns[0].scale for view in shown] == [0.0] * 4
    assert prepared(vector).columns[0].scale > 0
