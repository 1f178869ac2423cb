"""The text of a pass cut into its parts, so that nobody waits for the decoding of what is not looked at.

Large networks have megabytes of base64 in a pass, of which a picture needs a few arrays. Only braces are looked for:
the text must be known from its checksum to be what a writer has written. Where it is not as our own writer orders it,
it is not cut, and whoever has it decodes it as a whole. A cut at a wrong place leaves braces without their other, which
no decoder takes; then the whole is decoded too.
"""

import math
import re
from functools import cached_property

from collector.storage.blocks import DTYPES, ITEM_BYTES, Array, Block
from collector.storage.checksums import LINE_END, is_sealed
from collector.storage.json_text import JsonTextError, decode
from collector.storage.schema import LayerRecord, PassRecord

_LAYERS, _HISTOGRAMS = b',"layers":{', b',"histograms":{'
_BLOCK = b'{"dtype":"'
_START = re.compile(rb'\{"record":"pass","pass":\d+,"step":\d+')
_LONGEST_NAME = 4096
_NEAR = 2**14
"""Bytes that are looked through faster than the end of a block is worked out."""
_STUB = b'{"record":"pass","pass":0,"step":0'
_OPENING = re.compile(
    rb'\{"dtype":"(%b)","shape":\[(\d{1,16}(?:,\d{1,16})*)?\],"base64":"'
    % b"|".join(re.escape(each.encode()) for each in DTYPES)
)
_ITEM_BYTES = {dtype.encode(): n_bytes for dtype, n_bytes in ITEM_BYTES.items()}


class _UnusualError(Exception):
    """The text is not as our writer orders it."""


class PassText:
    """A pass that is decoded part by part; see `cut`.

    Attributes:
        head: all but layers and histograms.
        layers: names of the layers, in the order of the file.
        n_bytes: of the text, which stays in memory.

    Args:
        text: of the whole pass.
        at: where its layers begin.
    """

    def __init__(self, text: bytes, at: int) -> None:
        self._text = text
        self._places, end = _members(text, at + len(_LAYERS) - 1)
        found = text.find(_HISTOGRAMS, end)
        self._histograms = len(text) - 1 if found < 0 else _last_field(text, found)
        self.head = decode(text[:at] + text[end : self._histograms] + b"}", PassRecord)
        self.layers = tuple(self._places)
        self.n_bytes = len(text)

    def layer(self, name: str) -> LayerRecord:
        """Decode a layer, but for the texts of its blocks, which are views of this one.

        Raises:
            JsonTextError: it cannot be decoded.
        """
        try:
            record, texts = self._without_texts(*self._places[name])
        except JsonTextError:
            return self._whole.layers[name]
        for kind in record.__struct_fields__ if texts else ():
            block = getattr(record, kind)
            if isinstance(block, Block):
                block.base64 = texts[int(block.base64)]  # type: ignore[assignment]
        return record

    def histograms(self) -> dict[str, dict[str, Array]]:
        """Decode the histograms.

        Raises:
            JsonTextError: they cannot be decoded.
        """
        try:
            return decode(_STUB + self._text[self._histograms :], PassRecord).histograms or self.head.histograms
        except JsonTextError:
            return self._whole.histograms

    @cached_property
    def _whole(self) -> PassRecord:
        return decode(self._text, PassRecord)

    def _without_texts(self, start: int, stop: int) -> tuple[LayerRecord, list[memoryview]]:
        """A layer in which numbers of texts stand in the place of the texts."""
        text, view = self._text, memoryview(self._text)
        texts: list[memoryview] = []
        pieces, at, opening = [], start, text.find(b"{", start + 1, stop)
        while opening >= 0:
            found = _OPENING.match(text, opening, stop)
            if found is None:
                return decode(text[start:stop], LayerRecord), []
            end = found.end() + _letters(found)
            if text[end : end + 2] != b'"}':
                return decode(text[start:stop], LayerRecord), []
            pieces += [text[at : found.end()], b"%d" % len(texts)]
            texts.append(view[found.end() : end])
            at, opening = end, text.find(b"{", end, stop)
        return decode(b"".join([*pieces, text[at:stop]]), LayerRecord), texts


