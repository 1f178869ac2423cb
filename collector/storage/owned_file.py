"""The file that a run records into: of one process alone, looked at before each write, and appended to in one go."""

import os
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path

from collector.storage.checksums import Piece
from collector.storage.errors import BlockError
from collector.storage.lines import LONGEST_LINE
from collector.storage.locks import lock, unlock

_MOST_PIECES = 512
_CAN_GATHER = hasattr(os, "writev")
_HOW = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)

_open: "weakref.WeakSet[OwnedFile]" = weakref.WeakSet()


class OwnedFile:
    """A locked file, open for appending. A child that the process forks has no part in it.

    Attributes:
        path: where it was made, absolute.
        size: bytes that were written.
        is_locked: False where its file system knows no locks.

    Args:
        path: the file.
        is_new: make it; None may be there.

    Raises:
        FileExistsError: there is one.
        BeingRecordedError: somebody records into it.
        OSError: it cannot be made or opened.
    """

    def __init__(self, path: Path, *, is_new: bool = True) -> None:
        self._process = os.getpid()
        self._open(path, os.O_CREAT | os.O_EXCL if is_new else 0)
        _open.add(self)

    def _open(self, path: Path, how: int) -> None:
        self.path = path.absolute()
        self._file = os.open(self.path, _HOW | how, 0o666)
        self._close = weakref.finalize(self, _close, self._file, self._process)
        try:
            self.is_locked = lock(self._file, path)
        except BaseException:
            self._close()
            raise
        self._status = os.fstat(self._file)
        self.size = self._status.st_size

    @property
    def is_ours(self) -> bool:
        """Whether this process opened it: False in a child that was forked since."""
        return os.getpid() == self._process

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be written any more."""
        return not self._close.alive

    def change(self) -> str:
        """What somebody has done to it since the last write, completing "it …"; empty: nothing."""
        status = os.fstat(self._file)
        if not status.st_nlink:
            return "was replaced by another file" if os.path.lexists(self.path) else "was deleted"
        if status.st_size < self.size:
            return "was cut off"
        return "was written to by another program" if status.st_size > self.size else ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it has another name now; nothing is lost by that."""
        try:
            return not os.path.samestat(self._status, self.path.stat())
        except OSError:
            return True

    def append(self, pieces: Sequence[Piece]) -> int:
        """Write the pieces or nothing; the size of the file afterwards.

        Raises:
            BlockError: they are longer than a reader takes.
            OSError: the disk is full or gone.
        """
        start, length = self.size, sum(map(len, pieces))
        if length > LONGEST_LINE:
            raise BlockError(f"a record of {length:,} bytes is longer than a reader takes")
        try:
            self.size = start + length
            _write_all(self._file, pieces)
        except BaseException:
            # Ctrl-C in the middle of a line ends here too, and the index still has to be written after it.
            self.cut(start)
            raise
        return self.size

    def cut(self, size: int) -> None:
        """Take back what was written behind ``size``."""
        os.ftruncate(self._file, size)
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """What is in the file, fewer bytes at its end; also where it was deleted."""
        pieces = []
        while length > 0 and (piece := _pread(self._file, length, offset)):
            pieces.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return b"".join(pieces)

    def sync(self) -> None:
        """Wait until what was written is on the disk, where a loss of power leaves it."""
        flush_to_disk(self._file)

    def take_place(self, place: Path) -> None:
        """Be the file of this name from now on, in the place of whatever is there."""
        if os.name == "nt":  # which renames no open file
            self._close()
            self.path.replace(place)
            self._open(place, 0)
        else:
            self.path.replace(place)
            self.path = place.absolute()

    def close(self) -> None:
        """Let it go. Calling it again does nothing."""
        self._close()


def flush_to_disk(file: int) -> None:
    """Wait until a file or folder is on the disk."""
    if sys.platform == "darwin":  # where fsync leaves it in the cache of the disk
        import fcntl

        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    else:
        os.fsync(file)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system lets folders be opened."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        flush_to_disk(opened)
    except OSError:  # some file systems flush files only
        pass
    finally:
        os.close(opened)


def _close(file: int, process: int) -> None:
    if os.getpid() == process:  # a child's unlocking would be the parent's too
        unlock(file)
    os.close(file)


def _leave_in_child() -> None:
    """A child gives back what it inherited, or the lock would outlive its owner."""
    for each in list(_open):
        each.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_in_child)


def _pread(file: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(file, length, offset)
    os.lseek(file, offset, os.SEEK_SET)
    return os.read(file, length)


def _write_all(file: int, pieces: Sequence[Piece]) -> None:
    """Write the pieces in order, however many calls it takes."""
    pending = [memoryview(piece) for piece in pieces if piece]
    while pending:
        written = os.writev(file, pending[:_MOST_PIECES]) if _CAN_GATHER else os.write(file, pending[0])
        while pending and written >= len(pending[0]):
            written -= len(pending.pop(0))
        if written:
            pending[0] = pending[0][written:]
