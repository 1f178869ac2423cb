"""The first line of a collection: read, checked, and turned into arrays."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from collector.storage import schema
from collector.storage.checksums import HEADER, check, is_sealed
from collector.storage.compared import Augmentations, Similarity, augmentations_of, similarity_of
from collector.storage.errors import BlockError, CollectionError, DamagedError, NewerVersionError, NotACollectionError
from collector.storage.flow import FlowNode, flow_of
from collector.storage.json_text import JsonTextError, decode
from collector.storage.layer import Layer, layers_of
from collector.storage.other_files import way_in
from collector.storage.paths import AnyPath
from collector.storage.probe import Probe, probe_of
from collector.storage.projections import Projection, projection_of
from collector.storage.source import Source
from collector.storage.stories import checked_stories

__all__ = ["HeaderLine", "Layer", "LegacyFormatError", "Probe", "parse_header", "read_header"]

LONGEST_HEADER = 2**28
"""Bytes of the first line, probe included."""

LINE_END = b',"records":['
"""How every first line ends, before its newline."""

_CHUNK = 2**16
_OPENING = re.compile(rb'\s*\{\s*"format"\s*:\s*"strobe\.collection"\s*,\s*"version"\s*:\s*(\d{1,9})\s*[,}]')
_LEGACY_OPENING = re.compile(rb'\s*\{\s*"architecture"\s*:\s*\{')
_FIRST_BYTES = f'{{"format":"{schema.FORMAT}",'.encode()


class LegacyFormatError(NotACollectionError):
    """The file begins as the original visualizer's do; `collector.storage.legacy` reads them."""


@dataclass(frozen=True)
class HeaderLine:
    """What the first line holds, and where it ends."""

    run: schema.Run
    layers: dict[str, Layer]
    probe: Probe | None
    insight: schema.Insight | None
    similarity: Similarity | None
    augmentations: Augmentations | None
    projection: Projection | None
    stories: schema.Stories | None
    flow: tuple[FlowNode, ...]
    metrics: tuple[schema.Metric, ...]
    has_checksums: bool
    end: int


def read_header(file: Source, path: AnyPath) -> HeaderLine:
    """Read and check the first line.

    Raises:
        LegacyFormatError: written by the original visualizer.
        NotACollectionError: empty, not JSON, another JSON.
        NewerVersionError: written by a newer Strobe.
        DamagedError: cut off or inconsistent.
    """
    # The first bytes are enough to turn away what is no collection, however large it is.
    first = file.read_at(0, _CHUNK)
    opening = _OPENING.match(first)
    if opening is None:
        raise _what_else(first, path)
    _check_version(int(opening[1]), path)
    line = _first_line(file)
    if not line.rstrip(b"\r\n").endswith(LINE_END):
        raise _not_a_first_line(line, path)
    try:
        return parse_header(line)
    except (JsonTextError, BlockError) as error:
        raise DamagedError(path, f"its first line is damaged: {error}.") from None


def is_collection(path: Path) -> bool:
    """Whether the file of this name begins as one of ours, or of the original visualizer's; False where it is none.

    Of a damaged one only what it begins with counts.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait
            return False
        with path.open("rb") as file:
            first = file.read(_CHUNK)
    except (OSError, ValueError):
        return False
    return first.startswith(_FIRST_BYTES[:-1]) or bool(_OPENING.match(first) or _LEGACY_OPENING.match(first))


def parse_header(line: bytes) -> HeaderLine:
    """What a whole first line holds.

    Raises:
        JsonTextError, BlockError: it does not hold what the format promises.
    """
    if len(line) > LONGEST_HEADER:
        raise BlockError(f"with its probe the first line would take {len(line):,} bytes of {LONGEST_HEADER:,}")
    # An upgrade from an older version goes here: a function for each, from its structs to the next newer ones.
    text = line.rstrip(b"\r\n")
    header = decode(text + b"]}", schema.Header)
    # Known from two places, so that no damage to one of them turns the checking off.
    if header.checksums or is_sealed(text, HEADER, LINE_END):
        check(text, HEADER, LINE_END)
    probe = None if header.probe is None else probe_of(header.probe)
    similarity = None if header.similarity is None else similarity_of(header.similarity)
    augmentations = None if header.augmentations is None else augmentations_of(header.augmentations)
    projection = None if header.projection is None else projection_of(header.projection)
    layers, flow = layers_of(header.layers), flow_of(header.flow or [])
    return HeaderLine(
        run=header.run,
        layers=layers,
        probe=probe,
        insight=header.insight,
        similarity=similarity,
        augmentations=augmentations,
        projection=projection,
        stories=None if header.stories is None else checked_stories(header.stories),
        flow=flow,
        metrics=tuple(header.metrics),
        has_checksums=bool(header.checksums),
        end=len(line),
    )


def _check_version(version: int, path: AnyPath) -> None:
    if version > schema.VERSION:
        problem = f"has version {version}; this Strobe reads up to {schema.VERSION}."
        raise NewerVersionError(path, problem, "Update Strobe to open it.")
    if version < 1:
        raise DamagedError(path, f"says version {version}, which never was.")


def _first_line(file: Source) -> bytes:
    pieces: list[bytes] = []
    offset = 0
    while offset <= LONGEST_HEADER and (piece := file.read_at(offset, _CHUNK)):
        end = piece.find(b"\n")
        pieces.append(piece if end < 0 else piece[: end + 1])
        offset += len(piece)
        if end >= 0:
            break
    return b"".join(pieces)


def _not_a_first_line(line: bytes, path: AnyPath) -> CollectionError:
    if len(line) > LONGEST_HEADER:
        return DamagedError(path, f"has a first line of more than {LONGEST_HEADER:,} bytes.")
    if line.endswith(b"\n"):
        problem = "holds a collection, but no longer a record on each line: another program has rewritten it."
        return DamagedError(path, problem, "Open the file as the run left it.")
    return _cut_off(path)


def _cut_off(path: AnyPath) -> CollectionError:
    return DamagedError(path, "is cut off within its first line, before the first pass.", "Nothing of it can be shown.")


def _what_else(first: bytes, path: AnyPath) -> CollectionError:
    if not first.strip(b"\0 \r\n\t"):
        problem = "has only blanks where its first line should be." if first else "is empty."
        return NotACollectionError(path, problem, "A run writes its first line when training starts.")
    if _FIRST_BYTES.startswith(first) or (first.startswith(_FIRST_BYTES) and b"}" not in first):
        return _cut_off(path)
    if first.startswith(_FIRST_BYTES[:-1]):
        return DamagedError(path, "its first line is damaged: it does not say which version it has.")
    way_out = "Open a file that a run has left."
    if _LEGACY_OPENING.match(first):
        return LegacyFormatError(path, "was written by the original visualizer.", "Open it with open_collection.")
    if first.lstrip()[:1] in (b"{", b"["):
        return NotACollectionError(path, "looks like JSON, but not like a collection of Strobe.", way_out)
    return NotACollectionError(path, "is not JSON.", way_in(path) or way_out)
