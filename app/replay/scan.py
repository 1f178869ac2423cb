"""One run through the passes of a collection for everything that has to see each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from collector.storage import CollectionError
from collector.storage.passes import Pass


class PassReader(Protocol):
    """Gathers something of all passes, in their order."""

    @property
    def n_passes(self) -> int:
        """So many passes it has seen, from the first on; at first, so many as are known from before."""

    def take(self, pass_: Pass | None) -> None:
        """See the next pass; None: it cannot be read. Arrays of a pass may be damaged, too."""

    def result(self) -> Any:
        """What was gathered."""


class Wish(Protocol):
    """What a scan asks of whom it reads for, see `app.jobs.Progress`."""

    is_wanted: bool

    def tell(self, done: int, total: int) -> None: ...

    def rest(self) -> bool: ...


@dataclass
class _Reader:
    reader: PassReader
    progress: Wish
    on_over: Callable[[Any, Exception | None], None]


class Scan:
    """Reads each pass once for all readers that still lack it; the one that is furthest behind says which is next.

    Readers are added from one thread while another runs the scan.
    """

    def __init__(self, passes: Sequence[Pass]) -> None:
        self._passes = passes
        self._readers: list[_Reader] = []
        self._is_running = False
        self._lock = Lock()

    def add(self, reader: PassReader, progress: Wish, on_over: Callable[[Any, Exception | None], None]) -> bool:
        """Have the passes read for somebody; whether `run` has to be called for it.

        Args:
            reader: sees the passes, on the thread that runs the scan.
            progress: hears how far it is, and says whether it is wanted still.
            on_over: is given the result, or what the reader raised, on the same thread.
        """
        with self._lock:
            self._readers.append(_Reader(reader, progress, on_over))
            must_run, self._is_running = not self._is_running, True
        return must_run

    def run(self, progress: Wish) -> None:
        """Read until every reader has seen every pass; ``progress`` says whether anybody reads the file at all."""
        while progress.rest() and (waiting := self._waiting()):
            number = min(each.reader.n_passes for each in waiting)
            pass_ = self._read(number)
            for each in waiting:
                if each.reader.n_passes == number:
                    self._show(each, pass_)

    def _waiting(self) -> list[_Reader]:
        """Those that lack passes; for the others it is over."""
        total = len(self._passes)
        with self._lock:
            self._readers = [each for each in self._readers if each.progress.is_wanted]
            done = [each for each in self._readers if each.reader.n_passes >= total]
            self._readers = [each for each in self._readers if each not in done]
            waiting = list(self._readers)
            self._is_running = bool(waiting)
        for each in done:
            each.on_over(each.reader.result(), None)
        return waiting

    def _read(self, number: int) -> Pass | None:
        try:
            return self._passes[number]
        except CollectionError:
            return None

    def _show(self, each: _Reader, pass_: Pass | None) -> None:
        try:
            each.reader.take(pass_)
        except Exception as error:  # noqa: BLE001 - it is this reader's own, and raised on the window's thread
            with self._lock:
                self._readers.remove(each)
            each.on_over(None, error)
        else:
            each.progress.tell(each.reader.n_passes, len(self._passes))
