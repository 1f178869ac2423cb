"""The last line of a finished collection: a summary, and where every record stands."""

import re
from collections import Counter

from collector.storage.checksums import SUMMARY, ChecksumError, check
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import LONGEST_LINE
from collector.storage.schema import IndexEntry, Tail
from collector.storage.source import Source

_END_BYTES = 64
_END = re.compile(rb'"index_at": *(\d{1,16})\}[\s\S]?\s*\Z')
"""Whatever stands in the place of the last newline."""

_REPEATED = {"pass": "passes", "epoch": "epochs", "note": "notes", "resume": "resumes"}
"""Kinds of which the summary says how many there are."""


def read_tail(file: Source, header_end: int, size: int, *, checked: bool = False) -> Tail | None:
    """The summary and index of a finished file; None where they are missing or do not fit the file."""
    match = _END.search(file.read_at(max(0, size - _END_BYTES), _END_BYTES))
    if not match:
        return None
    index_at = int(match[1])
    if not index_at < size <= index_at + LONGEST_LINE or file.read_at(index_at, 2) != b"],":
        return None
    text = file.read_at(index_at, size - index_at)
    end = text.rfind(b'"index_at"')
    try:
        if checked:
            check(text[:end], SUMMARY, b",")
        tail = decode(b"{" + text[2:end] + b'"index_at":%d}' % index_at, Tail)
    except (JsonTextError, ChecksumError):
        return None
    return tail if _counts_agree(tail) and _is_gapless(tail.index, header_end, index_at) else None


def _counts_agree(tail: Tail) -> bool:
    counts = Counter(kind for kind, *_ in tail.index)
    told = {kind: getattr(tail.summary, name) for kind, name in _REPEATED.items()}
    return all(counts[kind] == (n if isinstance(n, int) else len(n)) for kind, n in told.items())


def _is_gapless(index: list[IndexEntry], start: int, end: int) -> bool:
    """Whether the entries are the lines between the first and the last, one after the other.

    So no damaged or hostile index can point anywhere else, and no single record has to be read to know it.
    """
    at = start
    for number, (_, _, offset, length) in enumerate(index):
        comma = number > 0
        if offset != at + comma:
            return False
        at = offset + length + 1
    return at == end
