"""The one door to the bytes of a file, wherever it lies."""

import io
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from collector.storage.errors import NotACollectionError
from collector.storage.other_files import way_in
from collector.storage.paths import AnyPath, RemotePath


class Source(Protocol):
    """A file that is read at any place, from several threads.

    Attributes:
        is_remote: whether what is read comes over a network.
        n_bytes: that have come over a network.
    """

    is_remote: bool
    n_bytes: int

    @property
    def size(self) -> int:
        """Bytes; of a file that lies elsewhere as of the last `look`."""

    @property
    def is_replaced(self) -> bool:
        """Whether another file stands under the name now; this one stays readable."""

    def look(self) -> None:
        """See what has become of the file."""

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset`` on, fewer at the end of the file."""

    def close(self) -> None:
        """Give it back."""


class LocalFile:
    """A file of this machine.

    Args:
        file: open for reading, without a buffer.
        path: its name.
    """

    is_remote = False
    n_bytes = 0

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path

    @property
    def size(self) -> int:
        """Bytes, now."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def is_replaced(self) -> bool:
        """Whether another file stands under the name now, as when the run goes on; this one stays readable."""
        try:
            now, own = self._path.stat(), os.fstat(self._file.fileno())
        except (OSError, ValueError):  # gone, or closed
            return False
        return (now.st_dev, now.st_ino) != (own.st_dev, own.st_ino)

    @property
    def closed(self) -> bool:
        """Whether it can be read no more."""
        return self._file.closed

    def look(self) -> None:
        """Nothing has to be asked for."""

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset`` on, fewer at the end of the file; safe from several threads."""
        if hasattr(os, "pread"):
            pieces = []
            while length > 0 and (piece := os.pread(self._file.fileno(), length, offset)):
                pieces.append(piece)
                offset, length = offset + len(piece), length - len(piece)
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        with self._path.open("rb") as own:
            own.seek(offset)
            return own.read(max(0, length))

    def close(self) -> None:
        """Close it."""
        self._file.close()

    def __enter__(self) -> "LocalFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Stream(io.RawIOBase):
    """A source from its beginning to its end, for what reads files line by line: put an `io.BufferedReader` on it."""

    def __init__(self, source: Source) -> None:
        self._source, self._at = source, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        text = self._source.read_at(self._at, len(buffer))
        buffer[: len(text)] = text
        self._at += len(text)
        return len(text)


def source_of(place: AnyPath) -> Source:
    """The file, open for reading.

    Raises:
        NotACollectionError: there is none, or it is no regular file, or may not be read, or is out of reach.
    """
    if isinstance(place, RemotePath):
        from collector.storage.remote_file import RemoteFile

        return RemoteFile(place)
    return open_file(place)


def open_file(path: Path) -> LocalFile:
    """A file of this machine, open for reading.

    Raises:
        NotACollectionError: there is none, or it is no regular file, or may not be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise NotACollectionError(path, "is a folder.", way_in(path) or "Open the collection (*.json) in it.")
        # Opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(mode):
            raise NotACollectionError(path, "is a device or a pipe, not a file.", "Open a file that a run has left.")
        return LocalFile(path.open("rb", buffering=0), path)
    except (FileNotFoundError, ValueError):
        # A name with a NUL byte is a ValueError.
        raise NotACollectionError(path, "there is no such file.", "Check the name.") from None
    except OSError as error:
        raise NotACollectionError(
            path, f"cannot be opened: {error.strerror}.", "Check the name and the permissions."
        ) from None
