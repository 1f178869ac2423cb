"""What is read in the background: tiles of the sign raster, and what the scalars of gradients tell."""

from app.jobs import Lane, Progress
from app.reading import Reading
from app.replay.opened import OpenedCollection
from app.views.gradients.analysis.dynamics import DynamicsRun, dynamics_run
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.analysis.signs_difference import SignsDifference
from collector.storage import Collection
from collector.storage.signs import Signs


class DynamicsReading(Reading):
    """Looks through all scalars of the run; `ready` gives its `DynamicsRun`."""

    def read(self) -> None:
        """Look through what there is now."""
        self.start(lambda opened, _: _run_of(opened), lane=Lane.FRAME)


class SignReading(Reading):
    """Reads what a picture of the raster lacks; `part_ready` gives a `SignAnswer` after the other."""

    _tiles: tuple[Signs | SignsDifference, SignTiles] | None = None
    """Of the rows that were read last, with what it has kept of them."""

    def read(self, request: SignRequest) -> None:
        """Read tiles until another request comes."""

        def work(opened: OpenedCollection, progress: Progress) -> None:
            def tell(answer: SignAnswer) -> bool:
                if answer.tiles or answer.counted:
                    progress.hand_over(answer)
                return progress.is_wanted

            self._tiles_of(opened.collection, request.signs or opened.collection.signs).read(request, tell)

        self.start(work)

    def _tiles_of(self, collection: Collection, signs: Signs | SignsDifference) -> SignTiles:
        """On a job's thread, of which one runs at a time."""
        if self._tiles is None or self._tiles[0] is not signs:
            insight = collection.insight
            self._tiles = signs, SignTiles(signs, collection.damaged.append, insight.bands if insight else ())
        return self._tiles[1]


def _run_of(opened: OpenedCollection) -> DynamicsRun:
    comparing = opened.comparing
    return dynamics_run(opened.collection, None if comparing is None else comparing.beside)
