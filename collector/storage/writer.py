"""Writes a collection, one whole line at a time, so that it can be read at any moment and after any end."""

import os
from pathlib import Path
from types import TracebackType

import numpy as np

from collector.storage.columns import Columns
from collector.storage.encode import encode
from collector.storage.errors import CollectionExistsError
from collector.storage.schema import (
    EpochRecord,
    Header,
    IndexEntry,
    NoteRecord,
    PassRecord,
    Record,
    StepsRecord,
    Summary,
    Tail,
)

INDEX_AT_DIGITS = 15
"""Width of the number that ends the file, padded with spaces: JSON allows no leading zeros."""

_MOST_PIECES = 512
_CAN_GATHER = hasattr(os, "writev")


class CollectionWriter:
    """Appends records to a new collection. A context manager: leaving it writes the index.

    A file that is replaced keeps its place until the new one has its header, and stays whole for whoever has it
    open. A failed write leaves the file cut back to its last whole line and raises ``OSError``; from then on the
    writer is closed.

    Args:
        path: the file; its folder is made where it is missing.
        header: what stands in the first line; array fields may hold NumPy arrays.
        overwrite: replace a file of this name.

    Raises:
        CollectionExistsError: the file exists and ``overwrite`` is False.
        OSError: the folder or the file cannot be written.
    """

    def __init__(self, path: Path | str, header: Header, *, overwrite: bool = False) -> None:
        self.path = Path(path)
        self.closed = False
        self._index: list[IndexEntry] = []
        self._columns = Columns()
        self._epochs: list[EpochRecord] = []
        self._notes: list[NoteRecord] = []
        self._n_passes = 0
        self._n_steps = 0
        self._end = 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._create(header, overwrite)

    def _create(self, header: Header, overwrite: bool) -> int:
        pieces = encode(header)
        pieces[-1] = pieces[-1].removesuffix(b"}") + b',"records":[\n'
        replacing = overwrite and self.path.exists()
        name = self.path.with_name(f".{self.path.name}.{os.getpid()}") if replacing else self.path
        try:
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        except FileExistsError:
            raise CollectionExistsError(name, "exists already.", "Choose another name or overwrite it.") from None
        try:
            self._end = _write_all(file, pieces)
            if replacing:
                os.replace(name, self.path)
        except BaseException:
            os.close(file)
            name.unlink(missing_ok=True)
            raise
        return file

    def write(self, record: Record) -> None:
        """Append one record; it is on its way to the disk when this returns.

        Raises:
            BlockError: an array of a type the format does not know; nothing is written.
            OSError: the disk is full or gone; the file ends with the record before this one.
        """
        if self.closed:
            raise ValueError(f"{self.path} is closed")
        pieces = encode(record)
        comma = b"," if self._index else b""
        offset = self._end
        self._append([comma, *pieces, b"\n"])
        kind, step = _kind_and_step(record)
        self._index.append((kind, step, offset + len(comma), self._end - offset - len(comma) - 1))
        self._remember(record)

    def _remember(self, record: Record) -> None:
        match record:
            case PassRecord():
                self._n_passes += 1
                self._n_steps = max(self._n_steps, record.step)
            case StepsRecord():
                self._columns.add(record.start, {name: np.asarray(v) for name, v in record.columns.items()})
                self._n_steps = max(self._n_steps, record.stop)
            case EpochRecord():
                self._epochs.append(record)
            case NoteRecord():
                self._notes.append(record)

    def _append(self, pieces: list[bytes]) -> None:
        try:
            self._end += _write_all(self._file, pieces)
        except OSError:
            self._cut_back()
            raise

    def _cut_back(self) -> None:
        self.closed = True
        try:
            os.ftruncate(self._file, self._end)
        finally:
            os.close(self._file)

    def close(self) -> None:
        """Write the summary and the index; the collection is finished.

        Raises:
            OSError: they did not fit; the file then stays a readable, unfinished collection.
        """
        if self.closed:
            return
        summary = Summary(
            passes=self._n_passes,
            steps=self._n_steps,
            columns=self._columns.to_schema(),
            epochs=self._epochs,
            notes=self._notes,
        )
        pieces = encode(Tail(summary=summary, index=self._index, index_at=0))
        pieces[0] = b"]," + pieces[0].removeprefix(b"{")
        pieces[-1] = (
            pieces[-1].removesuffix(b'"index_at":0}') + f'"index_at":{self._end:{INDEX_AT_DIGITS}}}}\n'.encode()
        )
        self._append(pieces)
        self.closed = True
        os.close(self._file)

    def __enter__(self) -> "CollectionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _kind_and_step(record: Record) -> tuple[str, int]:
    kind: str = type(record).__struct_config__.tag  # type: ignore[assignment]
    return kind, record.start if isinstance(record, StepsRecord) else record.step


def _write_all(file: int, pieces: list[bytes]) -> int:
    """Write the pieces in order, however many calls it takes; the number of bytes."""
    total = 0
    pending = [memoryview(piece) for piece in pieces if piece]
    while pending:
        written = os.writev(file, pending[:_MOST_PIECES]) if _CAN_GATHER else os.write(file, pending[0])
        total += written
        while pending and written >= len(pending[0]):
            written -= len(pending.pop(0))
        if written:
            pending[0] = pending[0][written:]
    return total
