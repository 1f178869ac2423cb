"""A second collection, opened for its samples alone, which are seen beside those of the first."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from app.jobs import Jobs
from app.views.projection.analysis.point_run import PointRun, point_run
from collector.storage import Collection, CollectionError, open_collection

HOW_TO_RECORD = (
    "Record them with --projection_samples 2000, or with projection=(images, labels) for Collector or KerasCollector."
)


class ComparedRun(QObject):
    """Opens one at a time and gives it back. It is read as it is then: it does not follow a training.

    Signals:
        opened(PointRun): its samples.
        failed(str): why they cannot be seen, in words; the one before stays.
    """

    opened = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self._held: list[Collection] = []

    @property
    def is_open(self) -> bool:
        """Whether it holds a file."""
        return bool(self._held)

    def open(self, path: Path, first: Path) -> None:
        """Open a collection beside the one at ``first``; `opened` or `failed` tells."""
        tell = lambda error: self.failed.emit(str(error))  # noqa: E731
        self._jobs.submit("open", lambda _: self._read(path, first), self._on_read, tell)

    def release(self) -> None:
        """Give the file back."""
        for collection in self._held:
            collection.close()
        self._held = []

    def close(self) -> None:
        """End everything, and wait for it."""
        self._jobs.close()
        self.release()

    def _read(self, path: Path, first: Path) -> PointRun:
        if path.resolve() == first.resolve():
            raise CollectionError(path, "is open already.", "Choose another collection to stand beside it.")
        collection = open_collection(path)
        try:
            run = _samples_of(collection)
        except BaseException:
            collection.close()
            raise
        self._held.append(collection)  # given back also where nobody waits for the answer any more
        return run

    def _on_read(self, run: PointRun) -> None:
        for collection in self._held:
            if collection is not run.collection:
                collection.close()
        self._held = [run.collection]
        self.opened.emit(run)


def _samples_of(collection: Collection) -> PointRun:
    run = None if collection.projection is None else point_run(collection)
    if run is None:
        raise CollectionError(collection.path, "has no samples that can be laid out in a plane.", HOW_TO_RECORD)
    return run
