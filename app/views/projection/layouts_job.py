"""Layouts of samples in a plane: looked up where they are kept, computed in a process of their own."""

from PyQt6.QtCore import QObject, pyqtSignal

from app.jobs import Jobs
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.projection_request import Projected, ProjectionWish
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.process_runner import ProjectionProcess
from collector.storage import Collection, CollectionError

Asked = tuple[Collection, ProjectionWish]


class Projections(QObject):
    """At most one process computes at a time. The projection's tab makes it, and closes it with the session.

    Signals:
        run_ready(PointRun): the samples that `read_run` asked for; None: there are none.
        projected(Collection, Projected): what of it is laid out so far of what was last asked for.
        progressed(Collection, float): so much of the computation for it is done, 0…1.
        ended(str): the computations are over; the text is empty, or says in words what went wrong.
        failed(str): something cannot be read, in words.
    """

    run_ready = pyqtSignal(object)
    projected = pyqtSignal(object, object)
    progressed = pyqtSignal(object, float)
    ended = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None, *, is_synchronous: bool = False) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self, is_synchronous=is_synchronous)
        self._process: ProjectionProcess | None = None
        self._computed: Collection | None = None
        self._waiting: list[Asked] = []
        self._problems: list[str] = []

    @property
    def process_id(self) -> int:
        """Of the process that computes; 0 where there is none."""
        return 0 if self._process is None else self._process.process_id

    def read_run(self, collection: Collection, known: PointRun | None = None) -> None:
        """Read the samples; `run_ready` tells of them."""
        self._jobs.submit("run", lambda _: _read_run(collection, known), self.run_ready.emit, self._on_failed)

    def look_up(self, collection: Collection, wish: ProjectionWish) -> None:
        """See what is laid out already; `projected` tells."""
        tell = lambda projected: self.projected.emit(collection, projected)  # noqa: E731
        self._jobs.submit(f"of {collection.path}", lambda _: _look_up(collection, wish), tell, self._on_failed)

    def compute(self, *asked: Asked) -> None:
        """Lay out what is not yet, one collection after the other; `projected` tells of each epoch that is done."""
        self.cancel()
        self._waiting = list(asked)
        self._go_on()

    def drop(self, collection: Collection) -> None:
        """Compute nothing more for a collection; what else was asked for goes on."""
        self._jobs.cancel(f"of {collection.path}")
        self._waiting = [asked for asked in self._waiting if asked[0] is not collection]
        if self._computed is collection:
            self._end_process()
            self._go_on()

    def cancel(self) -> None:
        """End the computation at once; what is laid out stays."""
        self._waiting, self._problems = [], []
        self._end_process()

    def close(self) -> None:
        """End everything, and wait for it."""
        self.cancel()
        self._jobs.close()

    def _go_on(self) -> None:
        if not self._waiting:
            problems, self._problems = self._problems, []
            self.ended.emit(" ".join(problems))
            return
        collection, wish = self._waiting.pop(0)
        process = self._process = ProjectionProcess(collection.path, wish, self)
        self._computed = collection
        process.progressed.connect(lambda share: self.progressed.emit(collection, share))
        process.laid_out.connect(lambda _: self.look_up(collection, wish))
        process.ended.connect(lambda problem: self._on_ended(process, problem))
        process.start()

    def _end_process(self) -> None:
        process, self._process, self._computed = self._process, None, None
        if process is not None:
            process.end()
            process.deleteLater()

    def _on_ended(self, process: ProjectionProcess, problem: str) -> None:
        process.deleteLater()
        if process is self._process:
            assert self._computed is not None
            if problem:
                self._problems.append(f"{self._computed.path.name}: {problem}")
            self._process = self._computed = None
            self._go_on()

    def _on_failed(self, error: CollectionError) -> None:
        self.failed.emit(str(error))


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
