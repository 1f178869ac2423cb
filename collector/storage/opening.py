"""Opens whatever is a collection: our own, or one of the original visualizer."""

from pathlib import Path

from collector.storage.header import LegacyFormatError
from collector.storage.legacy.collection import LegacyCollection
from collector.storage.paths import expanded
from collector.storage.reader import Collection


def open_collection(path: Path | str) -> Collection:
    """Open a collection of any size in a moment: only its first and last lines are read.

    One of the original visualizer is read as a whole, and converted.

    Raises:
        CollectionError: what is wrong with the file, in words.
    """
    path = expanded(path)
    try:
        return Collection(path)
    except LegacyFormatError:
        return LegacyCollection(path)
