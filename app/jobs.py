"""The one door for background work: a plain function goes in, its answer comes out on the window's thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from collector.storage import CollectionError


@dataclass(frozen=True)
class _Job:
    kind: str
    generation: int
    work: Callable[[], Any]
    on_done: Callable[[Any], None]
    on_failed: Callable[[CollectionError], None]


class Jobs(QObject):
    """Runs one job of each kind at a time; of those that wait, only the newest.

    An answer that was overtaken by a newer job of its kind is dropped. A known error goes to ``on_failed``; an
    unknown one is raised on the window's thread, where the crash handler logs and shows it.

    Args:
        is_synchronous: run each job at once, for tests and for painting without an event loop.
    """

    _answered = pyqtSignal(object, object, object)

    def __init__(self, parent: QObject | None = None, *, is_synchronous: bool = False) -> None:
        super().__init__(parent)
        self._is_synchronous = is_synchronous
        self._pool: ThreadPoolExecutor | None = None
        self._generations: dict[str, int] = {}
        self._running: set[str] = set()
        self._waiting: dict[str, _Job] = {}
        self._answered.connect(self._on_answered)

    def submit(
        self,
        kind: str,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[CollectionError], None],
    ) -> None:
        """Run ``work`` on another thread, then one of the other two on this one."""
        self.cancel(kind)
        job = _Job(kind, self._generations[kind], work, on_done, on_failed)
        if self._is_synchronous:
            self._running.add(kind)
            self._run(job)
        elif kind in self._running:
            self._waiting[kind] = job
        else:
            self._start(job)

    def submit_if_idle(
        self,
        kind: str,
        work: Callable[[], Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[CollectionError], None],
    ) -> None:
        """The same, unless a job of this kind is under way: for looks that are taken again and again."""
        if kind not in self._running:
            self.submit(kind, work, on_done, on_failed)

    def cancel(self, kind: str) -> None:
        """Forget the job of this kind that waits, and drop the answer of the one that runs."""
        self._generations[kind] = self._generations.get(kind, 0) + 1
        self._waiting.pop(kind, None)

    def close(self) -> None:
        """Drop every answer still to come, and wait for the threads to end."""
        for kind in self._generations:
            self.cancel(kind)
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, job: _Job) -> None:
        self._pool = self._pool or ThreadPoolExecutor(max_workers=2, thread_name_prefix="strobe-job")
        self._running.add(job.kind)
        self._pool.submit(self._run, job)

    def _run(self, job: _Job) -> None:
        answer, error = None, None
        try:
            answer = job.work()
        except Exception as failure:  # noqa: BLE001 - it is raised again on the window's thread
            error = failure
        self._answered.emit(job, answer, error)

    def _on_answered(self, job: _Job, answer: Any, error: Exception | None) -> None:
        self._running.discard(job.kind)
        if waiting := self._waiting.pop(job.kind, None):
            self._start(waiting)
        if job.generation != self._generations[job.kind]:
            return
        if isinstance(error, CollectionError):
            job.on_failed(error)
        elif error is not None:
            raise error
        else:
            job.on_done(answer)
