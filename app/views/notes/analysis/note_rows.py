"""The notes of a run, and where each belongs."""

import re
from collections.abc import Collection as Names
from dataclasses import dataclass

from collector.storage import Collection
from collector.storage.schema import DumpRecord

_NAMES = re.compile(r"'(?P<quoted>[^']+)'|(?P<bare>[\w./-]*\w)")
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class NoteRow:
    """A note.

    Attributes:
        step: at which it was made; None for what was found when the file was read.
        layer: the first layer that it names; None: it names none.
        text: what it says.
        run: which of two runs it is of, by what that is called; empty where there is one.
        is_of_b: whether that is the second one, whose steps and layers are its own.
    """

    step: int | None
    layer: str | None
    text: str
    run: str = ""
    is_of_b: bool = False


def note_rows(collection: Collection, run: str = "", *, is_of_b: bool = False) -> list[NoteRow]:
    """What the collector noted, when the run went on, and what the black box wrote, by step; then what is damaged."""
    notes = [(note.step, note.text) for note in collection.notes]
    notes += [(each.step, f"The run went on from a checkpoint, {each.created}.") for each in collection.resumes]
    notes += [(each.steps[-1] if each.steps else each.step, dump_text(each)) for each in collection.dumps]
    notes.sort(key=lambda note: note[0])
    damaged = [(None, text) for text in collection.damaged]
    every = (*notes, *damaged)
    return [NoteRow(step, layer_in(text, collection.layers), text, run, is_of_b) for step, text in every]


def dump_text(dump: DumpRecord) -> str:
    """What the black box has to say of one of its dumps."""
    if not dump.steps:
        return f"Black box: {dump.text or dump.cause}. No step was left to write."
    first, last, n = dump.steps[0], dump.steps[-1], len(dump.steps)
    of = f"{n:,} passes of steps {first:,} to {last:,}" if n > 1 else f"a pass of step {first:,}"
    return f"Black box: {dump.text or dump.cause}. It wrote {of}. {dump.missing}"


def notes_of_both(a: Collection, b: Collection, names: tuple[str, str]) -> list[NoteRow]:
    """Those of two runs together, by the steps of each; those of no step come last."""
    rows = [*note_rows(a, names[0]), *note_rows(b, names[1], is_of_b=True)]
    return sorted(rows, key=lambda row: (row.step is None, row.step or 0, row.is_of_b))


def layer_in(text: str, layers: Names[str]) -> str | None:
    """The first layer that a text names, in quotes or by a name that is no plain word."""
    for match in _NAMES.finditer(text):
        name = match["quoted"] or match["bare"]
        if name in layers and (match["quoted"] or not _WORD.fullmatch(name)):
            return name
    return None
