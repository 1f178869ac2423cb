"""The network as modules within modules: what lies in what, what is seen of it, and where it stands."""

import random
from collections.abc import Callable

import pytest

from app.views.network.modules.analysis.module_folding import (
    MOST_BOXES,
    all_frames,
    fold,
    is_drawn_as_modules,
    open_at_first,
    toggled,
)
from app.views.network.modules.analysis.module_layout import ModuleLayout, lay_out
from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from collector.storage import schema
from collector.storage.flow import FlowNode
from tests.app.views.network.modules.analysis.made_up_graphs import call, layers, network, residual


def test_that_frames_come_from_dotted_names() -> None:
    graph = residual(2)

    assert {name: (frame.parent, frame.nodes) for name, frame in graph.frames.items()} == {
        "body": ("", ("body.0.norm", "body.0.fc", "body.0.add", "body.1.norm", "body.1.fc", "body.1.add")),
        "body.0": ("body", ("body.0.norm", "body.0.fc", "body.0.add")),
        "body.1": ("body", ("body.1.norm", "body.1.fc", "body.1.add")),
    }
    assert graph.label("body.0.norm", "body.0") == "norm"


def test_that_no_frame_stands_around_a_single_thing() -> None:
    graph = network(call("encoder.layers.0.fc", "input"), call("encoder.layers.1.fc", "encoder.layers.0.fc"))

    assert list(graph.frames) == ["encoder.layers"]
    assert graph.label("encoder.layers", "") == "encoder.layers"
    assert graph.label("encoder.layers.0.fc", "encoder.layers") == "0.fc"


def test_that_modules_which_are_run_through_in_turns_are_several_frames() -> None:
    graph = network(
        call("convs.0", "input"),
        call("convs.1", "convs.0"),
        call("norms.0", "convs.1"),
        call("norms.1", "norms.0"),
        call("convs.2", "norms.1"),
        call("convs.3", "convs.2"),
    )

    assert {name: frame.nodes for name, frame in graph.frames.items()} == {
        "convs": ("convs.0", "convs.1"),
        "norms": ("norms.0", "norms.1"),
        "convs (2)": ("convs.2", "convs.3"),
    }
    assert fold(graph, frozenset()).reads["convs (2)"] == ("norms",)


def test_that_a_closed_module_is_one_box_that_reads_what_its_parts_read() -> None:
    folded = fold(residual(2), frozenset({"body"}))

    assert dict(folded.reads) == {
        "input": (),
        "first": ("input",),
        "body.0": ("first",),
        "body.1": ("body.0",),
        "last": ("body.1",),
        "output": ("last",),
    }
    assert folded.boxes["body.1"] == ("body",)
    assert folded.box_of_node("body.1.fc") == "body.1"


def test_that_an_open_module_shows_its_calls_and_its_sum() -> None:
    folded = fold(residual(1), all_frames(residual(1)))

    assert folded.reads["body.0.add"] == ("body.0.fc", "first")


def test_that_so_much_is_open_at_first_as_is_readable() -> None:
    assert open_at_first(residual(2)) == {"body", "body.0", "body.1"}
    assert open_at_first(residual(20)) == {"body"}
    assert open_at_first(residual(MOST_BOXES)) == frozenset()


def test_that_what_was_open_in_a_closed_module_is_open_again_with_it() -> None:
    graph = residual(2)
    closed = toggled(graph, all_frames(graph), "body")

    assert list(fold(graph, closed).boxes) == ["input", "first", "body", "last", "output"]
    assert toggled(graph, closed, "body") == all_frames(graph)
    assert toggled(graph, closed, "no such module") == closed


def test_that_large_networks_are_drawn_as_modules_if_nobody_wishes_otherwise() -> None:
    some = [schema.Layer(f"fc{number}", "Linear", 4, f"fc{number}", list(range(4))) for number in range(11)]

    assert is_drawn_as_modules(module_graph(layers(*some), ()), None)
    assert not is_drawn_as_modules(module_graph(layers(*some[:10]), ()), None)
    assert is_drawn_as_modules(module_graph(layers(*some[:1]), ()), True)


def test_that_without_a_recorded_flow_layers_and_what_they_read_are_shown() -> None:
    graph = module_graph(
        layers(
            schema.Layer("fc1", "Linear", 2, "fc1", [0, 1], ["input"]),
            schema.Layer("relu1", "ReLU", 2, "fc1", [0, 1]),
            schema.Layer("fc2", "Linear", 2, "fc2", [0, 1], ["input"]),
            schema.Layer("fc3", "Linear", 2, "fc3", [0, 1], ["fc1", "fc2"]),
            schema.Layer("odd", "Odd", 2, "odd", [0, 1]),
        ),
        (),
    )

    assert not graph.is_recorded
    assert {name: node.node.reads for name, node in graph.nodes.items() if node.node.role == "call"} == {
        "fc1": ("input",),
        "relu1": ("fc1",),
        "fc2": ("input",),
        "fc3": ("relu1", "fc2"),
        "odd": ("fc3",),
    }


def test_that_a_layer_that_is_named_as_the_input_stands_for_both() -> None:
    described = (
        schema.Layer("input", "Linear", 2, "input", [0, 1], ["input"]),
        schema.Layer("fc", "Linear", 2, "fc", [0, 1]),
    )
    graph = module_graph(layers(*described), ())
    assert graph.nodes["input"].node.kind == "Linear"
    assert graph.nodes["fc"].node.reads == ("input",)


