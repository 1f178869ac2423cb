"""What is said of a column and of a unit in it."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.graph.columns import Column, stage_column
from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.rectangle import Rectangle
from app.analysis.graph.unit_facts import unit_facts, unit_name
from app.analysis.probabilities import percent, softmax
from tests.app.made_up import MadeUpRun, chain, difference_view, layer, measure_scales


def column(**given: object) -> Column:
    own = layer("body.fc", **given)
    return stage_column(own, [own], (), 0)


@pytest.mark.parametrize(
    ("given", "line", "why"),
    [
        ({"units": 0}, ("Linear, no units", "Linear"), "no units"),
        (
            {"units": 0, "not_recorded": {"activation": "too large"}},
            ("Linear, no units", "Linear"),
            "no units: too large",
        ),
        (
            {"units": 1_200, "kept": np.zeros(0, int), "input_units": 10, "input_block": 120},
            ("Linear 1,200→1,200", "1,200→1,200", "1,200"),
            "none of 1,200 units kept",
        ),
        (
            {"units": 2, "kept": np.zeros(0, int), "not_recorded": {"activation": "too large"}},
            ("Linear 2", "2", "2"),
            "none of 2 units kept: too large",
        ),
        ({"units": 2, "not_recorded": {"activation": "too large"}}, ("Linear 2", "2", "2"), ""),
    ],
)
def test_that_a_column_without_units_says_why(given: dict[str, object], line: tuple[str, ...], why: str) -> None:
    found = column(**given)
    assert found.headings[:2] == (("body.fc", "fc"), line)
    assert found.why_no_units == why
    assert found.title == "body.fc"


def test_that_of_many_units_it_is_said_how_many_are_kept_in_three_lengths() -> None:
    found = column(units=1_200, kept=np.arange(1_000))
    assert found.headings[2] == ("1,000 of 1,200 units", "1,000 of 1,200", "1,000/1,200")
    assert len(column(units=1_200).headings) == 2


def view_of(run: MadeUpRun, sample: int = 0, options: GraphOptions | None = None) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    return prepare(graph, run.passes[0], sample, measure_scales(graph, run.passes, options), options)


def test_that_a_unit_is_called_by_what_it_is_and_its_true_number() -> None:
    run = chain(("conv", 9), ("fc", 9), ("fc", 3), picture=(1, 3, 4), cap=3)
    columns = view_of(run).graph.columns
    assert [unit_name(columns[0], position) for position in (0, 5)] == [
        "input · pixel row 0, column 0",
        "input · pixel row 1, column 1",
    ]
    assert [unit_name(each, 1) for each in columns[1:]] == [
        "conv1 · channel 4",
        "fc2 · unit 4",
        "fc3 · unit 1 · class “1”",
    ]


def test_that_of_a_class_its_probability_is_told_of_two_passes_both() -> None:
    run = chain(("fc", 3), n_passes=2)
    shares = [softmax(each.logits[0]) for each in run.passes]
    view = view_of(run)
    assert dict(unit_facts(view, view.graph.columns[-1], 2))["probability"] == percent(shares[0][2])
    both = difference_view(run)
    told = dict(unit_facts(both, both.graph.columns[-1], 2))["probability"]
    assert told == f"A {percent(shares[0][2])} · B {percent(shares[1][2])}"
    hidden = replace(view, probabilities=None)
    assert "probability" not in dict(unit_facts(hidden, view.graph.columns[-1], 2))


def test_that_of_a_layer_that_b_has_not_nothing_but_that_is_told() -> None:
    a, b = chain(("fc", 8), ("fc", 6), ("fc", 3)), chain(("fc", 8), ("fc", 5), ("fc", 3))
    view = difference_view(a, b)
    assert unit_facts(view, view.graph.columns[2], 0) == [("of another size in B", "")]
    assert len(unit_facts(view, view.graph.columns[1], 0)) == 4


@pytest.mark.parametrize("side", [0, 1])
def test_that_what_is_damaged_on_either_side_says_so(side: int) -> None:
    run = chain(("fc", 4), ("fc", 3), n_passes=2)
    run.passes[side].damaged["fc1", "bias"] = "it is cut off"
    run.passes[side].layers["fc1"].bias = None
    both = difference_view(run)
    facts = dict(unit_facts(both, both.graph.columns[1], 0))
    assert facts["bias"] == "damaged"
    assert "damaged" not in (facts["gradient norm"], facts["activation, this sample"])


def test_that_a_sample_that_is_none_has_no_value() -> None:
    run = chain(("fc", 4), ("fc", 3), picture=(1, 2, 2))
    for sample in (-1, 4):
        view = view_of(run, sample)
        assert dict(unit_facts(view, view.graph.columns[0], 0)) == {"value": "not recorded"}
        assert unit_facts(view, view.graph.columns[1], 0)[0] == ("activation, this sample", "not recorded")
        assert (view.picture, view.probabilities, view.predicted, view.true) == (None, None, None, None)
    assert unit_facts(view_of(run, 3), view.graph.columns[1], 0)[0][1] != "not recorded"


def test_that_without_labels_there_are_neither_classes_nor_probabilities() -> None:
    run = chain(("fc", 3))
    assert run.probe is not None
    view = view_of(replace(run, probe=replace(run.probe, labels=None)))
    assert (view.probabilities, view.predicted, view.true) == (None, None, None)


@pytest.mark.parametrize(
    ("x", "y", "do_overlap"),
    [(9, 19, True), (10, 0, False), (0, 20, False), (-9, 0, True), (-10, 0, False), (0, -19, True), (0, -20, False)],
)
def test_that_rectangles_overlap_where_they_share_more_than_a_border(x: float, y: float, do_overlap: bool) -> None:
    one, other = Rectangle(1, 2, 10, 20), Rectangle(1 + x, 2 + y, 10, 20)
    assert (one.right, one.bottom) == (11, 22)
    assert one.overlaps(other) is other.overlaps(one) is do_overlap
    assert not one.overlaps(other, slack=30)
