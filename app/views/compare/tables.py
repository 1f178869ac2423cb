"""What the view shows as tables that other tools read."""

from collections.abc import Mapping, Sequence

from app.analysis.differences import Differences
from app.analysis.table import Cell, Table
from app.replay.comparing import Comparing
from app.views.compare.analysis.sections import Entry
from collector.comparing.pass_differences import ArrayDifference

NOT_KNOWN = "Two runs have to be compared first, in the tab Compare."


def map_table(comparing: Comparing | None, known: Differences | None) -> Table:
    """A row for each layer and step of the map: A, B, their log ratio, and whether that is a difference."""
    if comparing is None or known is None or known.map is None:
        return Table((), (), nothing=NOT_KNOWN)
    found, rows = known.map, list[tuple[Cell, ...]]()
    place = {int(step): number for number, step in enumerate(found.steps)}
    for row, layer in enumerate(found.layers):
        column = comparing.pair.column(f"{found.metric}/{layer}")
        if column is None:
            continue
        for step, step_b, a, b in zip(column.steps_a, column.steps_b, column.a, column.b, strict=True):
            at = place.get(int(step))
            if at is not None:
                cells = float(found.values[row, at]), int(found.differs[row, at])
                rows.append((layer, int(step), int(step_b), float(a), float(b), float(b - a), *cells))
    headings = ("layer", "step", "step_b", "a", "b", "difference", "log2_ratio", "differs")
    notes = ("difference: B less A; log2_ratio: of B ÷ A", "differs: by more than the tolerance, and the noise")
    return Table(headings, rows, {"measure": found.metric}, notes)


def section_table(sections: Mapping[str, Sequence[Entry]]) -> Table:
    """A row for each line that is read."""
    rows = [(title, each.row.above, each.row.text) for title, own in sections.items() for each in own if each.row.above]
    return Table(("section", "where", "what"), rows, nothing=NOT_KNOWN)


def pass_table(found: Sequence[ArrayDifference] | None) -> Table:
    """A row for each array of the two passes."""
    rows = [
        (each.layer, each.kind, each.distance, each.largest, each.size, each.log_ratio, each.lacks)
        for each in found or ()
    ]
    headings = ("layer", "array", "largest_difference", "largest_value", "share", "log2_ratio_of_norms", "lacking_in")
    nothing = "Two passes have to be compared first: show the difference (F7) in the tab Compare."
    return Table(headings, rows, is_of_pass=True, nothing=nothing)
