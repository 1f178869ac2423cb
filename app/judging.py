"""Puts the rules to what is open, again when it has grown."""

from functools import cached_property
from pathlib import Path

from collector.findings import NotJudged, Recording, Report, Rule, judge
from collector.findings.registry import all_rules
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
        return judge(self.recording(), *self._rules)

    def recording(self) -> Recording:
        """All that is in the file by now, as rules look at it.

        Raises:
            CollectionError: it cannot be read.
        """
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
