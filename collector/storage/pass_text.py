"""The text of a pass in its parts, each checked and decoded when it is asked for.

Large networks have megabytes of base64 in a pass, of which a picture needs a few arrays.
"""

from itertools import pairwise

from collector.storage.blocks import Array, Block
from collector.storage.checksums import CHANGED, ChecksumError, crc32
from collector.storage.json_text import JsonTextError, decode
from collector.storage.pass_parts import Parts, table_of
from collector.storage.schema import LayerRecord, PassRecord

_STUB = b'{"record":"pass","pass":0,"step":0'


class Letters:
    """Base64 as it stands in the text of a pass. What is taken of it has been checked.

    Args:
        text: of the pass.
        start: where the letters begin.
        ends: where each part of them does end.
        crcs: of the text up to ``start``, and up to each end.
    """

    def __init__(self, text: memoryview, start: int, ends: list[int], crcs: list[int]) -> None:
        self._text, self._start = text, start
        self._ends, self._crcs = ends, crcs
        self._is_checked = [False] * len(ends)

    def __len__(self) -> int:
        return self._ends[-1] - self._start

    def __getitem__(self, where: slice) -> memoryview:
        """These letters.

        Raises:
            ChecksumError: they, or others of the same part, were changed.
        """
        start, stop, _ = where.indices(len(self))
        for number, (first, last) in enumerate(pairwise([self._start, *self._ends])):
            if first < self._start + stop and self._start + start < last and not self._is_checked[number]:
                _check(self._text[first:last], *self._crcs[number : number + 2])
                self._is_checked[number] = True
        return self._text[self._start + start : self._start + stop]


class PassText:
    """A pass that is decoded part by part; see `parted`.

    Attributes:
        head: all but layers and histograms.
        layers: names of the layers, in the order of the file.
        n_bytes: of the text, which stays in memory.

    Args:
        text: of the whole pass.
        parts: where they stand.

    Raises:
        JsonTextError, ChecksumError: what stands in front of the layers was changed.
    """

    def __init__(self, text: bytes, parts: Parts) -> None:
        self._text, self._parts = memoryview(text), parts
        self._letters = frozenset(parts.letters)
        self._of_layers = dict(zip(parts.layers, pairwise(parts.first), strict=True))
        self.head = decode(self._joined(0, parts.first[0]) + b"}}", PassRecord)
        self.layers = tuple(parts.layers)
        self.n_bytes = len(text)

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
            places[place] = Letters(self._text, self._parts.ends[first - 1], ends, crcs)
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

    def _checked(self, number: int) -> memoryview:
        """A part."""
        ends, crcs = self._parts.ends, self._parts.crcs
        start, before = (ends[number - 1], crcs[number - 1]) if number else (0, 0)
        text = self._text[start : ends[number]]
        _check(text, before, crcs[number])
        return text


def parted(text: bytes) -> PassText | None:
    """The parts of a pass's line, none of which is known to be intact; None where it has no table of them.

    Raises:
        JsonTextError, ChecksumError: see `PassText`.
    """
    found = table_of(text)
    return None if found is None else PassText(text, found)


def _check(text: memoryview, before: int, after: int) -> None:
    if crc32(text, before) != after:
        raise ChecksumError(CHANGED)


def _put_in_place(layer: LayerRecord, places: dict[str, Letters]) -> None:
    for kind in layer.__struct_fields__:
        block = getattr(layer, kind)
        if isinstance(block, Block):
            block.base64 = places.get(block.base64, block.base64)  # type: ignore[assignment]
