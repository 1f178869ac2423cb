"""What is said of modules and their calls, in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.analysis.curve import NO_GRADIENT_TEXT
from app.analysis.figures import DAMAGED, figure
from app.views.network.modules.analysis.module_folding import Folded
from app.views.network.modules.analysis.module_numbers import ModuleNumbers
from app.views.network.modules.analysis.modules import ModuleGraph

_SIGNS = {
    "add": "+",
    "Add": "+",
    "subtract": "−",
    "Subtract": "−",
    "multiply": "×",
    "Multiply": "×",
    "divide": "÷",
    "concat": "∥",
    "Concatenate": "∥",
    "matmul": "@",
    "Average": "x̄",
}

_WORDS = {"add": "sum", "concat": "concatenation", "multiply": "product", "subtract": "difference"}


def operation_sign(kind: str) -> str:
    """The sign of an operation, or its name."""
    return _SIGNS.get(kind, kind)


def shape_text(shape: Sequence[int]) -> str:
    """As ``64×8×8``."""
    return "×".join(str(side) for side in shape)


def box_text(graph: ModuleGraph, box: str, frames: Sequence[str]) -> tuple[str, ...]:
    """The lines in a box: name, kind, shape.

    Args:
        box: a node, or a frame that is closed.
        frames: the open ones around it.
    """
    label = graph.label(box, frames[-1] if frames else "")
    if box in graph.frames:
        return (label, _n_calls(graph, box), shape_text(_shape_of_frame(graph, box)))
    node = graph.nodes[box]
    return (label, node.node.kind, shape_text(node.output_shape))


def frame_heading(graph: ModuleGraph, frame: str) -> tuple[str, str]:
    """The name of a frame, and more about it."""
    around = graph.frames[frame].parent
    parts = [
        _n_calls(graph, frame),
        shape_text(_shape_of_frame(graph, frame)),
        f"{graph.n_parameters(frame):,} parameters",
    ]
    return graph.label(frame, around), " · ".join(part for part in parts if part)


def box_facts(folded: Folded, box: str, numbers: ModuleNumbers | None) -> list[tuple[str, str]]:
    """What is known of a box, as (what, figure)."""
    graph = folded.graph
    node = graph.nodes.get(box)
    facts = [("kind", _kind_text(graph, box))]
    shape = _shape_of_frame(graph, box) if node is None else node.output_shape
    facts.append(("output of one sample", shape_text(shape) or "not known"))
    if node is None or node.node.role == "call":
        facts.append(("parameters", f"{graph.n_parameters(box):,}"))
    reads = [_short(each) for each in folded.reads.get(box, ())]
    facts.append(("reads", ", ".join(reads) or "nothing that is known"))
    if numbers is None or (node is not None and node.node.role != "call"):
        return facts
    own = numbers.of_box(box)
    facts.append(("mean |activation| of the probe", DAMAGED if own.damage else figure(own.activation)))
    if graph.n_parameters(box):
        facts.append(("gradient norm", NO_GRADIENT_TEXT if own.has_no_gradient else figure(own.gradient)))
    layer = None if node is None else node.layer
    if layer is not None and "activation" in layer.not_recorded:
        facts.append(("activation not recorded", layer.not_recorded["activation"]))
    if node is not None and node.layer is None:
        facts.append(("why no numbers", "it has no parameters and is no activation function"))
    return facts


def open_text(folded: Folded, box: str) -> str:
    """Whether a module is open, as ``, closed``; empty for what has nothing in it."""
    if box not in folded.graph.frames:
        return ""
    return ", open" if box in folded.open else ", closed"


def _kind_text(graph: ModuleGraph, box: str) -> str:
    if box in graph.frames:
        return _n_calls(graph, box)
    node = graph.nodes[box].node
    return _WORDS.get(node.kind, node.kind) if node.role == "operation" else node.kind


def _n_calls(graph: ModuleGraph, frame: str) -> str:
    n = sum(graph.nodes[name].node.role == "call" for name in graph.frames[frame].nodes)
    return f"{n} module{'s' * (n != 1)}"


def _shape_of_frame(graph: ModuleGraph, frame: str) -> tuple[int, ...]:
    """Of what leaves it last."""
    return graph.nodes[graph.frames[frame].nodes[-1]].output_shape


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"…{name[-39:]}"
