"""The notes of a run, and where each belongs."""

import re
from collections.abc import Collection as Names
from dataclasses import dataclass

from collector.storage import Collection

_NAMES = re.compile(r"'(?P<quoted>[^']+)'|(?P<bare>[\w./-]*\w)")
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class NoteRow:
    """A note.

    Attributes:
        step: at which it was made; None for what was found when the file was read.
        layer: the first layer that it names; None: it names none.
        text: what it says.
    """

    step: int | None
    layer: str | None
    text: str


def note_rows(collection: Collection) -> list[NoteRow]:
    """What the collector noted and when the run went on, by step; then what is damaged."""
    notes = [(note.step, note.text) for note in collection.notes]
    notes += [(each.step, f"The run went on from a checkpoint, {each.created}.") for each in collection.resumes]
    notes.sort(key=lambda note: note[0])
    damaged = [(None, text) for text in collection.damaged]
    return [NoteRow(step, layer_in(text, collection.layers), text) for step, text in (*notes, *damaged)]


def layer_in(text: str, layers: Names[str]) -> str | None:
    """The first layer that a text names, in quotes or by a name that is no plain word."""
    for match in _NAMES.finditer(text):
        name = match["quoted"] or match["bare"]
        if name in layers and (match["quoted"] or not _WORD.fullmatch(name)):
            return name
    return None
