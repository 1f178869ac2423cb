"""A file that lies elsewhere, read by ranges through fsspec: no more of it comes here than is looked at."""

import time
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from collector.storage.block_cache import BlockCache
from collector.storage.errors import NotACollectionError, UnreachableError
from collector.storage.paths import RemotePath
from collector.storage.remote_errors import Trouble, trouble_of

FIRST_BYTES, LAST_BYTES = 2**17, 2**19
"""What is read of a file as soon as it is opened: where its first line is, and its index."""

PAUSES = (0.1, 0.4, 1.6)
"""Seconds before a request that has failed is made again."""

CONNECT_SECONDS, SILENCE_SECONDS = 5.0, 10.0
"""Longer is not waited for a connection, and for the next byte of an answer."""

_COMPARED_BYTES = 1024
"""Of the beginning of a file that has changed; when a run began stands in them."""

_VERSION = ("ETag", "etag", "Last-Modified", "LastModified", "mtime", "updated", "generation")


_shared: WeakValueDictionary[tuple[str, str], BlockCache] = WeakValueDictionary()
"""One for all that read the same version of a file at the same time, by address and version."""

_sharing = Lock()


class RemoteFile:
    """A file behind an address. May be read from several threads.

    What fails for a moment is asked for again; where that does not help, the error says that the file is out of reach,
    and the next time that something is read it is tried anew.

    Attributes:
        size: in bytes, as of the last `look`.
        is_replaced: whether another file stands behind the address since; what is kept of this one stays readable.
        n_requests: so many parts were asked for.
        n_bytes: so many bytes have come.

    Args:
        path: its address.

    Raises:
        NotACollectionError: it cannot be opened, in words.
    """

    is_remote = True

    def __init__(self, path: RemotePath) -> None:
        self.path = path
        self.is_replaced = self._is_closed = False
        self.n_requests = self.n_bytes = 0
        self._counting = Lock()
        try:
            self._system, self._name = _file_system(path)
            self.size, self._version = self._asked()
            self._handles = _Handles(self._system, self._name, self.size)
            with _sharing:
                key = (path.address, f"{self._version} {self.size}" if self._version else str(id(self)))
                self._blocks = _shared.setdefault(key, BlockCache())
            ends = [(0, FIRST_BYTES), (max(0, self.size - LAST_BYTES), self.size)]
            self._blocks.fill(ends, self.size, self._bring)
        except UnreachableError as error:
            raise NotACollectionError(path, error.problem, error.way_out) from None
        except _Gone as error:
            raise NotACollectionError(path, error.trouble.problem, error.trouble.way_out) from None

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset`` on, fewer at the end of the file.

        Raises:
            UnreachableError: they cannot be had now.
        """
        if self._is_closed:
            raise ValueError("read of a closed file")
        return self._blocks.read(offset, offset + max(0, length), self.size, self._bring)

    def look(self) -> None:
        """Ask how large the file is by now.

        Raises:
            UnreachableError: that cannot be told now.
        """
        if self.is_replaced:
            return
        size, version = self._asked()
        if (size, version) == (self.size, self._version):
            return
        before = self.read_at(0, min(_COMPARED_BYTES, self.size))
        handles = _Handles(self._system, self._name, size)
        self.is_replaced = size < self.size or self._bring(0, len(before), handles) != before
        if not self.is_replaced:
            self._handles, self.size, self._version = handles, size, version

    def close(self) -> None:
        """Read nothing any more."""
        self._is_closed = True
        self._handles.close()

    def _asked(self) -> tuple[int, str]:
        """Size and version of what is behind the address now."""

        def ask() -> tuple[int, str]:
            self._system.invalidate_cache(self._name)
            found = self._system.info(self._name)
            if found.get("type") == "directory":
                raise _Gone(Trouble("is a folder.", "Name the collection (*.json) in it."))
            if found.get("size") is None:
                raise _Gone(Trouble("its server does not say how long it is.", "Download it, and open the copy."))
            return int(found["size"]), " ".join(str(found[each]) for each in _VERSION if each in found)

        return self._patiently(ask)

    def _bring(self, start: int, stop: int, handles: "_Handles | None" = None) -> bytes:
        """Make one request, again where it fails for a moment."""

        def bring() -> bytes:
            text = (handles or self._handles).read(start, stop)
            with self._counting:
                self.n_bytes += len(text)
            if len(text) != stop - start:
                raise EOFError(f"{len(text):,} of {stop - start:,} bytes have come")
            return text

        return self._patiently(bring)

    def _patiently(self, ask: Any) -> Any:
        for pause in (*PAUSES, None):
            with self._counting:
                self.n_requests += 1
            try:
                return ask()
            except _Gone:
                raise
            except Exception as error:  # noqa: BLE001 - each file system has its own
                trouble = trouble_of(error, self.path)
                if not trouble.is_passing or pause is None or self._is_closed:
                    raise UnreachableError(self.path, trouble.problem, trouble.way_out) from None
            time.sleep(pause)
        raise AssertionError("the last try has returned or raised")


class _Gone(Exception):
    """There is nothing that could be read, now or later."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.problem)
        self.trouble = trouble


class _Handles:
    """Files of fsspec on one file of a known size: each is for one thread at a time."""

    def __init__(self, system: Any, name: str, size: int) -> None:
        self._system, self._name, self._size = system, name, size
        self._idle: LifoQueue[Any] = LifoQueue()

    def read(self, start: int, stop: int) -> bytes:
        """A part of it, in one request."""
        try:
            file = self._idle.get_nowait()
        except Empty:
            file = self._system.open(self._name, "rb", block_size=2**16, cache_type="none", size=self._size)
        file.seek(start)
        text: bytes = file.read(stop - start)
        self._idle.put(file)  # one that has failed is not used again
        return text

    def close(self) -> None:
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()


def _file_system(path: RemotePath) -> tuple[Any, str]:
    """What reads files of this kind of address, and the file's name there."""
    options: dict[str, Any] = {}
    try:
        from fsspec.core import url_to_fs

        if path.scheme in ("http", "https"):
            from aiohttp import ClientTimeout

            times = ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
            # what is compressed on its way has other places
            options = {
                "client_kwargs": {"timeout": times, "trust_env": True},
                "headers": {"Accept-Encoding": "identity"},
            }
        found: tuple[Any, str] = url_to_fs(path.address, **options)
    except Exception as error:  # noqa: BLE001 - each file system has its own
        raise _Gone(trouble_of(error, path)) from None
    return found
