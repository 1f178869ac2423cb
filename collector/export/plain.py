"""A collection whose blocks have all become lists, for tools that read JSON and nothing else."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import numpy as np

from collector.storage.blocks import Block, to_array
from collector.storage.checksums import FIELDS
from collector.storage.errors import DamagedError
from collector.storage.paths import AnyPath
from collector.storage.source import Stream, source_of
from collector.storage.writer import INDEX_AT_DIGITS

_RECORDS = b',"records":['
_OF_THE_LINE = FIELDS | {"index", "index_at"}
"""Fields that tell of the original's lines, and would be wrong of others."""


def plain_lines(path: AnyPath) -> Iterator[bytes]:
    """The text of the plain document, line by line: a record on each line, as in the original, which reads the same.

    NaN and Inf, which JSON has no numbers for, become the words ``"nan"``, ``"inf"`` and ``"-inf"``. An array without
    values stays a block: a list would lose its shape. A line that was cut off or cannot be read is left out, and so are
    the checksums, which are of other text. Collections of the original visualizer are plain as they are.

    Raises:
        CollectionError: the file cannot be opened, or is none of ours.
    """
    with closing(source_of(path)) as source, io.BufferedReader(Stream(source), 2**20) as file:
        first = file.readline().rstrip(b"\r\n")
        if not first.endswith(_RECORDS):
            raise DamagedError(
                path, "does not begin as a collection does.", "Blocks are in collections of Strobe only."
            )
        header = _plain_object(first + b"]}")
        if not header:
            raise DamagedError(path, "has a first line that cannot be read.")
        text = msgspec.json.encode(header).removesuffix(b"]}") + b"\n"
        yield text
        end = len(text)
        index: list[tuple[str, int, int, int]] = []
        for line in file:
            text = line.strip()
            if text.startswith(b'],"summary":'):
                tail = _plain_object(b"{" + text[2:])
                yield _last_line(tail, index, end) if tail else b"]}\n"
                return
            record = _plain_object(text.removeprefix(b","))
            if record:
                text = msgspec.json.encode(record)
                comma = b"," if index else b""
                index.append((*_kind_and_step(record), end + len(comma), len(text)))
                end += len(comma) + len(text) + 1
                yield comma + text + b"\n"
        yield b"]}\n"


def _last_line(tail: dict[str, Any], index: list[tuple[str, int, int, int]], index_at: int) -> bytes:
    text = msgspec.json.encode(tail | {"index": index, "index_at": 0})
    return b"]," + text[1:].removesuffix(b"0}") + f"{index_at:{INDEX_AT_DIGITS}}}}\n".encode()


def _kind_and_step(record: dict[str, Any]) -> tuple[str, int]:
    step = record.get("from" if record.get("record") == "steps" else "step", 0)
    return str(record.get("record", "")), step if isinstance(step, int) else 0


def plain(value: Any) -> Any:
    """The value with a list in place of every block that has values, however deep."""
    if isinstance(value, dict):
        if "base64" in value and "dtype" in value:
            array = to_array(msgspec.convert(value, Block))
            return _listed(array) if array.size and array.ndim else value
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def _listed(array: np.ndarray) -> Any:
    """Lists of the array's numbers; truth values are 1 and 0."""
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    values = array.tolist()
    return values if array.dtype.kind != "f" or np.isfinite(array).all() else _worded(values)


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(each) for each in value]
    return value if np.isfinite(value) else str(value)


def _plain_object(text: bytes) -> dict[str, Any]:
    """The plain object that a line holds, without what tells of the line; empty for one that cannot be read."""
    try:
        value = msgspec.json.decode(text)
        value = plain(value) if isinstance(value, dict) else {}
    except (ValueError, RecursionError):
        return {}
    return {name: each for name, each in value.items() if name not in _OF_THE_LINE}
