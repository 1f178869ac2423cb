"""The data flow of the network as a reader sees it: a graph without cycles, in order of execution."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.storage import schema
from collector.storage.errors import BlockError
from collector.storage.layer import MOST_LAYERS, check_nesting

MOST_NODES = 4 * MOST_LAYERS
"""A reader takes no more nodes."""


@dataclass(frozen=True)
class FlowNode:
    """A call of a module, an operation that joins several, an input or output. See `schema.FlowNode`."""

    name: str
    kind: str
    role: str
    module: str
    reads: tuple[str, ...]
    output_shape: tuple[int, ...]
    options: Mapping[str, schema.Option] = field(default_factory=dict)


def flow_of(nodes: list[schema.FlowNode]) -> tuple[FlowNode, ...]:
    """The nodes in the order of the file.

    Raises:
        BlockError: two nodes of one name, or one that reads what does not come before it.
    """
    names: set[str] = set()
    if len(nodes) > MOST_NODES:
        raise BlockError(f"the flow has {len(nodes):,} nodes; a reader takes {MOST_NODES:,}")
    for node in nodes:
        check_nesting(node.module)
        if node.name in names:
            raise BlockError(f"two nodes of the flow have the name {node.name!r}")
        if not names.issuperset(node.reads):
            raise BlockError(f"the node {node.name!r} of the flow reads one that does not come before it")
        names.add(node.name)
    return tuple(
        FlowNode(
            node.name, node.kind, node.role, node.module, tuple(node.reads), tuple(node.output_shape), node.options
        )
        for node in nodes
    )