def test_that_parameters_of_modules_within_a_call_count_for_it() -> None:
    graph = module_graph(
        layers(
            schema.Layer("block.attn", "MultiheadAttention", 0, "block.attn", parameters={"in_proj": [3, 2]}),
            schema.Layer("block.attn.out", "Linear", 2, "block.attn.out", parameters={"weight": [2, 2]}),
            schema.Layer("block.fc", "Linear", 2, "block.fc", parameters={"weight": [2, 5]}),
            schema.Layer("block", "Block", 0, "block", parameters={"scale": [2]}),
        ),
        [
            call("block.attn"),
            call("block.fc", "block.attn"),
            FlowNode("block.fc (2)", "Linear", "call", "block.fc", ("block.fc",), ()),
        ],
    )

    assert graph.nodes["block.attn"].n_parameters == 10
    assert graph.n_parameters("block") == 22
    assert graph.node_of_layer("block.attn.out") == "block.attn"
    assert graph.node_of_layer("block.fc") == "block.fc (2)"
    assert graph.node_of_layer("elsewhere") is None


def made_at_random(seed: int) -> ModuleGraph:
    """A network of modules within modules in which everything may read anything before it."""
    chance = random.Random(seed)
    nodes = [call("first", "input")]
    for number in range(chance.randint(3, 40)):
        module = ".".join(chance.choice("abc") for _ in range(chance.randint(0, 3)))
        name = f"{module}.m{number}".lstrip(".")
        reads = {
            chance.choice(nodes[-chance.choice((1, 1, 1, 6, 40)) :]).name for _ in range(chance.choice((1, 1, 2, 3)))
        }
        nodes.append(call(name, *sorted(reads)))
    return network(*nodes)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("which", [lambda _: frozenset(), open_at_first, all_frames], ids=["closed", "first", "open"])
def test_that_no_box_needs_what_comes_after_it(seed: int, which: Callable[[ModuleGraph], frozenset[str]]) -> None:
    graph = made_at_random(seed)
    folded = fold(graph, which(graph))
    left = dict(folded.reads)
    while left:
        ready = [box for box, reads in left.items() if not any(each in left for each in reads)]
        assert ready, "the boxes that are left read one another in a circle"
        for box in ready:
            del left[box]


@pytest.mark.parametrize("seed", range(30))
def test_that_boxes_stand_in_their_frames_and_never_on_one_another(seed: int) -> None:
    graph = made_at_random(seed)
    check_places(lay_out(fold(graph, all_frames(graph))))


@pytest.mark.parametrize("n_blocks", [2, 7, 30])
def test_that_long_networks_stand_in_rows_without_touching(n_blocks: int) -> None:
    graph = residual(n_blocks)
    for open_frames in (frozenset({"body"}), all_frames(graph)):
        check_places(lay_out(fold(graph, open_frames)))


def check_places(layout: ModuleLayout) -> None:
    """Against every pair: slow, and sure."""
    folded = layout.folded
    assert layout.boxes.keys() == folded.boxes.keys()
    rooms = {**layout.boxes, **layout.frames}
    around = {**folded.boxes, **{name: frames_around(folded.graph, name) for name in layout.frames}}
    for name, room in rooms.items():
        assert 0 <= room.x <= room.right <= layout.width
        assert 0 <= room.y <= room.bottom <= layout.height
        for other, place in rooms.items():
            if other in around[name]:
                assert place.x <= room.x <= room.right <= place.right
                assert place.y <= room.y <= room.bottom <= place.bottom
            elif other != name and name not in around[other]:
                assert not room.overlaps(place), f"{name} stands on {other}"
    for target, reads in folded.reads.items():
        for source in reads:
            check_way(layout, source, target)


def frames_around(graph: ModuleGraph, frame: str) -> tuple[str, ...]:
    parent = graph.frames[frame].parent
    return (*frames_around(graph, parent), parent) if parent else ()


def check_way(layout: ModuleLayout, source: str, target: str) -> None:
    """From the right side of one box to the left side of another, without a gap."""
    ways = [edge for edge in layout.edges if edge.source == source and target in edge.targets]
    start, end = layout.boxes[source], layout.boxes[target]
    reached = {(round(start.right, 3), round(start.y + start.height / 2, 3))}
    for _ in ways:
        for way in ways:
            if rounded(way.points[0]) in reached:
                reached.add(rounded(way.points[-1]))
    assert (round(end.x, 3), round(end.y + end.height / 2, 3)) in reached, f"no way from {source} to {target}"
    assert any(
        way.arrives and rounded(way.points[-1]) == (round(end.x, 3), round(end.y + end.height / 2, 3)) for way in ways
    )


def rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 3), round(point[1], 3)


def test_that_a_branch_passes_beside_what_it_goes_around() -> None:
    graph = residual(1)
    layout = lay_out(fold(graph, all_frames(graph)))
    around = [edge for edge in layout.edges if edge.source == "first" and "body.0.add" in edge.targets]

    for x, y in (point for edge in around for point in edge.points):
        for box in ("body.0.norm", "body.0.fc"):
            room = layout.boxes[box]
            assert not (room.x < x < room.right and room.y < y < room.bottom)


def test_that_nothing_is_laid_out_of_a_collection_that_names_no_layers() -> None:
    layout = lay_out(fold(module_graph({}, ()), frozenset()))

    assert not layout.boxes
    assert layout.box_at(1, 1) is None
