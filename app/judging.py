"""Puts the rules to what is open, again when it has grown, and asks who moved first."""

from functools import cached_property
from pathlib import Path
from threading import Lock

from collector.findings import FirstMovers, NotJudged, Recording, Report, Rule, first_movers, judge
from collector.findings.registry import all_rules
from collector.storage import Collection, open_collection


class Judging:
    """A collection on a handle of its own: its rules look at it on a job's thread, while others read it elsewhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._collection: Collection | None = None
        self._lock = Lock()  # the rules take a while, and the user may ask meanwhile

    def report(self) -> Report:
        """What the rules say of all that is in the file by now.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            return judge(self._read(), *self._rules)

    def first_movers(self, step: int) -> FirstMovers:
        """Which layer moved first around a step, by all that is in the file by now.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            return first_movers(self._read(), step)

    def recording(self) -> Recording:
        """All that is in the file by now, as rules look at it.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            return self._read()

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
