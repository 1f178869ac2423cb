"""What is said of modules and their calls, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.analysis.curve import NO_GRADIENT_TEXT
from app.analysis.figures import DAMAGED, figure, figures_of_two, signed_figure
from app.analysis.probabilities import percent
from app.views.network.modules.analysis.module_differences import BoxDifference, Compared, ModuleDifference
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
    return "×".join(f"{side:,}" for side in shape)


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


def frame_heading(graph: ModuleGraph, frame: str) -> tuple[str, tuple[str, ...]]:
    """The name of a frame, and more about it, what tells the most first."""
    around = graph.frames[frame].parent
    parts = [
        _n_calls(graph, frame),
        shape_text(_shape_of_frame(graph, frame)),
        f"{graph.n_parameters(frame):,} parameters",
    ]
    return graph.label(frame, around), tuple(part for part in parts if part)


def box_facts(folded: Folded, box: str, numbers: ModuleNumbers | ModuleDifference | None) -> list[tuple[str, str]]:
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
    if isinstance(numbers, ModuleDifference):
        return facts + difference_facts(numbers.of_box(box))
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


def difference_facts(own: BoxDifference) -> list[tuple[str, str]]:
    """What is known of a box at two passes, as (what, figure)."""
    if own.why_hollow:
        return [("not compared", own.why_hollow)]
    facts = [
        ("mean |activation| of the probe", _compared_text(own.activation)),
        ("gradient norm", _compared_text(own.gradient)),
    ]
    if own.behind is not None:
        facts.append(("its output differs by", share_text(own.behind)))
    if own.before is not None:
        facts.append(("what it reads differs by", share_text(own.before)))
    if own.added is not None:
        facts.append(("added by the layer", f"{'+' * (own.added > 0)}{share_text(own.added)}"))
    return facts


def share_text(share: float) -> str:
    """A share as a percentage, which may be more than all, or less than nothing."""
    size = abs(share)
    return "−" * (share < 0) + (f"{100 * size:,.0f} %" if 0.9995 <= size < np.inf else percent(size))


def _compared_text(numbers: Compared) -> str:
    told = numbers.lacks or figures_of_two(numbers.a, numbers.b, None)
    ratio = numbers.log_ratio
    return told if ratio is None else f"{told} · {f'log₂ {signed_figure(ratio, 3)}' if ratio else signed_figure(ratio)}"


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
