"""Puts the rules to what is open, again when it has grown, and asks who moved first."""

from collections.abc import Callable, Iterable
from functools import cached_property
from threading import Lock

from PyQt6.QtCore import QObject, pyqtSignal

from app.analysis.health import without
from app.jobs import Jobs, Lane
from collector.findings import FirstMovers, NotJudged, Recording, Report, Rule, first_movers, judge
from collector.findings.registry import all_rules
from collector.findings.snapshots import JudgingStopped
from collector.storage import Collection, open_collection
from collector.storage.paths import AnyPath


class Judging:
    """A collection on a handle of its own: its rules look at it on a job's thread, while others read it elsewhere."""

    def __init__(self, path: AnyPath) -> None:
        self.path = path
        self._collection: Collection | None = None
        self._lock = Lock()  # the rules take a while, and the user may ask meanwhile

    def report(self, is_wanted: Callable[[], bool] = lambda: True) -> Report | None:
        """What the rules say of all that is in the file by now; None where nobody wants to know any more.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            recording = self._read()
            recording.is_wanted = is_wanted
            try:
                return judge(recording, *self._rules)
            except JudgingStopped:
                return None
            finally:
                recording.is_wanted = lambda: True

    def first_movers(self, step: int) -> FirstMovers:
        """Which layer moved first around a step, by all that is in the file by now.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            return first_movers(self._read(), step)

    def _read(self) -> Recording:
        if self._collection is None:
            self._collection = open_collection(self.path)
        elif self._collection.refresh():
            self._recording.grown()
        return self._recording

    @cached_property
    def _recording(self) -> Recording:
        assert self._collection is not None
        return Recording(self._collection)

    @cached_property
    def _rules(self) -> tuple[list[Rule], list[NotJudged]]:
        return all_rules()

    def close(self) -> None:
        """Give the file back."""
        if self._collection is not None:
            self._collection.close()


class Judged(QObject):
    """What the rules say of what is open.

    Signals:
        ready(Report): the rules have been put to it, or other ones are muted; without what is.
        changed(Report): the rules have been put to it again, all that they say.
        failed(str): they cannot be put to it, and why.
        muted_changed(frozenset): these rules are muted from now on, by their names.

    Attributes:
        report: all that the rules say; None where they have not been put to it yet.
        muted: names of the rules whose findings nobody is told of.
        judging: puts questions to all of the file; only for a job's thread.
    """

    ready = pyqtSignal(object)
    changed = pyqtSignal(object)
    failed = pyqtSignal(str)
    muted_changed = pyqtSignal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._is_up_to_date = True
        self._kept: dict[AnyPath, tuple[Judging, Report | None]] = {}
        self.report: Report | None = None
        self.muted: frozenset[str] = frozenset()
        self.judging: Judging | None = None

    @property
    def shown(self) -> Report | None:
        """What they say, without those that are muted."""
        return None if self.report is None else without(self.report, self.muted)

    def open(self, path: AnyPath, keep: Iterable[AnyPath] = ()) -> None:
        """Put the rules to another collection; what they said of some is kept until those are opened again."""
        self._jobs.cancel(self)
        if self.judging is not None:
            self._kept[self.judging.path] = self.judging, self.report
        for other in [each for each in self._kept if each not in (path, *keep)]:
            self._jobs.release(self._kept.pop(other)[0])
        known = self._kept.pop(path, None)
        self.judging, self.report = known if known is not None else (Judging(path), None)
        self._tell()
        self.judge()

    def judge(self) -> None:
        """Put the rules to it; what has grown meanwhile is judged again when they are done."""
        judging = self.judging
        if judging is None or self._jobs.is_busy(self):
            self._is_up_to_date = False
            return
        self._is_up_to_date = True
        work = lambda progress: judging.report(lambda: progress.is_wanted)  # noqa: E731
        on_failed = lambda error: self.failed.emit(str(error))  # noqa: E731
        self._jobs.submit(self, work, self._on_judged, on_failed, lane=Lane.SCAN, reads=judging)

    def mute(self, names: Iterable[str]) -> None:
        """Tell nobody of the findings of these rules, by their names."""
        muted = frozenset(names)
        if muted != self.muted:
            self.muted = muted
            self.muted_changed.emit(muted)
            self._tell()

    def close(self) -> None:
        """Give the files back."""
        for each in (self.judging, *(judging for judging, _ in self._kept.values())):
            if each is not None:
                self._jobs.release(each)

    def _on_judged(self, report: Report) -> None:
        is_news, self.report = report != self.report, report
        self.changed.emit(report)
        if is_news:
            self._tell()
        if not self._is_up_to_date:
            self.judge()

    def _tell(self) -> None:
        if (shown := self.shown) is not None:
            self.ready.emit(shown)
