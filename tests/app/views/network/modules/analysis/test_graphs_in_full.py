"""Modules within modules in full: how deep each lies, what it holds, and what is seen of it, in numbers and words."""

import pytest

from app.views.network.modules.analysis.module_folding import fold, open_at_first, shown_open
from app.views.network.modules.analysis.module_text import box_facts, box_text, frame_heading, shape_text
from app.views.network.modules.analysis.modules import module_graph
from collector.storage import schema
from collector.storage.flow import FlowNode
from tests.app.looks.pieces.network_modules import BLOCKS
from tests.app.views.network.modules.analysis.made_up_graphs import call, joined, layers, network, residual
from tests.app.views.network.modules.made_up_modules import ModuleRun


def test_that_each_frame_says_how_deep_it_lies_and_in_which() -> None:
    graph = ModuleRun(BLOCKS).graph
    assert {name: (each.depth, each.parent, len(each.nodes)) for name, each in graph.frames.items()} == {
        "blocks": (0, "", 22),
        "blocks.0": (1, "blocks", 11),
        "blocks.1": (1, "blocks", 11),
        "blocks.0.attention": (2, "blocks.0", 4),
        "blocks.0.mlp": (2, "blocks.0", 3),
        "blocks.1.attention": (2, "blocks.1", 4),
        "blocks.1.mlp": (2, "blocks.1", 3),
    }
    assert dict(graph.children) == {
        "": ("blocks",),
        "blocks": ("blocks.0", "blocks.1"),
        "blocks.0": ("blocks.0.attention", "blocks.0.mlp"),
        "blocks.1": ("blocks.1.attention", "blocks.1.mlp"),
    }


def test_that_of_one_depth_the_largest_is_opened_first_and_inner_ones_after_outer_ones() -> None:
    small = [call("small.0", "input"), call("small.1", "small.0")]
    large = [call("large.0", "small.1")]
    large += [call(f"large.{each}", f"large.{each - 1}") for each in range(1, 5)]
    deep = [call("large.inner.0", "large.4"), call("large.inner.1", "large.inner.0")]
    graph = network(*small, *large, *deep)
    assert list(graph.frames) == ["small", "large", "large.inner"]
    assert open_at_first(graph) == {"large"}, "by which seven modules are seen"
    assert open_at_first(network(*small, *large)) == {"large", "small"}
    few = [*small, large[0], call("large.inner.0", "large.0"), deep[1]]
    assert open_at_first(network(*few)) == {"large", "small", "large.inner"}


@pytest.mark.parametrize(("n_calls", "is_opened"), [(38, True), (39, False)])
def test_that_none_is_opened_that_makes_more_than_forty_boxes(n_calls: int, is_opened: bool) -> None:
    calls = [call("a.0", "input"), *(call(f"a.{each}", f"a.{each - 1}") for each in range(1, n_calls))]
    assert open_at_first(network(*calls)) == (frozenset({"a"}) if is_opened else frozenset())


def test_that_a_wish_for_frames_that_are_not_there_opens_none() -> None:
    graph = residual(2)
    assert shown_open(graph, frozenset({"body", "gone"})) == {"body"}
    assert shown_open(graph, frozenset()) == frozenset()
    assert shown_open(graph, None) == open_at_first(graph)


def test_that_a_node_that_is_not_there_lies_in_no_box() -> None:
    folded = fold(residual(1), frozenset())
    assert [folded.box_of_node(each) for each in ("body.0.fc", "first", "gone", None)] == [
        "body.0", "first", None, None,
    ]  # fmt: skip


def test_that_a_call_without_parameters_has_none_and_a_module_counts_each_once() -> None:
    described = layers(
        schema.Layer("a.fc", "Linear", 2, "a.fc", [0, 1], parameters={"weight": [2, 3]}),
        schema.Layer("a.own", "Linear", 2, "a.own", [0, 1], parameters={"weight": [2, 5]}),
    )
    again = FlowNode("a.fc (2)", "Linear", "call", "a.fc", ("a.drop",), ())
    graph = module_graph(described, [call("a.fc"), call("a.drop", "a.fc", kind="Dropout"), again])
    assert {name: each.n_parameters for name, each in graph.nodes.items()} == {"a.fc": 6, "a.drop": 0, "a.fc (2)": 6}
    assert graph.n_parameters("a") == 6, "a layer that is not called is no part of it"
    assert graph.layers_in("a") == ("a.fc", "a.own"), "and yet it lies in it"


def test_that_an_activation_whose_layer_is_not_there_reads_what_comes_before_it() -> None:
    described = (
        schema.Layer("fc1", "Linear", 2, "fc1", [0, 1], ["input"]),
        schema.Layer("relu", "ReLU", 2, "gone", [0, 1]),
        schema.Layer("fc2", "Linear", 2, "fc2", [0, 1], ["gone"]),
    )
    graph = module_graph(layers(*described), ())
    assert {name: each.node.reads for name, each in graph.nodes.items()} == {
        "input": (),
        "fc1": ("input",),
        "relu": ("fc1",),
        "fc2": ("relu",),
        "output ": ("fc2",),
    }


def test_that_modules_are_counted_in_words() -> None:
    graph = network(
        call("a.fc", "input"), joined("a", "add", "a.fc", "input"), call("b.0", "a.add"), call("b.1", "b.0")
    )
    assert [box_text(graph, name, ())[1] for name in ("a", "b")] == ["1 module", "2 modules"]
    assert frame_heading(graph, "a") == ("a", ("1 module", "4", "0 parameters"))
    assert dict(box_facts(fold(graph, frozenset()), "a", None)) == {
        "kind": "1 module",
        "output of one sample": "4",
        "parameters": "0",
        "reads": "input",
    }
    assert shape_text((1024, 8)) == "1,024×8"


@pytest.mark.parametrize(
    ("samples", "given"),
    [((4, 9), {"one": [True, False], "two": [False, True]}), ((4, 4), {"one": [True, True], "two": [False, False]})],
)
def test_that_a_sample_is_given_to_the_first_input_of_its_size(
    samples: tuple[int, int], given: dict[str, list[bool]]
) -> None:
    inputs = [FlowNode(name, "input", "input", "", (), (size,)) for name, size in zip(given, samples, strict=True)]
    graph = module_graph({}, [*inputs, call("fc", *given)])
    assert {name: [graph.is_given(name, n) for n in samples] for name in given} == given
    assert not any(graph.is_given(name, 5) for name in given)
    alone = module_graph({}, [inputs[0], call("fc", "one")])
    assert alone.is_given("one", 5), "where there is but one it is that"
    assert not alone.is_given("fc", 4)