def cut(text: bytes) -> PassText | None:
    """The parts of a pass's text; None where it is not as our own writer orders it, or cannot be decoded."""
    is_ours = _START.match(text) and text.endswith(b"}")
    at = text.find(_LAYERS) if is_ours else -1  # within a text its quotation marks would be escaped
    try:
        return None if at < 0 else PassText(text, at)
    except (_UnusualError, JsonTextError):
        return None


def _letters(opening: re.Match[bytes]) -> int:
    """Of base64 that a block of this type and shape has."""
    dtype, shape = opening.groups()
    n_values = math.prod(map(int, shape.split(b","))) if shape else 1
    return 4 * -(-n_values * _ITEM_BYTES[dtype] // 3)


def _last_field(text: bytes, at: int) -> int:
    """The place where the field of an object of objects begins, if there is nothing but a checksum behind it."""
    end = len(text) - (LINE_END if is_sealed(text) else 1)
    if _n_closed(text, end, text.rfind(b"{", at, end)) != 2:
        raise _UnusualError
    return at


def _members(text: bytes, outer: int) -> tuple[dict[str, tuple[int, int]], int]:
    """Of an object of objects of arrays that opens at a place: name → where each begins and ends, and its own end."""
    if text.startswith(b"{}", outer):
        return {}, outer + 2
    openings, last = _openings(text, outer)
    names: list[bytes] = []
    places: list[tuple[int, int]] = []
    start = -1
    for here, before_it in openings:
        quote = text.rfind(b'"', max(outer, here - _LONGEST_NAME), here - 2)
        if start >= 0:
            closed = 1 if text[quote - 3 : quote] == b"]}," else _n_closed(text, quote - 1, before_it)
            places.append((start, quote - closed))
            if closed == 2:  # it is over, and here is what stands behind it
                return _by_name(names, places), quote - 1
        elif quote != outer + 1:
            raise _UnusualError
        names.append(text[quote + 1 : here - 2])
        start = here
    end = _after(text, last, 2 if last == start else 3)
    if start < 0 or _n_closed(text, end, last) != 2:
        raise _UnusualError
    places.append((start, end - 1))
    return _by_name(names, places), end


def _by_name(names: list[bytes], places: list[tuple[int, int]]) -> dict[str, tuple[int, int]]:
    joined = b"\n".join(names)  # which no name has: it would be escaped
    try:
        known = dict(zip(joined.decode().split("\n"), places, strict=True))
    except ValueError:  # not UTF-8, or a line break after all
        raise _UnusualError from None
    if b"\\" in joined or len(known) < len(names):
        raise _UnusualError
    return known


def _openings(text: bytes, outer: int) -> tuple[list[tuple[int, int]], int]:
    """Where objects open that are no blocks, and any before each, up to the histograms, and where the last does."""
    find, is_at = text.find, text.startswith
    openings: list[tuple[int, int]] = []
    last = outer
    while True:
        here = find(b"{", last + 1, last + _NEAR)
        if here < 0 and (here := find(b"{", _behind_block(text, last))) < 0:
            return openings, last
        if not is_at(_BLOCK, here):
            if not is_at(b'":', here - 2):
                raise _UnusualError
            openings.append((here, last))
            if is_at(_HISTOGRAMS, here + 1 - len(_HISTOGRAMS)):
                return openings, last
        last = here


def _behind_block(text: bytes, opening: int) -> int:
    """A place up to which nothing opens: the end of a large block, which need not be looked through."""
    found = _OPENING.match(text, opening)
    end = opening + 1 if found is None else found.end() + _letters(found)
    return end if text.startswith(b'"}', end) else opening + 1


def _n_closed(text: bytes, end: int, opening: int) -> int:
    """How many objects, but for a block, end at a place, or in front of a comma there: 1 or 2.

    Args:
        opening: of the last object before it: a text that is no block's looks like the end of one.
    """
    last = end
    while text[last - 1 : last] == b"}":
        last -= 1
    within = text[last - 1 : last]
    closed = end - last - (within == b'"')
    if within == b'"' and _behind_block(text, opening) != last - 1:
        raise _UnusualError
    if within not in (b'"', b"]", b"{") or closed not in (1, 2):
        raise _UnusualError
    return closed


def _after(text: bytes, opening: int, n: int) -> int:
    """The place behind so many objects that have opened, the last of them here."""
    for _ in range(n):
        opening = text.find(b"}", opening + 1)
        if opening < 0:
            raise _UnusualError
    return opening + 1
