"""Writes a collection, one whole line at a time, so that it can be read at any moment and after any end."""

import os
import secrets
from pathlib import Path
from types import TracebackType

import msgspec
import numpy as np

from collector.storage.columns import Columns
from collector.storage.earlier import EarlierRun, Kept
from collector.storage.encode import encode
from collector.storage.errors import BlockError, CollectionExistsError
from collector.storage.header import parse_header
from collector.storage.lines import LONGEST_LINE
from collector.storage.schema import (
    EpochRecord,
    Header,
    IndexEntry,
    NoteRecord,
    PassRecord,
    PriceRecord,
    Record,
    ResumeRecord,
    StepsRecord,
    Summary,
    Tail,
)

INDEX_AT_DIGITS = 15
"""Width of the number that ends the file, padded with spaces: JSON allows no leading zeros."""

_MOST_PIECES = 512
_CAN_GATHER = hasattr(os, "writev")


class CollectionWriter:
    """Appends records to a collection. A context manager: leaving it writes the index.

    A file that is replaced keeps its place until the new one has its header, and all that stays of an earlier run;
    it stays whole for whoever has it open. A failed write leaves the file cut back to its last whole line and raises
    ``OSError``; from then on the writer is closed.

    Args:
        path: the file; its folder is made where it is missing.
        header: what stands in the first line; array fields may hold NumPy arrays.
        overwrite: replace a file of this name.
        earlier: go on with this one, which lies under ``path``: what stays of it comes first.

    Attributes:
        price: what the summary will say that recording has cost.

    Raises:
        CollectionExistsError: the file exists and ``overwrite`` is False.
        CollectionError: the earlier run is another one.
        ValueError: the header could not be read back; no file is made.
        OSError: the folder or the file cannot be written.
    """

    def __init__(
        self, path: Path | str, header: Header, *, overwrite: bool = False, earlier: EarlierRun | None = None
    ) -> None:
        self.path = Path(path)
        self.closed = False
        self._index: list[IndexEntry] = []
        self._columns = Columns()
        self._epochs: list[EpochRecord] = []
        self._notes: list[NoteRecord] = []
        self.price: PriceRecord | None = None
        self._resumes: list[ResumeRecord] = []
        self._n_passes = 0
        self._n_steps = 0
        self._tail = (0, 0)
        if earlier is not None:
            created = msgspec.structs.replace(header.run, created=earlier.header.run.created)
            header = msgspec.structs.replace(header, run=created)
        line = _first_line(header)
        now = parse_header(line)  # a run of hours must not end in a file that nobody can open
        if earlier is not None:
            earlier.check(now)
        self._header_end = len(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._create(line, overwrite, earlier)
        if earlier is not None:
            self.write(earlier.mark())
            for remark in earlier.remarks(now):
                self.write(NoteRecord(earlier.step, remark))

    @property
    def n_passes(self) -> int:
        """Passes in the file."""
        return self._n_passes

    @property
    def notes(self) -> tuple[NoteRecord, ...]:
        """Notes in the file."""
        return tuple(self._notes)

    def holds(self, kind: str) -> bool:
        """Whether the file has a record of this kind."""
        return any(each == kind for each, *_ in self._index)

    def _create(self, line: bytes, overwrite: bool, earlier: EarlierRun | None) -> None:
        """Make the file, beside the one that it replaces until all that has to be in it is there."""
        place = self.path if earlier is None else earlier.path
        replacing = earlier is not None or (overwrite and os.path.lexists(place))
        name = place.with_name(f".strobe-{secrets.token_hex(8)}") if replacing else place
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(name, flags, 0o666)
        except FileExistsError:
            way_out = "Choose another name or overwrite it."
            raise CollectionExistsError(self.path, "exists already.", way_out) from None
        try:
            _write_all(self._file, [line])
            if earlier is not None:
                for kept in earlier.records():
                    self._take_over(kept)
                name.chmod(place.stat().st_mode & 0o777)
                os.fsync(self._file)  # what takes the place of the only copy has to be on the disk
            if replacing:
                name.replace(place)
        except BaseException:
            os.close(self._file)
            name.unlink(missing_ok=True)
            raise

    def _take_over(self, kept: Kept) -> None:
        self._index.append((kept.kind, kept.step, *self._append_line(kept.text)))
        if kept.record is not None:
            self._remember(kept.record)

    def write(self, record: Record) -> None:
        """Append one record; it is on its way to the disk when this returns.

        Raises:
            ValueError: the record cannot be stored (see `encode`), a column has another length than its steps, or
                the writer is closed; nothing is written.
            OSError: the disk is full or gone; the file ends with the record before this one.
        """
        if self.closed:
            raise ValueError(f"{self.path} is closed")
        if isinstance(record, StepsRecord):
            record = _with_arrays(record)
        try:
            place = self._append_line(encode(record))
        except OSError:
            self._let_go()
            raise
        self._index.append((*_kind_and_step(record), *place))
        self._remember(record)

    def _append_line(self, pieces: list[bytes]) -> tuple[int, int]:
        """Write a record's text; its offset and length."""
        start = self._end()
        comma = b"," if start > self._header_end else b""
        end = self._append([comma, *pieces, b"\n"])
        return start + len(comma), end - start - len(comma) - 1

    def _remember(self, record: Record) -> None:
        match record:
            case PassRecord():
                self._n_passes += 1
                self._n_steps = max(self._n_steps, record.step)
            case StepsRecord():
                self._columns.add(record.start, record.columns, record.every)  # type: ignore[arg-type]
                self._n_steps = max(self._n_steps, record.start if record.is_end else record.stop)
            case EpochRecord():
                self._epochs.append(record)
            case NoteRecord():
                self._notes.append(record)
            case PriceRecord():
                self.price = record
            case ResumeRecord():
                self._resumes.append(record)

    @property
    def size(self) -> int:
        """Bytes of the file so far."""
        return self._end()

    def _end(self) -> int:
        # Asked of the file, so that no interrupted write leaves us with a wrong idea of it.
        return os.fstat(self._file).st_size

    def _append(self, pieces: list[bytes]) -> int:
        """Write the pieces or nothing; the size of the file afterwards."""
        start, length = self._end(), sum(map(len, pieces))
        if length > LONGEST_LINE:
            raise BlockError(f"a record of {length:,} bytes is longer than a reader takes")
        try:
            _write_all(self._file, pieces)
        except BaseException:
            # Ctrl-C in the middle of a line ends here too, and the index still has to be written after it.
            os.ftruncate(self._file, start)
            raise
        return start + length

    def _let_go(self) -> None:
        self.closed = True
        os.close(self._file)

    def close(self) -> None:
        """Write the summary and the index; the collection is finished.

        Raises:
            OSError: they did not fit; the file then stays a readable, unfinished collection.
        """
        if self.closed:
            return
        try:
            self._tail = self._end(), self._append(self._last_line())
        finally:
            self._let_go()

    def reopen(self, *, without_last: str = "") -> int:
        """Go on with a file that `close` finished: the summary and index are cut off. The number of passes in it.

        Args:
            without_last: the last record is cut off too if it is of this kind, as ``pass``.

        Raises:
            OSError: the file is gone, or is no longer what was left; it is not touched.
        """
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        start, end = self._tail
        if os.fstat(file).st_size != end:
            os.close(file)
            raise OSError("the file was changed since it was finished")
        if self._index and self._index[-1][0] == without_last:
            kind, _, offset, _ = self._index.pop()
            start = offset - (offset > self._header_end)
            self._n_passes -= kind == "pass"
        os.ftruncate(file, start)
        self._file, self.closed = file, False
        return self._n_passes

    def _last_line(self) -> list[bytes]:
        summary = Summary(
            passes=self._n_passes,
            steps=self._n_steps,
            columns=self._columns.to_schema(),
            epochs=self._epochs,
            notes=self._notes,
            price=self.price,
            resumes=self._resumes,
        )
        pieces = encode(Tail(summary=summary, index=self._index, index_at=0))
        pieces[0] = b"]," + pieces[0].removeprefix(b"{")
        pieces[-1] = pieces[-1].removesuffix(b"0}") + f"{self._end():{INDEX_AT_DIGITS}}}}\n".encode()
        return pieces

    def __enter__(self) -> "CollectionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _first_line(header: Header) -> bytes:
    return b"".join(encode(header)).removesuffix(b"}") + b',"records":[\n'


def _with_arrays(record: StepsRecord) -> StepsRecord:
    """The record with every column an array: a list could not hold NaN."""
    columns = {name: np.asarray(values) for name, values in record.columns.items()}
    for name, values in columns.items():
        if values.shape != (len(record.steps),) or values.dtype.kind not in "iuf":
            problem = f"has shape {values.shape} and type {values.dtype}"
            raise ValueError(f"column {name!r} of steps {record.start} to {record.stop} {problem}")
    return msgspec.structs.replace(record, columns=columns)


def _kind_and_step(record: Record) -> tuple[str, int]:
    kind: str = type(record).__struct_config__.tag  # type: ignore[assignment]
    return kind, record.start if isinstance(record, StepsRecord) else record.step


def _write_all(file: int, pieces: list[bytes]) -> None:
    """Write the pieces in order, however many calls it takes."""
    pending = [memoryview(piece) for piece in pieces if piece]
    while pending:
        written = os.writev(file, pending[:_MOST_PIECES]) if _CAN_GATHER else os.write(file, pending[0])
        while pending and written >= len(pending[0]):
            written -= len(pending.pop(0))
        if written:
            pending[0] = pending[0][written:]
