"""The one door for background work: a function goes in, its answer comes out on the window's thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any, Protocol

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.replay.scan import PassReader, Scan
from collector.storage import CollectionError, UnreachableError

TELL_SECONDS = 0.1
"""Progress is told so often: the window would do nothing but paint it if it were told of each step."""

WORK_SECONDS, REST_SECONDS = 0.004, 0.004
"""Python lets one thread compute at a time, and a frame of the window has hundreds of turns to wait for: without the
rests, reading a unit's 5,000 passes held the window up for half a second."""

RETRY_SECONDS = (1, 2, 4, 8, 15)
"""A job whose file is out of reach is done again after so long, and then each time after the last of them."""


class Lane(Enum):
    """Work of one lane never waits for work of another; the value is how many threads a lane has."""

    FRAME = 4
    """What the user waits for: as many kinds of it as threads, each of which runs once at a time."""
    SCAN = 2
    """What reads much of a file."""


class Closable(Protocol):
    """Something that work reads, and that can be given back."""

    def close(self) -> None: ...


class Progress:
    """What work has of those who wait for it: it tells them how far it is, and asks whether they still wait.

    Args:
        on_progress: hears ``(steps done, steps in all)``, now and then.
        on_part: hears of each part of the answer that is there before the rest.
    """

    def __init__(
        self, on_progress: Callable[[int, int], None] = lambda *_: None, on_part: Callable[[Any], None] = lambda _: None
    ) -> None:
        self.is_wanted = True
        self._on_progress, self._on_part = on_progress, on_part
        self._told_at = self._rested_at = time.monotonic()

    def __call__(self, done: int, total: int) -> bool:
        """Tell, rest, and say whether to go on."""
        self.tell(done, total)
        return self.rest()

    def tell(self, done: int, total: int) -> None:
        """So many of so many steps are done."""
        now = time.monotonic()
        if self.is_wanted and now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._on_progress(done, total)

    def rest(self) -> bool:
        """Let the window have its turn, where it is due; whether to go on."""
        if self.is_wanted and time.monotonic() - self._rested_at >= WORK_SECONDS:
            time.sleep(REST_SECONDS)
            self._rested_at = time.monotonic()
        return self.is_wanted

    def hand_over(self, part: Any) -> None:
        """Give a part of the answer."""
        self._on_part(part)


@dataclass(eq=False)
class _Job:
    owner: Hashable
    work: Callable[[Progress], Any]
    on_done: Callable[[Any], None]
    on_failed: Callable[[Any], None]
    on_dropped: Callable[[Any], None] = lambda _: None
    lane: Lane = Lane.SCAN
    reads: tuple[Closable, ...] = ()
    progress: Progress = field(default_factory=Progress)
    n_retries: int = 0


def _each(reads: Closable | tuple[Closable, ...]) -> tuple[Closable, ...]:
    return reads if isinstance(reads, tuple) else (reads,)


