"""The table that ends the line of a large pass: where its parts stand, so that no more is read than is shown.

A part is a text, or base64 of a long block; the texts of a layer begin and end with it. Each has as its checksum that
of the whole line up to its end. So the parts cost nothing beside the line's own checksum, which stays what it is for
whoever knows of no parts, and each can still be checked by itself: the checksum goes on from that of the part before.
"""

import operator
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from collector.storage.checksums import LINE, LINE_END, PARTS, TABLE, Piece, crc32, ending, field, is_sealed, sealed
from collector.storage.encode import encode
from collector.storage.json_text import JsonTextError, decode
from collector.storage.plain_lists import PLAIN_LIMIT
from collector.storage.schema import Count, LayerRecord, ParameterArrays, PassRecord

LEAST = 2**21
"""Bytes of text from which a pass has a table; a smaller one is read and decoded as a whole sooner."""

STRETCH = 2**18
"""Letters of base64 that are one part: of feature maps those of one sample are looked at."""

_LAYERS, _BEHIND = b',"layers":{', b',"histograms":{'
_KINDS = frozenset((*LayerRecord.__struct_fields__, *ParameterArrays.__struct_fields__))

Crc = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]


class Parts(msgspec.Struct, frozen=True):
    """The table."""

    layers: list[str]
    """Names, in the order of the line."""
    first: list[Count]
    """Number of the part that each of them begins with, and of the one behind the last layer."""
    letters: list[Count]
    """Numbers of the parts that are base64 and nothing else."""
    ends: list[Count]
    """Where each part ends, in bytes from the record's opening brace."""
    crcs: list[Crc]
    """CRC-32 of the line up to there."""


def sealed_pass(record: PassRecord) -> list[Piece]:
    """The text of a pass in pieces, with its checksum as the last field, and in front of it the table of a large one.

    Raises:
        BlockError: see `encode`.
    """
    pieces = encode(record)
    if sum(map(len, pieces)) < LEAST or not record.layers or _are_ambiguous(record):
        return sealed("pass", pieces)
    table = Parts([*record.layers], [], [], [], [])
    at = crc = 0
    marks = _marks(record)
    for number, piece in enumerate(pieces):
        view = memoryview(piece)
        places = _stretches(piece) if number % 2 else _cuts(piece, marks, table)
        places[-1] -= number == len(pieces) - 1  # the brace that closes the record
        for start, stop in pairwise(places):
            at, crc = at + stop - start, crc32(view[start:stop], crc)
            if number % 2:
                table.letters.append(len(table.ends))
            table.ends.append(at)
            table.crcs.append(crc)
    if len(table.first) == len(table.layers):
        table.first.append(len(table.ends))
    text = TABLE[:-1] + msgspec.json.encode(table)
    text += field(PARTS, crc32(text))
    *first, last = pieces
    return [*first, memoryview(last)[:-1], text + field(LINE, crc32(text, crc)) + b"}"]


def _marks(record: PassRecord) -> list[tuple[bytes, int, int]]:
    """What a layer begins with, and what stands behind the last, the last first.

    Nothing in a layer looks like the beginning of another one, unless that has the name of a kind. With each come how
    much of it is not its own, and how many bytes behind it need not be looked through.
    """
    names = [msgspec.json.encode(name) + b":{" for name in record.layers]
    marks = [(name, 0, _n_letters(layer)) for name, layer in zip(names, record.layers.values(), strict=True)]
    marks[0] = (_LAYERS + names[0], len(_LAYERS), marks[0][2])
    return [(_BEHIND, 0, 0), *reversed(marks)]


def _are_ambiguous(record: PassRecord) -> bool:
    """Whether a layer has the name of something within a layer."""
    if not _KINDS.isdisjoint(record.layers):
        return True
    taken = {*record.layers, "histograms"}
    for layer in record.layers.values():
        states = (name for each in layer.moments.values() for name in each)
        if not taken.isdisjoint((*layer.parameters, *layer.moments, *states)):
            return True
    return False


def arrays_in(value: Any) -> Iterator[Any]:
    """All arrays of a layer's record, however deep."""
    if isinstance(value, LayerRecord | ParameterArrays):
        for name in value.__struct_fields__:
            yield from arrays_in(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from arrays_in(each)
    elif value is not None and not isinstance(value, int):
        yield value


def _n_letters(layer: LayerRecord) -> int:
    """Of base64, as far as it is sure: all of it stands in front of the next layer."""
    arrays = arrays_in(layer)
    return sum(4 * (each.nbytes // 3) for each in arrays if isinstance(each, np.ndarray) and each.size > PLAIN_LIMIT)


def _cuts(text: bytes, marks: list[tuple[bytes, int, int]], table: Parts) -> list[int]:
    """Where the parts of a text begin, and its end. The marks that are in it are taken from the list."""
    cuts, n_known = [0], 0
    while marks and (found := text.find(marks[-1][0], cuts[-1] + n_known)) >= 0:
        mark, n_others, n_letters = marks.pop()
        cuts.append(found + n_others)
        n_known = len(mark) - n_others + n_letters  # a name may end like another one
        table.first.append(len(table.ends) + len(cuts) - 1)
    return [*cuts, len(text)]


def _stretches(letters: bytes) -> list[int]:
    """The same of the letters of a block."""
    return [*range(0, len(letters), STRETCH), len(letters)]


def table_of(end: bytes, at: int) -> Parts | Literal["begins before"] | None:
    """The table of a pass; None where it has none that can be relied upon, and where it begins before what is given.

    Args:
        end: the last bytes of its line.
        at: where in the line they begin.
    """
    field_end = end[-LINE_END:]
    if not is_sealed(end, PARTS, field_end):
        return None
    stop, found = ending(end, PARTS, field_end)
    start = end.rfind(TABLE, 0, stop)
    if start < 0:
        return "begins before"
    if found != field(PARTS, crc32(memoryview(end)[start:stop])):
        return None
    try:
        table = decode(end[start + len(TABLE) - 1 : stop], Parts)
    except JsonTextError:
        return None
    return table if _is_sound(table, at + start) else None


def _is_sound(table: Parts, length: int) -> bool:
    n = len(table.ends)
    return (
        len(table.crcs) == n
        and len(table.first) == len({*table.layers}) + 1 == len(table.layers) + 1
        and _is_rising(table.ends)
        and _is_rising(table.letters)
        and _is_rising(table.first)
        and n > 0
        and table.ends[0] > 0
        and table.ends[-1] == length
        and table.first[0] > 0
        and table.first[-1] <= n
    )


def _is_rising(numbers: list[int]) -> bool:
    return all(map(operator.lt, numbers, numbers[1:]))
