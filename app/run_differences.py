"""Puts two runs side by side as wholes: where they part, and what differs over the steps; when it is asked for."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock

from PyQt6.QtCore import QObject, pyqtSignal

from app.analysis.differences import Differences, first_metric
from app.jobs import Jobs, Lane
from app.replay.comparing import Comparing
from collector.comparing import Comparison, Pair, compared, pair_of
from collector.comparing.difference_map import difference_map, mapped_metrics
from collector.comparing.engine import noise_of
from collector.comparing.noise import Noise
from collector.comparing.saved import SavedComparison
from collector.comparing.table import write_differences
from collector.storage import Collection, CollectionError, open_collection


class BothRuns:
    """Two runs, and repeats of the first, on handles of their own: others read them elsewhere at the same time."""

    def __init__(self, wish: SavedComparison) -> None:
        self.wish = wish
        self._files = ExitStack()
        self._open: list[Collection] = []
        self._repeats: list[Collection] = []
        self._lock = Lock()
        self._pair: Pair | None = None
        self._noise: Noise | None = None
        self._no_noise = ""
        self._comparison: Comparison | None = None

    def differences(self, metric: str) -> Differences:
        """How they differ by all that is in the files by now, with a map of a metric, or of the best known one.

        Raises:
            CollectionError: one of the two cannot be read.
            ValueError: they cannot be compared in that way, in words.
        """
        with self._lock:
            pair = self._read()
            if self._comparison is None:
                self._comparison = compared(pair, self._noise)
            metrics = tuple(mapped_metrics(pair))
            chosen = first_metric(metrics, metric)
            found = difference_map(pair, chosen, self._noise) if chosen else None
            return Differences(self._comparison, metrics, found, self._no_noise)

    def write(self, path: Path) -> None:
        """Write every difference into a table.

        Raises:
            CollectionError: one of the two cannot be read, or the table cannot be written.
            ValueError: they cannot be compared in that way, in words.
        """
        with self._lock:
            write_differences(self._read(), path, self._noise)

    def _read(self) -> Pair:
        wish = self.wish
        if not self._open:
            self._open = self._opened(wish.a, wish.b)
        has_grown = [each.refresh() for each in self._open]
        if self._pair is None or any(has_grown):
            a, b = self._open
            how = {"clock": wish.clock, "offset": wish.offset, "tolerance": wish.tolerance}
            self._pair = pair_of(a, b, layers=wish.layers, **how)  # type: ignore[arg-type]
            self._comparison = None
            self._estimate(a)
        return self._pair

    def _opened(self, *paths: str) -> list[Collection]:
        return [self._files.enter_context(open_collection(path)) for path in paths]

    def _estimate(self, a: Collection) -> None:
        """What noise there is; of repeats that tell none it is said why, and every difference counts."""
        self._noise, self._no_noise = None, ""
        try:
            self._repeats = self._repeats or self._opened(*self.wish.repeats)
            self._noise = noise_of(a, self._repeats, self.wish.clock)
        except (CollectionError, ValueError) as error:
            self._no_noise = str(error)

    def close(self) -> None:
        """Give the files back."""
        self._files.close()


class RunDifferences(QObject):
    """How the two runs differ that are compared. Two passes of one are none.

    Signals:
        ready(Differences | None): that is known now; None: of what is compared now it is not, or nothing is.
        failed(str): why something could not be told or written, in words.

    Attributes:
        known: what is known of the two; None where nobody has asked yet.
        metric: of which there is a map, by its name; empty: the best known one.
    """

    ready = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._comparing: Comparing | None = None
        self._both: BothRuns | None = None
        self._is_up_to_date = self._is_asked = False
        self._waiting: list[Callable[[Differences], None]] = []
        self.known: Differences | None = None
        self.metric = ""

    def take(self, comparing: Comparing | None) -> None:
        """Something else is compared, or in another way, or one of both has grown, or nothing of that."""
        comparing = None if comparing is None or comparing.held is not None else comparing
        if comparing is self._comparing:
            return
        before, self._comparing, self._is_up_to_date = self._comparing, comparing, False
        if comparing is None or self._both is None or comparing.wish != self._both.wish:
            self._release()
            self._waiting = []
            if comparing is not None:
                self._both = BothRuns(comparing.wish)
            if comparing is not None and before is None:
                self.metric = comparing.wish.filters.metric or self.metric
            self.known = None
            self.ready.emit(None)

    def ask(self) -> None:
        """Have `ready` say how they differ, unless that is known; what has grown meanwhile is told of after that."""
        if not self._is_asked:
            self._start()

    def _start(self) -> None:
        both, metric = self._both, self.metric
        if both is None or self._is_up_to_date:
            return
        self._is_up_to_date = self._is_asked = True

        def work(_: object) -> Differences | str:
            try:
                return both.differences(metric)
            except ValueError as error:
                return str(error)

        self._jobs.submit(self, work, self._on_told, self._on_failed, lane=Lane.SCAN, reads=both)

    def when_known(self, act: Callable[[Differences], None]) -> None:
        """Do something with how they differ, at once if that is known."""
        if self._both is None:
            return
        if self.known is not None:
            act(self.known)
        else:
            self._waiting.append(act)
            self.ask()

    def choose(self, metric: str) -> None:
        """Make the map of another metric."""
        if metric != self.metric:
            self.metric, self._is_up_to_date = metric, False
            self._start()

    def write(self, path: Path) -> None:
        """Write every difference into a table."""
        both = self._both
        if both is None:
            return

        def work(_: object) -> str:
            try:
                both.write(path)
            except ValueError as error:
                return str(error)
            return ""

        tell = lambda text: self.failed.emit(text) if text else None  # noqa: E731
        self._jobs.submit((self, "write"), work, tell, self._on_failed, lane=Lane.SCAN, reads=both)

    def close(self) -> None:
        """Give the files back."""
        self._release()

    def _release(self) -> None:
        self._jobs.cancel(self)
        self._is_asked = False
        if self._both is not None:
            self._jobs.release(self._both)
        self._both = None

    def _on_told(self, found: Differences | str) -> None:
        self._is_asked = False
        if isinstance(found, str):
            self._waiting = []
            self.failed.emit(found)
            return
        self.known = found
        self.ready.emit(found)
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act(found)
        self.ask()  # it may have grown meanwhile

    def _on_failed(self, error: Exception) -> None:
        self._waiting, self._is_asked = [], False
        self.failed.emit(str(error))
