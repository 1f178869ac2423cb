"""Numbers of a view that other tools read, with what they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows under headings, both of which can be read without the window that they come from.

    Attributes:
        headings: names of the columns, in small letters with underscores; a recorded scalar has its name in the file.
        rows: in each as many cells as there are headings; None is what was not recorded.
        about: what all rows are of, as ``{"layer": "fc1", "unit": 8}``: these become columns of their own.
        notes: units, how it was measured, whether these are estimates, and what is left out.
        is_of_pass: whether the numbers are those of a single pass, which then becomes a column too.
        nothing: why there are no rows, where there are none.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    about: Mapping[str, Cell] = field(default_factory=dict)
    notes: Sequence[str] = ()
    is_of_pass: bool = False
    nothing: str = ""

    def with_columns(self, columns: Mapping[str, Cell]) -> Table:
        """The same with these in front of each row, but for those that each row tells for itself."""
        new = {name: cell for name, cell in columns.items() if name not in self.headings}
        rows = [(*new.values(), *row) for row in self.rows]
        return Table((*new, *self.headings), rows, self.about, self.notes, self.is_of_pass, self.nothing)
