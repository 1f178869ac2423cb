"""A collection that a training is about to make, and one whose run goes on in another file under the same name."""

from app.replay.opened import OpenedCollection, open_for_replay
from collector.storage import CollectionError
from collector.storage.locks import is_being_recorded
from collector.storage.paths import AnyPath, RemotePath


class NoPassYetError(CollectionError):
    """The collection is being recorded, and has no pass yet."""


def open_if_begun(path: AnyPath) -> OpenedCollection:
    """Open a collection for replay.

    Raises:
        NoPassYetError: somebody records it, so that a first pass will come.
        CollectionError: something else is wrong with it.
    """
    try:
        return open_for_replay(path)
    except CollectionError:
        if not is_being_recorded(path):
            raise
    raise NoPassYetError(path, "is being recorded and has no pass yet.", "It is opened as soon as it has one.")


class AwaitedCollection:
    """Knows the file that stood in the new one's place, so that the old one is not taken for it.

    Make it before the training starts.

    Args:
        path: where it will be.
        is_begun: whether it is being recorded already.
    """

    def __init__(self, path: AnyPath, *, is_begun: bool = False) -> None:
        self.path = path
        self._before = None if is_begun else self._identity()

    def _identity(self) -> tuple[int, int] | None:
        if isinstance(self.path, RemotePath):
            return 0, 0
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size

    def open(self) -> OpenedCollection | None:
        """The collection, once it has a pass; None until then."""
        now = self._identity()
        if now is None or now == self._before:
            return None
        try:
            return open_for_replay(self.path)
        except CollectionError:
            return None  # its first line or first pass is still being written


def continued(opened: OpenedCollection) -> OpenedCollection | None:
    """What stands under the name now, where another process goes on with the same run; None where none does.

    Another run that has replaced this one is left alone: nobody asked for it.
    """
    if not opened.collection.is_replaced:
        return None
    try:
        found = open_for_replay(opened.collection.path)
    except CollectionError:
        return None  # it has no pass left, or is none of ours
    if found.collection.run.created == opened.collection.run.created:
        return found
    found.collection.close()
    return None
