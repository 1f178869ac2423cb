"""Opens a collection: finished, cut off, or still growing."""

import os
from pathlib import Path
from types import TracebackType

import msgspec
import numpy as np

from collector.storage.blocks import BlockError, to_array
from collector.storage.columns import Columns, Series, from_schema
from collector.storage.errors import DamagedError, NotACollectionError
from collector.storage.header import read_header
from collector.storage.lines import entry_of, read_at, read_tail, whole_fragment, whole_lines
from collector.storage.passes import Passes
from collector.storage.schema import EpochRecord, IndexEntry, NoteRecord, StepsRecord, Tail


def open_collection(path: Path | str) -> "Collection":
    """Open a collection of any size in a moment: only its first and last lines are read.

    Raises:
        CollectionError: what is wrong with the file, in words.
    """
    return Collection(Path(path))


class Collection:
    """What a run left: ``run``, ``layers``, ``probe``, ``passes``, ``series``, ``epochs``, ``notes``.

    Attributes:
        finished: the run ended and the index was written. While it is False, `refresh` takes in what was added.
        run: what was trained, on what, how.
        layers: name → layer and its unit plan, in order of execution.
        probe: the samples that every pass was measured on; None where there were none.
        passes: read one by one when asked for.
        epochs: end of each epoch.
        notes: the collector's own warnings.
        damaged: what had to be passed over, a sentence for each.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            raise NotACollectionError(path, "is a folder.", "Open the collection (*.json) in it.")
        try:
            self._file = open(path, "rb", buffering=0)
        except FileNotFoundError:
            raise NotACollectionError(path, "there is no such file.", "Check the name.") from None
        except OSError as error:
            raise NotACollectionError(path, f"cannot be opened: {error.strerror}.") from None
        try:
            header = read_header(self._file, path)
        except BaseException:
            self._file.close()
            raise
        self.run = header.run
        self.layers = header.layers
        self.probe = header.probe
        self.passes = Passes(path, self._line)
        self.passes.expect(header.layers, None if header.probe is None else len(header.probe))
        self.epochs: list[EpochRecord] = []
        self.notes: list[NoteRecord] = []
        self.damaged: list[str] = []
        self.finished = False
        self.n_steps = 0
        self._columns = Columns()
        self._read_to = header.end
        size = self._size()
        tail = read_tail(self._file, header.end, size)
        if tail is None or not self._take_tail(tail):
            self._scan(size)
        self.series = Series(self._columns, self.n_steps)

    def refresh(self) -> bool:
        """Take in what was written since; whether there was anything."""
        size = self._size()
        if self.finished or size <= self._read_to:
            return False
        before = self._read_to, self.finished
        self._scan(size)
        self.series = Series(self._columns, self.n_steps)
        return before != (self._read_to, self.finished)

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def _line(self, entry: IndexEntry) -> bytes:
        return read_at(self._file, entry[2], entry[3])

    def _take_tail(self, tail: Tail) -> bool:
        try:
            columns = {name: from_schema(column) for name, column in tail.summary.columns.items()}
        except BlockError:
            return False
        for name, (steps, values) in columns.items():
            self._columns.put(name, steps, values)
        for entry in tail.index:
            if entry[0] == "pass":
                self.passes.add(entry)
        self.epochs, self.notes = tail.summary.epochs, tail.summary.notes
        self.n_steps = tail.summary.steps
        self.finished = True
        return True

    def _scan(self, size: int) -> None:
        """Take in every whole line from where the last look ended."""
        for line in whole_lines(self._file, self._read_to):
            if line.start.startswith(b'],"summary"'):
                self.finished = not self.damaged
            elif entry := entry_of(self._file, line):
                self._take(entry)
            elif line.start.strip(b" \r"):
                self.damaged.append(f"The line at byte {line.offset:,} could not be read and was passed over.")
            self._read_to = line.offset + line.length + 1
        if self._read_to < size and (fragment := whole_fragment(self._file, self._read_to, size)):
            self._take(entry_of(self._file, fragment) or ("", 0, 0, 0))
            self._read_to = size

    def _take(self, entry: IndexEntry) -> None:
        kind, step = entry[:2]
        try:
            match kind:
                case "pass":
                    self.passes.add(entry)
                    self.n_steps = max(self.n_steps, step)
                case "steps":
                    record = msgspec.json.decode(self._line(entry), type=StepsRecord)
                    self._columns.add(record.start, _values(record))
                    self.n_steps = max(self.n_steps, record.stop)
                case "epoch":
                    self.epochs.append(msgspec.json.decode(self._line(entry), type=EpochRecord))
                case "note":
                    self.notes.append(msgspec.json.decode(self._line(entry), type=NoteRecord))
        except (msgspec.DecodeError, BlockError, RecursionError) as error:
            self.damaged.append(f"The {kind} record at byte {entry[2]:,} was passed over: {error}.")

    def require_passes(self) -> "Collection":
        """The collection itself, where it has a pass to show.

        Raises:
            DamagedError: it has none.
        """
        if not self.passes:
            raise DamagedError(self.path, "has no pass yet.", "Its run was ended before the first step.")
        return self

    def close(self) -> None:
        """Give the file back; nothing can be read from then on."""
        self._file.close()

    def __enter__(self) -> "Collection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _values(record: StepsRecord) -> dict[str, np.ndarray]:
    columns = {name: to_array(value, "<f8") for name, value in record.columns.items()}
    if any(len(values) != record.stop - record.start for values in columns.values()):
        raise BlockError(f"a column of steps {record.start} to {record.stop} has another length")
    return columns
