"""Checksums of lines and of parts of lines, in the text itself: ``…,"crc":"0a1b2c3d"}``.

A checksum is the CRC-32 of zlib, gzip and PNG, as eight hexadecimal digits, of the text in front of its field. So a
file stays JSON, and whoever knows nothing of checksums passes over one field more.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from collector.storage.errors import BlockError

try:
    # Several times faster than the standard library; the number is the same.
    from isal.isal_zlib import crc32
except ImportError:
    from zlib import crc32

__all__ = ["crc32"]

Piece = bytes | memoryview
"""Of a line's text."""

KIND = "crc32"
"""What the header says of a file in which every line has one."""

PART = 4096
"""Letters of base64 that have a checksum of their own where parts of an array are read."""

LINE, FRONT, OUTER, PARTS = b"crc", b"front_crc", b"outer_crc", b"parts_crc"
HEADER, SUMMARY = b"header_crc", b"summary_crc"
"""Names of the fields, by what they are of."""

LARGE = b',"features":{'
"""Where the large arrays of a record begin, of which the numbers in front of them are read alone."""

TABLE = b',"parts":{'
"""What the table of a large pass begins with; see `pass_parts`."""

FIELDS = frozenset(
    ("checksums", "header_crc", "crc", "front_crc", "outer_crc", "part_crcs", "parts", "parts_crc", "summary_crc"),
)
"""All fields that speak of checksums, and of places in a line."""

CHANGED = "its checksum is another: it was changed after it was written"

_WITH_FRONT = ("similarity", "augmentation", "projection")
_DIGITS = 8
_PARTS = b'"part_crcs":"'
_BASE64 = re.compile(rb'(?<="base64":")([^"]*)')

LINE_END = len(',"crc":"01234567"}')
"""Bytes of the field that ends a line."""


class ChecksumError(BlockError):
    """The text is not what was written, or it has no checksum where it should have one."""


def field(name: bytes, crc: int) -> bytes:
    """The field as it stands in the text, its comma in front."""
    return b'%b%08x"' % (_beginning(name), crc)


@cache
def _beginning(name: bytes) -> bytes:
    return b',"%b":"' % name


def crc_of(pieces: Iterable[bytes | memoryview], crc: int = 0) -> int:
    """The CRC-32 of the pieces, one behind the other."""
    for piece in pieces:
        crc = crc32(piece, crc)
    return crc


def sealed(kind: str, pieces: list[bytes]) -> list[Piece]:
    """The text of a record, in pieces as `encode` gives them, with its checksum as the last field.

    Records whose numbers are read without the large arrays behind them have a checksum of those numbers too, and rows
    of the sign raster one of each 4,096 letters of base64, and one of all that is no such text.
    """
    if kind == "sign_bits" and len(pieces) > 1:
        pieces = _with_parts(pieces)
    if kind in _WITH_FRONT:
        pieces = _with_front(pieces)
    *first, last = pieces
    text = memoryview(last)[:-1]  # of a large record without long blocks a copy would take as long as all else
    return [*first, text, field(LINE, crc_of([text], crc_of(first))) + b"}"]


def resealed(kind: str, text: bytes) -> list[Piece]:
    """The text of a record that an earlier Strobe wrote, or that was changed, as `sealed` gives it."""
    text = text.rstrip()
    if is_sealed(text):
        text = text[: ending(text, LINE, b"}")[0]] + b"}"
    if is_sealed(text, PARTS):
        text = text[: text.rindex(TABLE)] + b"}"  # its places may be others now
    if kind != "sign_bits" or OUTER in text:
        return sealed("" if FRONT in text else kind, [text])
    return sealed(kind, _BASE64.split(text))


def _with_front(pieces: list[bytes]) -> list[bytes]:
    for number, piece in enumerate(pieces):
        if (at := piece.find(LARGE)) >= 0:
            crc = crc_of([piece[:at]], crc_of(pieces[:number]))
            return [*pieces[:number], piece[:at] + field(FRONT, crc) + piece[at:], *pieces[number + 1 :]]
    return pieces


def _with_parts(pieces: list[bytes]) -> list[bytes]:
    crcs = np.array([crc for text in pieces[1::2] for crc in _crcs_of_parts(text)], ">u4").tobytes().hex().encode()
    *first, last = pieces
    last = last[:-1] + b"," + _PARTS + crcs + b'"'
    return [*first, last + field(OUTER, crc_of([last], crc_of(first[::2]))) + b"}"]


def _crcs_of_parts(text: bytes) -> list[int]:
    view = memoryview(text)
    return [crc32(view[at : at + PART]) for at in range(0, len(text), PART)]


def parts_of(crcs: str, lengths: Sequence[int]) -> list[list[int]]:
    """The checksums of the parts of each block, whose base64 has these lengths.

    Raises:
        ChecksumError: there are more or fewer.
    """
    counts = [-(-length // PART) for length in lengths]
    if len(crcs) != _DIGITS * sum(counts):
        raise ChecksumError("it has not one checksum for each of its parts")
    try:
        flat = iter([int(crcs[at : at + _DIGITS], 16) for at in range(0, len(crcs), _DIGITS)])
    except ValueError:
        raise ChecksumError("a checksum of its parts is none") from None
    return [[next(flat) for _ in range(count)] for count in counts]


def check(text: bytes, name: bytes = LINE, end: bytes = b"}") -> int:
    """Where the checksum begins with which the text ends, before ``end``.

    Raises:
        ChecksumError: it does not end with one, or with that of another text.
    """
    before, found = ending(text, name, end)
    if found != field(name, crc32(memoryview(text)[:before])):
        raise _wrong(found, name)
    return before  # the text itself would be a copy of megabytes


def is_sealed(text: bytes, name: bytes = LINE, end: bytes = b"}") -> bool:
    """Whether the text of a record, or of another line, ends with a checksum, right or wrong, before ``end``."""
    return ending(text, name, end)[1].startswith(_beginning(name))


def ending(text: bytes, name: bytes, end: bytes) -> tuple[int, bytes]:
    """Where the checksum's field would begin, and what stands there."""
    stop = len(text) - len(end)
    before = max(0, stop - len(field(name, 0)))
    return before, text[before:stop] if text.endswith(end) else b""


def _wrong(found: bytes, name: bytes) -> ChecksumError:
    if found.startswith(_beginning(name)):
        return ChecksumError(CHANGED)
    return ChecksumError("it has no checksum where it should have one: it was changed after it was written")


class RunningCheck:
    """The check of a line whose bytes come piece by piece, however long it is."""

    def __init__(self) -> None:
        self._crc, self._held, self._is_begun = 0, b"", False

    def add(self, piece: memoryview) -> None:
        """More bytes of the line; a comma in front of the first does not count."""
        if not self._is_begun and len(piece):
            self._is_begun = True
            if piece[0] == ord(","):
                piece = piece[1:]
        if len(piece) >= LINE_END:
            self._crc = crc_of([self._held, piece[:-LINE_END]], self._crc)
            self._held = bytes(piece[-LINE_END:])
        else:
            held = self._held + bytes(piece)
            self._crc = crc32(held[: max(0, len(held) - LINE_END)], self._crc)
            self._held = held[-LINE_END:]

    @property
    def is_intact(self) -> bool:
        """Whether the bytes so far are a line that ends with its checksum."""
        return self._held == field(LINE, self._crc) + b"}"
