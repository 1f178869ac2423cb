"""A measure of all layers over the run, put together in the background."""

from app.analysis.measures import Measure
from app.jobs import Lane
from app.reading import Reading
from app.views.optimizer.analysis.layer_heat import layer_heat
from collector.storage import Collection


class HeatReading(Reading):
    """Puts the newest measure together that was asked for; `ready` gives its `LayerHeat`, or None."""

    def read(self, collection: Collection, measure: Measure) -> None:
        """Put a measure of a run together."""
        self.start(lambda *_: layer_heat(collection, measure), lane=Lane.FRAME)
