"""Locks that say who records into a file: advisory, for writers only, and gone with the process that holds them."""

import errno
import gc
import os
import stat
import time
import weakref
from contextlib import suppress
from pathlib import Path

from collector.storage.errors import BeingRecordedError
from collector.storage.paths import AnyPath, RemotePath

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_FAR_BEHIND = 2**62
"""Windows locks bytes rather than files, and nobody may read them: one that no file has."""

_LOOKED_AT_SECONDS = 0.02
"""Somebody who only asks `is_being_recorded` holds a file for much less."""

_here: set[tuple[int, int]] = set()
"""Device and number of the files that this process holds."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_here.clear)


def lock(file: int, path: Path) -> bool:
    """Hold the open file until it is closed; False where its file system knows no locks.

    Raises:
        BeingRecordedError: somebody holds it.
    """
    try:
        try:
            _lock(file)
        except OSError:
            if _number(file) in _here:
                gc.collect()  # an owner that nobody knows any more may only wait to be thrown away
            else:
                time.sleep(_LOOKED_AT_SECONDS)
            _lock(file)
    except OSError as error:
        if error.errno in _HELD:
            raise BeingRecordedError(path, _who(file)) from None
        return False
    _here.add(_number(file))
    return True


def is_being_recorded(path: AnyPath) -> bool | None:
    """Whether a collector holds the file of this name now; None where that cannot be told."""
    if isinstance(path, RemotePath) or (file := _opened(path)) is None:
        return None
    try:
        if _number(file) in _here:
            return True
        _probe(file)
    except OSError as error:
        return True if error.errno in _HELD else None
    finally:
        os.close(file)
    return False


def unlock(file: int) -> None:
    """Let the file go, for children of this process too, which have inherited it."""
    _here.discard(_number(file))
    with suppress(OSError):  # it was never locked
        _unlock(file)


if fcntl is not None:

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)

    def _probe(file: int) -> None:
        """Raises OSError where somebody holds it."""
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)

else:

    def _lock(file: int) -> None:
        import msvcrt

        os.lseek(file, _FAR_BEHIND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _unlock(file: int) -> None:
        import msvcrt

        os.lseek(file, _FAR_BEHIND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

    def _probe(file: int) -> None:
        _lock(file)
        _unlock(file)


def _number(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_dev, status.st_ino


def _who(file: int) -> str:
    """Who holds it, as far as the system tells."""
    device, number = _number(file)
    if (device, number) in _here:
        return "this process, in which an earlier collector of it was not closed"
    wanted = f"{os.major(device):02x}:{os.minor(device):02x}:{number}" if hasattr(os, "major") else ""
    try:
        held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    except OSError:
        held = []
    for fields in held:
        if wanted in fields and (at := fields.index(wanted)) and fields[at - 1].isdecimal() and fields[at - 1] != "0":
            return f"process {fields[at - 1]}"
    return "another process"


class Claim:
    """A file that is to be replaced or gone on with, held so that nobody begins to record into it meanwhile.

    Nothing is held where there is no such file, or where it may not be opened.

    Raises:
        BeingRecordedError: somebody records into it.
    """

    def __init__(self, path: Path) -> None:
        self._release = lambda: None
        while (file := _opened(path)) is not None:
            try:
                lock(file, path)
                is_it = _is_at(file, path)
            except BaseException:
                os.close(file)
                raise
            if is_it:
                self._release = weakref.finalize(self, _let_go, file)
                return
            _let_go(file)  # another one has taken its place since

    def release(self) -> None:
        """Let it go."""
        self._release()


def _opened(path: Path) -> int | None:
    for how in (os.O_RDWR, os.O_RDONLY):
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait
                return None
            return os.open(path, how | getattr(os, "O_BINARY", 0))
        except PermissionError:
            continue
        except (OSError, ValueError):
            return None
    return None


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _let_go(file: int) -> None:
    unlock(file)
    os.close(file)
