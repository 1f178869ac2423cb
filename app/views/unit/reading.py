"""What became of a unit, read in the background."""

from app.analysis.graph.columns import Column
from app.analysis.graph.pass_arrays import array_of
from app.analysis.graph.scales import largest
from app.jobs import Progress
from app.reading import Reading
from app.replay.differences import differences_of
from app.replay.opened import OpenedCollection
from app.views.unit.analysis.unit_history import UnitHistory, UnitHistoryReader


class HistoryReading(Reading):
    """Reads a unit over all passes; `ready` gives its `UnitHistory`."""

    def read(
        self, column: Column, position: int, known: UnitHistory | None = None, of: OpenedCollection | None = None
    ) -> None:
        """Read a unit by its column and its place among the drawn ones, on from what is known.

        Args:
            of: the run that it is of; None: what is open.
        """
        self.scan(UnitHistoryReader(column, position, known), of)


class WeightDifferenceReading(Reading):
    """Reads what the weights into the units of a layer differ by at most along both runs; `ready` gives the number."""

    def read(self, stage: str) -> None:
        """Read it of a layer of A."""

        def work(opened: OpenedCollection, progress: Progress) -> float:
            found = 0.0
            for both in () if opened.comparing is None else differences_of(opened.comparing).spread():
                if not progress.rest():
                    break  # nobody waits for it any more
                found = max(found, largest(array_of(both, stage, "weight").values))
            return found

        self.start(work)
