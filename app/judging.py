"""Puts the rules to what is open, again when it has grown."""

from pathlib import Path

from collector.findings import Report, findings
from collector.storage import Collection, open_collection


class Judging:
    """A collection on a handle of its own: its rules look at it on a job's thread, while others read it elsewhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._collection: Collection | None = None

    def report(self) -> Report:
        """What the rules say of all that is in the file by now.

        Raises:
            CollectionError: it cannot be read.
        """
        if self._collection is None:
            self._collection = open_collection(self.path)
        else:
            self._collection.refresh()
        return findings(self._collection)

    def close(self) -> None:
        """Give the file back."""
        if self._collection is not None:
            self._collection.close()
