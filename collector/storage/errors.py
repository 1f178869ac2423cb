"""What can be wrong with a collection, in words a person can act on."""

from collector.storage.paths import AnyPath, RemotePath, located, shown

MOST_DAMAGES = 100
"""So many damages of a file are told one by one."""


class BlockError(ValueError):
    """An array does not hold what its shape and type promise, or has no place in the format."""


class CollectionError(Exception):
    """A known problem with one file. ``str()`` names the file, what is wrong and what to do."""

    def __init__(self, path: AnyPath | str, problem: str, way_out: str = "") -> None:
        self.path = located(path)
        self.problem = problem
        self.way_out = way_out
        super().__init__(f"{shown(path)!r}: {problem}" + (f" {way_out}" if way_out else ""))


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

    def __init__(self, path: AnyPath | str, who: str) -> None:
        way_out = "Wait until that run has ended, close its collector, or choose another name."
        super().__init__(path, f"is being recorded by {who}.", way_out)


class UnreachableError(Exception):
    """A file that lies elsewhere cannot be reached now. ``str()`` names it, what is wrong and what to do.

    No `CollectionError`: nothing is wrong with the file, so whoever passes over what is damaged in it does not pass
    over this. Whoever tries again goes on where he was.
    """

    def __init__(self, path: RemotePath, problem: str, way_out: str = "") -> None:
        self.path = path
        self.problem = problem
        self.way_out = way_out
        super().__init__(f"{path.shown!r}: {problem}" + (f" {way_out}" if way_out else ""))
