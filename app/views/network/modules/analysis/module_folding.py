"""Which modules are open, and what of the network is seen then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.views.network.modules.analysis.modules import ModuleGraph

FEWEST_BOXES, MOST_BOXES = 7, 40
"""Modules are open at first until so many modules are seen; none is opened that would make more boxes than that."""

MOST_STAGES = 10
"""Networks of more layers with units of their own are drawn as modules, if nobody wishes otherwise."""


@dataclass(frozen=True, eq=False)
class Folded:
    """What is seen.

    Attributes:
        graph: of which.
        open: names of the open frames; those within a closed one are not seen.
        boxes: what is seen of nodes and closed frames, in order of execution, with the open frames around each.
        reads: box → boxes that it reads.
    """

    graph: ModuleGraph
    open: frozenset[str]
    boxes: Mapping[str, tuple[str, ...]]
    reads: Mapping[str, tuple[str, ...]]

    def box_of_node(self, node: str | None) -> str | None:
        """The box that a node is, or lies in."""
        return None if node is None or node not in self.graph.nodes else box_of(self.graph, node, self.open)


def box_of(graph: ModuleGraph, node: str, open_frames: frozenset[str]) -> str:
    """The node itself, or the outermost closed frame around it."""
    return next((frame for frame in graph.nodes[node].frames if frame not in open_frames), node)


def fold(graph: ModuleGraph, open_frames: frozenset[str]) -> Folded:
    """What is seen of a graph with these frames open."""
    box_of_node = {name: box_of(graph, name, open_frames) for name in graph.nodes}
    boxes: dict[str, tuple[str, ...]] = {}
    reads: dict[str, dict[str, None]] = {}
    for name, node in graph.nodes.items():
        box = box_of_node[name]
        if box not in boxes:
            frames = node.frames
            boxes[box] = frames if box == name else frames[: frames.index(box)]
        own = reads.setdefault(box, {})
        own |= {box_of_node[each]: None for each in node.node.reads if box_of_node[each] != box}
    return Folded(graph, open_frames, boxes, {box: tuple(each) for box, each in reads.items()})


def open_at_first(graph: ModuleGraph) -> frozenset[str]:
    """The frames that are open if nobody wishes otherwise: outer ones first, as many as stay readable."""
    found: frozenset[str] = frozenset()
    seen = fold(graph, found).boxes
    waiting = list(graph.children.get("", ()))
    while waiting and _n_modules(graph, seen) < FEWEST_BOXES:
        # of one depth the largest first, so that what is left closed is small
        frame = min((graph.frames[name] for name in waiting), key=lambda each: (each.depth, -len(each.nodes)))
        waiting.remove(frame.name)
        opened = found | {frame.name}
        seen_then = fold(graph, opened).boxes
        if len(seen_then) <= MOST_BOXES:
            found, seen = opened, seen_then
            waiting += graph.children.get(frame.name, ())
    return found


def _n_modules(graph: ModuleGraph, boxes: Iterable[str]) -> int:
    return sum(box in graph.frames or graph.nodes[box].node.role == "call" for box in boxes)


def all_frames(graph: ModuleGraph) -> frozenset[str]:
    """Every frame there is."""
    return frozenset(graph.frames)


def toggled(graph: ModuleGraph, open_frames: frozenset[str], name: str) -> frozenset[str]:
    """The open frames after one was opened or closed; what was open within a closed one stays remembered."""
    return open_frames - {name} if name in open_frames else open_frames | {name} & graph.frames.keys()


def shown_open(graph: ModuleGraph, wished: frozenset[str] | None) -> frozenset[str]:
    """The open frames for a wish; None: nobody wishes anything."""
    return open_at_first(graph) if wished is None else wished & graph.frames.keys()


def is_drawn_as_modules(graph: ModuleGraph, wished: bool | None) -> bool:
    """Whether the network is drawn as modules rather than as units, for a wish or None."""
    return graph.n_stages > MOST_STAGES if wished is None else wished
