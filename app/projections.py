"""Layouts of samples in a plane: looked up where they are kept, computed in a process of their own."""

from PyQt6.QtCore import QObject, pyqtSignal

from app.analysis.point_run import PointRun, point_run
from app.analysis.projection_wish import Projected, ProjectionWish
from app.jobs import Jobs
from app.projecting.kept import KeptPoints
from app.projection_process import ProjectionProcess
from collector.storage import Collection, CollectionError


class Projections(QObject):
    """At most one computation at a time. The projection's tab makes it, and closes it with the session.

    Signals:
        run_ready(PointRun): the samples that `read_run` asked for; None: there are none.
        projected(Projected): what is laid out so far of what was last asked for.
        progressed(float): so much of the computation is done, 0…1.
        ended(str): the computation is over; the text is empty, or says in words what went wrong.
    """

    run_ready = pyqtSignal(object)
    projected = pyqtSignal(object)
    progressed = pyqtSignal(float)
    ended = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None, *, is_synchronous: bool = False) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self, is_synchronous=is_synchronous)
        self._process: ProjectionProcess | None = None

    @property
    def process_id(self) -> int:
        """Of the process that computes; 0 where there is none."""
        return 0 if self._process is None else self._process.process_id

    def read_run(self, collection: Collection, known: PointRun | None = None) -> None:
        """Read the samples; `run_ready` tells of them."""
        self._jobs.submit("run", lambda: _read_run(collection, known), self.run_ready.emit, self._on_problem)

    def look_up(self, collection: Collection, wish: ProjectionWish) -> None:
        """See what is laid out already; `projected` tells."""
        self._jobs.submit("projected", lambda: _look_up(collection, wish), self.projected.emit, self._on_problem)

    def compute(self, collection: Collection, wish: ProjectionWish) -> None:
        """Lay out what is not yet; `projected` tells of each epoch that is done."""
        self.cancel()
        process = self._process = ProjectionProcess(collection.path, wish, self)
        process.progressed.connect(self.progressed)
        process.laid_out.connect(lambda _: self.look_up(collection, wish))
        process.ended.connect(lambda problem: self._on_ended(process, problem))
        process.start()

    def cancel(self) -> None:
        """End the computation at once; what is laid out stays."""
        if self._process is not None:
            self._process.end()
            self._process.deleteLater()
            self._process = None

    def close(self) -> None:
        """End everything, and wait for it."""
        self.cancel()
        self._jobs.close()

    def _on_ended(self, process: ProjectionProcess, problem: str) -> None:
        if process is self._process:
            self._process = None
        process.deleteLater()
        self.ended.emit(problem)

    def _on_problem(self, error: CollectionError) -> None:
        self.ended.emit(str(error))


def _read_run(collection: Collection, known: PointRun | None) -> PointRun | None:
    try:
        return point_run(collection, known)
    except (OSError, ValueError):  # it was closed while it was read
        return None


def _look_up(collection: Collection, wish: ProjectionWish) -> Projected:
    try:
        return KeptPoints(collection, wish).read()
    except OSError:  # the file is gone
        return Projected(wish, {}, 1)
