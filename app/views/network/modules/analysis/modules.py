"""The network as calls of modules and the data that flow between them, in modules within modules. Fixed for a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from app.analysis.graph.columns import INPUT
from collector.storage.flow import FlowNode

if TYPE_CHECKING:
    from collector.storage.layer import Layer

OUTPUT = "output"

_DEEPEST = 40
"""Modules within one another, so that a name of dots alone does not make as many frames."""

_JOINS = frozenset(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"))
"""Keras's layers that do nothing but join; they are drawn like operations."""


@dataclass(frozen=True, eq=False)
class ModuleNode:
    """A call of a module, an operation that joins several, an input or output.

    Attributes:
        node: what the collection says of it.
        frames: the modules around it, the outermost first.
        layer: the layer whose call it is; None where the module is none.
        n_parameters: of the module, those of inner modules included that are not called on their own.
    """

    node: FlowNode
    frames: tuple[str, ...]
    layer: Layer | None
    n_parameters: int = 0

    @property
    def name(self) -> str:
        """Name of the node, each once."""
        return self.node.name

    @property
    def is_join(self) -> bool:
        """Whether it only joins what comes from several."""
        return self.node.role == "operation" or (self.node.kind in _JOINS and len(self.node.reads) > 1)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Of one sample."""
        return self.node.output_shape


@dataclass(frozen=True, eq=False)
class ModuleFrame:
    """A module that others lie in.

    Attributes:
        name: dotted name, each once; of a module that is run through again in between ``encoder (2)``.
        module: dotted name of the module itself.
        parent: the frame around it; empty at the top.
        depth: how many frames it lies in.
        nodes: names of all nodes in it, in order.
    """

    name: str
    module: str
    parent: str
    depth: int
    nodes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ModuleGraph:
    """Nodes in order of execution, and the frames that they lie in.

    Attributes:
        nodes: name → node.
        frames: name → frame, each after the one around it.
        is_recorded: whether the collection says what reads what; else it is guessed from what the layers say.
    """

    nodes: Mapping[str, ModuleNode]
    frames: Mapping[str, ModuleFrame]
    is_recorded: bool = True
    n_stages: int = 0
    layers: Mapping[str, Layer] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Frame (empty: the top) → the frames right in it."""
        found: dict[str, list[str]] = {}
        for frame in self.frames.values():
            found.setdefault(frame.parent, []).append(frame.name)
        return {name: tuple(each) for name, each in found.items()}

    @cached_property
    def _inputs(self) -> tuple[str, ...]:
        return tuple(name for name, each in self.nodes.items() if each.node.role == "input")

    def is_given(self, name: str, n_values: int) -> bool:
        """Whether a sample of so many values is what an input is given; of several that have as many, the first."""
        fitting = [each for each in self._inputs if prod(self.nodes[each].output_shape) == n_values]
        return name in (self._inputs if len(self._inputs) == 1 else fitting[:1])

    @cached_property
    def _of_module(self) -> Mapping[str, str]:
        """Module → node of its last call."""
        return {each.node.module: name for name, each in self.nodes.items() if each.node.role == "call"}

    @cached_property
    def _layers_under(self) -> Mapping[str, list[str]]:
        """Module → the layers that lie in it, however deep."""
        found: dict[str, list[str]] = {}
        for name in self.layers:
            for module in _outer(name):
                found.setdefault(module, []).append(name)
        return found

    def layers_in(self, frame: str) -> tuple[str, ...]:
        """The layers that a frame's nodes are, and those that lie in its module; each once."""
        called = (self.nodes[name].node.module for name in self.frames[frame].nodes)
        under = self._layers_under.get(self.frames[frame].module, [])
        return tuple(dict.fromkeys((*under, *(name for name in called if name in self.layers))))

    def n_parameters(self, box: str) -> int:
        """Of a node, or of all modules in a frame, each once."""
        if box in self.nodes:
            return self.nodes[box].n_parameters
        own = {self.nodes[name].node.module: self.nodes[name].n_parameters for name in self.frames[box].nodes}
        layer = self.layers.get(self.frames[box].module)  # parameters of its own, beside those of modules within
        return sum(own.values()) + (layer.n_parameters if layer else 0)

    def node_of_layer(self, layer: str | None) -> str | None:
        """The node that stands for a layer: its last call, or the module around it that is one; None: there is none."""
        parts = [] if layer is None else layer.split(".")
        for n_parts in range(len(parts), 0, -1):
            if (node := self._of_module.get(".".join(parts[:n_parts]))) is not None:
                return node
        return None

    def label(self, name: str, within: str = "") -> str:
        """What a node or frame is called in the frame around it, as ``conv1 (2)``."""
        module = self.frames[within].module if within else ""
        return name.removeprefix(f"{module}.") if module else name


def module_graph(layers: Mapping[str, Layer], flow: Sequence[FlowNode]) -> ModuleGraph:
    """The graph of a run.

    Args:
        layers: as `Collection.layers`.
        flow: as `Collection.flow`; empty where it was not recorded.
    """
    nodes = list(flow) or _guessed(layers)
    called = {node.module for node in nodes if node.role == "call"}
    n_parameters: dict[str, int] = {}
    for name, layer in layers.items():
        owner = _owner(name, called)
        n_parameters[owner] = n_parameters.get(owner, 0) + layer.n_parameters
    paths = _Paths(_dissolved(nodes))
    made: dict[str, ModuleNode] = {}
    for node in nodes:
        is_call = node.role == "call"
        of_call = (layers.get(node.module), n_parameters.get(node.module, 0)) if is_call else (None, 0)
        made[node.name] = ModuleNode(node, paths.add(node), *of_call)
    n_stages = sum(layer.is_stage for layer in layers.values())
    return ModuleGraph(made, paths.frames(made), bool(flow), n_stages, layers)


