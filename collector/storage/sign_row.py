"""One row of the sign raster, column by column: of its line only those parts are read that hold what is asked for."""

import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from collector.storage.blocks import Array, Block, decode_base64, exactly, to_array
from collector.storage.checksums import LINE, OUTER, PART, ChecksumError, check, crc32, ending, parts_of
from collector.storage.errors import BlockError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import LONGEST_LINE
from collector.storage.schema import IndexEntry, SignBitsRecord, SignsRecord

Read = Callable[[int, int], bytes]
"""The bytes of the file from an offset on, so many."""

Record = TypeVar("Record", SignsRecord, SignBitsRecord)
ReadBytes = Callable[[int, int], np.ndarray]
"""The bytes of an array from one on, to before another one."""

_OPENING = re.compile(
    rb'\{"record":"sign_bits","step":(\d{1,15}),"bits":\{"dtype":"\|u1","shape":\[2,(\d{1,15})\],"base64":"'
)
_NOT_FINITE = re.compile(rb'"\},"not_finite":\{"dtype":"\|u1","shape":\[(\d{1,15})\],"base64":"')
_OPENING_BYTES = 192
_MOST_BETWEEN = 2**24
"""Bytes of a line besides its base64, which are all read."""


class _OuterRecord(SignBitsRecord, tag_field="record", tag="sign_bits"):
    part_crcs: str = ""


class SignRow:
    """Where the parts of a row are in the file, and what is read of it at once.

    Args:
        read: gives bytes of the file.
        entry: of its ``sign_bits`` record.
        n_bytes: of a plane.
        checked: whether it has checksums.

    Attributes:
        no_gradient: numbers of bands.
        is_whole: all of it was read, because another writer wrote it in its own way.

    Raises:
        JsonTextError, BlockError, OSError: it cannot be read.
    """

    no_gradient: tuple[int, ...]

    def __init__(self, read: Read, entry: IndexEntry, n_bytes: int, *, checked: bool) -> None:
        self._read = read
        self._n_bytes = n_bytes
        self._not_finite: ReadBytes | None = None
        try:
            self.is_whole = not self._find_parts(entry, checked=checked)
        except (JsonTextError, ChecksumError):
            self.is_whole = True
        if self.is_whole:
            self._take(whole_record(read, entry, SignBitsRecord, checked=checked))

    def planes(self, start: int, stop: int) -> np.ndarray:
        """Bytes of both planes, uint8 ``[2, stop - start]``."""
        if stop == start:
            return np.zeros((2, 0), np.uint8)
        return np.stack([self._bits(plane + start, plane + stop) for plane in (0, self._n_bytes)])

    def not_finite(self, start: int, stop: int) -> np.ndarray:
        """Bytes of the bits of what is NaN or Inf, uint8 ``[stop - start]``; 0 where nothing is known to be."""
        if self._not_finite is None or stop == start:
            return np.zeros(stop - start, np.uint8)
        return self._not_finite(start, stop)

    def _take(self, record: SignBitsRecord) -> None:
        bits = bytes_of(record.bits, (2, self._n_bytes)).reshape(-1)
        self._bits: ReadBytes = lambda start, stop: bits[start:stop]
        if record.not_finite is not None:
            not_finite = bytes_of(record.not_finite, (self._n_bytes,))
            self._not_finite = lambda start, stop: not_finite[start:stop]
        self.no_gradient = tuple(record.no_gradient)

    def _find_parts(self, entry: IndexEntry, *, checked: bool) -> bool:
        """Whether the line is one of our own writer."""
        _, step, at, length = entry
        opening = _OPENING.match(self._read(at, min(_OPENING_BYTES, length)))
        if opening is None or (int(opening[1]), int(opening[2])) != (step, self._n_bytes):
            return False
        outer, end = opening[0], at + length
        sizes, texts_at = [2 * self._n_bytes], [at + opening.end()]
        behind = texts_at[0] + _letters(sizes[0])
        if following := _NOT_FINITE.match(self._read(behind, max(0, min(_OPENING_BYTES, end - behind)))):
            outer += following[0]
            sizes.append(self._n_bytes)
            texts_at.append(behind + following.end())
            behind = texts_at[1] + _letters(sizes[1])
        if not 0 < end - behind <= _MOST_BETWEEN:
            return False
        outer += self._read(behind, end - behind)
        if checked:
            check(outer[: ending(outer, LINE, b"}")[0]], OUTER, b"")
        record = decode(outer, _OuterRecord)
        # What stands between the texts must not name another block, or a compressed one.
        shapes = [(2, self._n_bytes), (self._n_bytes,)][: len(sizes)]
        blocks = [each for each in (record.bits, record.not_finite) if each is not None]
        if [_shape(each) for each in blocks] != shapes:
            return False
        crcs = parts_of(record.part_crcs, [_letters(size) for size in sizes]) if checked else [None] * len(sizes)
        readers = [self._reader(*each) for each in zip(texts_at, sizes, crcs, strict=True)]
        self._bits = readers[0]
        self._not_finite = readers[1] if len(readers) > 1 else None
        self.no_gradient = tuple(record.no_gradient)
        return True

    def _reader(self, text_at: int, n_bytes: int, crcs: list[int] | None) -> ReadBytes:
        """Bytes of a block, decoded from the groups of four letters that hold three bytes each."""

        def read(start: int, stop: int) -> np.ndarray:
            first, last = start // 3, -(-stop // 3)
            text = self._text(text_at, 4 * first, 4 * last, _letters(n_bytes), crcs)
            content = decode_base64(text)
            if len(text) != 4 * (last - first) or len(content) != min(3 * last, n_bytes) - 3 * first:
                raise BlockError("its text is cut off, or ends too early")
            return np.frombuffer(content, np.uint8)[start - 3 * first : stop - 3 * first]

        return read

    def _text(self, text_at: int, start: int, stop: int, length: int, crcs: list[int] | None) -> bytes:
        if crcs is None:
            return self._read(text_at + start, stop - start)
        begin = start // PART * PART
        text = self._read(text_at + begin, min(-(-stop // PART) * PART, length) - begin)
        view = memoryview(text)
        for at in range(0, len(text), PART):
            if crc32(view[at : at + PART]) != crcs[(begin + at) // PART]:
                raise ChecksumError("a part of it was changed after it was written")
        return text[start - begin : stop - begin]


def whole_record(read: Read, entry: IndexEntry, kind: type[Record], *, checked: bool) -> Record:
    """The record of an entry.

    Raises:
        JsonTextError, BlockError, OSError: it cannot be read, or is of another step.
    """
    if entry[3] > LONGEST_LINE:
        raise BlockError(f"a line of {entry[3]:,} bytes is longer than a reader takes")
    text = read(entry[2], entry[3])
    if checked:
        check(text.rstrip(b"\r"))
    record = decode(text, kind)
    if record.step != entry[1]:
        raise JsonTextError(f"it is of step {record.step}")
    return record


def bytes_of(value: Array, shape: tuple[int, ...]) -> np.ndarray:
    """An array of bytes.

    Raises:
        BlockError: it has another type or shape, or cannot be read.
    """
    array = to_array(value, "|u1", exactly(*shape))
    if array.dtype != np.uint8:
        raise BlockError(f"its array is of type {array.dtype}, not uint8")
    return array


def _letters(n_bytes: int) -> int:
    """Of base64 for so many bytes."""
    return 4 * -(-n_bytes // 3)


def _shape(value: Array) -> tuple[int, ...] | None:
    """Of a block that is not compressed."""
    return tuple(value.shape) if isinstance(value, Block) and value.codec is None else None
