"""Opens a collection, waits for one that is about to be made, and looks what has become of one that grows."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.jobs import Jobs, Progress
from app.replay.following import AwaitedCollection, NoPassYetError, continued, open_if_begun
from app.replay.opened import OpenedCollection, open_for_replay
from collector.comparing.saved import SavedComparison, is_saved_comparison, load
from collector.storage import CollectionError, UnreachableError
from collector.storage.paths import AnyPath, RemotePath

log = logging.getLogger("strobe.app")

POLL_MS = 250
"""A growing collection is looked at so often; a look that finds nothing costs one call to the system."""

REMOTE_POLL_MS = 2000
"""The same of one that lies elsewhere, where it costs a request; while there is more to be taken in, as of any."""

Derive = Callable[[OpenedCollection, Any], object]
"""What a view makes of a collection, given what it had made of it before; see `app.view.ViewSpec.derive`."""


class Opening(QObject):
    """One collection at a time.

    Args:
        jobs: where files are read.
        derives: what views make of a collection, by their names.

    Signals:
        opened(OpenedCollection): what was asked for.
        begun(OpenedCollection): what was awaited has a pass now.
        grown(OpenedCollection): what is watched has more in it.
        continued(OpenedCollection): the run of what is watched goes on in another file under its name.
        comparison_found(AnyPath, SavedComparison): what was asked for says which two are to be compared.
        failed(CollectionError): it cannot be read.
    """

    opened = pyqtSignal(object)
    begun = pyqtSignal(object)
    grown = pyqtSignal(object)
    continued = pyqtSignal(object)
    comparison_found = pyqtSignal(object, object)
    failed = pyqtSignal(object)

    def __init__(self, jobs: Jobs, derives: Mapping[str, Derive], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._derives = derives
        self._watched: OpenedCollection | None = None
        self._awaited: AwaitedCollection | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    @property
    def is_waiting(self) -> bool:
        """Whether a collection that is about to be made is still awaited."""
        return self._awaited is not None

    def open(self, path: AnyPath) -> None:
        """Open a collection; one that is being recorded and has no pass yet is awaited. Or read a saved comparison."""

        def work(_: Progress) -> OpenedCollection | SavedComparison | None:
            return load(path) if is_saved_comparison(path) else self._with_derived(open_if_begun(path))

        self.stop_waiting()
        self._jobs.submit((self, "open"), work, partial(self._on_read, path), self._on_not_opened, on_dropped=_close)

    def wait_for(self, awaited: AwaitedCollection) -> None:
        """Open a collection that is about to be made as soon as it has a pass."""
        self._awaited = awaited
        self._begin_looking()

    def stop_waiting(self) -> None:
        """Do not open what was awaited."""
        self._awaited = None
        self._set_pace()
        self._jobs.cancel((self, "await"))

    def watch(self, opened: OpenedCollection | None) -> None:
        """Look at this one from now on, as long as it grows; None: at none."""
        self._watched = opened
        if opened is not None and not opened.collection.finished:
            self._begin_looking()

    def _begin_looking(self) -> None:
        self._set_pace()
        self._timer.start()

    def _set_pace(self) -> None:
        """How often it is worth while to look."""
        if self._awaited is not None:
            is_costly = isinstance(self._awaited.path, RemotePath)
        else:
            collection = None if self._watched is None else self._watched.collection
            is_costly = collection is not None and collection.is_remote and not collection.unread
        self._timer.setInterval(REMOTE_POLL_MS if is_costly else POLL_MS)

    def look_once_more(self) -> None:
        """Take in what there is now; the training has ended."""
        self._begin_looking()

    def stop(self) -> None:
        """Look at nothing any more."""
        self._timer.stop()

    def look(self) -> None:
        """See what has changed in the files."""
        if self._awaited is not None:
            self._look_for(self._awaited)
        elif self._watched is not None and not self._watched.collection.finished:
            self._follow(self._watched)
        else:
            self._timer.stop()

    def _look_for(self, awaited: AwaitedCollection) -> None:
        if not self._jobs.is_busy((self, "await")):
            work = lambda _: self._with_derived(awaited.open())  # noqa: E731
            self._jobs.submit((self, "await"), work, self._on_awaited, self.failed.emit, on_dropped=_close)

    def _follow(self, opened: OpenedCollection) -> None:
        def work(_: Progress) -> OpenedCollection | None:
            other = continued(opened)
            if other is None:
                n_inserted = opened.collection.passes.n_inserted
                grown = opened.grown()
                if opened.collection.passes.n_inserted == n_inserted:
                    return self._with_derived(grown, opened)
                # the black box wrote passes between those that were there: each has another number now
                other = open_for_replay(opened.collection.path)
            return self._with_derived(other)

        def drop(new: OpenedCollection) -> None:
            if new.collection is not opened.collection:
                _close(new)

        if not self._jobs.is_busy((self, "follow")):
            reads = opened.collection
            done, failed = self._on_followed, self.failed.emit
            self._jobs.submit((self, "follow"), work, done, failed, on_dropped=drop, reads=reads)

    def _on_read(self, path: AnyPath, found: OpenedCollection | SavedComparison) -> None:
        if isinstance(found, SavedComparison):
            self.comparison_found.emit(path, found)
        else:
            self.opened.emit(found)

    def _on_not_opened(self, error: CollectionError) -> None:
        if isinstance(error, NoPassYetError):
            self.wait_for(AwaitedCollection(error.path, is_begun=True))
        self.failed.emit(error)

    def _on_awaited(self, opened: OpenedCollection | None) -> None:
        if opened is not None:
            self._awaited = None
            self.begun.emit(opened)

    def _on_followed(self, new: OpenedCollection | None) -> None:
        before = self._watched
        assert before is not None  # or what follows it would have been cancelled
        if new is not None and new.collection is before.collection:
            self._watched = new
            self._set_pace()
            self.grown.emit(new)
        elif new is not None:
            self.continued.emit(new)

    def _with_derived(
        self, opened: OpenedCollection | None, before: OpenedCollection | None = None
    ) -> OpenedCollection | None:
        """With what the views make of it, on a job's thread; one that fails costs its own view only."""
        if opened is None:
            return None
        derived: dict[str, Any] = {}
        for name, derive in self._derives.items():
            try:
                derived[name] = derive(opened, None if before is None else before.derived.get(name))
            except UnreachableError:
                raise
            except Exception:  # whatever a view raises, the others go on
                log.exception("The view %r can make nothing of %s", name, opened.collection.path)
        return replace(opened, derived=derived)


def _close(opened: OpenedCollection | SavedComparison | None) -> None:
    if isinstance(opened, OpenedCollection):
        opened.collection.close()
