"""The numbers behind the boxes of modules, as a table."""

from collections.abc import Iterable

from app.analysis.table import Cell
from app.views.network.modules.analysis.module_differences import ModuleDifference
from app.views.network.modules.analysis.module_numbers import ModuleNumbers
from app.views.network.modules.analysis.modules import ModuleGraph

HEADINGS = ("module", "mean_abs_activation", "gradient_norm")
OF_TWO = (
    "module",
    *(f"{what}{side}" for what in HEADINGS[1:] for side in ("_a", "_b", "_log2_ratio")),
    "output_difference",
    "input_difference",
    "added",
    "not_compared",
)


def module_rows(
    boxes: Iterable[str], numbers: ModuleNumbers | ModuleDifference
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Headings and a row for each box that is a call or a closed module; None for what is not known."""
    called = [box for box in boxes if _is_call(numbers.graph, box)]
    if isinstance(numbers, ModuleDifference):
        return OF_TWO, [_of_two(numbers, box) for box in called]
    own = [(box, numbers.of_box(box)) for box in called]
    return HEADINGS, [(box, each.activation, each.gradient) for box, each in own]


def _of_two(numbers: ModuleDifference, box: str) -> tuple[Cell, ...]:
    own = numbers.of_box(box)
    pairs = (cell for each in (own.activation, own.gradient) for cell in (each.a, each.b, each.log_ratio))
    return (box, *pairs, own.behind, own.before, own.added, own.why_hollow or None)


def _is_call(graph: ModuleGraph, box: str) -> bool:
    return box in graph.frames or graph.nodes[box].node.role == "call"
