"""A collection whose blocks have all become lists, for tools that read JSON and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from collector.storage.blocks import Block, to_array
from collector.storage.checksums import FIELDS
from collector.storage.errors import DamagedError
from collector.storage.reader import open_file

_RECORDS = b',"records":['
_PLACES = ("index", "index_at")
"""Fields that tell where lines of the original are, and would be wrong."""


def plain_lines(path: Path) -> Iterator[bytes]:
    """The text of the plain document, line by line: a record on each line, as in the original.

    NaN and Inf, which JSON has no numbers for, become the words ``"nan"``, ``"inf"`` and ``"-inf"``. A line that
    was cut off or cannot be read is left out, and so are the checksums, which are of other
    text. Collections of the original visualizer are plain as they are.

    Raises:
        CollectionError: the file cannot be opened, or is none of ours.
    """
    with open_file(path) as raw, open(raw.fileno(), "rb", closefd=False) as file:
        first = file.readline().rstrip(b"\r\n")
        if not first.endswith(_RECORDS):
            raise DamagedError(
                path, "does not begin as a collection does.", "Blocks are in collections of Strobe only."
            )
        header = _plain_object(first + b"]}")
        if not header:
            raise DamagedError(path, "has a first line that cannot be read.")
        yield msgspec.json.encode(header).removesuffix(b"]}") + b"\n"
        ending = b"]}"
        comma = b""
        for line in file:
            text = line.strip()
            if text.startswith(b'],"summary":'):
                tail = {name: value for name, value in _plain_object(b"{" + text[2:]).items() if name not in _PLACES}
                ending = b"]," + msgspec.json.encode(tail)[1:] if tail else ending
                break
            record = _plain_object(text.removeprefix(b","))
            if record:
                yield comma + msgspec.json.encode(record) + b"\n"
                comma = b","
        yield ending + b"\n"


def plain(value: Any) -> Any:
    """The value with a list in place of every block, however deep."""
    if isinstance(value, dict):
        if "base64" in value and "dtype" in value:
            return _listed(to_array(msgspec.convert(value, Block)))
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def _listed(array: np.ndarray) -> Any:
    values = array.tolist()
    return values if array.dtype.kind != "f" or np.isfinite(array).all() else _worded(values)


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(each) for each in value]
    return value if np.isfinite(value) else str(value)


def _plain_object(text: bytes) -> dict[str, Any]:
    """The plain object that a line holds; empty for one that cannot be read."""
    try:
        value = msgspec.json.decode(text)
        return (
            {name: plain(each) for name, each in value.items() if name not in FIELDS} if isinstance(value, dict) else {}
        )
    except (ValueError, RecursionError):
        return {}
