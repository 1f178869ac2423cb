"""The line of a pass in its parts, each read, checked and decoded when it is asked for.

Large networks have megabytes of base64 in a pass, of which a picture needs a few arrays.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import pairwise

from collector.storage.blocks import Array, Block
from collector.storage.checksums import CHANGED, ChecksumError, crc32
from collector.storage.errors import BlockError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.pass_parts import Parts, arrays_in, table_of
from collector.storage.schema import LayerRecord, PassRecord

Read = Callable[[int, int], bytes | memoryview]
"""Bytes of a line: from a place on, so many."""

_OF_TABLE = (2**16, 2**20, 2**32)
"""Bytes at the end of the line that are looked through for its table, one after the other."""

_STUB = b'{"record":"pass","pass":0,"step":0'


class Letters:
    """Base64 as it stands in the line of a pass; read when it is taken, and what is taken has been checked.

    Args:
        read: gives bytes of the line.
        start: where the letters begin.
        ends: where each part of them does end.
        crcs: of the line up to ``start``, and up to each end.
    """

    def __init__(self, read: Read, start: int, ends: list[int], crcs: list[int]) -> None:
        self._read, self._places, self._crcs = read, [start, *ends], crcs

    def __len__(self) -> int:
        return self._places[-1] - self._places[0]

    def __getitem__(self, where: slice) -> memoryview:
        """These letters.

        Raises:
            ChecksumError: they, or others of the same part, were changed.
            BlockError: they cannot be read.
        """
        start, stop, _ = where.indices(len(self))
        start, stop = self._places[0] + start, self._places[0] + max(start, stop)
        first = max(0, bisect_right(self._places, start) - 1)
        last = max(first, bisect_left(self._places, stop))
        at = self._places[first]
        text = memoryview(self._read(at, self._places[last] - at))
        for number in range(first, last):
            part = text[self._places[number] - at : self._places[number + 1] - at]
            _check(part, *self._crcs[number : number + 2])
        return text[start - at : stop - at]


class PassText:
    """A pass that is read, checked and decoded part by part; see `parted`.

    Attributes:
        head: all but layers and histograms.
        layers: names of the layers, in the order of the file.
        n_bytes: of its line that are in memory.

    Args:
        read: gives bytes of the line, fewer at its end.
        length: of the line.
        parts: where they stand.

    Raises:
        JsonTextError, BlockError: what stands in front of the layers was changed, or cannot be read.
    """

    def __init__(self, read: Read, length: int, parts: Parts) -> None:
        self._source, self._length, self._parts = read, length, parts
        self.n_bytes = 0
        self._letters = frozenset(parts.letters)
        self._of_layers = dict(zip(parts.layers, pairwise(parts.first), strict=True))
        self.head = decode(self._joined(0, parts.first[0]) + b"}}", PassRecord)
        self.layers = tuple(parts.layers)

    def hold(self) -> None:
        """Take all of the line into memory, so that nothing is read from the file any more.

        Raises:
            BlockError: it cannot be read.
        """
        if not self.n_bytes:
            text = memoryview(self._read(0, self._length))
            self._source = lambda at, length: text[at : at + length]
            self.n_bytes = self._length

    def _read(self, at: int, length: int) -> bytes | memoryview:
        try:
            return self._source(at, length)
        except (OSError, ValueError) as error:  # of a file that was closed
            raise BlockError(f"the file cannot be read: {error}") from None

    def layer(self, name: str) -> LayerRecord:
        """Decode a layer, but for its long base64, in the place of which `Letters` stand.

        Raises:
            JsonTextError: it cannot be decoded.
            ChecksumError: it was changed.
        """
        number, stop = self._of_layers[name]
        pieces: list[bytes | memoryview] = [b"{"]
        places: dict[str, Letters] = {}
        while number < stop:
            if number not in self._letters:
                pieces.append(self._checked(number))
                number += 1
                continue
            first = number
            while number in self._letters and number < stop:
                number += 1
            ends, crcs = self._parts.ends[first:number], self._parts.crcs[first - 1 : number]
            place = f"#{first}"  # base64 has no such letter
            pieces.append(place.encode())
            places[place] = Letters(self._read, self._parts.ends[first - 1], ends, crcs)
        found = decode(b"".join(pieces)[:-1] + b"}", dict[str, LayerRecord])
        if [*found] != [name]:
            raise JsonTextError("another layer stands in its place")
        if places:
            _put_in_place(found[name], places)
        return found[name]

    def histograms(self) -> dict[str, dict[str, Array]]:
        """Decode the histograms.

        Raises:
            JsonTextError: they cannot be decoded.
            ChecksumError: they were changed.
        """
        start, stop = self._parts.first[-1], len(self._parts.ends)
        return decode(_STUB + self._joined(start, stop) + b"}", PassRecord).histograms if start < stop else {}

    def _joined(self, start: int, stop: int) -> bytes:
        return b"".join(map(self._checked, range(start, stop)))

    def _checked(self, number: int) -> bytes | memoryview:
        """A part."""
        ends, crcs = self._parts.ends, self._parts.crcs
        start, before = (ends[number - 1], crcs[number - 1]) if number else (0, 0)
        text = self._read(start, ends[number] - start)
        _check(text, before, crcs[number])
        return text


def parted(read: Read, length: int) -> PassText | None:
    """The parts of a pass's line, none of which is known to be intact; None where it has no table of them.

    Args:
        read: gives bytes of the line, so many from a place on; fewer at its end.
        length: of the line.

    Raises:
        JsonTextError, BlockError: see `PassText`.
        OSError: the line cannot be read.
    """
    for n_bytes in _OF_TABLE:
        start = max(0, length - n_bytes)
        found = table_of(bytes(read(start, length - start)), start)
        if isinstance(found, Parts):
            return PassText(read, length, found)
        if found is None or not start:
            return None
    return None


def _check(text: bytes | memoryview, before: int, after: int) -> None:
    if crc32(text, before) != after:
        raise ChecksumError(CHANGED)


def _put_in_place(layer: LayerRecord, places: dict[str, Letters]) -> None:
    for block in arrays_in(layer):
        if isinstance(block, Block):
            block.base64 = places.get(block.base64, block.base64)  # type: ignore[assignment]