def _owner(layer: str, called: set[str]) -> str:
    """The innermost module that is called as a whole and that a layer is, or lies in."""
    while layer and layer not in called:
        layer = layer.rpartition(".")[0]
    return layer


def _modules_around(node: FlowNode) -> list[str]:
    """Dotted names of the modules that a node lies in, the outermost first."""
    around = _outer(node.module)
    return around if node.role == "call" or not node.module else [*around, node.module][:_DEEPEST]


def _outer(module: str) -> list[str]:
    """Dotted names of the modules around a module, the outermost first; no more than a person can have meant."""
    parts = module.split(".", _DEEPEST)
    return [".".join(parts[:number]) for number in range(1, len(parts))]


def _dissolved(nodes: Iterable[FlowNode]) -> dict[str, list[str]]:
    """Node → the modules around it, without those that hold a single thing: a frame around one box says nothing."""
    around = {node.name: _modules_around(node) for node in nodes}
    inside: dict[str, set[str]] = {}
    for name, modules in around.items():
        for number, module in enumerate(modules):
            inside.setdefault(module, set()).add(modules[number + 1] if number + 1 < len(modules) else f"node {name}")
    return {name: [each for each in modules if len(inside[each]) > 1] for name, modules in around.items()}


class _Paths:
    """Gives each node its frames so that no frame is needed before itself.

    Modules may be run through in turns (a list of convolutions and a list of norms). Drawn as one frame each, they
    would read one another in a circle; so a frame ends where what follows has been elsewhere, and another begins.
    """

    def __init__(self, around: Mapping[str, Sequence[str]]) -> None:
        self._around = around
        self._paths: dict[str, tuple[str, ...]] = {}
        self._last: dict[tuple[tuple[str, ...], str], str] = {}
        self._modules: dict[str, str] = {}
        self._after: dict[str, set[str]] = {}

    def add(self, node: FlowNode) -> tuple[str, ...]:
        """The frames of the next node in order of execution."""
        sources = [self._paths[name] for name in node.reads]
        path: tuple[str, ...] = ()
        for module in self._around[node.name]:
            frame = self._last.get((path, module))
            if frame is None or self._comes_back(frame, path, sources):
                frame = self._made(module)
                self._last[path, module] = frame
            path = (*path, frame)
        whole = (*path, node.name)
        for source in sources:
            if source == whole:  # a file in which a node reads one of its own name
                continue
            depth = next(number for number, (a, b) in enumerate(zip(source, whole, strict=False)) if a != b)
            self._after.setdefault(source[depth], set()).add(whole[depth])
        self._paths[node.name] = whole
        return path

    def frames(self, nodes: Mapping[str, ModuleNode]) -> dict[str, ModuleFrame]:
        """All frames, each after the one around it."""
        inside: dict[tuple[str, ...], list[str]] = {}
        for name, node in nodes.items():
            for depth in range(len(node.frames)):
                inside.setdefault(node.frames[: depth + 1], []).append(name)
        found = {}
        for path, names in sorted(inside.items(), key=lambda item: len(item[0])):
            parent = path[-2] if len(path) > 1 else ""
            found[path[-1]] = ModuleFrame(path[-1], self._modules[path[-1]], parent, len(path) - 1, tuple(names))
        return found

    def _made(self, module: str) -> str:
        name, number = module, 1
        while name in self._modules or name in self._around:
            number += 1
            name = f"{module} ({number})"
        self._modules[name] = module
        return name

    def _comes_back(self, frame: str, path: tuple[str, ...], sources: Iterable[tuple[str, ...]]) -> bool:
        """Whether something that is read, beside the frame, reads what is in the frame already."""
        depth = len(path)
        beside = {source[depth] for source in sources if source[:depth] == path and source[depth] != frame}
        seen: set[str] = set()
        waiting = [frame]
        while waiting and not beside & seen:
            for each in self._after.get(waiting.pop(), ()):
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
        return bool(beside & seen)


def _guessed(layers: Mapping[str, Layer]) -> list[FlowNode]:
    """One after the other; what makes units reads what it says, an activation or norm what carries its units so far."""
    nodes = [FlowNode(INPUT, INPUT, "input", "", (), ())] if layers else []
    last_of: dict[str, str] = {INPUT: INPUT}
    before = INPUT
    for name, layer in layers.items():
        reads = [last_of[each] for each in layer.reads if each in last_of]
        if not layer.is_stage and layer.stage in last_of:
            reads = [last_of[layer.stage]]
        reads = list(dict.fromkeys(reads)) or [before]
        nodes.append(FlowNode(name, layer.kind, "call", name, tuple(reads), layer.output_shape))
        last_of[layer.stage] = before = name
    if layers:
        nodes.append(FlowNode(f"{OUTPUT} ", OUTPUT, "output", "", (before,), ()))
    return nodes
