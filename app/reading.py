"""What a view reads of a collection in the background."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from app.jobs import Closable, Lane, Progress
from app.replay.opened import OpenedCollection
from app.replay.scan import PassReader
from app.session import Session
from collector.storage import CollectionError


class Reading(QObject):
    """One job at a time, the newest; it ends when another collection is opened, or the window closes.

    A view's own reading derives from it and says in its methods what is read.

    Signals:
        ready(object): the answer.
        part_ready(object): a part of it that is there before the rest.
        progressed(int, int): so many of so many steps are done.
    """

    ready = pyqtSignal(object)
    part_ready = pyqtSignal(object)
    progressed = pyqtSignal(int, int)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    @property
    def opened(self) -> OpenedCollection | None:
        """What is open."""
        return self._session.opened

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._session.jobs.is_busy(self)

    def start(
        self,
        work: Callable[[OpenedCollection, Progress], object],
        *,
        lane: Lane = Lane.SCAN,
        reads: Closable | tuple[Closable, ...] | None = None,
    ) -> None:
        """Do some work on what is open in place of what was being read; where nothing is open there is none.

        Args:
            work: is given what is open.
            lane: whose threads it takes.
            reads: what it reads, one or several; None: what is open.
        """
        if (opened := self.opened) is not None:
            self._session.jobs.submit(
                self,
                lambda progress: work(opened, progress),
                self.ready.emit,
                self._on_failed,
                on_progress=self.progressed.emit,
                on_part=self.part_ready.emit,
                lane=lane,
                reads=opened.files if reads is None else reads,
            )

    def scan(self, reader: PassReader, of: OpenedCollection | None = None) -> None:
        """The same, for what has to see every pass: it shares the run through the file with others.

        Args:
            of: whose passes, as those of the second of two runs; None: of what is open.
        """
        if (opened := of or self.opened) is not None:
            self._session.jobs.scan(
                self,
                opened.scan,
                reader,
                self.ready.emit,
                self._on_failed,
                on_progress=self.progressed.emit,
                reads=opened.collection,
            )

    def cancel(self) -> None:
        """Read nothing any more."""
        self._session.jobs.cancel(self)

    def _on_failed(self, error: CollectionError) -> None:
        self._session.problem_occurred.emit(str(error))
