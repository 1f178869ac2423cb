"""The samples of a run and of one beside it, and their layouts in a plane, which a process of its own computes."""

from PyQt6.QtCore import QObject, pyqtSignal

from app.reading import Reading
from app.session import Session
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.projection_request import Projected, ProjectionRequest
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.process_runner import ProjectionProcess
from collector.storage import Collection, CollectionError

HOW_TO_RECORD = (
    "Record them with --projection_samples 2000, or with projection=(images, labels) for Collector or KerasCollector."
)

Asked = tuple[Collection, ProjectionRequest]


class SamplesReading(Reading):
    """Reads the samples that can be laid out; `ready` gives their `PointRun`, None where there are none."""

    def read(self, known: PointRun | None = None) -> None:
        """Read them, on from what is known."""
        self.start(lambda opened, _: point_run(opened.collection, known))


class BesideReading(Reading):
    """Reads the samples of B; `ready` gives their `PointRun`, or in words why there are none."""

    def read(self, collection: Collection, known: PointRun | None = None) -> None:
        """Read them, on from what is known."""
        self.start(lambda *_: _samples_of(collection, known), reads=collection)


class Projections(QObject):
    """At most one process computes at a time; it ends with the session.

    Signals:
        projected(Collection, Projected): what of it is laid out so far of what was last asked for.
        progressed(Collection, float): so much of the computation for it is done, 0…1.
        ended(str): the computations are over; the text is empty, or says in words what went wrong.
        failed(str): something cannot be read, in words.
    """

    projected = pyqtSignal(object, object)
    progressed = pyqtSignal(object, float)
    ended = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = session.jobs
        self._process: ProjectionProcess | None = None
        self._computed: Collection | None = None
        self._waiting: list[Asked] = []
        self._problems: list[str] = []
        session.closing.connect(self.cancel)

    @property
    def process_id(self) -> int:
        """Of the process that computes; 0 where there is none."""
        return 0 if self._process is None else self._process.process_id

    def look_up(self, collection: Collection, request: ProjectionRequest) -> None:
        """See what is laid out already; `projected` tells."""
        self._jobs.submit(
            (self, collection.path),
            lambda _: _look_up(collection, request),
            lambda projected: self.projected.emit(collection, projected),
            self._on_failed,
            reads=collection,
        )

    def compute(self, *asked: Asked) -> None:
        """Lay out what is not yet, one collection after the other; `projected` tells of each epoch that is done."""
        self.cancel()
        self._waiting = list(asked)
        self._go_on()

    def cancel(self) -> None:
        """End the computation at once; what is laid out stays."""
        self._waiting, self._problems = [], []
        self._end_process()

    def _go_on(self) -> None:
        if not self._waiting:
            problems, self._problems = self._problems, []
            self.ended.emit(" ".join(problems))
            return
        collection, request = self._waiting.pop(0)
        process = self._process = ProjectionProcess(collection.path, request, self)
        self._computed = collection
        process.progressed.connect(lambda share: self.progressed.emit(collection, share))
        process.laid_out.connect(lambda _: self.look_up(collection, request))
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


def _look_up(collection: Collection, request: ProjectionRequest) -> Projected:
    try:
        return KeptPoints(collection, request).read()
    except OSError:  # the file is gone
        return Projected(request, {}, 1)


def _samples_of(collection: Collection, known: PointRun | None) -> PointRun | str:
    run = None if collection.projection is None else point_run(collection, known)
    name = collection.path.name
    return run or f"{name} has no samples that can be laid out in a plane. {HOW_TO_RECORD}"
