"""Where the records of a file stand: from its last line, or, where that is missing, by looking at every line."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from collector.storage.schema import IndexEntry, Record, Tail

_CHUNK = 4 * 2**20
_TAIL_END = re.compile(rb'"index_at": *(\d+)\}\s*\Z')
_START = re.compile(
    rb',?\{"record":"(\w+)",(?:"pass":\d+,"step":(?P<a>\d+)|"from":(?P<b>\d+)|"epoch":\d+,"step":(?P<c>\d+)|"step":(?P<d>\d+))'
)
_START_BYTES = 256


class _AnyRecord(msgspec.Struct):
    """What every record has, in whatever order another writer put it."""

    record: str
    step: int | None = None
    start: int | None = msgspec.field(name="from", default=None)


@dataclass(frozen=True)
class Line:
    """A whole line of the file: its place in bytes, without the newline, and its first bytes."""

    offset: int
    length: int
    start: bytes


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """``length`` bytes from ``offset`` on, fewer at the end of the file; safe from several threads."""
    if hasattr(os, "pread"):
        pieces = []
        while length > 0 and (piece := os.pread(file.fileno(), length, offset)):
            pieces.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    with open(file.name, "rb") as own:
        own.seek(offset)
        return own.read(length)


def whole_lines(file: BinaryIO, offset: int) -> Iterator[Line]:
    """The lines from ``offset`` on that end in a newline. Reads in chunks, so that memory stays small."""
    at = start = offset
    head = b""
    while chunk := read_at(file, at, _CHUNK):
        begin = 0
        while (end := chunk.find(b"\n", begin)) >= 0:
            if len(head) < _START_BYTES:
                head += chunk[begin : min(end, begin + _START_BYTES)]
            yield Line(start, at + end - start, head)
            begin, start, head = end + 1, at + end + 1, b""
        if len(head) < _START_BYTES:
            head += chunk[begin : begin + _START_BYTES]
        at += len(chunk)


def entry_of(file: BinaryIO, line: Line) -> IndexEntry | None:
    """The index entry of a record's line; None for a line that holds no record."""
    comma = line.start.startswith(b",")
    offset, length = line.offset + comma, line.length - comma
    if match := _START.match(line.start):
        return match[1].decode(), int(match["a"] or match["b"] or match["c"] or match["d"]), offset, length
    if not line.start.startswith((b",{", b"{")):
        return None
    try:
        record = msgspec.json.decode(read_at(file, offset, length), type=_AnyRecord)
    except (msgspec.DecodeError, RecursionError):
        return None
    return record.record, max(0, record.step or record.start or 0), offset, length


def whole_fragment(file: BinaryIO, offset: int, size: int) -> Line | None:
    """The text after the last newline, where it is a record that lacks only its newline."""
    text = read_at(file, offset, size - offset)
    try:
        msgspec.json.decode(text.removeprefix(b","), type=Record)
    except (msgspec.DecodeError, RecursionError):
        return None
    return Line(offset, len(text), text[:_START_BYTES])


def read_tail(file: BinaryIO, header_end: int, size: int) -> Tail | None:
    """The summary and index at the end of a finished file; None where they are missing or do not fit the file."""
    match = _TAIL_END.search(read_at(file, max(0, size - 64), 64))
    if not match or not header_end <= (index_at := int(match[1])) < size:
        return None
    text = read_at(file, index_at, size - index_at)
    if not text.startswith(b"],"):
        return None
    try:
        tail = msgspec.json.decode(b"{" + text[2:], type=Tail)
    except (msgspec.DecodeError, RecursionError):
        return None
    fits = all(header_end <= offset and offset + length < index_at for _, _, offset, length in tail.index)
    return tail if fits else None