class Jobs(QObject):
    """Runs one job of each owner at a time; of those that wait, only the newest.

    A job that its owner has replaced or cancelled is told so by its `Progress`, and nothing it still says arrives. A
    known error goes to ``on_failed``; an unknown one is raised on the window's thread, where the crash handler logs
    and shows it. A job whose file is out of reach is done again after a while, as long as its owner waits for it.

    Args:
        is_synchronous: run each job at once, for tests and for painting without an event loop.

    Signals:
        connection_changed(str): why what somebody waits for is out of reach, in words; empty: it can be reached again,
            or nobody waits for it any more.
    """

    connection_changed = pyqtSignal(str)

    _told = pyqtSignal(object, object)
    _answered = pyqtSignal(object, object, object)

    def __init__(self, parent: QObject | None = None, *, is_synchronous: bool = False) -> None:
        super().__init__(parent)
        self._is_synchronous = is_synchronous
        self._is_closed = False
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._newest: dict[Hashable, _Job] = {}
        self._running: dict[Hashable, _Job] = {}
        self._waiting: dict[Hashable, _Job] = {}
        self._released: list[Closable] = []
        self._lost: list[_Job] = []
        self.retry_seconds: tuple[float, ...] = RETRY_SECONDS
        self._told.connect(self._on_told)
        self._answered.connect(self._on_answered)

    def submit(
        self,
        owner: Hashable,
        work: Callable[[Progress], Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[Any], None],
        *,
        on_progress: Callable[[int, int], None] = lambda *_: None,
        on_part: Callable[[Any], None] = lambda _: None,
        on_dropped: Callable[[Any], None] = lambda _: None,
        lane: Lane = Lane.FRAME,
        reads: Closable | tuple[Closable, ...] = (),
    ) -> None:
        """Run ``work`` on another thread in place of the owner's job before; all else is called on this thread.

        Args:
            owner: whose newest wish it is.
            work: is given its `Progress`.
            on_done: takes the answer.
            on_failed: takes a known error.
            on_progress: hears how far the work is.
            on_part: takes what the work hands over before it ends.
            on_dropped: takes an answer that nobody waits for any more, to give back what it holds.
            lane: whose threads it takes.
            reads: what it reads, one or several, which stay open until it is over, see `release`.
        """
        job = self._expect(_Job(owner, work, on_done, on_failed, on_dropped, lane, _each(reads)), on_progress, on_part)
        if self._is_closed:
            return
        if owner in self._running and not self._is_synchronous:
            self._waiting[owner] = job
        else:
            self._start(job)

    def scan(
        self,
        owner: Hashable,
        scan: Scan,
        reader: PassReader,
        on_done: Callable[[Any], None],
        on_failed: Callable[[Any], None],
        *,
        on_progress: Callable[[int, int], None] = lambda *_: None,
        reads: Closable | tuple[Closable, ...] = (),
    ) -> None:
        """The same, for what has to see every pass: those who want it at the same time share one run through the file.

        Args:
            owner: whose newest wish it is.
            scan: of the collection.
            reader: sees the passes on another thread; its result is the answer.
            on_done: takes the answer.
            on_failed: takes a known error.
            on_progress: hears how many passes it has seen.
            reads: the collection.
        """
        job = self._expect(_Job(owner, lambda _: None, on_done, on_failed, reads=_each(reads)), on_progress)
        on_over = partial(self._answered.emit, job)
        if scan.add(reader, job.progress, on_over):
            self.submit(scan, scan.run, lambda _: None, on_failed, lane=Lane.SCAN, reads=reads)

    def _expect(
        self,
        job: _Job,
        on_progress: Callable[[int, int], None],
        on_part: Callable[[Any], None] = lambda _: None,
    ) -> _Job:
        """What it says arrives on this thread from now on, and nothing of the owner's job before."""
        self.cancel(job.owner)
        job.progress = Progress(
            lambda *steps: self._told.emit(job, partial(on_progress, *steps)),
            lambda part: self._told.emit(job, partial(on_part, part)),
        )
        self._newest[job.owner] = job
        return job

    def is_busy(self, owner: Hashable) -> bool:
        """Whether a job of this owner runs, or is waited for."""
        return owner in self._running or owner in self._newest

    def cancel(self, owner: Hashable) -> None:
        """Forget the owner's job that waits, and tell the one that runs that nobody waits for it."""
        self._waiting.pop(owner, None)
        if job := self._newest.pop(owner, None):
            job.progress.is_wanted = False
            self._find(job)

    def release(self, resource: Closable) -> None:
        """Cancel what reads something, and close it when the last of these jobs is over."""
        for job in list(self._newest.values()):
            if any(each is resource for each in job.reads):
                self.cancel(job.owner)
        self._released.append(resource)
        self._close_released()

    def close(self) -> None:
        """Drop every answer still to come, wait for the threads to end, and close what was released."""
        self._is_closed = True
        for owner in list(self._newest):
            self.cancel(owner)
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()
        self._close_released()

    def _start(self, job: _Job) -> None:
        self._running[job.owner] = job
        if self._is_synchronous:
            self._run(job)
            return
        if job.lane not in self._pools:
            name = f"strobe-{job.lane.name.lower()}"
            self._pools[job.lane] = ThreadPoolExecutor(job.lane.value, thread_name_prefix=name)
        self._pools[job.lane].submit(self._run, job)

    def _run(self, job: _Job) -> None:
        answer, error = None, None
        try:
            answer = job.work(job.progress) if job.progress.is_wanted else None
        except Exception as failure:  # noqa: BLE001 - it is raised again on the window's thread
            error = failure
        self._answered.emit(job, answer, error)

    def _on_told(self, job: _Job, tell: Callable[[], None]) -> None:
        if job.progress.is_wanted:
            tell()

    def _on_answered(self, job: _Job, answer: Any, error: Exception | None) -> None:
        if self._running.get(job.owner) is job:
            del self._running[job.owner]
        self._close_released()
        if waiting := self._waiting.pop(job.owner, None):
            self._start(waiting)
        if not job.progress.is_wanted:
            if answer is not None:
                job.on_dropped(answer)
            return
        if isinstance(error, UnreachableError) and not self._is_synchronous:
            self._lose(job, error)
            return
        self._find(job)
        del self._newest[job.owner]
        if isinstance(error, CollectionError | UnreachableError):
            job.on_failed(error)
        elif error is not None:
            raise error
        else:
            job.on_done(answer)

    def _lose(self, job: _Job, error: UnreachableError) -> None:
        """What a job reads is out of reach: it is done again, later each time."""
        seconds = self.retry_seconds[min(job.n_retries, len(self.retry_seconds) - 1)]
        job.n_retries += 1
        if job not in self._lost:
            self._lost.append(job)
        self.connection_changed.emit(f"{error.path.shown!r}: {error.problem}")
        QTimer.singleShot(round(1000 * seconds), partial(self._retry, job))

    def _retry(self, job: _Job) -> None:
        if job.progress.is_wanted:
            self._start(job)

    def _find(self, job: _Job) -> None:
        """A job is over that may have been out of reach."""
        if job in self._lost:
            self._lost.remove(job)
            if not self._lost:
                self.connection_changed.emit("")

    def _close_released(self) -> None:
        read = [each for job in self._running.values() for each in job.reads]
        for resource in [each for each in self._released if not any(each is other for other in read)]:
            self._released.remove(resource)
            resource.close()
