"""What becomes of the calls and operations that are seen: the nodes of the data flow."""

import pytest

from collector.capture.flow import MOST_NODES, Flow, FlowError

Node = tuple[str, str, str, str, list[str], list[int]]


def nodes(flow: Flow) -> list[Node]:
    return [(n.name, n.kind, n.role, n.module, list(n.reads), list(n.output_shape)) for n in flow.nodes()]


def call(flow: Flow, module: str, *reads: str, shape: tuple[int, ...] = (8, 3)) -> str:
    """A call within which no other module is called."""
    flow.enter(module, reads)
    name = flow.leave("Linear", shape)
    assert name is not None
    return name


@pytest.fixture
def flow() -> Flow:
    return Flow(8)


def test_that_calls_follow_what_they_read_and_shapes_are_of_one_sample(flow: Flow) -> None:
    given = flow.give("input", (8, 4))
    flow.enter("", [given])
    a = call(flow, "a", given, shape=(8, 5, 6))
    b = call(flow, "b", a, shape=(5, 8))
    assert flow.leave("Net", (8, 3)) is None, "the nodes of a call are those within it"
    flow.take("output", [b], ())

    assert nodes(flow) == [
        ("input", "input", "input", "", [], [4]),
        ("a", "Linear", "call", "a", ["input"], [5, 6]),
        ("b", "Linear", "call", "b", ["a"], [5, 8]),
        ("output", "output", "output", "", ["b"], []),
    ]


def test_that_a_model_within_which_nothing_is_called_is_one_node(flow: Flow) -> None:
    given = flow.give("input", (8, 4))
    flow.enter("", [given])
    assert flow.leave("Net", (8, 3)) == "(model)"

    assert nodes(flow)[1] == ("(model)", "Net", "call", "(model)", ["input"], [3])


def test_that_what_a_call_does_inside_is_its_own_and_what_it_gave_inside_stands_for_it(flow: Flow) -> None:
    one, other = flow.give("one", (8, 4)), flow.give("other", (8, 4))
    flow.enter("cell", [one, other])
    inside = flow.join("add", [one, other], (8, 4))
    assert inside == "cell.add"
    assert flow.leave("Cell", (8, 4)) == "cell"
    flow.take("output", [inside], (8, 4))

    assert [(name, reads) for name, _, _, _, reads, _ in nodes(flow)] == [
        ("one", []), ("other", []), ("cell", ["one", "other"]), ("output", ["cell"])
    ]  # fmt: skip


def test_that_a_call_may_have_the_name_of_what_it_did_inside(flow: Flow) -> None:
    one, other = flow.give("one", (8, 4)), flow.give("other", (8, 4))
    flow.enter("", [one, other])
    flow.enter("add", [one, other])
    assert flow.join("add", [one, other], (8, 4)) == "add.add"
    assert flow.leave("Add", (8, 4)) == "add"
    flow.leave("Net", (8, 4))

    assert [each[0] for each in nodes(flow)] == ["one", "other", "add"]


def test_that_a_joined_operation_reads_several_nodes_once_each_and_has_the_name_of_where_it_is(flow: Flow) -> None:
    given = flow.give("input", (8, 4))
    flow.enter("", [given])
    a, b = call(flow, "a", given), call(flow, "b", given)
    assert flow.join("add", [a, b, a], (8, 3)) == "add"
    flow.enter("block", ["add"])
    c = call(flow, "block.c", "add")
    assert flow.join("multiply", [c, "add"], (8, 3)) == "block.multiply"
    flow.leave("Block", (8, 3))
    flow.leave("Net", (8, 3))
    flow.take("output", ["block.multiply"], (8, 3))

    made = {each[0]: each for each in nodes(flow)}
    assert made["add"] == ("add", "add", "operation", "", ["a", "b"], [3])
    assert made["block.multiply"] == ("block.multiply", "multiply", "operation", "block", ["block.c", "add"], [3])


@pytest.mark.parametrize(("reads", "comes_from"), [((), None), (("input",), "input"), (("input", "input"), "input")])
def test_that_an_operation_on_one_node_is_no_node(flow: Flow, reads: tuple[str, ...], comes_from: str | None) -> None:
    flow.give("input", (8, 4))

    assert flow.join("add", reads, (8, 4)) == comes_from
    assert len(nodes(flow)) == 1


def test_that_an_operation_that_nobody_reads_is_left_out_with_those_only_it_read(flow: Flow) -> None:
    one, other = flow.give("one", (8, 4)), flow.give("other", (8, 4))
    first = flow.join("subtract", [one, other], (8, 4))
    assert first is not None
    flow.join("subtract", [first, other], (8, 4))

    assert [each[0] for each in nodes(flow)] == ["one", "other"]


@pytest.mark.parametrize("operation", ["add", "multiply", "concat"])
def test_that_a_chain_of_one_operation_is_one_on_several(flow: Flow, operation: str) -> None:
    a, b, c = (flow.give(name, (8, 4)) for name in "abc")
    first = flow.join(operation, [a, b], (8, 4))
    assert first is not None
    last = flow.join(operation, [c, first], (8, 4))
    assert last is not None
    flow.take("output", [last], (8, 4))

    assert [(each[0], each[4]) for each in nodes(flow)][3:] == [(last, ["c", "a", "b"]), ("output", [last])]


@pytest.mark.parametrize(
    ("operations", "modules", "reads_again"),
    [(("subtract", "subtract"), ("", ""), False), (("add", "multiply"), ("", ""), False),
     (("add", "add"), ("one", "two"), False), (("add", "add"), ("", ""), True)],
)  # fmt: skip
def test_that_other_operations_those_of_other_modules_and_results_read_twice_stay_apart(
    flow: Flow, operations: tuple[str, str], modules: tuple[str, str], reads_again: bool
) -> None:
    a, b, c = (flow.give(name, (8, 4)) for name in "abc")
    results = [a]
    for operation, module, other in zip(operations, modules, (b, c), strict=True):
        if module:
            flow.enter(module, [])
            call(flow, f"{module}.inner")
        result = flow.join(operation, [results[-1], other], (8, 4))
        assert result is not None
        results.append(result)
        if module:
            flow.leave("Block", (8, 4))
    flow.take("output", [results[2], *([results[1]] if reads_again else [])], (8, 4))

    made = [each[0] for each in nodes(flow)]
    assert results[1] in made
    assert results[2] in made


def test_that_a_name_that_is_taken_gets_a_number(flow: Flow) -> None:
    given = flow.give("input", (8, 4))
    names = [call(flow, "cell", given) for _ in range(3)]

    assert names == ["cell", "cell (2)", "cell (3)"]
    assert [each[3] for each in nodes(flow)] == ["", "cell", "cell", "cell"]


def test_that_as_many_nodes_as_a_file_may_have_are_kept_and_one_more_is_an_error_in_words(flow: Flow) -> None:
    for number in range(MOST_NODES):
        flow.give(str(number), (8,))

    assert len(nodes(flow)) == 4096
    with pytest.raises(FlowError, match="makes more than 4,096 calls and sums"):
        flow.give("one more", (8,))
