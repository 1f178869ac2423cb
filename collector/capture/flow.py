"""The data flow of a network as it is seen: calls of modules, and operations that join what several of them gave.

Frameworks differ in how a call or an operation is noticed; what becomes of it is the same, and stands here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from collector.capture.wording import unique_name
from collector.storage import schema

MODEL = "(model)"
"""Name of the model's own call, where no module within it is called."""

MOST_NODES = 4096
"""Of a network that makes more of them (a cell called at each of thousands of positions) no flow is kept."""

NOT_FOLLOWED = "The order and branches of the network are not recorded: {}"
"""The note where no flow can be told."""

_MERGED = ("add", "multiply", "concat")
"""Operations on two at a time that are one operation on several: ``a + b + c``."""


class FlowError(Exception):
    """Why the flow cannot be told, in words."""


@dataclass
class _Call:
    """A call of a module that is under way."""

    module: str
    reads: list[str]
    n_nodes: int
    """So many nodes there were when it began."""
    has_inner: bool = False


class Flow:
    """Puts the nodes of a network's data flow together while the network runs once.

    A call within which no other module is called is one node, whatever it does inside. Any other call is not: its
    nodes are the calls and joining operations within it.

    Args:
        n_samples: the size of the first axis, which shapes are told without.
    """

    def __init__(self, n_samples: int) -> None:
        self._n_samples = n_samples
        self._nodes: list[schema.FlowNode] = []
        self._names: set[str] = set()
        self._within: dict[str, str] = {}
        self._calls: list[_Call] = []

    def give(self, name: str, shape: Sequence[int]) -> str:
        """Something that the network is given; the name of its node."""
        return self._add(name, "input", "input", "", [], shape)

    def enter(self, module: str, reads: Iterable[str]) -> None:
        """A module is called, by dotted name (the model itself has none), with what came from the nodes ``reads``."""
        if self._calls:
            self._calls[-1].has_inner = True
        self._calls.append(_Call(module, list(reads), len(self._nodes)))

    def leave(self, kind: str, shape: Sequence[int], options: Mapping[str, schema.Option] | None = None) -> str | None:
        """The call ends; the name of its node, or None where its nodes are those within it.

        Args:
            options: what the module was made with.
        """
        call = self._calls.pop()
        if call.has_inner:
            return None
        inner = self._nodes[call.n_nodes :]
        del self._nodes[call.n_nodes :]
        self._names -= {node.name for node in inner}
        name = self._add(call.module or MODEL, kind, "call", call.module or MODEL, call.reads, shape)
        self._nodes[-1].options = dict(options or {})
        self._within |= {node.name: name for node in inner if node.name != name}
        return name

    def join(self, operation: str, reads: Iterable[str], shape: Sequence[int]) -> str | None:
        """An operation on tensors that came from ``reads``; the node its result comes from, None: from no node."""
        sources = self._known(reads)
        if len(sources) < 2:
            return sources[0] if sources else None
        module = self._calls[-1].module if self._calls else ""
        return self._add(f"{module}.{operation}".lstrip("."), operation, "operation", module, sources, shape)

    def take(self, name: str, reads: Iterable[str], shape: Sequence[int]) -> None:
        """Something that the network gives."""
        self._add(name, "output", "output", "", reads, shape)

    def nodes(self) -> list[schema.FlowNode]:
        """All nodes in order of execution, each after those that it reads."""
        return _merged(_without_unread_operations(self._nodes))

    def _known(self, reads: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(self._within.get(name, name) for name in reads))

    def _add(self, name: str, kind: str, role: str, module: str, reads: Iterable[str], shape: Sequence[int]) -> str:
        if len(self._nodes) >= MOST_NODES:
            raise FlowError(f"the network makes more than {MOST_NODES:,} calls and sums")
        unique = unique_name(name, self._names)
        self._names.add(unique)
        own = list(shape[1:] if shape and shape[0] == self._n_samples else shape)
        node = schema.FlowNode(unique, kind, role, module, self._known(reads), own)  # type: ignore[arg-type]
        self._nodes.append(node)
        return unique


def _without_unread_operations(nodes: list[schema.FlowNode]) -> list[schema.FlowNode]:
    read: set[str] = set()
    kept = []
    for node in reversed(nodes):
        if node.role != "operation" or node.name in read:
            kept.append(node)
            read.update(node.reads)
    return kept[::-1]


def _merged(nodes: list[schema.FlowNode]) -> list[schema.FlowNode]:
    """The same with one operation for several of a kind, of which each is read by the next one alone."""
    readers: dict[str, list[schema.FlowNode]] = {}
    for node in nodes:
        for name in node.reads:
            readers.setdefault(name, []).append(node)
    gone: dict[str, list[str]] = {}
    kept = []
    for node in nodes:
        reads = [name for each in node.reads for name in gone.get(each, [each])]
        node = _with_reads(node, list(dict.fromkeys(reads)))
        next_one = readers.get(node.name, [])
        if node.role == "operation" and node.kind in _MERGED and len(next_one) == 1:
            reader = next_one[0]
            if (reader.role, reader.kind, reader.module) == (node.role, node.kind, node.module):
                gone[node.name] = node.reads
                continue
        kept.append(node)
    return kept


def _with_reads(node: schema.FlowNode, reads: list[str]) -> schema.FlowNode:
    return msgspec.structs.replace(node, reads=reads)
