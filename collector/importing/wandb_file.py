"""Reads the file that W&B writes of a run, also of an offline one, without its service or its package.

It is a log of records framed as LevelDB's are (blocks of 32 KiB, each record in one or more parts with a checksum,
a length and a type in front), behind a head of seven bytes. A record is a protobuf message, of which the histories are
wanted: a list of keys with their values as JSON.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from struct import unpack
from typing import Any

import numpy as np

from collector.importing.logged import Buckets, Logged
from collector.storage.errors import CollectionError

ENDING = ".wandb"
_HEAD, _BLOCK, _FRAME = 7, 2**15, 7
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _ITEM, _STEP, _NUMBER = 2, 1, 2, 1
_KEY, _NESTED_KEY, _VALUE = 1, 2, 16
_VARINT, _LONG, _BYTES, _SHORT = 0, 1, 2, 5
_MOST_BUCKETS, _DEEPEST = 100_000, 10


def wandb_file(path: Path) -> Path | None:
    """The file itself, or the one in a run's folder; None where there is none."""
    if path.is_dir():
        return next(iter(sorted(path.glob(f"*{ENDING}"))), None)
    return path if path.suffix == ENDING else None


def read_wandb_file(path: Path) -> Logged:
    """Scalars and histograms of its histories.

    Raises:
        CollectionError: it is no such file.
    """
    found = Logged(path, "a W&B run")
    data = path.read_bytes()
    if data[:4] != b":W&B":
        raise CollectionError(path, "is no file of W&B's.", "Name the .wandb file of a run, or its folder.")
    for record in _records(data):
        for number, content in _fields(record):
            if number == _HISTORY and isinstance(content, bytes):
                _read_history(found, content)
    return found


def _records(data: bytes) -> Iterator[bytes]:
    """Each whole record; a cut-off end, and what a damaged length leads beyond, is left."""
    at, parts = _HEAD, list[bytes]()
    while at + _FRAME <= len(data):
        left = _BLOCK - at % _BLOCK
        if left < _FRAME:
            at += left
            continue
        _, length, kind = unpack("<IHB", data[at : at + _FRAME])
        part = data[at + _FRAME : at + _FRAME + length]
        if kind not in (_WHOLE, _FIRST, _MIDDLE, _LAST):
            at += left  # the rest of a block is zeros
            continue
        if len(part) < length:
            return
        at += _FRAME + length
        parts = [part] if kind in (_WHOLE, _FIRST) else [*parts, part]
        if kind in (_WHOLE, _LAST):
            yield b"".join(parts)
            parts = []


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and content of each field of a protobuf message; those of fixed size are passed over."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        elif kind in (_LONG, _SHORT):
            at += 8 if kind == _LONG else 4
        else:
            return  # of no version of the format


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            break
    return value, at


def _read_history(found: Logged, message: bytes) -> None:
    values: dict[str, Any] = {}
    step = None
    for number, content in _fields(message):
        if number == _ITEM and isinstance(content, bytes):
            _put_item(values, content)
        elif number == _STEP and isinstance(content, bytes):
            step = next((each for place, each in _fields(content) if place == _NUMBER and isinstance(each, int)), 0)
    own = values.get("_step")
    step = own if isinstance(own, int) else step
    seconds = values.get("_timestamp")
    seconds = float(seconds) if isinstance(seconds, int | float) else None
    if step is None:
        return
    for key, value in _flat(values):
        if key.startswith("_"):
            continue
        if isinstance(value, dict):
            if (buckets := _buckets(value)) is not None:
                found.put_histogram(key, step, buckets, seconds)
        elif (scalar := _as_number(value)) is not None:
            found.put(key, step, scalar, seconds)


def _put_item(values: dict[str, Any], message: bytes) -> None:
    """A value under its key, or in dicts within dicts under those that lead to it."""
    keys, text = list[str](), b""
    for number, content in _fields(message):
        if isinstance(content, bytes):
            if number in (_KEY, _NESTED_KEY):
                keys.append(content.decode(errors="replace"))
            elif number == _VALUE:
                text = content
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in keys[:-1][:_DEEPEST]:
        inner = values.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        values = inner
    if keys:
        values[keys[-1]] = value


def _flat(values: dict[str, Any], begin: str = "") -> Iterator[tuple[str, Any]]:
    """What lies in dicts under the names of all of them; what has a type of W&B's own is one value."""
    for key, value in values.items():
        if isinstance(value, dict) and "_type" not in value and begin.count("/") < _DEEPEST:
            yield from _flat(value, f"{begin}{key}/")
        else:
            yield f"{begin}{key}", value


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    return float(value) if isinstance(value, int | float) else None


def _buckets(value: dict[str, Any]) -> Buckets | None:
    """Of its histograms the edges, or where the first begins and how wide each is."""
    counts, edges, packed = value.get("values"), value.get("bins"), value.get("packedBins")
    if value.get("_type") != "histogram" or not isinstance(counts, list) or not len(counts) <= _MOST_BUCKETS:
        return None
    try:
        if isinstance(packed, dict):
            edges = float(packed["min"]) + float(packed["size"]) * np.arange(len(counts) + 1)
        ends = np.asarray(edges, np.float64)
        found = np.asarray(counts, np.float64)
    except (KeyError, TypeError, ValueError):
        return None
    if ends.shape != (len(found) + 1,) or found.ndim != 1:
        return None
    return Buckets(np.stack([ends[:-1], ends[1:]], 1), found)
