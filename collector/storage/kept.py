"""Records that are taken over from one file into another as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from collector.storage.json_text import decode
from collector.storage.schema import (
    EpochRecord,
    IndexEntry,
    NoteRecord,
    PassRecord,
    PriceRecord,
    Record,
    ResumeRecord,
    StepsRecord,
)

REPEATED: Mapping[str, type[msgspec.Struct]] = {
    "steps": StepsRecord,
    "epoch": EpochRecord,
    "note": NoteRecord,
    "price": PriceRecord,
    "resume": ResumeRecord,
}
"""Kinds that the summary repeats."""


@dataclass(frozen=True)
class Kept:
    """A record that stays: its entry's kind and step, its text, and what of it belongs into the summary."""

    kind: str
    step: int
    text: list[bytes]
    record: Record | None = None
    is_changed: bool = False
    """Whether its text lacks the checksum that belongs to it."""


def kept(entry: IndexEntry, text: bytes) -> Kept:
    """The record of an entry.

    Raises:
        JsonTextError: it is repeated in the summary, and cannot be read.
    """
    kind, step = entry[:2]
    if kind == "pass":
        return Kept(kind, step, [text], PassRecord(number=0, step=step))  # the summary needs no more of it
    if (repeated := REPEATED.get(kind)) is None:
        return Kept(kind, step, [text])
    record: Record = decode(text, repeated)  # type: ignore[assignment]
    return Kept(kind, step_of(record), [text], record)


def step_of(record: Record) -> int:
    """The step that the index has of a record."""
    return record.start if isinstance(record, StepsRecord) else record.step
