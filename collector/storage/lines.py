"""Lines of a collection: read at a place, told apart, found by looking at all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from collector.storage.checksums import RunningCheck, check
from collector.storage.errors import BlockError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.schema import Count, IndexEntry, Record
from collector.storage.source import Source

LONGEST_LINE = 2**32
"""Bytes of a record's line. A longer one is refused before memory is taken for it."""

_CHUNK = 4 * 2**20
_START = re.compile(rb',?\{"record":"(\w{1,64})"(?:(?:,"pass":\d{1,15})?,"step":(\d{1,15})[,}])?')
_START_BYTES = 256
_TAIL = b'],"summary":'
MEASURED = ("similarity", "augmentation", "projection_samples", "projection", "story_samples", "story")
STEPPED = ("pass", "signs", "sign_bits", *MEASURED)
"""Kinds whose entries have their step; the other records are read as a whole anyway."""


class _AnyRecord(msgspec.Struct):
    """What every record has, wherever another writer put it."""

    record: str


class _AnyStepped(msgspec.Struct):
    step: Count


@dataclass(frozen=True)
class Line:
    """A whole line of the file: its place in bytes, without the newline, and its first bytes."""

    offset: int
    length: int
    start: bytes
    is_intact: bool = True
    """Whether it agrees with its checksum, or was not asked for one."""

    @property
    def is_tail(self) -> bool:
        """Whether this is the last line of a finished file."""
        return self.start.startswith(_TAIL)

    @property
    def is_blank(self) -> bool:
        """Whether there is no record on the line, as far as its first bytes say.

        ``]}`` closes the plain export of an unfinished run, so that it is one JSON value.
        """
        return self.start.strip(b" \r") in (b"", b"]}")


def read_entry(file: Source, entry: IndexEntry) -> bytes:
    """The text of one record.

    Raises:
        BlockError: the line is longer than a reader takes.
    """
    if entry[3] > LONGEST_LINE:
        raise BlockError(f"a line of {entry[3]:,} bytes is longer than a reader takes")
    return file.read_at(entry[2], entry[3])


def read_record(file: Source, entry: IndexEntry, *, checked: bool) -> bytes:
    """The text of one record, which agrees with its checksum where that is ``checked``.

    Raises:
        BlockError: the line is longer than a reader takes, or was changed.
    """
    text = read_entry(file, entry)
    if checked:
        check(text.rstrip(b"\r"))
    return text


def whole_lines(file: Source, offset: int, end_of_file: int, *, checked: bool = False) -> Iterator[Line]:
    """The lines from ``offset`` on that end in a newline. Reads in chunks, so that memory stays small."""
    at = start = offset
    head = b""
    running = RunningCheck()
    # Asking for no more than there is: room for a whole chunk costs more than reading a small file.
    while chunk := file.read_at(at, min(_CHUNK, end_of_file - at)):
        begin = 0
        view = memoryview(chunk)
        while (end := chunk.find(b"\n", begin)) >= 0:
            if len(head) < _START_BYTES:
                head += chunk[begin : min(end, begin + _START_BYTES)]
            if checked:
                running.add(view[begin:end])
            yield Line(start, at + end - start, head, not checked or running.is_intact)
            begin, start, head, running = end + 1, at + end + 1, b"", RunningCheck()
        if len(head) < _START_BYTES:
            head += chunk[begin : begin + _START_BYTES]
        if checked:
            running.add(view[begin:])
        at += len(chunk)


def entry_of(file: Source, line: Line) -> IndexEntry | None:
    """The index entry of a record's line; None for a line that holds no record.

    Of a line in the order of our own writer only the start is looked at; that is what makes looking at all lines
    fast.
    """
    comma = line.start.startswith(b",")
    offset, length = line.offset + comma, line.length - comma
    match = _START.match(line.start)
    if match and (match[2] or match[1].decode() not in STEPPED):
        return match[1].decode(), int(match[2] or 0), offset, length
    if not line.start.startswith((b",{", b"{")):
        return None
    try:
        text = read_entry(file, ("", 0, offset, length))
        kind = decode(text, _AnyRecord).record
        return kind, decode(text, _AnyStepped).step if kind in STEPPED else 0, offset, length
    except (BlockError, JsonTextError):
        return None


def whole_fragment(file: Source, offset: int, size: int, *, checked: bool = False) -> Line | None:
    """The text after the last newline, where it is a record that lacks only its newline.

    With a checksum it is known to be whole, and may have another byte where the newline was.
    """
    # Of a disk that was full or lost power gigabytes of NUL may stand there.
    if file.read_at(offset, 2).lstrip(b",")[:1] != b"{" or b"}" not in file.read_at(max(offset, size - 2), 2):
        return None
    try:
        text = read_entry(file, ("", 0, offset, size - offset))
        if checked:
            text = text if text.endswith(b"}") else text[:-1]
            check(text.removeprefix(b","))
        decode(text.removeprefix(b","), Record)  # type: ignore[arg-type]
    except (BlockError, JsonTextError):
        return None
    return Line(offset, len(text), text[:_START_BYTES])
