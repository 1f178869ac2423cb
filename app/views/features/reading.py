"""Which units are dead at which pass, and the run's largest values, read in the background."""

from app.reading import Reading
from app.views.features.analysis.feature_history import FeatureHistory, FeatureHistoryReader
from app.views.features.frame import NAME


class FeatureReading(Reading):
    """Reads all passes; `ready` gives the `FeatureHistory`."""

    def read(self, known: FeatureHistory | None = None) -> None:
        """Read them on from what is known."""
        if (opened := self.opened) is not None:
            self.scan(FeatureHistoryReader(opened.derived[NAME], opened.n_passes, known))
