"""What is said of units and edges at the pointer, whole."""

import re
from dataclasses import replace

import pytest

from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView
from app.views.network.units.tooltips import edge_tooltip, unit_tooltip
from tests.app.looks.pieces.network import CNN, COLOURED, vectors
from tests.app.made_up import chain, difference_view
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")


def told(html: str) -> list[str]:
    """A tooltip without its markup, a line each; what is bold is between stars."""
    lines = re.sub(r"</tr>|<br>|</nobr>(?=<table>)|</table>", "\n", html.replace("&nbsp;&nbsp;</td>", ": "))
    lines = re.sub(r"</?b>", "*", lines)
    return [line for line in re.sub(r"<[^>]+>", "", lines).split("\n") if line]


@pytest.fixture(scope="module")
def view() -> GraphView:
    return prepared(CNN)


def test_that_a_channel_tells_its_numbers(view: GraphView) -> None:
    assert told(unit_tooltip(view, 1, 1)) == [
        "*conv1 · channel 1*",
        "Conv2d 1→2 · 4×4",
        "activation, this sample: 0.5855",
        "mean over the probe: 1.013",
        "bias: 1.031",
        "gradient norm: 3.731",
    ]


def test_that_an_output_tells_its_class_and_its_probability(view: GraphView) -> None:
    assert told(unit_tooltip(view, 4, 2)) == [
        "*fc4 · unit 2 · class “2”*",
        "Linear 4→3",
        "activation, this sample: 0.4687",
        "mean over the probe: −0.07368",
        "probability: 76.8 %",
        "bias: −0.3656",
        "gradient norm: 3.034",
    ]


def test_that_what_is_read_tells_its_value(view: GraphView) -> None:
    assert told(unit_tooltip(view, 0, 5)) == ["*input · pixel row 1, column 1*", "4×4 grey", "value: 7"]
    colours = ["*input · pixel row 1, column 1*", "9×6 colour", "value: 166, 224, 196"]
    assert told(unit_tooltip(prepared(COLOURED), 0, 10)) == colours
    assert told(unit_tooltip(prepared(vectors(4, 3)), 0, 0)) == [
        "*input · unit 0*", "4 values", "value, this sample: −1.109",
    ]  # fmt: skip
    assert told(unit_tooltip(prepared(vectors(1, 3)), 0, 0))[1] == "1 value"
    tokens = prepared(vectors(4, 3, tokens=True))
    assert told(unit_tooltip(tokens, 0, 1)) == ["*input · position 1*", "4 tokens", "token: 6"]
    assert told(unit_tooltip(tokens, 0, 2)) == ["*input · position 2*", "4 tokens", "token: “the” (5)"]
    assert told(unit_tooltip(prepared(vectors(1, 3, tokens=True)), 0, 0))[1] == "1 token"


def test_that_what_is_missing_is_said() -> None:
    bare = prepared(vectors(4, 3, bias=False, without=["activation", "weight_gradient"]))
    assert told(unit_tooltip(bare, 1, 0))[2:] == [
        "activation, this sample: not recorded",
        "mean over the probe: not recorded",
        "probability: 25.1 %",
        "bias: no bias",
        "gradient norm: not recorded",
    ]
    no_sample = told(unit_tooltip(prepared(CNN, 0, 9), 3, 0))
    assert no_sample[2] == "activation, this sample: not recorded"
    assert no_sample[3] != "mean over the probe: not recorded"
    assert told(unit_tooltip(replace(prepared(CNN, 0, 9), picture=None), 0, 0))[2] == "value: not recorded"


def test_that_of_two_passes_a_unit_tells_both_numbers_and_the_change() -> None:
    assert told(unit_tooltip(difference_view(CNN), 4, 2)) == [
        "*fc4 · unit 2 · class “2”*",
        "Linear 4→3",
        "activation, this sample: A 0.469 · B −0.625 · −1.09",
        "mean over the probe: A −0.0737 · B −0.512 · −0.438",
        "probability: A 76.8 % · B 10.9 %",
        "bias: A −0.366 · B 1.04 · +1.41",
        "gradient norm: A 3.03 · B 2.45 · −0.58",
    ]
    hollow = difference_view(CNN, chain(("conv", 2), ("fc", 3)))
    assert told(unit_tooltip(hollow, 2, 0)) == ["*conv2 · channel 0*", "Conv2d 2→3 · 4×4", "only in A: "]


def test_that_an_edge_tells_first_what_the_graph_shows(view: GraphView) -> None:
    assert told(edge_tooltip(view, 3, 2)) == [
        "*fc3 unit 2 → fc4 unit 0*", "*weight*: *0.2187*", "gradient: 0.2063", "update: 0.007397",
    ]  # fmt: skip
    updates = prepared(CNN, options=GraphOptions(edges=EdgeMode.UPDATE))
    assert told(edge_tooltip(updates, 3, 2)) == [
        "*fc3 unit 2 → fc4 unit 0*", "*update*: *0.007397*", "weight: 0.2187", "gradient: 0.2063",
    ]  # fmt: skip


def test_that_an_edge_that_stands_for_many_weights_says_so(view: GraphView) -> None:
    assert told(edge_tooltip(view, 0, 0)) == [
        "*input → conv1 unit 0*",
        "*weight*: *3.96*",
        "gradient: −3.058",
        "update: −0.02954",
        "norm of the kernel or block, with the sign of its mean",
    ]


def test_that_of_two_passes_an_edge_tells_both_numbers_and_the_change() -> None:
    assert told(edge_tooltip(difference_view(CNN), 3, 2)) == [
        "*fc3 unit 2 → fc4 unit 0*",
        "*weight, B − A*: *A 0.2187 · B −1.93 · −2.149*",
        "gradient, B − A: A 0.2063 · B −0.0101 · −0.2164",
        "update, B − A: A 0.007397 · B 0.01901 · +0.01162",
    ]
