"""Writes a collection, one whole line at a time, so that it can be read at any moment and after any end."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import msgspec
import numpy as np

from collector.storage.beside import going_on, made_beside, remove_litter
from collector.storage.checksums import HEADER, KIND, SUMMARY, Piece, crc32, crc_of, field, resealed, sealed
from collector.storage.columns import Columns
from collector.storage.earlier import EarlierRun
from collector.storage.encode import encode
from collector.storage.errors import BeingRecordedError, CollectionExistsError
from collector.storage.header import LINE_END, parse_header
from collector.storage.kept import REPEATED, Kept, step_of
from collector.storage.locks import Claim
from collector.storage.owned_file import OwnedFile, flush_folder
from collector.storage.pass_parts import sealed_pass
from collector.storage.paths import expanded
from collector.storage.rescue import Remembered, survivors, told
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

_LARGEST_HEADER_KEPT = 2**25
"""A longer first line is not kept in memory, for the case that somebody cuts the file off within it."""


class CollectionWriter:
    """Appends records to a collection. A context manager: leaving it writes the index.

    The file is locked until it is closed. One that is replaced keeps its place until the new one has its header, and
    all that stays of an earlier run; it stays whole for whoever has it open. A failed write leaves the file cut back
    to its last whole line and raises ``OSError``; from then on the writer is closed. Where somebody deletes, replaces
    or cuts off the file, writing goes on in one beside it. In a child that the process forks nothing is written.

    Args:
        path: the file; its folder is made where it is missing.
        header: what stands in the first line; array fields may hold NumPy arrays.
        overwrite: replace a file of this name.
        earlier: go on with this one, which lies under ``path``: what stays of it comes first.
        durable: wait at each pass, and at the end, until it is on the disk.

    Attributes:
        path: where it writes.
        price: what the summary will say that recording has cost.
        say: is given what the person who trains has to know; left alone, it becomes a note in the file.

    Raises:
        CollectionExistsError: the file exists and ``overwrite`` is False.
        BeingRecordedError: somebody records into the file.
        CollectionError: the earlier run is another one.
        ValueError: the header could not be read back; no file is made.
        OSError: the folder or the file cannot be written.
    """

    def __init__(
        self,
        path: Path | str,
        header: Header | bytes,
        *,
        overwrite: bool = False,
        earlier: EarlierRun | None = None,
        durable: bool = False,
    ) -> None:
        self.path = expanded(path)
        self.price: PriceRecord | None = None
        self.say: Callable[[str], None] | None = None
        self._named = self.path.absolute()
        self._durable = durable
        self._is_elsewhere = False
        self._tail = (0, 0)
        self._forget()
        try:
            if earlier is not None and isinstance(header, Header):
                created = msgspec.structs.replace(header.run, created=earlier.header.run.created)
                header = msgspec.structs.replace(header, run=created)
            line = header if isinstance(header, bytes) else _first_line(header)
            now = parse_header(line)  # a run of hours must not end in a file that nobody can open
            if earlier is not None:
                earlier.check(now)
            self._header_end, self._header_crc = len(line), crc32(line)
            self._header = line if len(line) <= _LARGEST_HEADER_KEPT else b""
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._create(line, overwrite, earlier)
        finally:
            if earlier is not None:
                earlier.release()
        if not self._file.is_locked:
            self._tell("The file system keeps no locks: nothing keeps a second run from recording into this file.")
        if earlier is not None:
            self.write(earlier.mark())
            for remark in earlier.remarks(now):
                self.write(NoteRecord(earlier.step, remark))

    def _forget(self) -> None:
        """As before the first record."""
        self._index: list[IndexEntry] = []
        self._columns = Columns()
        self._epochs: list[EpochRecord] = []
        self._notes: list[NoteRecord] = []
        self._resumes: list[ResumeRecord] = []
        self._n_passes = 0
        self._n_steps = 0

    @property
    def closed(self) -> bool:
        """Whether nothing is written any more."""
        return self._file.is_closed

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
        remove_litter(place.parent)
        claim = Claim(place) if replacing and earlier is None else None
        try:
            self._file = made_beside(place) if replacing else OwnedFile(place)
        except FileExistsError:
            way_out = "Choose another name or overwrite it."
            raise CollectionExistsError(self.path, "exists already.", way_out) from None
        try:
            self._file.append([line])
            if earlier is not None:
                for kept in earlier.records():
                    self.take_over(kept)
                self._file.path.chmod(place.stat().st_mode & 0o777)
            if earlier is not None or self._durable:
                self._file.sync()  # what takes the place of the only copy has to be on the disk
            if replacing:
                self._file.take_place(place)
            if self._durable:
                flush_folder(self._file.path.parent)
        except BaseException:
            self._file.close()
            self._file.path.unlink(missing_ok=True)
            raise
        finally:
            if claim is not None:
                claim.release()

    def take_over(self, kept: Kept) -> None:
        """Append a record of another collection as it stands there.

        Raises:
            OSError: the disk is full or gone.
        """
        text = resealed(kept.kind, b"".join(kept.text)) if kept.is_changed else kept.text
        self._index.append((kept.kind, kept.step, *self._append_line(text)))
        if kept.record is not None:
            self._remember(kept.record)

    def write(self, record: Record) -> None:
        """Append one record; it is on its way to the disk when this returns.

        Raises:
            ValueError: the record cannot be stored (see `encode`), a column has another length than its steps, or
                the writer is closed; nothing is written.
            OSError: the disk is full or gone; the file ends with the record before this one.
        """
        if not self._file.is_ours:
            return
        if self.closed:
            raise ValueError(f"{self.path} is closed")
        self._look_after()
        if isinstance(record, StepsRecord):
            record = _with_arrays(record)
        elif isinstance(record, PassRecord) and self._is_elsewhere:
            record = msgspec.structs.replace(record, number=self._n_passes)  # some before it may be lost
        kind = _kind_of(record)
        text = sealed_pass(record) if isinstance(record, PassRecord) else sealed(kind, encode(record))
        try:
            place = self._append_line(text)
            if self._durable and kind == "pass":
                self._file.sync()
        except OSError:
            self._file.close()
            raise
        self._index.append((kind, step_of(record), *place))
        self._remember(record)

    def _tell(self, text: str) -> None:
        if self.say is None:
            self.write(NoteRecord(self._n_steps, text))
        else:
            self.say(text)

    def _append_line(self, pieces: Sequence[Piece]) -> tuple[int, int]:
        """Write a record's text; its offset and length."""
        start = self._file.size
        comma = b"," if start > self._header_end else b""
        end = self._file.append([comma, *pieces, b"\n"])
        return start + len(comma), end - start - len(comma) - 1

    def _look_after(self) -> None:
        """Go on beside the file where somebody has done something to it.

        Raises:
            OSError: that is not possible either.
        """
        change = self._file.change()
        if change:
            try:
                told = self._go_on_beside(change)
            except OSError:
                self._file.close()
                raise
            self._tell(told)
        elif not self._is_elsewhere and self._file.is_elsewhere:
            self._is_elsewhere = True
            self._tell(f"{str(self.path)!r} was moved while it was recorded; recording goes on in the moved file.")

    def _go_on_beside(self, change: str) -> str:
        """Write into another file, with all that is left of this one; what has to be told."""
        before, old, index, whole = self.path, self._file, self._index, self._remembered()
        line = old.read(0, self._header_end)
        if crc32(line) != self._header_crc:
            line = self._header
        if not line:
            old.close()
            raise OSError(f"it {change}, and its first line with it")
        n_passes, n_steps = self._n_passes, self._n_steps
        self._file, self._is_elsewhere = going_on(self._named), True
        self.path = self._file.path
        self._forget()
        self._file.append([line])
        for kept in survivors(old, index):
            self.take_over(kept)
        old.close()
        n_lost_passes = n_passes - self._n_passes
        n_lost = sum(kind not in REPEATED for kind, *_ in index) - sum(kind not in REPEATED for kind, *_ in self._index)
        for record in list(self._remembered().lacking(whole, n_steps)):
            self.take_over(Kept(_kind_of(record), step_of(record), encode(record), record, is_changed=True))
        self._n_steps = n_steps
        return told(before, change, self.path, n_lost_passes, n_lost - n_lost_passes)

    def _remembered(self) -> Remembered:
        return Remembered(self._columns, self._epochs, self._notes, self._resumes)

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
        return self._file.size

    def close(self) -> None:
        """Write the summary and the index; the collection is finished.

        Raises:
            OSError: they did not fit; the file then stays a readable, unfinished collection.
        """
        if self.closed or not self._file.is_ours:
            return
        try:
            self._look_after()
            self._tail = self._file.size, self._file.append(self._last_line())
            if self._durable:
                self._file.sync()
        finally:
            self._file.close()

    def reopen(self, *, without_last: str = "") -> int:
        """Go on with a file that `close` finished: the summary and index are cut off. The number of passes in it.

        Args:
            without_last: the last record is cut off too if it is of this kind, as ``pass``.

        Raises:
            OSError: the file is gone, or is no longer what was left, or somebody records into it; it is not touched.
        """
        if not self._file.is_ours:
            return self._n_passes
        try:
            file = OwnedFile(self._file.path, is_new=False)
        except BeingRecordedError as error:
            raise OSError(error.problem) from None
        start, end = self._tail
        if file.size != end:
            file.close()
            raise OSError("the file was changed since it was finished")
        if self._index and self._index[-1][0] == without_last:
            kind, _, offset, _ = self._index.pop()
            start = offset - (offset > self._header_end)
            self._n_passes -= kind == "pass"
        file.cut(start)
        self._file = file
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
        pieces[-1] = pieces[-1].removesuffix(b',"index_at":0}')
        crc = field(SUMMARY, crc_of(pieces))
        return [*pieces, crc, f',"index_at":{self._file.size:{INDEX_AT_DIGITS}}}}\n'.encode()]

    def __enter__(self) -> "CollectionWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _first_line(header: Header) -> bytes:
    text = b"".join(encode(msgspec.structs.replace(header, checksums=KIND))).removesuffix(b"}")
    return text + field(HEADER, crc32(text)) + LINE_END + b"\n"


def _with_arrays(record: StepsRecord) -> StepsRecord:
    """The record with every column an array: a list could not hold NaN."""
    columns = {name: np.asarray(values) for name, values in record.columns.items()}
    for name, values in columns.items():
        if values.shape != (len(record.steps),) or values.dtype.kind not in "iuf":
            problem = f"has shape {values.shape} and type {values.dtype}"
            raise ValueError(f"column {name!r} of steps {record.start} to {record.stop} {problem}")
    return msgspec.structs.replace(record, columns=columns)


def _kind_of(record: Record) -> str:
    return type(record).__struct_config__.tag  # type: ignore[return-value]
