"""A measure of all layers over the run, and how it differs, put together in the background."""

from app.analysis.measures import Measure
from app.jobs import Lane, Progress
from app.reading import Reading
from app.replay.noise_bands import noise_of_repeats
from app.replay.opened import OpenedCollection
from app.views.optimizer.analysis.layer_heat import LayerHeat, layer_heat
from app.views.optimizer.heat_difference import with_difference
from collector.storage import Collection


class HeatReading(Reading):
    """Puts the newest measure together that was asked for; `ready` gives its `LayerHeat`, or None."""

    def read(self, collection: Collection, measure: Measure) -> None:
        """Put a measure of a run together."""

        def work(opened: OpenedCollection, _: Progress) -> LayerHeat | None:
            heat, comparing = layer_heat(collection, measure), opened.comparing
            if heat is None or comparing is None:
                return heat
            with noise_of_repeats(comparing) as noise:
                return with_difference(heat, comparing.beside, noise)

        self.start(work, lane=Lane.FRAME)
