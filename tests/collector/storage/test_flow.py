"""The data flow in the first line: what a reader takes and what it refuses."""

import pytest

from collector.storage import schema
from collector.storage.errors import BlockError
from collector.storage.flow import flow_of


def node(name: str, *reads: str) -> schema.FlowNode:
    return schema.FlowNode(name, "Linear", "call", name, list(reads), [3])


def test_that_nodes_stay_in_their_order() -> None:
    flow = flow_of([node("a"), node("b", "a"), node("c", "a", "b")])

    assert [(each.name, each.reads, each.output_shape) for each in flow] == [
        ("a", (), (3,)),
        ("b", ("a",), (3,)),
        ("c", ("a", "b"), (3,)),
    ]


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        ([node("a"), node("a")], "two nodes of the flow have the name 'a'"),
        ([node("a", "b"), node("b")], "'a' of the flow reads one that does not come before it"),
        ([node("a", "a")], "'a' of the flow reads one that does not come before it"),
    ],
    ids=["one name twice", "a cycle", "itself"],
)
def test_that_what_is_no_graph_in_order_is_refused(nodes: list[schema.FlowNode], problem: str) -> None:
    with pytest.raises(BlockError, match=problem):
        flow_of(nodes)
