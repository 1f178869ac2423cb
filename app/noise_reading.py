"""The noise bands of what a view shows, read in the background."""

from collections.abc import Iterable, Mapping

from app.jobs import Lane, Progress
from app.reading import Reading
from app.replay.noise_bands import noise_bands
from app.replay.opened import OpenedCollection
from collector.comparing.noise import Band


class NoiseReading(Reading):
    """Opens the repeats of A and takes their spread; `ready` gives name of a scalar → `Band`."""

    def read(self, names: Iterable[str]) -> None:
        """Take that of these scalars of A."""
        wanted = tuple(names)

        def work(opened: OpenedCollection, _: Progress) -> Mapping[str, Band]:
            return {} if opened.comparing is None else noise_bands(opened.comparing, wanted)

        self.start(work, lane=Lane.FRAME)
