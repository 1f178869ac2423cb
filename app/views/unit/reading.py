"""What became of a unit, read in the background."""

from app.analysis.graph.columns import Column
from app.reading import Reading
from app.views.unit.analysis.unit_history import UnitHistory, UnitHistoryReader


class HistoryReading(Reading):
    """Reads a unit over all passes; `ready` gives its `UnitHistory`."""

    def read(self, column: Column, position: int, known: UnitHistory | None = None) -> None:
        """Read a unit by its column and its place among the drawn ones, on from what is known."""
        self.scan(UnitHistoryReader(column, position, known))
