"""What can be wrong with a collection, in words a person can act on."""

from pathlib import Path

MOST_DAMAGES = 100
"""So many damages of a file are told one by one."""


class BlockError(ValueError):
    """An array does not hold what its shape and type promise, or has no place in the format."""


class CollectionError(Exception):
    """A known problem with one file. ``str()`` names the file, what is wrong and what to do."""

    def __init__(self, path: Path | str, problem: str, way_out: str = "") -> None:
        self.path = Path(path)
        self.problem = problem
        self.way_out = way_out
        super().__init__(f"{str(path)!r}: {problem}" + (f" {way_out}" if way_out else ""))


class NotACollectionError(CollectionError):
    """The file is missing, empty, not JSON, or another kind of JSON."""


class NewerVersionError(CollectionError):
    """The file was written by a newer Strobe."""


class DamagedError(CollectionError):
    """A record or block of the file does not hold what the format promises."""


class CollectionExistsError(CollectionError):
    """A file of this name is there already and may not be overwritten."""


class PassNotRecordedError(CollectionError, IndexError):
    """The collection has no pass of this number (an ``IndexError``, so that iteration ends)."""


class BeingRecordedError(CollectionError):
    """Somebody records into the file at this moment."""

    def __init__(self, path: Path | str, who: str) -> None:
        way_out = "Wait until that run has ended, close its collector, or choose another name."
        super().__init__(path, f"is being recorded by {who}.", way_out)
