"""The collection file: what it holds (`FORMAT.md`), how it is written, how it is read. Needs NumPy and msgspec only."""

from collector.storage.errors import CollectionError, UnreachableError
from collector.storage.opening import open_collection
from collector.storage.reader import Collection
from collector.storage.writer import CollectionWriter

__all__ = ["Collection", "CollectionError", "CollectionWriter", "UnreachableError", "open_collection"]
