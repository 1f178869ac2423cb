"""Opens whatever is a collection: our own, or one of the original visualizer."""

import sys

from collector.storage.header import LegacyFormatError
from collector.storage.legacy.collection import LegacyCollection
from collector.storage.paths import AnyPath, located
from collector.storage.reader import Collection


def open_whole(path: AnyPath | str, *, reads_all: bool = False) -> Collection:
    """A collection for somebody who has to know all of it; what comes over a network for that is said beforehand.

    Args:
        path: of the file.
        reads_all: whether every byte will be read.

    Raises:
        CollectionError, UnreachableError: see `open_collection`.
    """
    collection = open_collection(path)
    n_bytes = collection.n_bytes if reads_all and collection.is_remote else collection.unread
    if n_bytes:
        why = "" if reads_all else " The run has not ended, so that there is no index."
        sys.stderr.write(f"Reading {n_bytes:,} bytes over the network.{why}\n")
    return collection.catch_up()


def open_collection(path: AnyPath | str) -> Collection:
    """Open a collection of any size in a moment: only its first and last lines are read.

    One of the original visualizer is read as a whole, and converted.

    What lies elsewhere (``https://…``, ``s3://…``, ``gs://…``, ``ssh://…``) is read by ranges as it is asked for, with
    the extra ``remote``. Of a run there that has not ended the file has no index: `Collection.unread` says how much of
    it was not looked at yet, which `Collection.refresh` does portion by portion, and `Collection.catch_up` at once.

    Raises:
        CollectionError: what is wrong with the file, in words.
        UnreachableError: it lies elsewhere, and the connection broke while it was opened. What is read later may raise
            it too, and can be asked for again.
    """
    path = located(path)
    try:
        return Collection(path)
    except LegacyFormatError:
        return LegacyCollection(path)
