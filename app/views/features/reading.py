"""Which units are dead at which pass, and the run's largest values, read in the background."""

from collections.abc import Mapping

from app.jobs import Progress
from app.reading import Reading
from app.replay.differences import differences_of
from app.replay.opened import OpenedCollection
from app.views.features.analysis.feature_history import FeatureHistory, FeatureHistoryReader, measured
from app.views.features.frame import NAME, stages_of


class DifferenceReading(Reading):
    """Reads how some passes of two runs differ; `ready` gives the largest differences, see `measured`."""

    def read(self) -> None:
        """Read them, of what is compared."""

        def work(opened: OpenedCollection, progress: Progress) -> Mapping[tuple[str, str], float]:
            assert opened.comparing is not None
            found: dict[tuple[str, str], float] = {}
            for both in differences_of(opened.comparing).spread():
                if not progress.rest():
                    break  # nobody waits for it any more
                for key, value in measured(both, stages_of(opened)).items():
                    found[key] = max(found.get(key, 0.0), value)
            return found

        self.start(work)


class FeatureReading(Reading):
    """Reads all passes; `ready` gives the `FeatureHistory`."""

    def read(self, known: FeatureHistory | None = None) -> None:
        """Read them on from what is known."""
        if (opened := self.opened) is not None:
            self.scan(FeatureHistoryReader(opened.derived[NAME], opened.n_passes, known))
